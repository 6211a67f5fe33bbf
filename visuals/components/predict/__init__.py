"""The predict card: what a learner expects, said before the outcome is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component


@dataclass(frozen=True)
class Amount:
    """A number to guess, from `low` to `high`; the guess is rounded to `decimals`."""

    id: str
    label: str  # "plain-56"
    low: float = 0
    high: float = 100
    unit: str = "%"
    decimals: int = 0
    colour: str = ""  # any CSS colour: that of the same thing on the chart


@dataclass(frozen=True)
class Choice:
    """One of a few answers to choose."""

    id: str
    label: str
    options: tuple[str, ...]
    colour: str = ""


Asked = tuple[Amount | Choice, ...]


@dataclass(frozen=True)
class Outcome:
    """What came out: for each guess, by its id, a number, the two that it lies between, or an option; and a sentence.

    The sentence is HTML, with its label of origin. `runs` names the recorded runs that it is from.
    """

    found: Mapping[str, float | tuple[float, float] | str]
    said: str
    runs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asks:
    """A question apart from any card, as a class is asked it."""

    question: str
    asked: Asked
    outcome: Callable[[], Outcome]  # from recorded runs, as the section tells it


class Predict(Component):
    """value = what `card` returns. Triggers `guessed` with {"values": {id: guess}}, {} where the learner has skipped.

    The states of the card: "open", "urged" (open, and waited for), "given" and "skipped" (one line, from which it opens
    again), "aloud" (a class is asked aloud: the question, and a button that shows what came out), "off" (not there).
    """

    NAME = "predict"
    DRAWN_EARLY = False
    EVENTS = ("guessed",)


def card(
    question: str,
    asked: Asked,
    guesses: Mapping[str, float | str] | None = None,
    how: str = "open",
    own: bool = False,
) -> dict[str, Any]:
    """The value of a card that asks for every one of `asked`; with `guesses` these are given already.

    `how` it asks: "open", "aloud" or "off".
    Outcomes in all sections of the lesson wait for the answer; with `own` those of the card's own section alone do.
    """
    given = guesses or {}
    return {
        "question": question,
        "own": own,
        "state": "given" if guesses else how,
        "guesses": [asdict(ask) | {"value": given.get(ask.id)} for ask in asked],
    }


def state(value: Any) -> str | None:
    """The state of the card that came from the browser."""
    return value.get("state") if isinstance(value, dict) else None


def turned(value: dict[str, Any], to: str) -> dict[str, Any]:
    """The card without a guess, in another state. What the learner has filled in so far stays while it is open."""
    return value | {"state": to}


def guesses_of(value: Any, asked: Asked) -> dict[str, Any] | None:
    """What the learner expects: a guess for each of `asked` by its id, a number for an Amount, else a text.

    None before it is given, or if it was skipped.

    `value` is what came from the browser, where anything can be written: what is no possible answer gives None too.
    """
    if state(value) != "given" or not isinstance(value.get("guesses"), list):
        return None
    given = [guess for guess in value["guesses"] if isinstance(guess, dict)]
    found = {
        ask.id: _answer(ask, [guess.get("value") for guess in given if guess.get("id") == ask.id]) for ask in asked
    }
    known = {name: value for name, value in found.items() if value is not None}
    return known if len(known) == len(found) else None


def _answer(ask: Amount | Choice, values: list[Any]) -> float | str | None:
    """The only one of `values` if it answers what was asked."""
    if len(values) != 1:
        return None
    (value,) = values
    if isinstance(ask, Choice):
        return value if isinstance(value, str) and value in ask.options else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not ask.low <= value <= ask.high:
        return None
    return round(float(value), ask.decimals)
