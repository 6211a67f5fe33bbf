"""The mathematics: its numbers, and the races that its links set up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models.core import artifacts
from models.deeper import race as module
from models.deeper.race import Point
from visuals.deeper.mathematics import view
from visuals.deeper.mathematics.section import BACKGROUND, ends
from visuals.deeper.race_settings import settings_for


def test_the_mathematics_has_the_means_of_the_long_race():
    long = artifacts.load_run("race-converged")["train_error"][:, :, -1].mean(1)
    assert [float(ends()[name]) for name in ("SHALLOW", "DEEP")] == pytest.approx(long[:2].tolist(), abs=0.06)


def test_the_curves_end_at_the_means_that_the_formula_has():
    run, certificate = artifacts.load_run("race-converged"), artifacts.certificate("race-converged")
    points = view.training_errors(run, certificate)["new"]
    last = {name.split()[0]: curve["points"][-1] for name, curve in points.items()}
    assert {name: step for name, (step, _) in last.items()} == {"plain-20": 3000, "plain-56": 3000}
    shown = {name: f"{error:.1f}" for name, (_, error) in last.items()}
    assert shown == {"plain-20": ends()["SHALLOW"], "plain-56": ends()["DEEP"]}


@pytest.mark.parametrize("race", BACKGROUND.values(), ids=BACKGROUND)
def test_a_link_of_the_background_sets_its_race_up(race):
    assert settings_for(race).race() == race


@pytest.mark.parametrize("link", BACKGROUND)
def test_the_races_of_the_background_end_far_apart(link):
    """From left to right each net does clearly worse than the one before."""
    points = [event for event in module.race(BACKGROUND[link]) if isinstance(event, Point)]
    last = {point.lane: point.train_error[0] for point in points}
    errors = [last[lane] for lane in sorted(last)]
    assert errors[0] < 10
    assert all(better + 10 < worse for better, worse in pairwise(errors)), errors
