"""The forward process, what a prediction means, and training: Ho et al. 2020 (arXiv 2006.11239).

Nothing here knows what network predicts the noise: `predict(xt, t) -> eps` is an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from models.noisier.diffusion.schedule import Schedule, at

Predict = Callable[[Tensor, Tensor], Tensor]  # (xt, t of shape (B,) in 1..1000) -> eps
DRAWN = 2**16  # numbers that a chain draws at once


# --- The forward process q: from image to noise ---------------------------------------------------------------


def q_step(schedule: Schedule, x_before: Tensor, t: int | Tensor, eps: Tensor) -> Tensor:
    """Eq. 2, one step: x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) eps."""
    beta = at(schedule.beta, t, x_before)
    return (1 - beta).sqrt() * x_before + beta.sqrt() * eps


def q_chain(
    schedule: Schedule, x0: Tensor, rng: torch.Generator | None
) -> Iterator[tuple[int, Tensor, Tensor, Tensor]]:
    """The steps of Eq. 2 one after the other: (t, x_{t-1}, x_t, eps) for t = 1 to T, to the digit as by `q_step`.

    The roots of all steps are taken at once, and the noise of many: a thousand steps on a small picture cost little
    else.
    """
    beta = schedule.beta.to(x0)
    keep, add = (1 - beta).sqrt().tolist(), beta.sqrt()
    xt, t = x0, 0
    while t < schedule.steps:
        noise = _noises(xt, min(schedule.steps - t, max(1, DRAWN // xt.numel())), rng)
        added = add[t + 1 : t + 1 + len(noise)].view(-1, *[1] * xt.dim()) * noise
        for eps, its_share in zip(noise, added, strict=True):
            t, x_before = t + 1, xt
            xt = keep[t] * x_before + its_share
            yield t, x_before, xt, eps


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


def _noises(x: Tensor, steps: int, rng: torch.Generator | None) -> Tensor:
    """(steps, *x.shape) noises as by `noise_like`, step by step, to the digit: torch draws by the sixteen."""
    if x.numel() % 16:
        return noise_like(x, rng)[None]
    return noise_like(x.new_empty(()).expand(steps, *x.shape), rng)


def noise_like(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """Standard normal noise in x's shape, drawn on the CPU: a seed gives the same noise on every device."""
    return torch.randn(x.shape, generator=rng, dtype=x.dtype).to(x.device)
