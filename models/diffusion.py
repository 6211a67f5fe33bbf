"""The mathematics of DDPM: "Denoising Diffusion Probabilistic Models", Ho et al. 2020 (arXiv 2006.11239).

One function per equation. Images x0, xt and noise eps are (B, C, H, W) with data in [-1, 1]. Time is counted as in
the paper, t = 1..T; index 0 of every schedule array stands for the clean image. A time t is an int or an int64
tensor (B,). Nothing here knows what network predicts the noise: `predict(xt, t) -> eps` is an argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import torch
from torch import Tensor

Predict = Callable[[Tensor, Tensor], Tensor]  # (xt, t of shape (B,) in 1..1000) -> eps
Sigma = Literal["beta", "beta_tilde"]


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


def linear_schedule(T: int = 1000, first: float = 1e-4, last: float = 0.02) -> Schedule:
    """Section 4: beta_t grows linearly from 1e-4 at t = 1 to 0.02 at t = T."""
    beta = torch.linspace(first, last, T, dtype=torch.float64)
    return Schedule(torch.cat((torch.ones(1, dtype=torch.float64), (1 - beta).cumprod(0))), torch.arange(T + 1))


def cosine_schedule(T: int = 1000, s: float = 0.008, largest_beta: float = 0.999) -> Schedule:
    """Nichol & Dhariwal 2021 (arXiv 2102.09672), Eq. 17: alpha_bar_t is a squared cosine; beta_t at most 0.999."""
    t = torch.arange(T + 1, dtype=torch.float64)
    alpha_bar = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    alpha_bar = alpha_bar / alpha_bar[0]
    alpha = (alpha_bar[1:] / alpha_bar[:-1]).clamp_min(1 - largest_beta)
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


# --- The forward process q: from image to noise ---------------------------------------------------------------


def q_step(schedule: Schedule, x_before: Tensor, t: int | Tensor, eps: Tensor) -> Tensor:
    """Eq. 2, one step: x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) eps."""
    beta = at(schedule.beta, t, x_before)
    return (1 - beta).sqrt() * x_before + beta.sqrt() * eps


def q_sample(schedule: Schedule, x0: Tensor, t: int | Tensor, eps: Tensor) -> Tensor:
    """Eq. 4, all steps at once: x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps."""
    alpha_bar = at(schedule.alpha_bar, t, x0)
    return alpha_bar.sqrt() * x0 + (1 - alpha_bar).sqrt() * eps


def q_posterior(schedule: Schedule, x0: Tensor, xt: Tensor, t: int | Tensor) -> tuple[Tensor, Tensor]:
    """Eq. 6-7: mean and variance of q(x_{t-1} | x_t, x_0), which is Gaussian and known exactly."""
    alpha_bar, before = at(schedule.alpha_bar, t, xt), at(schedule.alpha_bar, t - 1, xt)
    beta, alpha = at(schedule.beta, t, xt), at(schedule.alpha, t, xt)
    mean = before.sqrt() * beta / (1 - alpha_bar) * x0 + alpha.sqrt() * (1 - before) / (1 - alpha_bar) * xt
    return mean, at(schedule.beta_tilde, t, xt)


# --- What the network's output means --------------------------------------------------------------------------


def predict_x0(schedule: Schedule, xt: Tensor, t: int | Tensor, eps: Tensor) -> Tensor:
    """Eq. 15: the clean image that xt and the predicted noise imply."""
    alpha_bar = at(schedule.alpha_bar, t, xt)
    return (xt - (1 - alpha_bar).sqrt() * eps) / alpha_bar.sqrt()


def eps_from_x0(schedule: Schedule, xt: Tensor, t: int | Tensor, x0: Tensor) -> Tensor:
    """Eq. 15 solved for eps."""
    alpha_bar = at(schedule.alpha_bar, t, xt)
    return (xt - alpha_bar.sqrt() * x0) / (1 - alpha_bar).sqrt()


def velocity(schedule: Schedule, x0: Tensor, t: int | Tensor, eps: Tensor) -> Tensor:
    """Salimans & Ho 2022 (arXiv 2202.00512), appendix D: v = sqrt(alpha_bar_t) eps - sqrt(1 - alpha_bar_t) x_0."""
    return q_sample(schedule, eps, t, -x0)


def eps_from_v(schedule: Schedule, xt: Tensor, t: int | Tensor, v: Tensor) -> Tensor:
    """The noise that a predicted velocity implies: eps = sqrt(alpha_bar_t) v + sqrt(1 - alpha_bar_t) x_t."""
    return q_sample(schedule, v, t, xt)


def mean_from_eps(schedule: Schedule, xt: Tensor, t: int | Tensor, eps: Tensor) -> Tensor:
    """Eq. 11: the mean of p(x_{t-1} | x_t), (x_t - beta_t / sqrt(1 - alpha_bar_t) eps) / sqrt(alpha_t)."""
    beta, alpha_bar = at(schedule.beta, t, xt), at(schedule.alpha_bar, t, xt)
    return (xt - beta / (1 - alpha_bar).sqrt() * eps) / at(schedule.alpha, t, xt).sqrt()


def guide(eps_without: Tensor, eps_with: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance (Ho & Salimans 2022, arXiv 2207.12598): eps_u + scale (eps_c - eps_u).

    scale 0 ignores the class, 1 is the class-conditional prediction itself, more exaggerates the class. The weight
    of the paper's Eq. 6 is w = scale - 1.
    """
    return eps_without + scale * (eps_with - eps_without)


# --- Training: Algorithm 1 ------------------------------------------------------------------------------------


def loss_simple(schedule: Schedule, predict: Predict, x0: Tensor, t: Tensor, eps: Tensor) -> Tensor:
    """Eq. 14: mean squared error between the noise and the prediction. A scalar."""
    return (eps - predict(q_sample(schedule, x0, t, eps), t)).square().mean()


def training_loss(schedule: Schedule, predict: Predict, x0: Tensor, rng: torch.Generator | None = None) -> Tensor:
    """Algorithm 1, lines 2-5: a time and a noise for every image, drawn at random, and the loss to step down."""
    t = torch.randint(1, schedule.steps + 1, (len(x0),), generator=rng).to(x0.device)
    return loss_simple(schedule, predict, x0, t, noise_like(x0, rng))


# --- The bound of Eq. 5, in bits per dimension, one value for each image (B,) ---------------------------------


def prior_term(schedule: Schedule, x0: Tensor) -> Tensor:
    """L_T = KL(q(x_T | x_0) || N(0, I)): what the image still tells at the end. About 1e-5."""
    alpha_bar = schedule.alpha_bar[-1].to(x0)
    nats = 0.5 * (alpha_bar * x0.square() - alpha_bar - torch.log1p(-alpha_bar))
    return nats.flatten(1).mean(1) / math.log(2)


def transition_term(schedule: Schedule, x0: Tensor, xt: Tensor, t: int, eps: Tensor) -> Tensor:
    """L_{t-1} for t >= 2 (Eq. 8): KL(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t)), both with variance beta-tilde."""
    wanted, variance = q_posterior(schedule, x0, xt, t)
    predicted = p_sample(schedule, xt, t, eps, torch.zeros_like(xt))
    return ((wanted - predicted).square() / (2 * variance)).flatten(1).mean(1) / math.log(2)


def decoder_term(schedule: Schedule, x0: Tensor, x1: Tensor, eps: Tensor) -> Tensor:
    """L_0 (Eq. 13): -log p(x_0 | x_1), a Gaussian with variance beta_1 cut into 256 bins; the outer ones are open."""
    normal = torch.distributions.Normal(
        p_sample(schedule, x1, 1, eps, torch.zeros_like(x1)), schedule.beta[1].sqrt().to(x1)
    )
    above = torch.where(x0 > 0.999, torch.ones_like(x0), normal.cdf(x0 + 1 / 255))
    below = torch.where(x0 < -0.999, torch.zeros_like(x0), normal.cdf(x0 - 1 / 255))
    return -(above - below).clamp_min(1e-12).log().flatten(1).mean(1) / math.log(2)


# --- Sampling: Algorithm 2, DDIM and a solver ------------------------------------------------------------------


class Step(NamedTuple):
    """One reverse step from x_t to x_{t-1}. All tensors (B, C, H, W)."""

    t: int  # time of the training schedule, 1..1000
    xt: Tensor
    eps: Tensor  # as predicted
    x0: Tensor  # predicted by Eq. 15, clipped to [-1, 1] where asked
    x_before: Tensor  # x_{t-1}; after the last step, the sample
    z: Tensor  # the noise that the rule was given; zero at the last step


def noise_like(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """Standard normal noise in x's shape, drawn on the CPU: a seed gives the same noise on every device."""
    return torch.randn(x.shape, generator=rng, dtype=x.dtype).to(x.device)


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
