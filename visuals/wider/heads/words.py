"""Sentences and tables about the heads and their gradients."""

from __future__ import annotations

import numpy as np

from models.core.artifacts import Certificate
from models.wider.activations import Pass
from models.wider.googlenet import Heads
from models.wider.heads import LINES, LOSSES, STATES
from visuals.page.style import table
from visuals.page.words import named, number, percent

NAMES = {"main": "main head", "aux_4d": "head after 4d", "aux_4a": "head after 4a"}
ABOUT = 1.25  # gradients that differ by a smaller factor are called about equal


def agreement(run: Pass) -> str:
    """What each head answers first, in a sentence."""
    first = {head: likeliest[0][0] for head, likeliest in run.heads.items()}
    if len(first) == 1:
        return f"This network has no trained auxiliary heads. Its main head answers {first['main']}."
    if len(set(first.values())) == 1:
        return f"All three heads answer {first['main']}."
    whole = [f"the {name} answers {first[head]}" for head, name in NAMES.items() if head in first]
    return f"The heads disagree: {named(whole)}."


def held_out_table(run: dict[str, np.ndarray], trained: Certificate) -> str:
    """Accuracy of every head, and how often each gives the main head's first answer."""
    answers = dict(zip(Heads._fields, run["answers"], strict=True))
    rows = [
        [
            NAMES[head],
            f"{trained.metrics[f'{head}_top1']:.1f} %",
            f"{trained.metrics[f'{head}_top5']:.1f} %",
            "" if head == "main" else percent((answers[head] == answers["main"]).mean()),
        ]
        for head in NAMES
    ]
    title = f"The three heads on {len(run['labels']):,} held-out pictures"
    return table(title, ["head", "first answer right", "among its five", "same answer as main head"], rows)


def held_out_sentence(run: dict[str, np.ndarray]) -> str:
    """What agreement tells about being right."""
    answers, labels = run["answers"], run["labels"]
    agree = (answers == answers[0]).all(0)
    right = answers[Heads._fields.index("main")] == labels
    return (
        f"All three give the same answer for {percent(agree.mean())} of the pictures. Where they agree, the main "
        f"head is right in {percent(right[agree].mean())}; where they do not, in {percent(right[~agree].mean())}."
    )


def gradient_sentence(lengths: np.ndarray, what: str) -> str:
    """How the main loss's gradient fares on its way to 3a, and what the auxiliary losses change there."""
    ratio, kept = at_3a(lengths), way(lengths)
    fares = (
        "keeps about its length"
        if 1 / ABOUT < kept < ABOUT
        else f"grows by a factor of {number(kept)}"
        if kept > 1
        else f"shrinks by a factor of {number(1 / kept)}"
    )
    little = 1 <= ratio < ABOUT
    change = f"add {100 * (ratio - 1):.0f} % to it" if little else f"make the gradient {number(ratio)} times as long"
    both = f"At 3a the auxiliary losses {change}."
    if np.isnan(lengths[LOSSES.index("aux_4a"), LINES.index("3a")]):
        both = "This network has no trained auxiliary heads."
    return f"{what[0].upper()}{what[1:]}: from 5b back to 3a the main loss's gradient {fares}. {both}"


def way(lengths: np.ndarray) -> float:
    """Length of the main loss's gradient at 3a over that at 5b."""
    main = lengths[LOSSES.index("main")]
    return float(main[LINES.index("3a")] / main[LINES.index("5b")])


def at_3a(lengths: np.ndarray) -> float:
    """Length of the gradient at 3a with all losses over that with the main loss alone."""
    at = LINES.index("3a")
    return float(lengths[LOSSES.index("all"), at] / lengths[LOSSES.index("main"), at])


def seen(run: dict[str, np.ndarray]) -> dict[str, str]:
    """What the recorded gradients at 3a are, for the words about them: all losses over the main loss alone."""
    lengths = dict(zip(STATES, run["gradients"].mean(1), strict=True))
    at = LINES.index("3a")
    main, everything = (lengths["small"][LOSSES.index(loss), at] for loss in ("main", "all"))
    return {
        "TRAINED": number(at_3a(lengths["trained"])),
        "KAIMING": f"{100 * (at_3a(lengths['kaiming']) - 1):.0f} %",
        "MAIN": number(main),
        "ALL": number(everything),
        "BELOW": number(lengths["kaiming"][LOSSES.index("all"), at] / everything),
        "FADED": number(1 / way(lengths["kaiming"])),
    }
