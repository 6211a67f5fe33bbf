"""What the surgery of tab 2 shows and says."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np

from models.googlenet import INCEPTIONS, Row
from models.surgery import LAYERS, MODULES, PARTS, Operation, Part, Worth
from visuals.components.bars import Kind, Panel, bars
from visuals.components.heat import heat
from visuals.inception.network_figures import AFTER

TITLES = {  # of a part: as the head of a column, and in a sentence
    "1x1": ("1×1", "1×1 branch"),
    "3x3": ("3×3", "3×3 branch"),
    "5x5": ("5×5", "5×5 branch"),
    "pool": ("pool", "pool branch"),
    "3r": ("3×3 red.", "3×3 reduction"),
    "5r": ("5×5 red.", "5×5 reduction"),
}
ROLES = {"3r": "3x3", "5r": "5x5"}  # whose colour a reduction has
HEADS = {  # in the order of the page: what they are, and where
    "main": ("Main head", "at the end"),
    "aux_4d": ("Auxiliary head", "after 4d"),
    "aux_4a": ("Auxiliary head", "after 4a"),
}
TOP = 5
NAMED = 3  # parts that a sentence names; more are counted
KINDS = (
    Kind("whole network", "hollow", "var(--body-text-color-subdued)"),
    Kind("without what is off", "solid", "var(--primary-600)"),
)
COLUMNS = [{"title": title, "role": ROLES.get(name, name)} for name, (title, _) in TITLES.items()]
BELOW, ABOVE = "worse without it", "better without it"


def switches(off: Iterable[Part] = (), chosen: str = "") -> dict[str, Any]:
    """Value of the Switches: every part of every module with its channels."""
    return {
        "label": "Parts of the nine modules: branches, and the reductions inside them",
        "rows": [{"id": module, "title": module} for module in MODULES],
        "columns": [
            {"id": name, "title": title, "role": ROLES.get(name, name), "reduction": name in ROLES}
            for name, (title, _) in TITLES.items()
        ],
        "cells": {str(part): channels(part) for part in PARTS},
        "chosen": chosen,
        "off": [str(part) for part in off],
    }


def channels(part: Part) -> int:
    row: Row = next(row for row in INCEPTIONS if row.name == part.module)
    return {
        "1x1": row.n1x1,
        "3x3": row.n3x3,
        "5x5": row.n5x5,
        "pool": row.n_pool,
        "3r": row.n3x3_reduce,
        "5r": row.n5x5_reduce,
    }[part.name]


# --- one picture ---


def answers(operation: Operation, classes: tuple[str, ...]) -> dict[str, Any]:
    """Value of the Bars: for each head all classes that are among its five likeliest, before or after."""
    panels = []
    for head, (title, detail) in HEADS.items():
        if head in operation.before:
            before, after = operation.before[head], operation.after[head]
            found = {int(k) for part in (before, after) for k in np.argsort(-part)[:TOP]}
            order = sorted(found, key=lambda k: -max(before[k], after[k]))
            rows = tuple((classes[k], (percent(before[k]), percent(after[k]))) for k in order)
            panels.append(Panel(title, detail, rows))
    return bars("Likeliest classes before and after the surgery", KINDS, tuple(panels), room=TOP + 2)


def outcome(operation: Operation, off: tuple[Part, ...], classes: tuple[str, ...]) -> list[str]:
    """What happened to the first answer of every head, in sentences."""
    first = {head: int(p.argmax()) for head, p in operation.before.items()}
    if not off:
        said = f"{classes[first['main']]} with {share(operation.before['main'][first['main']])}"
        return [f"Nothing is switched off. The main head answers {said}. Switch off a part to see what that changes."]
    sentences = [f"Without {named(off)}:"]
    for head in (head for head in HEADS if head in first):
        before, after = (float(p[head][first[head]]) for p in (operation.before, operation.after))
        title, where = HEADS[head]
        who = f"{title.lower()} {where}"
        if np.array_equal(operation.before[head], operation.after[head]):
            why = "because what is off comes behind it" if behind(head, off) else "for this picture"
            sentences.append(f"{who.capitalize()}: nothing changes, {why}.")
            continue
        now = int(operation.after[head].argmax())
        answer = (
            "and stays the first answer."
            if now == first[head]
            else f"and the first answer is now {classes[now]} with {share(operation.after[head][now])}."
        )
        sentences.append(f"{who.capitalize()}: {classes[first[head]]} {moves(before, after)}, {answer}")
    return sentences


def behind(head: str, off: tuple[Part, ...]) -> bool:
    """Whether all that is off comes behind the module that this head sits on; nothing comes behind the main head."""
    after = AFTER[head]
    return after in MODULES and all(MODULES.index(part.module) > MODULES.index(after) for part in off)


def moves(before: float, after: float) -> str:
    """'falls from 61.2 % to 12.0 %'."""
    if share(before) == share(after):
        return f"stays at {share(before)}"
    return f"{'falls' if after < before else 'rises'} from {share(before)} to {share(after)}"


def named(off: tuple[Part, ...]) -> str:
    if len(off) > NAMED:
        return f"these {len(off)} parts"
    said = [f"the {TITLES[part.name][1]} of {part.module}" for part in off]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]


def percent(probability: float) -> float:
    return 100 * float(probability)


def share(probability: float) -> str:
    return f"{100 * float(probability):.1f} %"


# --- many pictures ---


def worth_map(found: Worth, run: int, name: str, unit: str, note: str, chosen: str = "") -> dict[str, Any]:
    """Value of the Heat: the change of the mean score without each part, in points."""
    largest = 100 * np.nanmax(np.abs(found.mean), initial=0)
    numbers = (100 * found.mean, 100 * found.low, 100 * found.high)
    limit = max(10, 10 * math.ceil(largest / 10))
    return heat(run, name, list(MODULES), COLUMNS, numbers, limit, unit, (BELOW, ABOVE), note, chosen)


def most_and_least(found: Worth) -> list[str]:
    """Which branch costs most and which modules least, in sentences; `found` is complete."""
    branches = found.mean[:, :4]
    worst = np.unravel_index(branches.argmin(), branches.shape)
    part = Part(MODULES[worst[0]], list(LAYERS)[worst[1]])
    means = branches.mean(0)
    order = np.argsort(means)
    by_kind = ", ".join(f"{TITLES[list(LAYERS)[k]][0]} {points(means[k])}" for k in order)
    said = [
        f"The {TITLES[part.name][1]} of {part.module} costs most: without it {share(found.whole + found.mean[worst])} "
        f"instead of {share(found.whole)}, {points(found.mean[worst])} points{between(found, worst)}.",
        f"Mean over the nine modules, in points: {by_kind}.",
    ]
    if np.isfinite(found.low).any():
        sure = int(((found.low > 0) | (found.high < 0)).sum())
        said.append(f"For {sure} of the {found.mean.size} parts the interval leaves out zero.")
    return said


def between(found: Worth, at: tuple) -> str:
    if np.isnan(found.low[at]):
        return ""
    return f" (95 % interval {points(found.low[at])} to {points(found.high[at])})"


def points(difference: float) -> str:
    return f"{100 * float(difference):+.1f}".replace("-", "−")


def paragraphs(sentences: list[str]) -> str:
    """Each on a line of its own; a screen reader says them at once."""
    return '<div role="status">' + "".join(f'<p class="told">{escape(s)}</p>' for s in sentences) + "</div>"
