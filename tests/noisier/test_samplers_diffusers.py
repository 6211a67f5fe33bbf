"""The samplers against diffusers' schedulers: at every step of a chain, the same x_t, prediction and noise.

diffusers counts times from 0, so its time is ours minus 1. Its schedules are compared with ours first; for the steps
both use the float64 values, because diffusers keeps its own in float32.
"""

from functools import partial

import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler
from torch import Tensor

from models.noisier.diffusion.sampling import DPMSolver, ddim_step, p_sample, sample
from models.noisier.diffusion.schedule import Schedule, cosine_schedule, linear_schedule, respace
from tests.exact import fake_network, normal

SCHEDULES = {"linear": (linear_schedule(), "linear"), "cosine": (cosine_schedule(), "squaredcos_cap_v2")}
STEPS = [1000, 50, 1]
every_schedule = pytest.mark.parametrize("name", SCHEDULES)
every_length = pytest.mark.parametrize("steps", STEPS)
# At every time, and with each way to clip: of a step's rule these are two things.
chains = pytest.mark.parametrize(
    ("steps", "clip"), [(1000, True), (50, True), (50, False), (10, False), (2, True), (1, True), (1, False)]
)


def close(actual: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=1e-9, atol=1e-9)


def make(scheduler: type, name: str, clip: bool, **options):
    """One of diffusers' schedulers, with alpha_bar in float64."""
    theirs = their_schedule(scheduler, name, clip_sample=clip, **options)
    theirs.alphas_cumprod = SCHEDULES[name][0].alpha_bar[1:]
    return theirs


def their_schedule(scheduler: type, name: str, **options):
    return scheduler(beta_schedule=SCHEDULES[name][1], beta_start=1e-4, beta_end=0.02, **options)


def start(name: str, steps: int) -> tuple[Schedule, Tensor, torch.Generator, torch.Generator]:
    """The schedule, a noise to start from, and two generators in the same state."""
    schedule = respace(SCHEDULES[name][0], steps)
    return schedule, normal(2, 1, 4, 4), torch.Generator().manual_seed(7), torch.Generator().manual_seed(7)


@every_schedule
def test_the_schedules_are_the_same(name):
    """To float32's precision; 1e-4 at the last cosine step, where 1 - beta of 0.999 loses three digits."""
    ours, theirs = SCHEDULES[name][0], their_schedule(DDPMScheduler, name)
    torch.testing.assert_close(ours.beta[1:].float(), theirs.betas, rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(ours.alpha_bar[1:].float(), theirs.alphas_cumprod, rtol=1e-4, atol=1e-9)


@every_length
def test_evenly_spaced_times_are_the_same(steps):
    theirs = make(DDIMScheduler, "linear", clip=True, timestep_spacing="trailing")
    theirs.set_timesteps(steps)
    assert (theirs.timesteps + 1).tolist() == respace(linear_schedule(), steps).times[1:].flip(0).tolist()


@every_schedule
@chains
@pytest.mark.parametrize(("sigma", "variance"), [("beta_tilde", "fixed_small"), ("beta", "fixed_large")])
def test_ddpm(name, steps, clip, sigma, variance):
    schedule, xT, rng, their_rng = start(name, steps)
    theirs = make(DDPMScheduler, name, clip, variance_type=variance)
    theirs.set_timesteps(timesteps=(schedule.times[1:] - 1).flip(0).tolist())
    rule = partial(p_sample, sigma=sigma, clip=clip)
    for count, step in enumerate(sample(schedule, fake_network, xT, rng, rule, clip), start=1):
        out = theirs.step(step.eps, step.t - 1, step.xt, generator=their_rng)
        close(step.x0, out.pred_original_sample)
        # diffusers' respaced chain adds noise at its last step too, unless that is time 0; Algorithm 2 never does
        if count < steps or step.t == 1:
            close(step.x_before, out.prev_sample)
    assert count == steps
    close(step.x_before, step.x0)


@every_schedule
@chains
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ddim(name, steps, clip, eta):
    schedule, xT, rng, their_rng = start(name, steps)
    theirs = make(DDIMScheduler, name, clip, timestep_spacing="trailing")
    theirs.set_timesteps(steps)
    rule = partial(ddim_step, eta=eta, clip=clip)
    for step in sample(schedule, fake_network, xT, rng, rule, clip):
        out = theirs.step(step.eps, step.t - 1, step.xt, eta=eta, generator=their_rng, use_clipped_model_output=True)
        close(step.x0, out.pred_original_sample)
        close(step.x_before, out.prev_sample)


def their_solver(name: str, steps: int, clip: bool) -> DPMSolverMultistepScheduler:
    """DPM-Solver++(2M) at our times and noise levels; a dynamic threshold of at most 1 is clipping to [-1, 1]."""
    options = {"thresholding": clip, "sample_max_value": 1.0, "final_sigmas_type": "zero"}
    theirs = their_schedule(DPMSolverMultistepScheduler, name, timestep_spacing="trailing", **options)
    theirs.set_timesteps(steps)
    schedule = respace(SCHEDULES[name][0], steps)
    assert (theirs.timesteps + 1).tolist() == schedule.times[1:].flip(0).tolist()
    theirs.sigmas = schedule.snr.rsqrt().flip(0)  # sqrt(1 - alpha_bar) / sqrt(alpha_bar), which it keeps in float32
    return theirs


@every_schedule
@chains
def test_dpm_solver(name, steps, clip):
    schedule, xT, rng, _ = start(name, steps)
    theirs = their_solver(name, steps, clip)
    for step in sample(schedule, fake_network, xT, rng, DPMSolver(clip), clip):
        out = theirs.step(step.eps, theirs.timesteps[theirs.step_index or 0], step.xt)
        torch.testing.assert_close(step.x_before, out.prev_sample.double(), rtol=1e-6, atol=1e-6)  # theirs is float32
    close(step.x_before, step.x0)


def test_dpm_solver_gets_nearer_to_its_goal_with_every_step_more():
    """Its error against 1,000 steps of DDIM shrinks faster than DDIM's, as a method of second order should."""

    def end(rule, steps: int) -> Tensor:
        schedule, xT, rng, _ = start("linear", steps)
        *_, last = sample(schedule, fake_network, xT, rng, rule, clip=False)
        return last.x_before

    goal = end(partial(ddim_step, clip=False), 1000)
    solver, ddim = (
        [(end(rule(), steps) - goal).abs().max().item() for steps in (10, 40)]
        for rule in (lambda: DPMSolver(clip=False), lambda: partial(ddim_step, clip=False))
    )
    assert solver[1] < solver[0] / 4
    assert all(ours < theirs for ours, theirs in zip(solver, ddim, strict=True))


@pytest.mark.parametrize("scheduler", [DDPMScheduler, DDIMScheduler])
def test_a_whole_chain_ends_at_the_same_picture(scheduler):
    """Each side goes its own way from the same x_T, with the same network and noise."""
    schedule, xT, rng, their_rng = start("linear", 1000)
    ddpm = scheduler is DDPMScheduler
    theirs = make(scheduler, "linear", clip=True)
    theirs.set_timesteps(1000)
    xt = xT
    for t in theirs.timesteps:
        options = {} if ddpm else {"use_clipped_model_output": True}
        xt = theirs.step(fake_network(xt, t + 1), t, xt, generator=their_rng, **options).prev_sample
    *_, last = sample(schedule, fake_network, xT, rng, partial(p_sample, sigma="beta_tilde") if ddpm else ddim_step)
    close(last.x_before, xt)
