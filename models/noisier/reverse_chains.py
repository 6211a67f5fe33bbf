"""Several reverse chains side by side: what the experiments on the sampler of tab 3 share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch
from torch import Tensor

from models.noisier import judge
from models.noisier.denoise import LARGEST_SEED, NETWORKS, SIZE
from models.noisier.diffusion.process import Predict, noise_like
from models.noisier.diffusion.sampling import StepRule, p_sample, sample
from models.noisier.diffusion.schedule import Schedule
from models.noisier.images import to_image
from models.noisier.unet import UNet

Reading = tuple[int, float]  # what the classifier sees in a picture: class and probability


@dataclass(frozen=True)
class Row:
    """Where the chains of one row are. Pictures are (N, 32, 32, C) uint8.

    On the way they are the clean pictures that the network predicts (Eq. 15); after the last step, the samples.
    """

    row: int  # counted from 0
    done: int  # steps
    steps: int
    pictures: np.ndarray
    seen: tuple[Reading, ...] = ()  # what each sample is read as; empty on the way

    @property
    def finished(self) -> bool:
        return self.done == self.steps


def chains(
    row: int, network: str, schedule: Schedule, predict: Predict, xT: Tensor, rng: torch.Generator,
    rule: StepRule = p_sample,
) -> Iterator[Row]:  # fmt: skip
    """Run the chains that start at xT (N, C, 32, 32) together, with one event a step."""
    for done, step in enumerate(sample(schedule, predict, xT, rng, rule), start=1):
        if done < schedule.steps:
            yield Row(row, done, schedule.steps, to_images(step.x0))
    pictures = to_images(step.x_before)
    yield Row(row, schedule.steps, schedule.steps, pictures, readings(network, pictures))


def first_steps(schedule: Schedule, steps: int) -> Schedule:
    """The schedule's first `steps` steps alone: it then ends where the whole one is still on its way to noise."""
    return Schedule(schedule.alpha_bar[: steps + 1], schedule.times[: steps + 1])


def start(unet: UNet, count: int, rng: torch.Generator) -> Tensor:
    """x_T for `count` chains, (count, C, 32, 32) standard normal noise on the network's device."""
    like = torch.empty(count, unet.config["channels"], SIZE, SIZE)
    return noise_like(like, rng).to(next(unet.parameters()).device)


def labels(unet: UNet, asked: tuple[int | None, ...]) -> Tensor:
    """The classes (N,) as the network takes them; None asks for none."""
    numbers = [unet.num_classes if label is None else label for label in asked]
    return torch.tensor(numbers, device=next(unet.parameters()).device)


def to_images(x: Tensor) -> np.ndarray:
    """(N, C, 32, 32) in [-1, 1] to (N, 32, 32, C) uint8."""
    return np.stack([to_image(one) for one in x])


def readings(network: str, pictures: np.ndarray) -> tuple[Reading, ...]:
    """What the classifier sees in each of the pictures (N, 32, 32, C)."""
    return tuple(judge.recognise(network, picture) for picture in pictures)


# --- measures, in grey levels of 0 to 255 ---


def rmse(first: np.ndarray, second: np.ndarray) -> float:
    """Root of the mean squared difference over all pixels of uint8 pictures."""
    return float(np.sqrt(np.square(first.astype(float) - second.astype(float)).mean()))


def variety(pictures: np.ndarray) -> float:
    """Mean RMSE over all pairs of the pictures (N, 32, 32, C), N > 1: how different they are from one another."""
    return float(np.mean([rmse(first, second) for first, second in combinations(pictures, 2)]))


def contrast(pictures: np.ndarray) -> float:
    """Standard deviation of a picture's values, mean over the pictures (N, 32, 32, C)."""
    return float(pictures.astype(float).std(axis=(1, 2, 3)).mean())


def roughness(pictures: np.ndarray) -> float:
    """Mean absolute difference between a pixel and its right and lower neighbour: small where a picture is smooth."""
    values = pictures.astype(float)
    return float(np.mean([np.abs(np.diff(values, axis=axis)).mean() for axis in (-3, -2)]))


# --- what an experiment can be asked ---


def check(network: object, seed: object, rules: dict[str, bool]) -> None:
    """Raise ValueError with the first sentence that is not kept: those of all experiments, then `rules`."""
    common = {
        f"The network must be one of {', '.join(NETWORKS)}.": network in NETWORKS,
        f"The seed must be a whole number from 0 to {LARGEST_SEED}.": whole(seed, 0, LARGEST_SEED),
    }
    for sentence, kept in (common | rules).items():
        if not kept:
            raise ValueError(sentence)


def whole(value: object, low: int, high: int) -> bool:
    """Whether the value is a whole number within the limits."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
