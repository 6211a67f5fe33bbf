"""Signal and gradient: what is said of the recorded races is true, and a race of the visitor's own is shown."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from models.core import artifacts
from models.deeper.race import Layers, Race
from visuals.deeper.nets import RACED, Raced
from visuals.deeper.signal import section, view, words

RUN = artifacts.load_run("signal-digits")
STEPS, PLAIN, RESIDUAL = RUN["0 steps"], RUN["0 gradient"][:, 0], RUN["1 gradient"][:, 0]


def said() -> dict[str, str]:
    _, looks = section.recorded()
    long = artifacts.load_run("race-converged")["1 gradient"][:, 0]
    return words.numbers(artifacts.certificate("signal-digits"), looks, long)


def test_what_is_said_of_the_gradients_is_true():
    weak = (words.WEAK[0] <= STEPS) & (words.WEAK[1] >= STEPS)
    assert (PLAIN[weak] < RESIDUAL[weak]).all()
    assert float(said()["WEAK_PLAIN"]) == pytest.approx(np.median(PLAIN[weak]), rel=0.01)
    assert float(said()["WEAK_RESIDUAL"]) == pytest.approx(np.median(RESIDUAL[weak]), rel=0.01)
    assert float(said()["LATER"]) == pytest.approx(np.median(PLAIN[words.WEAK[1] < STEPS]), rel=0.01)
    assert RUN["0 gradient"].min() > 1e-3  # never gone
    bare = RUN["2 gradient"][0]
    assert bare.max() < 1e-5  # without batch norm hardly any arrives anywhere
    assert (said()["BACK_FIRST"], said()["BACK_LAST"]) == (
        f"{bare[0] * 1e6:.1f} millionths",
        f"{bare[-1] * 1e6:.1f} millionths",
    )
    assert not RUN["3 gradient"].any()  # with small weights none
    assert all(RUN[f"{lane} train_error"][-1] > 85 for lane in (2, 3))  # near guessing


def test_in_the_long_race_the_first_layer_keeps_its_gradient_and_the_net_still_ends_worse():
    long = artifacts.load_run("race-converged")
    assert float(said()["LONG_LOW"]) == pytest.approx(long["1 gradient"][:, 0].min(), rel=0.01)
    assert said()["LONG_LOOKS"] == str(len(long["looks"]))
    ends = long["train_error"][:, :, -1]
    assert (ends[1] > ends[[0, 2, 3]].max(0)).all()


def test_the_annotated_moments_say_what_is_there():
    _, looks = section.recorded()
    notes = words.notes(looks)
    assert list(notes) == [1, int(STEPS[PLAIN.argmin()]), 200]
    start = RUN["0 gradient"][0]
    assert start.argmax() == 1  # the second layer
    assert notes[1][1].endswith(f"{start[-1]:.1f} in the last layer, {start.max():,.0f} in the second.")
    drawn = view.panels(*section.recorded(), notes)
    assert drawn.count("<figure>") == 3
    for text in ("plain-56", "residual-56", "1", "55"):  # what the curves are, and the ends of the axis below them
        assert drawn.count(f">{text}</text>") == 3 + (3 if text == "1" else 0)  # a gradient of 1 has a line, too
    for _, sentence in notes.values():
        assert f"<p>{sentence}</p>" in drawn


def test_the_curves_names_stand_where_none_of_the_curves_goes():
    _, looks = section.recorded()
    for step in words.notes(looks):
        gradients = [looks[step][k].gradient for k in section.LANES[section.NORMED]]
        top = view.key_place(gradients)
        lines = [top + view.KEY_LINE * row for row in range(len(gradients))]
        for found in gradients:
            right = found[int(len(found) * (view.KEY_LEFT - view.LEFT) / (100 - view.LEFT)) :]
            assert all(abs(view.place_y(value) - line) > view.LETTERS for value in right for line in lines), step


def test_charts_show_the_nets_that_are_chosen():
    for which, lanes in section.LANES.items():
        gradient, signal, _ = section.charts(which, None, 5)
        names = [section.recorded()[0][k].name for k in lanes]
        assert [series["id"] for series in gradient["series"]] == [series["id"] for series in signal["series"]] == names
    step, curves = section.charts(section.NORMED, None, 5)[0]["moments"]["new"][0]
    assert step == 1
    assert [y for _, y in curves["plain-56"]] == pytest.approx(RUN["0 gradient"][0], rel=1e-3)


def test_a_race_of_the_visitor_is_shown_once_it_has_ended():
    me = SimpleNamespace(session_hash="of these tests")
    *charts, told, both = section.chosen(section.OWN, me)
    assert charts == [gr.skip(), gr.skip()]
    assert "You have not run a race" in told
    assert both["visible"] is False  # no curves of other nets under that name
    assert section.chosen(section.BARE, me)[-1]["visible"] is True
    assert section.raced(me) == (gr.skip(),) * 5
    config = Race()
    RACED.keep(me, Raced(config, {1: {0: Layers((1.0,) * 7, (2.0,) * 7)}}, ()))
    which, gradient, signal, told, both = section.raced(me)
    assert both["visible"] is True
    assert which == section.OWN
    assert "seed 0, while your race was trained" in told
    assert gradient["moments"]["new"] == [(1, {"plain-8": [(k, 2.0) for k in range(1, 8)]})]
    assert signal["run"] == gradient["run"]
    RACED.forget(me)


def test_on_a_logarithmic_axis_nothing_is_drawn_where_nothing_is():
    assert view.points((0.0, 2e-11, 0.5, float("inf"), float("nan"))) == [(3, 0.5)]
