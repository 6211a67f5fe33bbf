"""Tab 2, the question: which branch of the first module is worth most? Guessed first, then answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.core import artifacts
from visuals.components.predict import Asks, Choice, Outcome, card, guesses_of
from visuals.page import style

MODULE = "3a"
TITLES = {"1x1": "1×1", "3x3": "3×3", "5x5": "5×5", "pool": "pool"}
QUESTION = f"{MODULE} is the first module. Without which of its four branches does the network make the most mistakes?"
ASKED = (Choice("branch", "most mistakes without", tuple(TITLES.values())),)

Guesses = Mapping[str, Any] | None


def card_of(how: str = "open") -> dict[str, Any]:
    """The predict card of this tab."""
    return card(QUESTION, ASKED, how=how)


def lost() -> dict[str, float]:
    """Percentage points of accuracy that MODULE's branches are worth: with all parts minus without the branch."""
    metrics = artifacts.certificate("surgery").metrics
    return {branch: metrics["main_top1"] - metrics["main_top1_without"][MODULE][branch] for branch in TITLES}


def missed_most() -> str:
    """The branch that is worth most."""
    worth = lost()
    return max(worth, key=worth.__getitem__)


def answer(value: Any) -> str:
    """Which branch is missed most, what the network can do without it, and what was guessed."""
    metrics, most, guesses = artifacts.certificate("surgery").metrics, missed_most(), guesses_of(value, ASKED)
    left, whole = metrics["main_top1_without"][MODULE][most], metrics["main_top1"]
    said = (
        f"It is the {TITLES[most]} branch{compared(guesses, TITLES[most])}. Without it the network gets {left:.1f} % "
        f"of new pictures right, instead of {whole:.1f} %: see the table below."
    )
    return style.told(said) + style.recorded(artifacts.certificate("surgery"))


def compared(guesses: Guesses, most: str) -> str:
    """What was guessed, for the sentence that tells the answer; nothing where nothing was."""
    if not guesses:
        return ""
    return ", as you said" if guesses["branch"] == most else f". You said {guesses['branch']}"


IN_CLASS = Asks(QUESTION, ASKED, lambda: Outcome({"branch": TITLES[missed_most()]}, answer(None), ("surgery",)))
