"""DDPM's sampler beside the same sampler with one change, from the same noise. Pure generators of plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from models.core import runtime
from models.noisier import reverse_chains
from models.noisier.denoise import SIZE, STEPS, TRAINED_ON, network, predictor
from models.noisier.diffusion.process import Predict, eps_from_x0, noise_like
from models.noisier.diffusion.sampling import StepRule, p_sample
from models.noisier.diffusion.schedule import Schedule, linear_schedule, respace
from models.noisier.images import to_tensor
from models.noisier.reverse_chains import Row
from models.noisier.unet import UNet

RIGHT = "right"
WAYS = (RIGHT, "no noise", "noise at the end", "cut", "same betas", "oracle")
FEWER = {"cut", "same betas"}  # what is wrong only in fewer steps than the training schedule has
MOST = 200  # chains in a row


@dataclass(frozen=True)
class Comparison:
    """Which ways to run, and on what. Raises ValueError, in a sentence for the visitor, for what cannot be done.

    asked: the class of every chain; None for any class.
    """

    network: str = "mnist"
    asked: tuple[int | None, ...] = tuple(range(8))
    steps: int = 250
    seed: int = 0
    ways: tuple[str, ...] = WAYS

    def __post_init__(self) -> None:
        classes = all(label is None or reverse_chains.whole(label, 0, 9) for label in self.asked)
        rules = {
            "The class must be a whole number from 0 to 9, or none.": classes,
            f"There must be 1 to {MOST} chains.": 1 <= len(self.asked) <= MOST,
            f"Steps must be a whole number from {STEPS[0]} to {STEPS[1]}.": reverse_chains.whole(self.steps, *STEPS),
            "Choose what to change from the list.": len(self.ways) > 0 and set(self.ways) <= set(WAYS),
            f"With all {TRAINED_ON.steps:,} steps the cut schedule and the same β are the right way. "
            "Choose fewer steps, or another change.": self.steps != TRAINED_ON.steps or not FEWER & set(self.ways),
        }
        reverse_chains.check(self.network, self.seed, rules)


@runtime.accelerated(seconds=120)
def compare(config: Comparison, picture: np.ndarray) -> Iterator[Row]:
    """Each way in turn, a row each, from the same x_T and with the same noise z where the number of steps is the same.

    `picture` (32, 32, C) uint8 is the one that the oracle knows.
    """
    unet = network(config.network)
    if picture.shape != (SIZE, SIZE, unet.config["channels"]) or picture.dtype != np.uint8:
        raise ValueError(f"The picture must be {SIZE} x {SIZE} with {unet.config['channels']} channels of 0 to 255.")
    for row, way in enumerate(config.ways):
        rng = torch.Generator().manual_seed(config.seed)
        xT = reverse_chains.start(unet, len(config.asked), rng)
        schedule, predict, rule = variant(way, config, unet, to_tensor(picture).to(xT))
        yield from reverse_chains.chains(row, config.network, schedule, predict, xT, rng, rule)


def variant(way: str, config: Comparison, unet: UNet, x0: Tensor) -> tuple[Schedule, Predict, StepRule]:
    """The schedule, the noise predictor and the rule of one way: the right ones but for what its name says."""
    schedule: Schedule = schedule_of(way, config.steps)
    predict = predictor(unet, reverse_chains.labels(unet, config.asked), guidance=1)
    rule: StepRule = p_sample
    if way == "no noise":
        rule = without_noise
    elif way == "noise at the end":
        rule = partial(noise_at_the_end, torch.Generator().manual_seed(config.seed))
    elif way == "oracle":
        predict = partial(oracle, x0)
    return schedule, predict, rule


def schedule_of(way: str, steps: int) -> Schedule:
    """The noise levels that the steps of this way go through."""
    if way == "cut":
        return reverse_chains.first_steps(TRAINED_ON, steps)
    return same_betas(steps) if way == "same betas" else respace(TRAINED_ON, steps)


def same_betas(steps: int) -> Schedule:
    """Betas from 1e-4 to 0.02 in fewer steps: alpha_bar stays far from 0 (0.080 after 250 steps, 0.60 after 50).

    The network is told the time of its training whose noise level is nearest, so that nothing else is wrong.
    """
    alpha_bar = linear_schedule(steps).alpha_bar
    times = (alpha_bar[:, None] - TRAINED_ON.alpha_bar).abs().argmin(dim=1)
    times[1:] = times[1:].clamp_min(1)
    return Schedule(alpha_bar, times)


def without_noise(schedule: Schedule, xt: Tensor, t: int, eps: Tensor, z: Tensor) -> Tensor:
    """Algorithm 2's mean with sigma = 0. DDIM adds no noise either, but with another mean, which makes up for it."""
    return p_sample(schedule, xt, t, eps, torch.zeros_like(z))


def noise_at_the_end(rng: torch.Generator, schedule: Schedule, xt: Tensor, t: int, eps: Tensor, z: Tensor) -> Tensor:
    """Algorithm 2 without its exception: sigma_1 z is added to the finished picture as well, sigma_1² = beta_1."""
    before = p_sample(schedule, xt, t, eps, z)
    return before + schedule.beta[1].sqrt().to(xt) * noise_like(xt, rng) if t == 1 else before


def oracle(x0: Tensor, xt: Tensor, t: Tensor) -> Tensor:
    """The noise that xt would have if it came from the picture x0: a perfect predictor of one picture (Eq. 15)."""
    return eps_from_x0(TRAINED_ON, xt, t, x0.expand_as(xt))
