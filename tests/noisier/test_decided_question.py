"""The question of tab 3: what is asked is what was measured, and a guess is held against that."""

from __future__ import annotations

import pytest

from models.core import artifacts
from visuals.noisier.decided import question

LEGIBLE, DECIDED = artifacts.certificate("legible-mnist"), artifacts.certificate("decided-mnist")
SHARES = question.curves(artifacts.load_run("legible-mnist"), DECIDED)
CURVES = {"told": "predicted", "decided": "kept"}  # a guess, and the curve that answers it


@pytest.mark.parametrize("asked", question.ASKED, ids=lambda asked: asked.id)
def test_the_right_guess_is_where_the_curve_crosses_one_half(asked):
    low, high = question.outcome(SHARES, LEGIBLE, DECIDED).found[asked.id]
    share = dict(SHARES[CURVES[asked.id]])
    assert share[low] > question.HALF >= share[high]
    for guess, verdict in ((low, "right"), (high, "right"), (low - 30, "30 below that"), (high + 20, "20 above that")):
        said = question.sentence(SHARES, {one.id: guess for one in question.ASKED}, LEGIBLE, DECIDED)
        assert f"between t = {low} and {high}" in said
        assert f"You said {guess}: {verdict}." in said


@pytest.mark.parametrize("quantity", ["more than half of the digits rightly", "end as the same digit"])
def test_question_and_answer_name_the_same_quantities(quantity):
    assert quantity in question.QUESTION
    assert quantity in question.sentence(SHARES, None, LEGIBLE, DECIDED)
