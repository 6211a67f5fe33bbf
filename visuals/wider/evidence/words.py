"""What is said of the evidence."""

from __future__ import annotations

from models.wider.activations import Pass
from models.wider.heads import Evidence
from visuals.page.words import difference, percent, signed


def evidence(found: Evidence, run: Pass, k: int) -> str:
    """What speaks for the class and against it, and how the places' sum becomes the answer."""
    values, logit = found.maps[k], run.logits["main"][k]
    total, against = values.sum(), values[values < 0].sum()
    digits = adding_up((total - against, against, total), (total, found.bias[k], logit))
    sides = (
        "no place speaks against it."
        if against == 0
        else "no place speaks for it."
        if against == total
        else f"the places for it sum to {signed(total - against, digits)}, "
        f"those against it to {signed(against, digits)}."
    )
    name = run.classes[k]
    return (
        f"{name[0].upper()}{name[1:]}: {sides} All {values.size} places together give {signed(total, digits)}. The "
        f"class's bias, a constant, adds {signed(found.bias[k], digits)}: the network's score is "
        f"{signed(logit, digits)}. The softmax turns the scores of all "
        f"classes into probabilities, this one into {percent(run.probabilities['main'][k])}."
    )


def adding_up(*sums: tuple[float, float, float], most: int = 6) -> int:
    """The fewest decimals, two at least, with which each of these sums is right as it is shown: one + other = whole."""
    for digits in range(2, most):
        if all(difference(whole, one, digits) == round(other, digits) for one, other, whole in sums):
            return digits
    return most
