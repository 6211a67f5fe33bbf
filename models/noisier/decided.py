"""When is it decided what a picture will show? One x_t, continued many times with new noise (Ho et al. 2020, Fig. 7).

x_t comes from a chain that began with pure noise, or from a given picture with noise added to it; the latter is how
SDEdit changes pictures (Meng et al. 2021, arXiv 2108.01073). Pure generators of plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from models.core import runtime
from models.noisier import reverse_chains
from models.noisier.denoise import SIZE, TRAINED_ON, network, predictor
from models.noisier.diffusion.process import Predict, noise_like, q_sample
from models.noisier.diffusion.sampling import p_sample
from models.noisier.diffusion.schedule import Schedule, respace
from models.noisier.images import to_image, to_tensor
from models.noisier.reverse_chains import Row
from models.noisier.unet import UNet

FREEZE = (1000, 750, 500, 250)  # the times of Fig. 7
EVERY = 50  # x_t can be frozen at every 50th time, which all of STEPS pass through
STEPS = (20, 40, 100, 200)
CONTINUATIONS = 8
RULE = partial(p_sample, sigma="beta_tilde")  # the better choice in few steps


@dataclass(frozen=True)
class Split:
    """Where to freeze, and what with. Raises ValueError, in a sentence for the visitor, for what cannot be done."""

    network: str = "mnist"
    seed: int = 0
    steps: int = 40  # of the whole way from t = 1000; from x_t only those that are left are taken
    times: tuple[int, ...] = FREEZE

    def __post_init__(self) -> None:
        frozen = all(reverse_chains.whole(t, EVERY, 1000) and t % EVERY == 0 for t in self.times)
        rules = {
            f"Steps must be one of {', '.join(map(str, STEPS))}.": type(self.steps) is int and self.steps in STEPS,
            f"The time t must be a multiple of {EVERY} from {EVERY} to 1000.": frozen and len(self.times) > 0,
        }
        reverse_chains.check(self.network, self.seed, rules)


@dataclass(frozen=True)
class Frozen:
    """The x_t from which the chains of a row go on."""

    row: int
    t: int
    signal: float  # sqrt(alpha_bar_t): the factor of the picture in it
    xt: np.ndarray  # (32, 32, C) uint8


@runtime.accelerated(seconds=60)
def split(config: Split) -> Iterator[Row | Frozen]:
    """Row 0 is one chain from pure noise; row k is its x_t at times[k - 1] and CONTINUATIONS new ways on from there."""
    unet, schedule, rng = prepare(config)
    xT = reverse_chains.start(unet, 1, rng)
    predict = unconditional(unet, 1)
    kept: dict[int, Tensor] = {}

    def watched(xt: Tensor, t: Tensor) -> Tensor:
        kept[int(t)] = xt
        return predict(xt, t)

    yield from reverse_chains.chains(0, config.network, schedule, watched, xT, rng, RULE)
    for row, t in enumerate(config.times, start=1):
        yield from continuations(row, config, schedule, unet, kept[t], t, rng)


@runtime.accelerated(seconds=60)
def from_picture(config: Split, picture: np.ndarray) -> Iterator[Row | Frozen]:
    """Row k is the picture (32, 32, C) uint8 with noise up to times[k], and CONTINUATIONS ways back from there."""
    unet, schedule, rng = prepare(config)
    if picture.shape != (SIZE, SIZE, unet.config["channels"]) or picture.dtype != np.uint8:
        raise ValueError(f"The picture must be {SIZE} x {SIZE} with {unet.config['channels']} channels of 0 to 255.")
    x0 = to_tensor(picture)[None]
    for row, t in enumerate(config.times):
        xt = q_sample(TRAINED_ON, x0, t, noise_like(x0, rng)).to(next(unet.parameters()).device)
        yield from continuations(row, config, schedule, unet, xt, t, rng)


def prepare(config: Split) -> tuple[UNet, Schedule, torch.Generator]:
    return network(config.network), respace(TRAINED_ON, config.steps), torch.Generator().manual_seed(config.seed)


def continuations(
    row: int, config: Split, schedule: Schedule, unet: UNet, xt: Tensor, t: int, rng: torch.Generator
) -> Iterator[Row | Frozen]:
    """xt (1, C, 32, 32) itself, then what becomes of it CONTINUATIONS times by the steps that are left."""
    yield Frozen(row, t, TRAINED_ON.alpha_bar[t].sqrt().item(), to_image(xt[0]))
    left = reverse_chains.first_steps(schedule, schedule.times.tolist().index(t))
    copies = xt.repeat(CONTINUATIONS, 1, 1, 1)
    yield from reverse_chains.chains(row, config.network, left, unconditional(unet, CONTINUATIONS), copies, rng, RULE)


def unconditional(unet: UNet, count: int) -> Predict:
    """The network without a class, so that nothing is decided before the first step."""
    return predictor(unet, reverse_chains.labels(unet, (None,) * count), guidance=1)
