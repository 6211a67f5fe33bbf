"""The bound of Eq. 5, Ho et al. 2020, in bits per dimension, one value for each image (B,)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from models.noisier.diffusion.process import q_posterior
from models.noisier.diffusion.sampling import p_sample
from models.noisier.diffusion.schedule import Schedule


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
