"""Sampling in float64 where the answer is known. Against diffusers: test_samplers_diffusers.py."""

import pytest
import torch
from torch import Tensor

from models.noisier.diffusion.process import eps_from_x0, predict_x0, q_sample
from models.noisier.diffusion.sampling import ddim_step, p_sample, sample, sigma_of
from models.noisier.diffusion.schedule import linear_schedule, respace
from tests.exact import ONE, ZERO, every_schedule, exactly, fake_network, images, normal


@every_schedule
def test_beta_is_exact_for_standard_normal_data(schedule):
    """Section 3.2. For x0 ~ N(0, 1) the best eps is sqrt(1 - alpha_bar_t) xt, and every x_t must stay N(0, 1)."""
    for t in range(2, schedule.steps + 1):
        noise = (1 - schedule.alpha_bar[t]).sqrt()
        keep = p_sample(schedule, ONE, t, noise * ONE, ZERO, sigma="beta", clip=False)
        add = p_sample(schedule, ZERO, t, ZERO, ONE, sigma="beta", clip=False)
        exactly(keep**2 + add**2, ONE, rtol=1e-9)


@every_schedule
@pytest.mark.parametrize("c", [-1.0, 0.3])
def test_beta_tilde_is_exact_for_a_single_picture(schedule, c):
    """Section 3.2. If all data is the point c, the best eps is known, and x_t must follow Eq. 4 from c, back to c."""
    mean, variance = q_sample(schedule, c * ONE, schedule.steps, ZERO), 1 - schedule.alpha_bar[-1:]
    for t in range(schedule.steps, 0, -1):

        def step(xt: Tensor, z: Tensor, t: int = t) -> Tensor:
            eps = eps_from_x0(schedule, xt, t, c * ONE)
            return p_sample(schedule, xt, t, eps, z, sigma="beta_tilde", clip=False)

        add = step(ONE, ONE) - step(ONE, ZERO)
        keep = step(mean + 1, ZERO) - step(mean, ZERO)
        mean, variance = step(mean, ZERO), keep**2 * variance + add**2
        exactly(mean, schedule.alpha_bar[t - 1].sqrt() * c * ONE, atol=1e-10)
        exactly(variance, (1 - schedule.alpha_bar[t - 1]) * ONE, atol=1e-10)


@pytest.mark.parametrize("steps", [1, 2, 10, 1000])
def test_ddim_with_the_true_noise_returns_along_eq_4(steps):
    schedule, x0, eps = respace(linear_schedule(), steps), images(2, 1, 4, 4), normal(2, 1, 4, 4)
    xT = q_sample(schedule, x0, schedule.steps, eps)
    s = schedule.steps
    for step in sample(schedule, lambda xt, t: eps, xT, torch.Generator(), ddim_step):
        s -= 1
        exactly(step.x_before, q_sample(schedule, x0, s, eps), atol=1e-9)
        exactly(step.x0, x0, atol=1e-9)
    assert s == 0


@every_schedule
@pytest.mark.parametrize("clip", [False, True])
def test_ddim_with_all_its_noise_is_algorithm_2(schedule, clip):
    xt, z = normal(1, 1, 4, 4), normal(1, 1, 4, 4, seed=1)
    for t in range(1, schedule.steps + 1):
        eps = fake_network(xt, torch.tensor([t]))
        ancestral = p_sample(schedule, xt, t, eps, z, sigma="beta_tilde", clip=clip)
        exactly(ddim_step(schedule, xt, t, eps, z, eta=1.0, clip=clip), ancestral, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("sigma", ["beta", "beta_tilde"])
@every_schedule
def test_no_noise_at_the_last_step(schedule, sigma):
    xt, eps, z = normal(1, 1, 4, 4), normal(1, 1, 4, 4, seed=1), 1e6 * normal(1, 1, 4, 4, seed=2)
    assert sigma_of(schedule, 1, sigma) == 0
    clipped = predict_x0(schedule, xt, 1, eps).clamp(-1, 1)
    exactly(p_sample(schedule, xt, 1, eps, z, sigma=sigma), clipped)
    exactly(ddim_step(schedule, xt, 1, eps, z, eta=1.0), clipped)
    if schedule.steps > 1:
        assert sigma_of(schedule, 2, sigma) > 0


def test_a_sample_depends_on_the_seed_alone():
    def last(seed: int) -> Tensor:
        rng = torch.Generator().manual_seed(seed)
        *_, step = sample(respace(linear_schedule(), 10), fake_network, normal(1, 1, 4, 4), rng)
        return step.x_before

    assert torch.equal(last(0), last(0))
    assert not torch.equal(last(0), last(1))


def test_single_precision_is_enough_for_pictures():
    """The page samples in float32: after 1,000 steps no pixel is off by a tenth of a grey level of 255."""
    noise, schedule = normal(1, 1, 8, 8), linear_schedule()
    *_, exact = sample(schedule, fake_network, noise, torch.Generator(), ddim_step)
    *_, single = sample(schedule, fake_network, noise.float(), torch.Generator(), ddim_step)
    torch.testing.assert_close(single.x_before.double(), exact.x_before, rtol=0, atol=0.1 / 127.5)
