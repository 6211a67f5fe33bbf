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


# Of what is below, which a projector does not show.
BELOW = '<span class="below"> All branches: below, under “What is each branch worth?”</span>'


def missed_most() -> str:
    """The branch that is worth most."""
    worth = lost()
    return max(worth, key=worth.__getitem__)


def answer(value: Any) -> str:
    """The same where the card stands, with what was guessed."""
    return outcome(guesses_of(value, ASKED), BELOW)


def outcome(guesses: Guesses = None, more: str = "") -> str:
    """Which branch is missed most, and what the network can do without it."""
    metrics, most = artifacts.certificate("surgery").metrics, missed_most()
    left, whole = metrics["main_top1_without"][MODULE][most], metrics["main_top1"]
    said = (
        f"{compared(guesses, TITLES[most])}. Without it the network gets {left:.1f} % of new pictures right, instead "
        f"of {whole:.1f} %."
    )
    return style.told(said).replace("</p>", f"{more}</p>") + style.recorded(artifacts.certificate("surgery"))


def compared(guesses: Guesses, most: str) -> str:
    """The answer beside what was guessed, if anything was. It ends with the right branch, of which more is said."""
    if not guesses or guesses["branch"] == most:
        return f"It is the {most} branch{', as you said' if guesses else ''}"
    return f"You said {guesses['branch']}; it is the {most} branch"


IN_CLASS = Asks(QUESTION, ASKED, lambda: Outcome({"branch": TITLES[missed_most()]}, outcome(), ("surgery",)))
