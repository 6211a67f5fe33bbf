"""The question of the race, and of all of tab 1."""

from __future__ import annotations

from typing import Any

from models.core import artifacts
from models.deeper.nets import DEPTHS
from visuals.components.predict import Amount, Asks, Outcome, card
from visuals.deeper.curves import colour
from visuals.deeper.race import words
from visuals.deeper.race.view import ASKED, RECORDED

GUESSED = tuple(Amount(lane.name, lane.name, colour=colour(lane.skip, 1)) for lane in ASKED)
QUESTION = (
    f"The nets with {DEPTHS[0]} layers get almost all of their training images right. What percentage of them will "
    f"the nets with {DEPTHS[-1]} layers get wrong after {RECORDED.steps} steps?"
)
FIRST_SAY = (
    f"First say in the card what you expect of the nets with {DEPTHS[-1]} layers, or skip it. Press the button again "
    "to train without a guess."
)


def question(how: str = "open") -> dict[str, Any]:
    """The predict card of this tab."""
    return card(QUESTION, GUESSED, how=how)


def outcome() -> Outcome:
    """What the recorded race ended with, averaged over its seeds."""
    run, certificate = artifacts.load_run("race-digits"), artifacts.certificate("race-digits")
    result = words.recorded_result(run, certificate, RECORDED.lanes)
    means = {lane.name: words.mean(result.errors[lane]) for lane in ASKED}
    found = {name: error for name, error in means.items() if error is not None}
    return Outcome(found, words.recorded_outcome(result, certificate), ("race-digits",))


IN_CLASS = Asks(QUESTION, GUESSED, outcome)
