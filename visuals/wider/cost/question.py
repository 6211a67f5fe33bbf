"""The question of this section: how much cheaper does the reduction make the 5x5 branch? Guessed, then priced."""

from __future__ import annotations

from typing import Any

from models.wider.cost import module_costs
from visuals.components.predict import Amount, Asks, Outcome, card, guesses_of
from visuals.page import style

MODULE = "3a"
QUESTION = f"In {MODULE}, how many times fewer weights does the 5×5 branch have with its 1×1 reduction?"
ASKED = (Amount("cheaper", "times fewer weights", 1, 30, "", decimals=1, colour="var(--role-5x5)"),)


def card_of(how: str = "open") -> dict[str, Any]:
    return card(QUESTION, ASKED, how=how, own=True)


def priced(value: Any, below: str = "") -> str:
    """The factor and what was guessed, nothing where nothing was; `below`: the module shown if it is another."""
    guesses = guesses_of(value, ASKED)
    if not guesses:
        return ""
    said = f"{price()} You said {guesses['cheaper']:.1f}."
    return style.told(f"{said} Below now: {below}.", announce=False) if below else style.told(said)


def factor() -> float:
    """How many times fewer weights the branch has with its reduction."""
    five = module_costs()[MODULE].reduce_5x5
    return five.naive / five.bottleneck


def price() -> str:
    return f"With its reduction the 5×5 branch of {MODULE} has {factor():.1f} times fewer weights."


def outcome() -> Outcome:
    return Outcome({"cheaper": factor()}, style.told(price()) + style.derived("from the widths of the paper’s Table 1"))


IN_CLASS = Asks(QUESTION, ASKED, outcome)
