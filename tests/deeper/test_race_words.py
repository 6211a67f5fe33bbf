"""The race and its settings: words, charts, links, and what a visitor's guess and race leave."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from models.core import artifacts
from models.deeper import race as module
from models.deeper.nets import Lane
from models.deeper.race import Point, Race
from visuals.deeper.race import recorded, view
from visuals.deeper.race import words as sentences
from visuals.deeper.race.card import QUESTION
from visuals.deeper.race.view import LiveRace
from visuals.deeper.race.words import Result

DEFAULT = Race()
PLAIN_8, PLAIN_56, RESIDUAL_8, RESIDUAL_56 = DEFAULT.lanes
POINTS = 200 + 10  # training errors and test errors of a lane


def race(config: Race) -> list[Point]:
    return [event for event in module.race(config) if isinstance(event, Point)]


def result(*errors: float | None) -> Result:
    """One seed's training errors of the default lanes."""
    return Result(200, {lane: (error,) for lane, error in zip(DEFAULT.lanes, errors, strict=True)})


@pytest.fixture(scope="module")
def digits():
    return artifacts.load_run("race-digits"), artifacts.certificate("race-digits")


# --- words and numbers ---


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (
            (0.2, 66.5, 0.0, 0.3),
            (
                "plain-56 trains worse than plain-8, as in the paper: it gets 66.5 % of its training images wrong",
                "residual-56 ends 0.3 points behind residual-8",
            ),
        ),
        (
            (3.0, 4.9, 9.0, 3.0),
            ("plain-56 ends 1.9 points behind plain-8", "residual-56 trains better than residual-8"),
        ),
        ((90.0, 89.5, 1.1, 0.1), ("Neither plain-8 nor plain-56 has learned much", "1.0 point ahead of residual-8")),
        ((0.2, 66.5, 0.3, 0.3), ("residual-56 ends level with residual-8",)),
        ((0.0, 70.0, 0.04, 0.56), ("residual-56 ends 0.6 points behind residual-8",)),  # shown as 0.0 and 0.6
        ((4.5, 1.0, 1.0, 8.0), ("plain-56 trains better than plain-8, unlike in", "residual-56 trains worse than")),
        ((14.8, 78.9, 1.0, 2.0), ("plain-56 trains worse than plain-8",)),  # the shallow one is not done, either
    ],
)
def test_the_sentence_is_true_whatever_comes_out(errors, said):
    sentence = sentences.verdict(result(*errors))
    assert all(part in sentence for part in said)
    assert {float(n) for n in re.findall(r"([\d.]+) %", sentence)} <= set(errors)


def test_a_diverged_net_is_called_so_and_compared_with_nothing():
    points = [
        Point(0, 200, (0.1,), (1.0,)), Point(1, 12, (None,)), Point(2, 200, (0.0,)), Point(3, 200, (0.2,))
    ]  # fmt: skip
    said = sentences.verdict(sentences.result_of(DEFAULT, {p.lane: p for p in points}))
    assert "plain-56 has diverged" in said
    assert "plain-56 trains" not in said
    assert "residual-56 ends 0.2 points behind residual-8" in said
    assert "plain-56 diverged at step 12" in sentences.progress(DEFAULT, points[:2], seconds_left=9)


def test_seeds_that_diverged_are_counted_and_left_out_of_the_mean():
    lane = Lane(20, True, norm=False)
    said = sentences.verdict(Result(50, {lane: (10.0, None, 20.0)}))
    assert said.startswith(
        "residual-20, no batch norm gets 15.0 % (1 of 3 seeds diverged) of its training images wrong"
    )
    said = sentences.verdict(Result(50, {PLAIN_8: (1.0, 2.0), PLAIN_56: (60.0, None)}))
    assert "plain-56 gets 60.0 % (1 of 2 seeds diverged)" in said
    assert "trains worse" not in said


def test_nets_without_batch_norm_are_not_compared_with_the_paper():
    lanes = (Lane(8, False, norm=False), Lane(20, False, norm=False))
    said = sentences.verdict(Result(50, dict(zip(lanes, ((10.0,), (90.0,)), strict=True))))
    assert "plain-20, no batch norm trains worse than plain-8, no batch norm" in said
    assert "paper" not in said


def test_a_guess_is_told_with_what_was_measured():
    measured = result(0.1, 70.0, 0.0, 1.0)
    said = sentences.guessed({"plain-56": 12, "residual-56": 2.5, "plain-20": 3}, measured)
    assert said == (
        "You guessed 12 % for plain-56: 58 points too low. You guessed 2.5 % for residual-56: about right. "
    )
    assert sentences.guessed(None, measured) == ""


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (((1.0, 2.0, 1.5), (61.0, 70.0, 65.0)), "excludes zero: after 200 steps the gap is unlikely to be chance"),
        (((1.0, 2.0, 1.5), (2.0, 0.5, 1.6)), "contains zero"),
        (((1.0,), (61.0,)), "+60.00 percentage points, from one seed"),
        (((None,), (61.0,)), "no seed in which both"),
    ],
)
def test_whether_a_gap_is_more_than_chance_is_said_in_words(errors, said):
    assert said in sentences.gap(Result(200, dict(zip((PLAIN_8, PLAIN_56), errors, strict=True))), PLAIN_56, PLAIN_8)


def test_a_seed_that_diverged_is_marked_and_left_out_with_a_word():
    chart = LiveRace(Race((PLAIN_8, PLAIN_56), steps=40, seeds=3), 7)
    for event in (Point(0, 19, (1.0, 2.0, 3.0)), Point(0, 20, (1.0, 2.0, None), (2.0, 6.0, None))):
        chart.add(event)
    assert chart.news()[1]["ended"] == {f"plain-8 {kind} seed 2": "diverged" for kind in ("training", "test")}
    assert "plain-8: 1 of 3 seeds diverged." in sentences.progress(chart.config, chart.last.values(), 9)
    said = sentences.gap(Result(40, {PLAIN_8: (1.0, 2.0, None), PLAIN_56: (61.0, 70.0, 65.0)}), PLAIN_56, PLAIN_8)
    assert "on average over 2 seeds (1 of 3 seeds diverged and are left out). The 95 % interval" in said


def test_recorded_numbers_in_words_and_chart_are_those_of_the_run(digits):
    run, certificate = digits
    final = run["train_error"][-1, 0, :, -1]  # plain-56, by seed
    found = sentences.recorded_result(run, certificate, DEFAULT.lanes)
    said = sentences.recorded_outcome(found, certificate)
    assert f"plain-8, as in the paper: it gets {final.mean():.1f} % of its training images wrong" in said
    assert f"Errors after 200 steps, means of {len(final)} seeds." in said
    new = view.recorded_chart(1, run, certificate, DEFAULT.lanes)["new"]
    step, error = new["plain-56 training"]["points"][-1]
    assert (step, error) == (200, pytest.approx(final.mean(), abs=0.01))
    assert [e for _, e in new["plain-56 training seeds"]["points"]] == pytest.approx(list(final), abs=0.01)
    assert new["plain-56 training seed 3"]["points"][-1] == (200, pytest.approx(final[3], abs=0.01))


def test_with_several_seeds_the_curve_is_their_mean_and_each_has_a_thread_and_a_dot():
    chart = LiveRace(Race((PLAIN_8,), steps=20, seeds=3), 7)
    chart.add(Point(0, 19, (1.0, 2.0, None)))
    chart.add(Point(0, 20, (1.0, 4.0, None), (2.0, 6.0, None)))
    new = {name: part["points"] for name, part in chart.news()[1]["new"].items()}
    assert new["plain-8 training"] == [(19, 1.5), (20, 2.5)]
    assert new["plain-8 training seed 1"] == [(19, 2.0), (20, 4.0)]
    assert [y for _, y in new["plain-8 test seeds"]] == [2.0, 6.0]
    assert "plain-8 training seed 2" not in new


def test_what_was_lost_on_the_way_is_there_at_the_end():
    chart = LiveRace(Race((PLAIN_8,), steps=20), 7)
    for point in race(chart.config):
        chart.add(point)
        chart.news()
    assert chart.news()[1]["new"] == {}
    assert [x for x, _ in chart.whole()[1]["new"]["plain-8 training"]["points"]] == list(range(1, 21))


def test_before_a_guess_nothing_of_the_deep_nets_is_sent():
    columns, chart, said = recorded.opening(1, None, all_shown=False)
    assert "plain-8" in json.dumps([columns, chart])
    assert "-56" not in json.dumps([columns, chart])
    assert not re.search(r"-56 (gets|trains)", said)
    columns, _, said = recorded.opening(1, None, all_shown=True)
    assert "-56 trains" in said
    assert "Largest gradients at step 200: plain-56, which gets the most wrong." in columns["note"]


def test_live_points_land_on_the_curves_that_they_belong_to_and_are_sent_once():
    chart = LiveRace(Race(DEFAULT.lanes), 7, lambda: {"plain-56": 3})
    assert chart.start()[1]["levels"][0]["at"] == 3
    for event in (Point(1, 20, (81.25,), (90.0,)), Point(2, 20, (3.5,), None)):
        chart.add(event)
    value = chart.news()[1]
    assert value["new"] == {
        "plain-56 training": {"start": 0, "points": [(20, 81.25)]},
        "plain-56 test": {"start": 0, "points": [(20, 90.0)]},
        "residual-8 training": {"start": 0, "points": [(20, 3.5)]},
    }
    assert value["run"] == 7
    assert {series["id"] for series in value["series"]} >= set(value["new"])
    assert chart.done == 40 / 800
    chart.add(Point(1, 21, (None,)))
    for lane in (0, 2, 3):
        chart.add(Point(lane, 200, (3.25,), (4.0,)))
    assert chart.done == 1  # one has diverged
    last = chart.news()[1]
    assert last["new"]["residual-8 training"] == {"start": 1, "points": [(200, 3.25)]}
    assert "plain-56 training" not in last["new"]
    assert last["ended"] == {"plain-56 training": "diverged", "plain-56 test": "diverged"}


def test_layers_are_sent_by_look_and_a_look_that_was_not_whole_is_sent_again():
    chart = LiveRace(Race((PLAIN_8, RESIDUAL_8), steps=10), 7)
    points = race(chart.config)
    chart.add(points[0])
    first = chart.news()[0]["looks"]
    chart.add(points[1])
    second = chart.news()[0]["looks"]
    assert first["start"] == second["start"] == 0
    assert [set(nets) for _, nets in first["new"]] == [{"plain-8"}]
    ((step, nets),) = second["new"]
    assert (step, set(nets)) == (1, {"plain-8", "residual-8"})
    signal, gradient = nets["residual-8"]
    assert signal == pytest.approx(points[1].layers.signal, rel=6e-3)
    assert gradient == pytest.approx(points[1].layers.gradient, rel=6e-3)
    for point in points[2:]:
        chart.add(point)
    assert [step for step, _ in chart.news()[0]["looks"]["new"]] == [1, 10]


def test_the_recorded_columns_are_those_of_the_runs():
    for name, (columns, _, _) in {
        "race-layers": recorded.opening(1, None, all_shown=True),
        "race-converged": recorded.long_race(1),
    }.items():
        run = artifacts.load_run(name)
        step, nets = columns["looks"]["new"][3]
        assert step == run["looks"][3]
        assert nets["plain-56"][1] == pytest.approx(run["1 gradient"][3].tolist(), rel=6e-3)
        assert nets["residual-56"][0] == pytest.approx(run["3 signal"][3].tolist(), rel=6e-3)
        assert [net["layers"] for net in columns["nets"]] == [len(run[f"{k} signal"][0]) for k in range(4)]


def test_the_darkest_columns_are_named_at_the_steps_at_which_they_are():
    gradients = {PLAIN_8: np.array([[1.0, 3.0], [0.1, 0.3]]), PLAIN_56: np.array([[0.5, 0.5], [2.0, 4.0]])}
    errors = {PLAIN_8: np.array([90.0, 0.25]), PLAIN_56: np.array([91.0, 60.0])}
    found = sentences.darkest_columns(np.array([1, 2]), gradients, errors, PLAIN_56)
    said = sentences.dark_columns(found)
    assert said["DARKEST"] == (
        "At step 1 the darkest net is plain-56: its layers have a median gradient of 0.500. Averaged over its seeds "
        "it gets 91.0 % of its training images wrong. At step 2 the darkest net is plain-8: its layers have a median "
        "gradient of 0.200. Averaged over its seeds it gets 0.2 % of its training images wrong."
    )


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ((0.2, 71.4), "Largest gradients at step 200: plain-56, which gets the most wrong. Smallest: plain-8, which"),
        ((80.0, 71.4), "Largest gradients at step 200: plain-56. Smallest: plain-8."),
    ],
)
def test_large_gradients_are_told_from_good_nets(errors, said):
    known = dict(zip((PLAIN_8, PLAIN_56), errors, strict=True))
    assert sentences.largest_and_smallest({PLAIN_8: 0.03, PLAIN_56: 0.07}, known, 200).startswith(said)


def test_in_both_recorded_races_the_net_that_fails_has_the_largest_gradients_at_the_end(digits):
    for columns, failing, step in (
        (recorded.opening(1, None, all_shown=True)[0], "plain-56", 200),
        (recorded.long_race(1)[0], "plain-56", 3000),
    ):
        assert columns["note"].startswith(f"Largest gradients at step {step}: {failing}, which gets the most wrong. ")
        assert columns["note"].endswith("which has little left to correct.")
        medians = {name: np.median(gradient) for name, (_, gradient) in columns["looks"]["new"][-1][1].items()}
        assert max(medians, key=medians.__getitem__) == failing


def test_bold_curves_are_of_what_is_asked_about():
    series = recorded.opening(1, None, all_shown=True)[1]["series"]
    bold = [curve for curve in series if curve["label"] and not curve["detail"] and not curve["dash"]]
    assert len(bold) == 4
    assert all(curve["label"].endswith(" training") and curve["width"] > 3 for curve in bold)
    assert "training images" in QUESTION


def test_the_recorded_columns_are_dark_before_a_net_has_learned_and_once_it_has(digits):
    """Which is what the words around the numbers say."""
    said, run = sentences.dark_columns(recorded.darkest()), digits[0]
    dark = run["train_error"][-1, 0, :, int(said["DARK"]) - 1].mean()
    assert f"At step {said['DARK']} the darkest net is plain-56" in said["DARKEST"]
    assert (
        f"Averaged over its seeds it gets {dark:.1f} % of its training images wrong. At step 200 the darkest"
        in said["DARKEST"]
    )
    assert dark > sentences.LEARNED
    assert float(re.search(r"gets ([\d.]+) % of its training images wrong.$", said["DARKEST"])[1]) < 1


def test_what_is_said_of_the_race_to_convergence_is_true():
    run = artifacts.load_run("race-converged")
    plain_20, plain_56, residual_20, residual_56 = (run["train_error"][k] for k in range(4))
    said = sentences.converged(artifacts.certificate("race-converged"))
    assert f"{plain_56[:, -1].min():.1f} to {plain_56[:, -1].max():.1f} % of their" in said
    assert "residual nets get none wrong" in said
    assert "In this race the shallow nets have 20 layers." in said
    assert not any(lane[:, -1].any() for lane in (plain_20, residual_20, residual_56))
    assert (plain_20[:, 59] < 1).all()  # after 600 steps
    assert (plain_56[:, 59] > 10).all()
