"""The equations of DDPM in float64: citations, the forward process, conversions and training, against algebra."""

import inspect
import math
from importlib import import_module
from pkgutil import iter_modules

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from models.noisier import diffusion
from models.noisier.diffusion.bound import decoder_term, prior_term, transition_term
from models.noisier.diffusion.process import (
    eps_from_v,
    eps_from_x0,
    guide,
    loss_simple,
    mean_from_eps,
    noise_like,
    predict_x0,
    q_chain,
    q_posterior,
    q_sample,
    q_step,
    training_loss,
    velocity,
)
from models.noisier.diffusion.sampling import (
    DPMSolver,
    ddim_step,
    dpm_solver_step,
    p_sample,
    sample,
    sigma_of,
    solver_weights,
)
from models.noisier.diffusion.schedule import cosine_schedule, linear_schedule, respace
from tests.exact import ONE, ZERO, every_schedule, exactly, fake_network, images, normal

HO, NICHOL, SONG, SALIMANS, GUIDANCE, LU = (
    "2006.11239",
    "2102.09672",
    "2010.02502",
    "2202.00512",
    "2207.12598",
    "2211.01095",
)
CITATIONS = [
    ((HO, "Section 4"), linear_schedule),
    ((HO, "Eq. 2"), q_step),
    ((HO, "Eq. 2"), q_chain),
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
    ((LU, "Algorithm 2"), dpm_solver_step),
    ((LU, "Algorithm 2"), solver_weights),
]
PLAIN_HELPERS = {"at", "noise_like", "eps_from_v"}


@pytest.mark.parametrize(("citation", "function"), CITATIONS, ids=[function.__name__ for _, function in CITATIONS])
def test_an_equation_cites_its_paper_and_number(citation, function):
    paper, number = citation
    assert number in function.__doc__
    assert paper in function.__doc__ or (paper == HO and paper in diffusion.__doc__)


def test_no_equation_is_without_a_citation():
    modules = [import_module(f"{diffusion.__name__}.{module.name}") for module in iter_modules(diffusion.__path__)]
    assert len(modules) == 4
    public = [
        member
        for module in modules
        for member in inspect.getmembers(module, inspect.isfunction)
        if member[1].__module__ == module.__name__
    ]
    cited = {function.__name__ for _, function in CITATIONS}
    assert {name for name, _ in public if not name.startswith("_")} == cited | PLAIN_HELPERS


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


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (1, 1, 32, 32), (25, 2), (1, 3)])
@every_schedule
def test_the_chain_is_single_steps_to_the_last_bit(schedule, shape):
    x0, rng = images(*shape), torch.Generator().manual_seed(1)
    xt, times = x0, []
    for t, before, after, eps in q_chain(schedule, x0, torch.Generator().manual_seed(1)):
        z = noise_like(xt, rng)
        assert torch.equal(before, xt)
        assert torch.equal(eps, z)
        xt = q_step(schedule, xt, t, z)
        assert torch.equal(after, xt)
        times.append(t)
    assert times == [*range(1, schedule.steps + 1)]


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


class Float64Elsewhere(TorchDispatchMode):
    """Collects the operations that make a float64 tensor anywhere but on the CPU."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **kwargs or {})
        if isinstance(out, Tensor) and out.dtype == torch.float64 and out.device.type != "cpu":
            self.found.append(str(func))
        return out


def test_the_schedule_stays_float64_on_the_cpu_alone():
    """Apple's GPUs have no float64; torch's meta device stands for one, as it computes shapes and dtypes only."""
    schedule, x = linear_schedule(20), torch.zeros(2, 1, 4, 4, device="meta")
    with Float64Elsewhere() as seen:
        for t in (5, torch.tensor([5, 20], device="meta")):
            for function in (q_step, q_sample, predict_x0, eps_from_x0, velocity, eps_from_v, mean_from_eps):
                assert function(schedule, x, t, x).dtype == torch.float32
        transition_term(schedule, x, x, 5, x)
        prior_term(schedule, x)
        training_loss(schedule, fake_network, x)
        for rule in (p_sample, ddim_step, DPMSolver()):
            *_, last = sample(schedule, fake_network, x, torch.Generator(), rule)
            assert last.x_before.device == x.device
    assert seen.found == []


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
