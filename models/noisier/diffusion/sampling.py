"""From noise to an image: Algorithm 2 of Ho et al. 2020, DDIM, and the solver DPM-Solver++(2M)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.noisier.diffusion.process import Predict, eps_from_x0, mean_from_eps, noise_like, predict_x0, q_posterior
from models.noisier.diffusion.schedule import Schedule, at

Sigma = Literal["beta", "beta_tilde"]


class Step(NamedTuple):
    """One reverse step from x_t to x_{t-1}. All tensors (B, C, H, W)."""

    t: int  # time of the training schedule, 1..1000
    xt: Tensor
    eps: Tensor  # as predicted
    x0: Tensor  # predicted by Eq. 15, clipped to [-1, 1] where asked
    x_before: Tensor  # x_{t-1}; after the last step, the sample
    z: Tensor  # the noise that the rule was given; zero at the last step


def sigma_of(schedule: Schedule, t: int, choice: Sigma) -> Tensor:
    """Section 3.2: the two choices of sigma_t² give similar results. No noise at the last step (Algorithm 2)."""
    variance = schedule.beta if choice == "beta" else schedule.beta_tilde
    return variance[t].sqrt() if t > 1 else torch.zeros((), dtype=variance.dtype)


def p_sample(
    schedule: Schedule, xt: Tensor, t: int, eps: Tensor, z: Tensor, sigma: Sigma = "beta", clip: bool = True
) -> Tensor:
    """Algorithm 2, line 4: x_{t-1} = mean + sigma_t z, with the mean of Eq. 11.

    With `clip` the mean is Eq. 7's at the predicted x_0 clipped to [-1, 1], as in the authors' code; where nothing
    needs clipping that is Eq. 11 again.
    """
    if clip:
        mean, _ = q_posterior(schedule, predict_x0(schedule, xt, t, eps).clamp(-1, 1), xt, t)
    else:
        mean = mean_from_eps(schedule, xt, t, eps)
    return mean + sigma_of(schedule, t, sigma).to(xt) * z


def ddim_step(
    schedule: Schedule, xt: Tensor, t: int, eps: Tensor, z: Tensor, eta: float = 0.0, clip: bool = True
) -> Tensor:
    """Song et al. 2020 (arXiv 2010.02502), Eq. 12 and 16: deterministic at eta = 0, Algorithm 2's noise at eta = 1."""
    x0 = predict_x0(schedule, xt, t, eps)
    if clip:
        x0 = x0.clamp(-1, 1)
        eps = eps_from_x0(schedule, xt, t, x0)
    before = at(schedule.alpha_bar, t - 1, xt)
    sigma = eta * sigma_of(schedule, t, "beta_tilde").to(xt)
    return before.sqrt() * x0 + (1 - before - sigma**2).sqrt() * eps + sigma * z


def dpm_solver_step(schedule: Schedule, xt: Tensor, t: int, x0: Tensor, x0_previous: Tensor | None = None) -> Tensor:
    """DPM-Solver++(2M), Lu et al. 2022 (arXiv 2211.01095), Algorithm 2: no noise, but two predictions of x_0.

    The clean image is continued along a line through `x0`, predicted now, and `x0_previous`, predicted one step
    earlier at t + 1 (None at the first step), both clipped or not. At the last step nothing is left but x0.
    """
    before, now = (at(schedule.alpha_bar, s, xt) for s in (t - 1, t))
    ahead, behind = solver_weights(schedule, t)
    line = x0 if x0_previous is None else ahead * x0 - behind * x0_previous
    kept = ((1 - before) / (1 - now)).sqrt()
    return kept * xt + (before.sqrt() - kept * now.sqrt()) * line


def solver_weights(schedule: Schedule, t: int) -> tuple[float, float]:
    """The factors of D in 2211.01095, Algorithm 2: 1 + 1 / (2 r) of this prediction and 1 / (2 r) of the last one.

    r is the length of the last step over this one's in lambda = log(sqrt(alpha_bar) / sqrt(1 - alpha_bar)). The first
    step has no last one, and the last has infinite length: both use this prediction alone.
    """
    if t in (1, schedule.steps):
        return 1.0, 0.0
    before, now, after = (0.5 * schedule.snr[s].log().item() for s in (t - 1, t, t + 1))
    share = 0.5 * (before - now) / (now - after)
    return 1 + share, share


class DPMSolver:
    """`dpm_solver_step` as a step rule: remembers the prediction of the step before. One for every chain."""

    def __init__(self, clip: bool = True):
        self.clip, self.x0_previous = clip, None

    def __call__(self, schedule: Schedule, xt: Tensor, t: int, eps: Tensor, z: Tensor) -> Tensor:
        x0 = predict_x0(schedule, xt, t, eps)
        x0 = x0.clamp(-1, 1) if self.clip else x0
        x_before = dpm_solver_step(schedule, xt, t, x0, self.x0_previous)
        self.x0_previous = x0
        return x_before


StepRule = Callable[[Schedule, Tensor, int, Tensor, Tensor], Tensor]  # (schedule, xt, t, eps, z) -> x_{t-1}


@torch.no_grad()
def sample(
    schedule: Schedule,
    predict: Predict,
    xT: Tensor,
    rng: torch.Generator,
    rule: StepRule = p_sample,
    clip: bool = True,
) -> Iterator[Step]:
    """Algorithm 2: from noise xT to an image, one Step at a time, s = S..1.

    `rule` is p_sample, ddim_step or a DPMSolver().
    """
    xt = xT
    for s in range(schedule.steps, 0, -1):
        t = int(schedule.times[s])
        eps = predict(xt, torch.full((len(xt),), t, device=xt.device))
        x0 = predict_x0(schedule, xt, s, eps)
        z = noise_like(xt, rng) if s > 1 else torch.zeros_like(xt)
        x_before = rule(schedule, xt, s, eps, z)
        yield Step(t, xt, eps, x0.clamp(-1, 1) if clip else x0, x_before, z)
        xt = x_before
