"""Tab 2, the question: which branch is worth most, and what does a reduction save? Guessed first, then answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import artifacts
from models.cost import module_costs
from visuals import style
from visuals.components.predict import Amount, Choice, Predict, card, guesses_of
from visuals.events import AT_ONCE
from visuals.inception.layout import html

MODULE = "3a"
TITLES = {"1x1": "1×1", "3x3": "3×3", "5x5": "5×5", "pool": "pool"}
QUESTION = (
    f"The first module, {MODULE}, has four branches. If one of them is switched off in the trained network, which one "
    "is missed most? And by what factor is its 5×5 branch cheaper because a 1×1 convolution reduces its channels first?"
)
ASKED = (
    Choice("branch", "missed most", tuple(TITLES.values())),
    Amount("cheaper", "factor for the 5×5 branch", 1, 30, "", decimals=1, colour="var(--role-5x5)"),
)

Guesses = Mapping[str, float | str] | None


def build() -> Predict:
    """The card, and below it the answer, once a guess is made. Raises ArtifactError without the recorded run."""
    predict = Predict(question(), elem_id="wider-predict")
    answered = html("", elem_id="wider-answer")
    predict.guessed(answer, predict, answered, **AT_ONCE)
    lost()
    return predict


def question(off: bool = False) -> dict[str, Any]:
    """The predict card of this tab."""
    return card(QUESTION, ASKED, off=off)


def lost() -> dict[str, float]:
    """Percentage points of accuracy that MODULE's branches are worth: with all parts minus without the branch."""
    metrics = artifacts.certificate("surgery").metrics
    return {branch: metrics["main_top1"] - metrics["main_top1_without"][MODULE][branch] for branch in TITLES}


def answer(value: Any) -> str:
    """Both answers with their numbers, and what was guessed."""
    guesses, worth, five = guesses_of(value, ASKED), lost(), module_costs()[MODULE].reduce_5x5
    order = sorted(worth, key=worth.get, reverse=True)
    points = ", ".join(f"{TITLES[branch]} {worth[branch]:.1f}" for branch in order)
    whole = artifacts.certificate("surgery").metrics["main_top1"]
    said, factor = compared(guesses, TITLES[order[0]])
    branch = (
        f"Most is lost without the {TITLES[order[0]]} branch{said}: of {whole:.1f} % accuracy the network loses, in "
        f"percentage points, without {points}. It was never trained to do without a branch, so this says what it "
        "relies on, not what is needed."
    )
    saving = (
        f"The reduction makes the 5×5 branch {five.naive / five.bottleneck:.1f} times cheaper{factor}: {five.naive:,} "
        f"weights directly, {five.bottleneck:,} with the reduction to {five.reduced} channels."
    )
    return (
        style.told(branch)
        + style.recorded(artifacts.certificate("surgery"))
        + style.told(saving)
        + style.derived("from the channels of Table 1")
    )


def compared(guesses: Guesses, most: str) -> tuple[str, str]:
    """What was guessed, for the two sentences that tell the answers; nothing where nothing was."""
    if not guesses:
        return "", ""
    said = ", as you said" if guesses["branch"] == most else f", not {guesses['branch']} as you said"
    return said, f" (you said {guesses['cheaper']:.1f})"


def missed(guesses: Guesses) -> str:
    """The branch that was guessed, for those who see what every branch is worth; nothing where nothing was."""
    if not guesses:
        return ""
    worth = {TITLES[branch]: points for branch, points in lost().items()}
    most, guess = max(worth, key=worth.get), guesses["branch"]
    other = "more than without any other branch" if guess == most else f"without {most} it loses {worth[most]:.1f}"
    lost_without = f"Without that branch of {MODULE} the network loses {worth[guess]:.1f} points"
    return style.told(f"You said {guess}. {lost_without}, {other}.")


def priced(guesses: Guesses) -> str:
    """The factor that was guessed, for those who see the price; nothing where nothing was."""
    if not guesses:
        return ""
    five = module_costs()[MODULE].reduce_5x5
    factor = f"{five.naive / five.bottleneck:.1f}"
    return style.told(
        f"You said that the reduction makes the 5×5 branch of {MODULE} {guesses['cheaper']:.1f} times cheaper. It is "
        f"{factor} times."
    )
