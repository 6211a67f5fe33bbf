"""The noise schedules in float64: the printed numbers, the other paper's formula, and respacing."""

import math

import pytest
import torch
from torch import Tensor

from models.noisier.diffusion.schedule import cosine_schedule, linear_schedule, respace
from tests.exact import every_schedule, exactly

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
