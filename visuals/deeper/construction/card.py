"""The question of the construction: what does training do to a net that is as good as a trained one?"""

from __future__ import annotations

from typing import Any

from visuals.components.predict import Choice, card, guesses_of, state

QUESTION = "The net that we build is as good as the shallow one. What will training do to it?"
STAYS, WORSE = "it stays as good", "it gets worse"
ASKED = (Choice("after", "after training", (STAYS, WORSE)),)


def card_of(how: str = "open") -> dict[str, Any]:
    return card(QUESTION, ASKED, how=how, own=True)


def stays(value: Any) -> bool | None:
    """Whether the learner expects that it stays as good; None without a guess."""
    guesses = guesses_of(value, ASKED)
    return guesses["after"] == STAYS if guesses else None


def waits(value: Any) -> bool:
    """Whether the outcome waits for the card."""
    return state(value) not in ("given", "skipped", "off")
