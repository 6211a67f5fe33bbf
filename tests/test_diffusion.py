"""The equations of DDPM in float64: against algebra, against exactly solvable cases, and against the printed numbers.

The samplers are compared with diffusers in test_samplers.py.
"""

import inspect
import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from models import diffusion
from models.diffusion import (
    Schedule,
    cosine_schedule,
    ddim_step,
    decoder_term,
    eps_from_v,
    eps_from_x0,
    guide,
    linear_schedule,
    loss_simple,
    mean_from_eps,
    noise_like,
    p_sample,
    predict_x0,
    prior_term,
    q_posterior,
    q_sample,
    q_step,
    respace,
    sample,
    sigma_of,
    training_loss,
    transition_term,
    velocity,
)

HO, NICHOL, SONG, SALIMANS, GUIDANCE = "2006.11239", "2102.09672", "2010.02502", "2202.00512", "2207.12598"
CITATIONS = [
    ((HO, "Section 4"), linear_schedule),
    ((HO, "Eq. 2"), q_step),
    ((HO, "Eq. 4"), q_sample),
    ((HO, "Eq. 6-7"), q_posterior),
    ((HO, "Eq. 8"), transition_term),
    ((HO, "Eq. 11"), mean_from_eps),
    ((HO, "Eq. 13"), decoder_term),
    ((HO, "Eq. 14"), loss_simple),
    ((HO, "Eq. 15"), predict_x0),
    ((HO, "Eq. 15"), eps_from_x0),
    ((HO, "L_T"), prior_term),
    ((HO, "Section 3.2"), sigma_of),
    ((HO, "Algorithm 1"), training_loss),
    ((HO, "Algorithm 2"), p_sample),
    ((HO, "Algorithm 2"), sample),
    ((NICHOL, "Eq. 17"), cosine_schedule),
    ((NICHOL, "section 4"), respace),
    ((SALIMANS, "appendix D"), velocity),
    ((SONG, "Eq. 12 and 16"), ddim_step),
    ((GUIDANCE, "Eq. 6"), guide),
]
PLAIN_HELPERS = {"at", "noise_like", "eps_from_v"}

SCHEDULES = {
    "linear": linear_schedule(),
    "cosine": cosine_schedule(),
    "linear, 50 of 1000": respace(linear_schedule(), 50),
    "one step": linear_schedule(1),
}
every_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES.keys())


def exactly(actual, expected, rtol: float = 1e-12, atol: float = 1e-12) -> None:
    """Equal up to the rounding of float64."""
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=torch.float64), rtol=rtol, atol=atol)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def images(*shape: int, seed: int = 0) -> Tensor:
    """Random images in [-1, 1]."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 2 - 1


ZERO, ONE = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)


# --- Citations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("citation", "function"), CITATIONS, ids=[function.__name__ for _, function in CITATIONS])
def test_an_equation_cites_its_paper_and_number(citation, function):
    paper, number = citation
    assert number in function.__doc__
    assert paper in function.__doc__ or (paper == HO and paper in diffusion.__doc__)


def test_no_equation_is_without_a_citation():
    public = inspect.getmembers(diffusion, lambda f: inspect.isfunction(f) and f.__module__ == diffusion.__name__)
    cited = {function.__name__ for _, function in CITATIONS}
    assert {name for name, _ in public if not name.startswith("_")} == cited | PLAIN_HELPERS


# --- Schedules ------------------------------------------------------------------------------------------------

# t counted from 1; every value to its last digit
ALPHA_BAR = """1 .9999; 10 .998105; 50 .97102; 100 .89702; 200 .65904; 250 .52409; 300 .39642; 400 .19515; 500 .07859;
600 .02588; 700 .006966; 750 .003351; 800 .001532; 900 2.752e-4; 1000 4.036e-5"""


@pytest.mark.parametrize(("t", "value"), [entry.split() for entry in ALPHA_BAR.split(";")])
def test_alpha_bar_of_the_linear_schedule(t, value):
    digits, _, power = value.partition("e")
    half_a_unit = 0.5 * 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    assert linear_schedule().alpha_bar[int(t)].item() == pytest.approx(float(value), abs=half_a_unit, rel=0)


def test_signal_and_noise_are_equal_between_259_and_260():
    snr = linear_schedule().snr
    assert snr[259] > 1 > snr[260]


def test_linear_betas_are_those_of_section_4():
    schedule = linear_schedule()
    exactly(schedule.beta[1], 1e-4, atol=1e-15)
    exactly(schedule.beta[1000], 0.02)
    exactly(schedule.beta[1:].diff(), torch.full((999,), (0.02 - 1e-4) / 999, dtype=torch.float64))


@every_schedule
def test_a_schedule_is_consistent(schedule):
    assert schedule.alpha_bar.dtype == torch.float64
    assert schedule.alpha_bar[0] == 1
    assert (schedule.alpha_bar.diff() < 0).all()
    assert (schedule.alpha_bar > 0).all()
    assert schedule.times[0] == 0
    assert (schedule.times.diff() > 0).all()
    assert len(schedule.alpha_bar) == len(schedule.times) == schedule.steps + 1
    exactly(schedule.alpha.cumprod(0), schedule.alpha_bar)
    exactly(schedule.alpha + schedule.beta, torch.ones_like(schedule.beta))
    assert schedule.beta[0] == schedule.beta_tilde[0] == schedule.beta_tilde[1] == 0
    assert (schedule.beta_tilde <= schedule.beta).all()


def test_the_cosine_is_squared():
    def angle(t: Tensor) -> Tensor:
        return (t / 1000 + 0.008) / 1.008 * math.pi / 2

    t, schedule = torch.arange(1000, dtype=torch.float64), cosine_schedule()
    exactly(schedule.alpha_bar[:1000], (1 + (2 * angle(t)).cos()) / (1 + (2 * angle(t[0])).cos()))
    exactly(schedule.beta[1000], 0.999)  # the limit on beta acts at the last step alone
    assert schedule.beta[999] < 0.9


# --- Respacing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 50, 333, 999, 1000])
@pytest.mark.parametrize("make", [linear_schedule, cosine_schedule])
def test_respacing_keeps_the_noise_levels(make, steps):
    full = make()
    short = respace(full, steps)
    assert short.steps == steps
    assert torch.equal(short.alpha_bar, full.alpha_bar[short.times])
    assert (short.times[0], short.times[-1]) == (0, 1000)
    assert short.alpha_bar[-1] == full.alpha_bar[-1]
    assert short.times.diff().max() - short.times.diff().min() <= 1
    exactly((1 - short.beta).cumprod(0), short.alpha_bar)


def test_all_steps_are_the_schedule_itself():
    assert torch.equal(respace(linear_schedule(), 1000).alpha_bar, linear_schedule().alpha_bar)


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_respacing_refuses_what_cannot_be(steps):
    with pytest.raises(ValueError, match="1 to 1000"):
        respace(linear_schedule(), steps)


def test_the_same_betas_cut_short_leave_the_picture_standing():
    assert linear_schedule(250).alpha_bar[-1].item() == pytest.approx(0.080, abs=5e-4)
    assert linear_schedule(50).alpha_bar[-1].item() == pytest.approx(0.60, abs=5e-3)


# --- The forward process --------------------------------------------------------------------------------------


@every_schedule
def test_all_steps_of_eq_2_have_the_moments_of_eq_4(schedule):
    """Exactly: a step is linear, so the factor of x0 and the variance follow from its two coefficients."""
    factor, variance = ONE, ZERO
    for t in range(1, schedule.steps + 1):
        keep, add = q_step(schedule, ONE, t, ZERO), q_step(schedule, ZERO, t, ONE)
        factor, variance = keep * factor, keep**2 * variance + add**2
        exactly(factor, q_sample(schedule, ONE, t, ZERO))
        exactly(variance, q_sample(schedule, ZERO, t, ONE) ** 2)


def test_all_steps_of_eq_2_have_the_moments_of_eq_4_by_sampling():
    """100,000 chains; within four standard errors of mean and variance."""
    n, x0, schedule, rng = 100_000, 0.7, respace(linear_schedule(), 20), torch.Generator().manual_seed(0)
    xt = torch.full((n,), x0, dtype=torch.float64)
    for t in range(1, schedule.steps + 1):
        xt = q_step(schedule, xt, t, noise_like(xt, rng))
        mean, variance = schedule.alpha_bar[t].sqrt() * x0, 1 - schedule.alpha_bar[t]
        assert abs(xt.mean() - mean) < 4 * (variance / n).sqrt()
        assert abs(xt.var() - variance) < 4 * variance * (2 / n) ** 0.5


def test_a_time_may_be_a_number_or_one_for_every_image():
    schedule, x0, eps = linear_schedule(), images(3, 1, 4, 4), normal(3, 1, 4, 4)
    t = torch.tensor([1, 500, 1000])
    for function in (q_step, q_sample, predict_x0, eps_from_x0, velocity, eps_from_v, mean_from_eps):
        one_by_one = [function(schedule, x0[i : i + 1], int(t[i]), eps[i : i + 1]) for i in range(3)]
        exactly(function(schedule, x0, t, eps), torch.cat(one_by_one))


@every_schedule
def test_the_posterior_is_bayes_rule(schedule):
    """Eq. 6-7 against the product of q(x_t | x_{t-1}) and q(x_{t-1} | x_0): precisions add."""
    x0, xt = images(1, 1, 4, 4), normal(1, 1, 4, 4)
    for t in range(2, schedule.steps + 1):
        before = schedule.alpha_bar[t - 1]
        precision = schedule.alpha[t] / schedule.beta[t] + 1 / (1 - before)
        mean = (schedule.alpha[t].sqrt() * xt / schedule.beta[t] + before.sqrt() * x0 / (1 - before)) / precision
        actual_mean, actual_variance = q_posterior(schedule, x0, xt, t)
        exactly(actual_mean, mean, rtol=1e-9)
        exactly(actual_variance, 1 / precision, rtol=1e-9)


def test_before_the_first_step_is_the_image():
    mean, variance = q_posterior(linear_schedule(), images(1, 1, 4, 4), normal(1, 1, 4, 4), 1)
    exactly(mean, images(1, 1, 4, 4))
    assert variance == 0


# --- What the network's output means --------------------------------------------------------------------------


@every_schedule
def test_eq_11_is_eq_7_after_eq_15(schedule):
    xt, eps = normal(2, 3, 4, 4), normal(2, 3, 4, 4, seed=1)
    for t in range(1, schedule.steps + 1):
        mean, _ = q_posterior(schedule, predict_x0(schedule, xt, t, eps), xt, t)
        exactly(mean_from_eps(schedule, xt, t, eps), mean, rtol=1e-9, atol=1e-9)


@every_schedule
def test_conversions_invert(schedule):
    x0, eps = images(2, 3, 4, 4), normal(2, 3, 4, 4)
    for t in range(1, schedule.steps + 1):
        xt = q_sample(schedule, x0, t, eps)
        exactly(predict_x0(schedule, xt, t, eps), x0, atol=1e-10)
        exactly(eps_from_x0(schedule, xt, t, x0), eps, atol=1e-10)
        v = velocity(schedule, x0, t, eps)
        exactly(v, schedule.alpha_bar[t].sqrt() * eps - (1 - schedule.alpha_bar[t]).sqrt() * x0)
        exactly(eps_from_v(schedule, xt, t, v), eps)
        exactly(schedule.alpha_bar[t].sqrt() * xt - (1 - schedule.alpha_bar[t]).sqrt() * v, x0)


def test_guidance():
    without, with_class = normal(1, 1, 4, 4), normal(1, 1, 4, 4, seed=1)
    exactly(guide(without, with_class, 0), without)
    exactly(guide(without, with_class, 1), with_class)
    exactly(guide(without, with_class, 3.0), (1 + 2.0) * with_class - 2.0 * without)  # their Eq. 6 with w = 2


# --- Training: Algorithm 1 ------------------------------------------------------------------------------------


def fake_network(xt: Tensor, t: Tensor) -> Tensor:
    """A deterministic eps that depends on the picture, the place and the time."""
    return 0.7 * xt + 0.2 * torch.tanh(xt.roll(1, -1)) + 0.1 * torch.cos(t.to(xt.dtype) / 160).view(-1, 1, 1, 1)


def test_loss_against_one_pixel_at_a_time():
    schedule, x0, eps, t = linear_schedule(), images(3, 2, 4, 4), normal(3, 2, 4, 4), torch.tensor([1, 400, 1000])
    squares = []
    for i in range(3):
        alpha_bar = schedule.alpha_bar[t[i]].item()
        xt = math.sqrt(alpha_bar) * x0[i] + math.sqrt(1 - alpha_bar) * eps[i]
        squares += ((eps[i] - fake_network(xt[None], t[i : i + 1])[0]) ** 2).flatten().tolist()
    exactly(loss_simple(schedule, fake_network, x0, t, eps), sum(squares) / len(squares))


def test_training_draws_every_time_and_fresh_noise():
    seen = []

    def predict(xt: Tensor, t: Tensor) -> Tensor:
        seen.append((xt, t))
        return torch.zeros_like(xt)

    schedule, x0 = linear_schedule(4), torch.zeros(2000, 1, 2, 2, dtype=torch.float64)
    loss = training_loss(schedule, predict, x0, torch.Generator().manual_seed(0))
    ((xt, t),) = seen
    counts = t.bincount(minlength=6)
    assert (counts[0], counts[5]) == (0, 0)
    assert (counts[1:5] > 400).all()
    eps = xt / (1 - schedule.alpha_bar[t]).sqrt().view(-1, 1, 1, 1)
    exactly(loss, eps.square().mean())
    assert eps.var().item() == pytest.approx(1, abs=4 * (2 / eps.numel()) ** 0.5)
    again = training_loss(schedule, predict, x0, torch.Generator().manual_seed(0))
    assert loss == again != training_loss(schedule, predict, x0, torch.Generator().manual_seed(1))


def test_training_and_sampling_work_with_a_single_step():
    schedule, x0, rng = linear_schedule(1), images(2, 1, 4, 4), torch.Generator().manual_seed(0)
    assert training_loss(schedule, fake_network, x0, rng).isfinite()
    (step,) = sample(schedule, fake_network, x0, rng)
    assert step.t == 1
    exactly(step.x_before, step.x0)


# --- Sampling: cases with a known answer ----------------------------------------------------------------------


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


# --- The bound of Eq. 5 ---------------------------------------------------------------------------------------


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


def test_the_decoder_averages_over_the_dimensions_of_each_image():
    schedule, x0 = linear_schedule(), (images(2, 1, 4, 4) * 127.5).round() / 127.5
    x1, eps = q_sample(schedule, x0, 1, normal(2, 1, 4, 4)), normal(2, 1, 4, 4, seed=1)
    pixel = [
        decoder_term(schedule, *(v[:, :, i : i + 1, j : j + 1] for v in (x0, x1, eps)))
        for i in range(4)
        for j in range(4)
    ]
    exactly(decoder_term(schedule, x0, x1, eps), torch.stack(pixel).mean(0))


def test_single_precision_is_enough_for_pictures():
    """The page samples in float32: after 1,000 steps no pixel is off by a tenth of a grey level of 255."""
    noise, schedule = normal(1, 1, 8, 8), linear_schedule()
    *_, exact = sample(schedule, fake_network, noise, torch.Generator(), ddim_step)
    *_, single = sample(schedule, fake_network, noise.float(), torch.Generator(), ddim_step)
    torch.testing.assert_close(single.x_before.double(), exact.x_before, rtol=0, atol=0.1 / 127.5)


def test_a_schedule_is_a_plain_value():
    short = respace(linear_schedule(), 3)
    assert Schedule(short.alpha_bar, short.times).steps == 3
