"""How much of the image is left at each time: the schedules of Ho et al. 2020 and of Nichol & Dhariwal 2021."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor


@dataclass(frozen=True)
class Schedule:
    """How much of the image is left at each of S steps: alpha_bar[0] = 1 down to alpha_bar[S], float64.

    times[s] is the time t of the network's training schedule that step s stands for; without respacing s itself.
    """

    alpha_bar: Tensor  # (S + 1,)
    times: Tensor  # (S + 1,) int64

    @property
    def steps(self) -> int:
        return len(self.times) - 1

    @cached_property
    def alpha(self) -> Tensor:
        """alpha_t = 1 - beta_t, so that alpha_bar is its cumulative product. alpha[0] = 1."""
        return torch.cat((self.alpha_bar[:1], self.alpha_bar[1:] / self.alpha_bar[:-1]))

    @cached_property
    def beta(self) -> Tensor:
        """Variance of the noise that step t adds (Eq. 2). beta[0] = 0."""
        return 1 - self.alpha

    @cached_property
    def beta_tilde(self) -> Tensor:
        """Variance of the posterior q(x_{t-1} | x_t, x_0) (Eq. 7). beta_tilde[1] = 0."""
        before = torch.cat((self.alpha_bar[:1], self.alpha_bar[:-1]))
        return (1 - before) / (1 - self.alpha_bar).clamp_min(1e-20) * self.beta

    @cached_property
    def snr(self) -> Tensor:
        """Signal-to-noise ratio alpha_bar / (1 - alpha_bar). Infinite at index 0."""
        return self.alpha_bar / (1 - self.alpha_bar)


def linear_schedule(T: int = 1000) -> Schedule:
    """Section 4: beta_t grows linearly from 1e-4 at t = 1 to 0.02 at t = T."""
    beta = torch.linspace(1e-4, 0.02, T, dtype=torch.float64)
    return Schedule(torch.cat((torch.ones(1, dtype=torch.float64), (1 - beta).cumprod(0))), torch.arange(T + 1))


def cosine_schedule() -> Schedule:
    """Nichol & Dhariwal 2021 (arXiv 2102.09672), Eq. 17: alpha_bar_t is a squared cosine; beta_t at most 0.999."""
    T, s = 1000, 0.008
    t = torch.arange(T + 1, dtype=torch.float64)
    alpha_bar = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    alpha_bar = alpha_bar / alpha_bar[0]
    alpha = (alpha_bar[1:] / alpha_bar[:-1]).clamp_min(1 - 0.999)
    return Schedule(torch.cat((alpha_bar[:1], alpha.cumprod(0))), torch.arange(T + 1))


def respace(schedule: Schedule, steps: int) -> Schedule:
    """Fewer steps over the same range of noise (2102.09672, section 4): keeps alpha_bar at evenly spaced times.

    The last time is always kept, so sampling starts from the same noise level. 1 <= steps <= schedule.steps.
    """
    if not 1 <= steps <= schedule.steps:
        raise ValueError(f"steps must be 1 to {schedule.steps}, not {steps}")
    kept = torch.cat((torch.zeros(1), torch.linspace(schedule.steps / steps, schedule.steps, steps)))
    kept = kept.round().long()
    return Schedule(schedule.alpha_bar[kept], schedule.times[kept])


def at(values: Tensor, t: int | Tensor, x: Tensor) -> Tensor:
    """values[t], shaped (B, 1, 1, 1) or scalar so that it multiplies x, in x's dtype and on its device.

    The dtype changes on the way, as Apple's GPUs have no float64.
    """
    if isinstance(t, int):
        return values[t].to(x)
    return values.to(x)[t].view(-1, *[1] * (x.dim() - 1))
