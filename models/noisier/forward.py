"""The forward process measured on one picture: what is left of it at time t, and that two ways to x_t are one.

`both_ways` is a generator of plain values in and small frozen events out; closing it ends it within one step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import torch
from torch import Tensor

from models.noisier.denoise import SIZE
from models.noisier.diffusion.bound import prior_term
from models.noisier.diffusion.process import noise_like, q_chain, q_sample
from models.noisier.diffusion.schedule import Schedule, cosine_schedule, linear_schedule
from models.noisier.images import to_tensor

SCHEDULES = {"linear": linear_schedule(), "cosine": cosine_schedule()}
LINEAR = SCHEDULES["linear"]
DRAWS = 64  # noises for the one picture
LOOKED_AT = range(100, LINEAR.steps + 1, 50)  # times of the histograms
BINS = np.linspace(-4, 4, 81)  # edges, of pixels' values
COMPARED = range(25, LINEAR.steps + 1, 25)  # times at which the two ways are compared
SCORES = 3  # comparisons at each of them
CHANCE = 0.05  # the probability, at most, that equal distributions are taken for different ones


@dataclass(frozen=True)
class Histograms:
    """How the pixels of x_t are spread, over DRAWS noises."""

    density: np.ndarray  # (times, bins), of area 1 but for what lies outside
    mean: np.ndarray  # (times,)
    std: np.ndarray  # (times,)
    left: dict[str, float]  # L_T in bits per dimension, by schedule


@dataclass(frozen=True)
class Compared:
    """The pixels of x_t by steps (Eq. 2) and in one go (Eq. 4), with noises of their own; None between COMPARED."""

    t: int
    steps: tuple[float, float] | None  # mean and standard deviation of all pixels
    closed: tuple[float, float] | None
    scores: tuple[float, float, float] | None  # see `scores`


def crossing(schedule: Schedule) -> int:
    """The last time at which the picture's factor is at least as large as the noise's."""
    return int((schedule.alpha_bar >= 0.5).nonzero().max())


def histograms(picture: np.ndarray, seed: int) -> Histograms:
    """Of the picture (32, 32, C) uint8 at LOOKED_AT. Raises ValueError for what is no such picture."""
    x0 = _repeated(picture)
    rng = torch.Generator().manual_seed(seed)
    clouds = [q_sample(LINEAR, x0, t, noise_like(x0, rng)).numpy() for t in LOOKED_AT]
    width = BINS[1] - BINS[0]
    density = np.stack([np.histogram(xt, BINS)[0] / (xt.size * width) for xt in clouds])
    left = {name: prior_term(schedule, x0[:1].double()).item() for name, schedule in SCHEDULES.items()}
    return Histograms(density, np.array([xt.mean() for xt in clouds]), np.array([xt.std() for xt in clouds]), left)


def both_ways(picture: np.ndarray, seed: int) -> Iterator[Compared]:
    """DRAWS chains of single steps from the picture, an event for every t; at COMPARED beside the closed form."""
    x0 = _repeated(picture)
    rng, other = torch.Generator().manual_seed(seed), torch.Generator().manual_seed(seed + 1_000_000)
    for t, _, xt, _ in q_chain(LINEAR, x0, rng):
        if t in COMPARED:
            closed = q_sample(LINEAR, x0, t, noise_like(x0, other))
            yield Compared(t, _moments(xt), _moments(closed), scores(xt, closed, x0, t))
        else:
            yield Compared(t, None, None, None)


def scores(one: Tensor, other: Tensor, x0: Tensor, t: int) -> tuple[float, float, float]:
    """Differences between two sets of x_t (N, C, H, W) of one picture, in standard errors: about N(0, 1) if chance.

    Of the mean of all pixels, of their spread around the mean that Eq. 4 gives, and of the means of single pixels:
    their squared differences have a chi-squared distribution, which Wilson & Hilferty (1931) bring to N(0, 1).
    """
    alpha_bar = LINEAR.alpha_bar[t]
    a, b = ((xt.double() - alpha_bar.sqrt() * x0) / (1 - alpha_bar).sqrt() for xt in (one, other))
    count, pixels = a.numel(), a[0].numel()
    mean = (a.mean() - b.mean()) * math.sqrt(count / 2)
    spread = (a.std() - b.std()) * math.sqrt(count)
    squares = ((a.mean(0) - b.mean(0)).square().sum() * len(a) / 2).item()
    single = ((squares / pixels) ** (1 / 3) - (1 - 2 / (9 * pixels))) / math.sqrt(2 / (9 * pixels))
    return mean.item(), spread.item(), single


def bound_of_chance(comparisons: int) -> float:
    """What the largest of so many scores exceeds with a probability of CHANCE at most (Bonferroni)."""
    return NormalDist().inv_cdf(1 - CHANCE / (2 * comparisons))


def _repeated(picture: np.ndarray) -> Tensor:
    """The picture DRAWS times, (DRAWS, C, 32, 32) in [-1, 1]."""
    fits = picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[:2] == (SIZE, SIZE)
    if not fits or picture.shape[2] not in (1, 3):
        raise ValueError(f"The picture must be {SIZE} x {SIZE} with 1 or 3 channels of 0 to 255.")
    x0 = to_tensor(picture)
    return x0.expand(DRAWS, *x0.shape)


def _moments(xt: Tensor) -> tuple[float, float]:
    return xt.mean().item(), xt.std().item()
