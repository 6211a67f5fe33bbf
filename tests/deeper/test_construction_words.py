"""The construction argument: what is said and drawn of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from models.core import artifacts
from models.deeper.construction import ANEW, CONSTRUCTED, Check, Construction, construct
from models.deeper.nets import Lane, recorded
from models.deeper.race import Point, Race
from visuals.deeper import nets
from visuals.deeper.construction import section, view, words
from visuals.deeper.construction.card import STAYS, WORSE
from visuals.deeper.construction.section import RACE, RUN, construction_of, fit_controls
from visuals.deeper.curves import stopped_after
from visuals.deeper.nets import Raced, of_digits

SAME = Check(1797, 18.2, 4.8e-6, 0.2, 0.2, 90.0)
NETS = of_digits()
RESIDUAL_8 = NETS[1]


@pytest.fixture(scope="module")
def run():
    return artifacts.load_run(RUN), artifacts.certificate(RUN)


@pytest.mark.parametrize(
    ("curve", "constructed", "anew", "said", "unsaid"),
    [
        ([0.2, 0.3, 79.9, 50.4], 50.4, 66.2, ("training left them: plain-8 had 0.2 %",), "stays"),
        (
            [0.2, 0.3, 40.0, 0.5],
            0.5,
            66.2,
            ("got 40.0 % wrong, at step 2", "stays about as good: plain-8 had 0.2 %"),
            "left them",
        ),
        ([0.2, 0.3, 0.1], 0.1, 66.2, ("stays about as good",), "On the way"),
        ([0.2, 0.3, 0.1], 0.1, None, ("the one from scratch has diverged",), "On the way"),
        ([0.2, 30.0], None, 20.0, ("The constructed net has diverged", "training left them"), "stays"),
    ],
)
def test_the_verdict_is_true_whatever_comes_out(curve, constructed, anew, said, unsaid):
    sentence = words.verdict(0.2, curve, constructed, anew, "plain-8")
    assert all(part in sentence for part in said)
    assert unsaid not in sentence
    for error in (constructed, anew):
        assert error is None or f"gets {error:.1f} % wrong" in sentence


def test_the_comparison_gives_the_difference_without_an_exponent():
    said = words.compared(Lane(8, False), 56, SAME)
    assert "We added 48 layers to plain-8" in said
    assert said.endswith("Its outputs reach 18, and change by 0.0000048 at most.")
    other = words.compared(Lane(8, False), 56, Check(1797, 18.2, 3.0, 0.2, 7.0, 90.0))
    assert other.endswith("Before, 0.2 % of the training images were wrong; now 7.0 %.")
    same = words.compared(Lane(8, True), 56, Check(1797, 20.0, 0.0, 0.2, 0.2, 90.0))
    assert same.endswith("They do not change its outputs.")


@pytest.mark.parametrize(("value", "written"), [(0, "0"), (3.8147e-6, "0.0000038"), (0.25, "0.25"), (12.0, "12")])
def test_small_numbers_are_written_out(value, written):
    assert words.number(value) == written


def test_recorded_numbers_in_words_chart_and_table_are_those_of_the_run(run):
    arrays, certificate = run
    last = arrays["train_error"][0, 0, :, :, -1].astype(float).mean(axis=0)  # plain, 0.1: (constructed, anew)
    said = words.recorded_outcome(*run, False, artifacts.certificate(RACE), 0.1, guess=False)
    chart = view.recorded_chart(1, *run, False, 0.1)
    table = words.recorded_table(certificate)
    assert f"The constructed net gets {last[0]:.1f} % wrong and the one from scratch gets {last[1]:.1f} %" in said
    assert f"by {words.number(arrays['checks'][0, :, 2].max())} at most" in words.checks(*run)
    for net, id in ((CONSTRUCTED, "constructed"), (ANEW, "anew")):
        points = chart["new"][id]["points"]
        assert [x for x, _ in points] == list(range(201))
        assert points[-1][1] == pytest.approx(last[net], abs=0.01)
        seeds = [y for _, y in chart["new"][f"{id} seeds"]["points"]]
        assert seeds == pytest.approx(arrays["train_error"][0, 0, :, net, -1].tolist(), abs=0.01)
    assert chart["levels"][0]["at"] == pytest.approx(arrays["checks"][0, :, 3].mean(), abs=1e-3)
    assert chart["levels"][0]["at"] == chart["new"]["constructed"]["points"][0][1]  # the same net, and the same digits
    for kind in (0, 1):
        for rate in (0, 1):
            ended = arrays["train_error"][kind, rate, :, :, -1].astype(float)
            for of_net in ended.T:
                assert f"{of_net.mean():.1f} <small>({of_net.min():.1f} to {of_net.max():.1f})" in table


def test_a_training_that_was_stopped_says_how_far_it_came():
    assert stopped_after(0) == "Stopped before the first step."
    assert stopped_after(7).startswith("Stopped after step 7. The curves show")


def test_where_the_race_ended_elsewhere_the_reason_is_said(run):
    """Two recorded runs of the same nets, from the same seeds, at the same learning rate, for as many steps."""
    race = artifacts.certificate(RACE)
    there = np.mean(race.metrics["plain-56"]["train_error"])
    here = run[0]["train_error"][0, 0, :, ANEW, -1].mean()
    said = words.beside_the_race(*run, race)
    assert f"In The race plain-56 ends at {there:.1f} %, here from scratch at {here:.1f} %, from the same seeds" in said
    assert "residual" not in said
    for skip, rate in ((False, 0.1), (False, 0.01), (True, 0.1)):
        told = words.recorded_outcome(*run, skip, race, rate, guess=None)
        assert (f"The race, with the same seeds, ended at {there:.1f} %" in told) is ((skip, rate) == (False, 0.1))
        assert "guess" not in told
    same = ("width", "batch", "steps", "warm_up", "momentum", "weight_decay", "train_error")
    assert [race.config[name] for name in same] == [run[1].config[name] for name in same]
    assert race.config["axes"]["seed"] == run[1].config["axes"]["seed"]
    first_errors = artifacts.load_run(RACE)["train_error"][-1, 0, :, 0], run[0]["train_error"][0, 0, :, ANEW, 0]
    np.testing.assert_array_equal(*first_errors)  # before anything has been enlarged


def test_a_live_run_says_whether_the_guess_holds():
    for guess, said in ((True, "Here your guess holds."), (False, "does not hold."), (None, "stays about as good")):
        running = view.LiveConstruction(Construction(RESIDUAL_8, 14, steps=1), 7, guess)
        for event in (SAME, Point(CONSTRUCTED, 1, (0.3,)), Point(ANEW, 1, (88.0,))):
            running.add(event)
        assert said in running.outcome(1.0)
        assert ("your guess" in running.outcome(1.0)) is (guess is not None)


def test_what_is_said_of_the_recorded_runs_together_is_true(run):
    """In every seed: with small steps the constructed net stays, and the one from scratch does not get there."""
    arrays, certificate = run
    small = arrays["train_error"][0, 1, :, :, -1]  # plain, 0.01: (seed, net)
    assert (small[:, CONSTRUCTED] < 5).all()
    assert (small[:, ANEW] > 50).all()
    assert (arrays["train_error"][1, :, :, CONSTRUCTED, :] < 1).all()  # residual, at both rates, at every step
    assert (arrays["train_error"][1, :, :, ANEW, -1] < 2).all()
    assert f"{small[:, 0].mean():.1f} % wrong" in words.lesson(certificate)
    assert (arrays["checks"][:, :, 3] == arrays["checks"][:, :, 4]).all()  # equal training errors
    assert arrays["checks"][0, :, 2].max() < 1e-5
    assert (arrays["checks"][1, :, 2] == 0).all()


def test_the_recorded_run_is_the_live_one(run):
    """The first steps again from the net that ships; other processors round differently."""
    arrays, _ = run
    check, *points = (event for event, _ in zip(construct(Construction(RESIDUAL_8, 56)), range(11), strict=False))
    np.testing.assert_allclose(check.anew_error, arrays["checks"][1, 0, 5], atol=2)
    for point in points:
        stored = arrays["train_error"][1, 0, 0, point.lane, point.step - 1]
        assert point.train_error[0] == pytest.approx(stored, abs=3)


def test_live_points_are_sent_once_and_begin_with_the_check():
    running = view.LiveConstruction(Construction(RESIDUAL_8, 14, steps=2), run=7)
    assert running.news()[0]["new"]["anew"]["points"] == []
    running.add(SAME)
    running.add(Point(CONSTRUCTED, 1, (3.0,)))
    running.add(Point(ANEW, 1, (88.0,)))
    (value,) = running.news()
    assert value["new"]["constructed"] == {"start": 0, "points": [(0, 0.2), (1, 3.0)]}
    assert value["new"]["anew"] == {"start": 0, "points": [(0, 90.0), (1, 88.0)]}
    assert value["levels"][0]["at"] == 0.2
    assert running.done == 0.5
    running.add(Point(CONSTRUCTED, 2, (2.0,)))
    running.add(Point(ANEW, 2, (None,)))
    (value,) = running.news()
    assert value["new"]["constructed"] == {"start": 2, "points": [(2, 2.0)]}
    assert value["ended"] == {"anew": "diverged"}
    assert running.done == 1
    assert "The constructed net gets 2.0 % wrong and the one from scratch has diverged" in running.outcome(1.0)


def test_nets_that_can_become_deeper_are_offered():
    visitor = SimpleNamespace(session_hash="of these tests")
    own = replace(NETS[0], lane=Lane(14, False))
    nets.RACED.keep(visitor, Raced(Race(), {}, (own,)))
    choice = fit_controls("plain-8", visitor)
    assert choice["choices"] == ["plain-8", "residual-8", "plain-20", "residual-20", "plain-14"]
    assert choice["value"] == "plain-8"
    assert fit_controls("plain-44", visitor)["value"] == "plain-8"
    nets.RACED.forget(visitor)


def test_what_was_recorded_of_a_choice_is_shown_at_once(run):
    visitor = SimpleNamespace(session_hash="of these tests")
    arrays, _ = run
    stays, worse = ({"state": "given", "guesses": [{"id": "after", "value": value}]} for value in (STAYS, WORSE))
    assert section.chosen({"state": "skipped"}, "plain-8", "56", "0.1", visitor)[1].count("guess") == 0
    for net, kind in (("plain-8", 0), ("residual-8", 1)):
        for place, rate in enumerate(("0.1", "0.01")):
            chart, said = section.chosen(worse, net, "56", rate, visitor)
            last = arrays["train_error"][kind, place, :, CONSTRUCTED, -1].astype(float).mean()
            assert chart["new"]["constructed"]["points"][-1][1] == pytest.approx(last, abs=0.01)
            assert f"The constructed net gets {last:.1f} % wrong" in said
            assert "Marks on the right" in chart["note"]
            right = stays if last < 2.2 else worse  # plain-8 gets 0.2 % wrong at most
            for guess, told in (
                (right, "You guessed right."),
                (stays if right == worse else worse, "guessed otherwise"),
            ):
                assert told in section.guessed(guess, net, "56", rate, visitor)[1]
            for guess, told in ((stays, "Here your guess "), (right, "Here your guess holds.")):
                assert told in section.chosen(guess, net, "56", rate, visitor)[1]
            chart, said = section.chosen({"state": "open"}, net, "56", rate, visitor)
            assert "Marks" not in chart["note"]
            assert [len(chart["new"][id]["points"]) for id in ("constructed", "anew")] == [1, 1]
            assert f"{last:.1f} %" not in said
    for other in (("plain-8", "44", "0.1"), ("plain-20", "56", "0.1"), ("plain-8", "56", "1"), (None, [], None)):
        assert section.chosen(worse, *other, visitor) == (gr.skip(), gr.skip())


@pytest.mark.parametrize(
    ("net", "depth", "rate", "sentence"),
    [
        ("plain-99", "56", "0.1", "choose one of the trained nets"),
        (None, "56", "0.1", "choose one of the trained nets"),
        ("plain-20", "14", "0.1", "more than the 20 layers"),
        ("residual-8", "9", "0.1", "from their lists"),
        ("residual-8", [], "0.1", "from their lists"),
        ("residual-8", "56", "-3", "from their lists"),
        ("residual-8", "56", None, "from their lists"),
    ],
)
def test_impossible_choices_are_refused_in_words(net, depth, rate, sentence):
    with pytest.raises(ValueError, match=sentence):
        construction_of((RESIDUAL_8, recorded("plain-20")), net, depth, rate)
