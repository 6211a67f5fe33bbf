"""The predict card: what a learner expects, said before the outcome is shown."""

from __future__ import annotations

from collections.abc import Mapping
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


class Predict(Component):
    """value = what `card` returns. Triggers `guessed` with {"values": {id: guess}}, {} where the learner has skipped.

    The states of the card: "open", "urged" (open, and waited for), "given" and "skipped" (one line, from which it opens
    again), "off" (not there).
    """

    FILES = "predict"


def card(
    question: str,
    asked: Asked,
    guesses: Mapping[str, float | str] | None = None,
    commit: str = "Lock in my guess",
    off: bool = False,
) -> dict[str, Any]:
    """The value of a card that asks for every one of `asked`; with `guesses` these are given already."""
    given = guesses is not None
    return {
        "question": question,
        "commit": commit,
        "state": "off" if off else "given" if given else "open",
        "guesses": [asdict(ask) | {"value": guesses[ask.id] if given else None} for ask in asked],
    }


def state(value: Any) -> str | None:
    """The state of the card that came from the browser."""
    return value.get("state") if isinstance(value, dict) else None


def turned(value: dict[str, Any], to: str) -> dict[str, Any]:
    """The card without a guess, in another state. What the learner has filled in so far stays while it is open."""
    return value | {"state": to}


def guesses_of(value: Any, asked: Asked) -> dict[str, float | str] | None:
    """What the learner expects: a guess for each of `asked` by its id; None before it is given, or if it was skipped.

    `value` is what came from the browser, where anything can be written: what is no possible answer gives None too.
    """
    if state(value) != "given" or not isinstance(value.get("guesses"), list):
        return None
    given = [guess for guess in value["guesses"] if isinstance(guess, dict)]
    found = {
        ask.id: _answer(ask, [guess.get("value") for guess in given if guess.get("id") == ask.id]) for ask in asked
    }
    return None if None in found.values() else found


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
