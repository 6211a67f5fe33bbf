"""What is said of the evidence."""

from __future__ import annotations

from models.wider.activations import Pass
from models.wider.heads import Evidence
from visuals.page.words import percent, signed


def evidence(found: Evidence, run: Pass, k: int) -> str:
    """What speaks for the class and against it, and how the places' sum becomes the answer."""
    values = found.maps[k]
    total, against = values.sum(), values[values < 0].sum()
    sides = (
        "no place speaks against it."
        if against == 0
        else "no place speaks for it."
        if against == total
        else f"the places for it sum to {signed(total - against)}, those against it to {signed(against)}."
    )
    name, logit = run.classes[k], run.logits["main"][k]
    return (
        f"{name[0].upper()}{name[1:]}: {sides} All {values.size} places together give {signed(total)}. With the bias "
        f"of {signed(found.bias[k])} the network's score is {signed(logit)}. The softmax turns the scores of all "
        f"classes into probabilities, this one into {percent(run.probabilities['main'][k])}."
    )
