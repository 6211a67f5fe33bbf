"""The bound of Eq. 5 in bits per dimension: every term against the divergence that it stands for."""

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from models.noisier.diffusion.bound import decoder_term, prior_term, transition_term
from models.noisier.diffusion.process import predict_x0, q_posterior, q_sample
from models.noisier.diffusion.schedule import linear_schedule
from tests.exact import ONE, ZERO, exactly, images, normal


def bits(nats: Tensor) -> Tensor:
    return nats.flatten(1).mean(1) / math.log(2)


def test_the_prior_term_is_the_divergence_from_a_standard_normal():
    schedule, x0 = linear_schedule(), images(2, 3, 4, 4)
    alpha_bar = schedule.alpha_bar[-1]
    divergence = kl_divergence(Normal(alpha_bar.sqrt() * x0, (1 - alpha_bar).sqrt()), Normal(ZERO, ONE))
    exactly(prior_term(schedule, x0), bits(divergence), rtol=1e-9)


def test_the_prior_term_is_about_1e_5():
    """The paper's L_T of about 1e-5 bits/dim: images in [-1, 1] have a mean square below 1, here a third."""
    assert prior_term(linear_schedule(), images(1, 3, 64, 64)).item() == pytest.approx(1e-5, rel=0.05)
    assert prior_term(linear_schedule(), torch.ones(1, 1, 4, 4)).item() == pytest.approx(2.9e-5, rel=0.01)


@pytest.mark.parametrize("t", [2, 3, 100, 500, 1000])
def test_a_transition_term_is_the_divergence_between_the_two_gaussians(t):
    schedule, x0, true_eps = linear_schedule(), images(2, 3, 4, 4), normal(2, 3, 4, 4)
    xt = q_sample(schedule, x0, t, true_eps)
    eps = true_eps + 0.1 * normal(2, 3, 4, 4, seed=1)
    wanted, variance = q_posterior(schedule, x0, xt, t)
    predicted, _ = q_posterior(schedule, predict_x0(schedule, xt, t, eps).clamp(-1, 1), xt, t)
    divergence = kl_divergence(Normal(wanted, variance.sqrt()), Normal(predicted, variance.sqrt()))
    exactly(transition_term(schedule, x0, xt, t, eps), bits(divergence), rtol=1e-9)


def test_a_transition_term_is_eq_12_where_nothing_is_clipped():
    schedule, t, x0 = linear_schedule(), 300, 0.5 * images(2, 3, 4, 4)
    true_eps, off = normal(2, 3, 4, 4), 0.01 * normal(2, 3, 4, 4, seed=1)
    beta, alpha, alpha_bar = schedule.beta[t], schedule.alpha[t], schedule.alpha_bar[t]
    weight = beta**2 / (2 * schedule.beta_tilde[t] * alpha * (1 - alpha_bar))
    actual = transition_term(schedule, x0, q_sample(schedule, x0, t, true_eps), t, true_eps + off)
    exactly(actual, bits(weight * off**2), rtol=1e-9)


@pytest.mark.parametrize("center", [-1.0, -0.5, 0.003, 0.99, 1.0])
def test_the_decoder_is_a_distribution_over_256_values(center):
    schedule = linear_schedule()
    x0 = (torch.arange(256, dtype=torch.float64) / 127.5 - 1).view(256, 1, 1, 1)
    x1 = torch.full_like(x0, center)
    probability = 2 ** -decoder_term(schedule, x0, x1, torch.zeros_like(x1))
    assert probability.sum().item() == pytest.approx(1, abs=1e-9)
    assert x0[probability.argmax()].item() == pytest.approx(center, abs=1 / 255)


@pytest.mark.parametrize("grey", [0, 1, 100, 255])
def test_the_decoder_is_the_gaussian_between_two_half_steps(grey):
    """Eq. 13 with the standard deviation sqrt(beta_1) = 0.01, by the error function."""
    mean, x0 = grey / 127.5 - 1 + 0.007, grey / 127.5 - 1
    above = math.inf if grey == 255 else x0 + 1 / 255
    below = -math.inf if grey == 0 else x0 - 1 / 255
    share = (math.erf((above - min(mean, 1)) / 0.01 / 2**0.5) - math.erf((below - min(mean, 1)) / 0.01 / 2**0.5)) / 2
    x1 = torch.full((1, 1, 1, 1), mean, dtype=torch.float64)
    x1 = q_sample(linear_schedule(), x1, 1, torch.zeros_like(x1))
    bits_of_one = decoder_term(linear_schedule(), torch.full_like(x1, x0), x1, torch.zeros_like(x1))
    exactly(bits_of_one, [-math.log2(share)], rtol=1e-9)


def test_the_decoder_averages_over_the_dimensions_of_each_image():
    schedule, x0 = linear_schedule(), (images(2, 1, 4, 4) * 127.5).round() / 127.5
    x1, eps = q_sample(schedule, x0, 1, normal(2, 1, 4, 4)), normal(2, 1, 4, 4, seed=1)
    pixel = [
        decoder_term(schedule, *(v[:, :, i : i + 1, j : j + 1] for v in (x0, x1, eps)))
        for i in range(4)
        for j in range(4)
    ]
    exactly(decoder_term(schedule, x0, x1, eps), torch.stack(pixel).mean(0))
