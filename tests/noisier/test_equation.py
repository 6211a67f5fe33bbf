"""A pixel's way through the equations: what is printed against the sampler run directly, digit by digit."""

from __future__ import annotations

import math
from functools import partial
from types import SimpleNamespace

import gradio as gr
import pytest
import torch

from models.core import artifacts
from models.noisier import denoise, images
from models.noisier.denoise import Journey
from models.noisier.diffusion.process import eps_from_x0, mean_from_eps, predict_x0, q_posterior
from models.noisier.diffusion.sampling import DPMSolver, ddim_step, p_sample, sample, sigma_of
from models.noisier.diffusion.schedule import respace
from models.noisier.pixel import Pixel
from visuals.noisier.journey import equation, section
from visuals.noisier.journey.kept import Kept
from visuals.noisier.journey.terms import BACK, MINUS
from visuals.page.visitors import Visitors, bytes_of

PIXELS = [(10, 11), (0, 0), (16, 20)]
WAYS = [
    {"sampler": "ddpm"},
    {"sampler": "ddpm", "sigma": "beta_tilde", "view": "cosine"},
    {"sampler": "ddim"},
    {"sampler": "ddim", "eta": 0.7},
    {"sampler": "dpm++"},
]
each_way = pytest.mark.parametrize("choice", WAYS, ids=[" ".join(map(str, way.values())) for way in WAYS])


def kept(**choice) -> Kept:
    journey = Journey(steps=8, seed=3, **choice)
    start = artifacts.load_run("journey-mnist")["samples"][2]
    return Kept(1, journey, frames=list(denoise.travel(journey, start)))


def printed(row: dict) -> dict[str, list[str]]:
    return {key: rest for key, *rest in row["lines"]}


def four(value: float) -> str:
    return f"{float(value):.4f}".replace("-", MINUS)


def later(value: float) -> str:
    """As it stands after a sign."""
    return f"({four(value)})" if four(value).startswith(MINUS) else four(value)


def five(value: float) -> str:
    return f"{float(value):.5g}".replace("-", MINUS)


@each_way
def test_every_digit_of_the_way_back_is_the_samplers_own(choice):
    run = kept(**choice)
    journey, there = run.journey, [frame for frame in run.frames if frame.way == "there"]
    rule = {
        "ddpm": partial(p_sample, sigma=journey.sigma),
        "ddim": partial(ddim_step, eta=journey.eta),
        "dpm++": DPMSolver(),
    }[journey.sampler]
    # the same chain, run directly, from the same noise and with the generator where the way there left it
    rng = torch.Generator().manual_seed(journey.seed)
    for _ in range(1000):
        torch.randn(1, 1, 32, 32, generator=rng)
    schedule = respace(denoise.TRAINED_ON, 8)
    predict = denoise.predictor(denoise.network("mnist"), torch.tensor([journey.label]), journey.guidance)
    steps = list(sample(schedule, predict, torch.from_numpy(there[-1].floats.xt), rng, rule))
    seen = set()
    for place in PIXELS:
        run.pixel = Pixel(0, *place)
        rows = equation.story(run)["rows"][len(there) :]
        assert len(rows) == len(steps) + 1
        for number, (step, row) in enumerate(zip(steps, rows, strict=False)):
            s, lines, at = 8 - number, printed(row), (0, 0, *place)
            raw = predict_x0(schedule, step.xt, s, step.eps)
            clipped = abs(raw[at].item()) > 1
            seen.add(clipped)
            assert lines["xt"][1] == four(step.xt[at])
            assert lines["xt"][2] == str(int(images.to_image(step.xt[0])[place][0]))
            assert lines["eps"][1] == four(step.eps[at])
            assert lines["x0"][1] == four(raw[at])
            assert lines["x0"][0] == (
                f"({four(step.xt[at])} {MINUS} {five((1 - schedule.alpha_bar[s]).sqrt())} · "
                f"{later(step.eps[at])}) / {five(schedule.alpha_bar[s].sqrt())}"
            )
            assert ("clip" in lines) == clipped
            if clipped:
                assert lines["clip"][1] == four(step.x0[at])
            result = lines[journey.sampler]
            assert result[1] == four(step.x_before[at])
            assert result[2] == str(int(images.to_image(step.x_before[0])[place][0]))
            if journey.sampler == "ddpm":
                sigma = sigma_of(schedule, s, journey.sigma)
                key = "eq7" if clipped else "eq11"
                mean = q_posterior(schedule, step.x0, step.xt, s)[0]
                if not clipped:  # Eq. 7 and Eq. 11 are then the same
                    torch.testing.assert_close(mean[at], mean_from_eps(schedule, step.xt, s, step.eps)[at])
                    mean = mean_from_eps(schedule, step.xt, s, step.eps)
                assert lines[key][1] == four(mean[at])
                assert lines["sigma"] == [
                    f"{five(sigma)} · {later(step.z[at])}",
                    four(sigma * step.z[at]),
                    "",
                    "factor 0: nothing is added" if s == 1 else "",
                ]
            elif journey.sampler == "ddim" and clipped:
                assert lines["eps again"][1] == four(eps_from_x0(schedule, step.xt, s, step.x0)[at])
            elif journey.sampler == "dpm++":
                last = steps[number - 1].x0[at].item() if number else 0.0
                assert lines["line"][0].endswith(f"· {later(last)}")
        end = printed(rows[-1])["new"]
        assert end[1] == four(steps[-1].x_before[0, 0][place])
    assert seen == {True, False}  # both forms were looked at


def evaluated(text: str) -> float:
    """A line of numbers as they are printed, worked out."""
    return eval(text.replace(MINUS, "-").replace("·", "*"), {"__builtins__": {}})  # only digits and signs are in it


@each_way
def test_every_line_works_out_to_the_value_beside_it(choice):
    """As somebody with a calculator would check it, up to the rounding of the printed digits."""
    run = kept(**choice)
    run.pixel = Pixel(0, 10, 11)
    checked = 0
    for row in equation.story(run)["rows"]:
        for key, numbers, value, *_ in row["lines"]:
            if numbers and value:
                divided = key in ("x0", "eps again")
                by = evaluated(numbers.rpartition("/ ")[2]) if divided else 1
                assert evaluated(numbers) == pytest.approx(evaluated(value), abs=3e-4 / by, rel=2e-4), (key, numbers)
                checked += 1
    assert checked > 41 * 2 + 8 * 2


def test_on_the_way_there_both_equations_give_the_pixel():
    run = kept(view="cosine")
    run.pixel = Pixel(0, 10, 11)
    for frame, row in zip(run.frames, equation.story(run)["rows"], strict=True):
        if frame.way == "back":
            continue
        lines, xt = printed(row), float(frame.floats.xt[0, 0, 10, 11])
        if frame.t == 0:
            assert lines["start"][1:3] == [four(xt), str(int(frame.xt[0, 10, 11, 0]))]
            continue
        assert lines["eq2"][1] == lines["eq4"][1] == four(xt)
        noise = torch.from_numpy(frame.floats.eps)
        assert four(noise.mean()) in lines["steps"][0]
        assert four(noise.std()) in lines["steps"][0]
        assert math.isclose(noise.std().item(), 1, abs_tol=4 / math.sqrt(2 * 1024))


def test_without_a_pixel_the_factors_stand_there_alone():
    run = kept(sampler="ddpm")
    value = equation.story(run)
    lines = printed(value["rows"][-2])
    assert value["pixel"] == ""
    assert lines["sigma"][0] == "0 · z"
    alpha_bar = run.journey.back.alpha_bar[1]
    factors = five((1 - alpha_bar).sqrt()), five(alpha_bar.sqrt())
    assert lines["x0"] == [f"(x_t {MINUS} {factors[0]} · ε_θ) / {factors[1]}", "", "", ""]
    assert all(line[2] == "" for row in value["rows"] for line in row["lines"])
    assert "eq7" not in lines
    assert not [
        key for row in value["rows"] for key, again, *_ in row["lines"] if again and again == value["legend"][key][1]
    ]


def test_the_equations_of_what_the_player_shows_stay_in_sight():
    for sampler in BACK:
        value = equation.story(kept(sampler=sampler))
        assert set(value["folded"]) < set(value["legend"])
        for row in value["rows"]:
            seen = [key for key, *_ in row["lines"] if key not in value["folded"]]
            assert seen in (["start"], ["eq2", "eq4"], ["new"], ["eps", "x0", sampler])


def visitor(name: str) -> SimpleNamespace:
    return SimpleNamespace(session_hash=name)


def asked(**place) -> SimpleNamespace:
    return SimpleNamespace(**({"run": 1, "index": 3, "sample": 0, "row": 10, "column": 11} | place))


@pytest.fixture
def own(monkeypatch) -> Visitors[Kept]:
    monkeypatch.setattr(section, "newest", Visitors(lambda run: run.bytes, most_bytes=3 * kept().bytes))
    return section.newest


def test_one_visitors_pixels_are_not_told_to_another(own):
    own.keep(visitor("a"), kept(sampler="ddpm"))
    assert section.probe(0, asked(), visitor("b"))[0] == gr.skip()
    shown = section.probe(0, asked(), visitor("a"))[0]
    assert "Row 11, column 12" in shown["pixel"]
    own.forget(visitor("a"))
    nothing, said = section.probe(0, asked(), visitor("a"))
    assert nothing == gr.skip()
    assert "no longer kept" in said


def test_the_same_pixel_is_told_once_and_stays_chosen_in_the_next_run(own):
    own.keep(visitor("a"), kept(sampler="ddpm"))
    assert section.probe(0, asked(), visitor("a"))[0] != gr.skip()
    assert section.probe(0, asked(index=9), visitor("a"))[0] == gr.skip()
    again = kept(sampler="ddim")
    again.look_where(own.of(visitor("a")))
    assert again.pixel == Pixel(0, 10, 11)


def test_the_recorded_run_can_be_looked_into(own):
    shown = section.probe(0, asked(run=0), visitor("a"))[0]
    assert printed(shown["rows"][-2])["ddpm"][1] != ""
    assert shown["run"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"run": 2},
        {"run": None},
        {"sample": 1},
        {"sample": -1},
        {"row": 32},
        {"column": -1},
        {"row": 1.5},
        {"row": True},
    ],
)
def test_what_is_no_pixel_of_the_run_is_passed_over(own, wrong):
    own.keep(visitor("a"), kept(sampler="ddpm"))
    assert section.probe(0, asked(**wrong), visitor("a"))[0] == gr.skip()
    assert section.probe(0, SimpleNamespace(), visitor("a"))[0] == gr.skip()


def test_the_runs_of_many_visitors_do_not_pile_up(own):
    run = kept(sampler="ddpm")
    assert run.bytes == pytest.approx(bytes_of(run.frames), rel=0.1)
    for number in range(5):
        own.keep(visitor(str(number)), run)
    assert own.of(visitor("1")) is None
    assert own.of(visitor("2")) is run


class Growing(list):
    """Frames of a run under way: another one comes whenever somebody looks."""

    def __init__(self, frames: list):
        super().__init__(frames[:1])
        self.rest = frames[1:]

    def __iter__(self):
        taken = [*super().__iter__()]
        self.append(self.rest.pop(0))
        return iter(taken)


def test_the_equation_can_be_written_while_frames_come():
    """It read the frames and then their number, which had grown by then."""
    run = kept(sampler="ddpm")
    run.frames = Growing(run.frames)
    assert len(equation.story(run)["rows"]) == 41 + 9
