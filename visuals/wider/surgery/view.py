"""What the surgery shows: the switches, the answers of one picture, and the table of many."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.wider.googlenet import INCEPTIONS, Row
from models.wider.surgery import CHUNK, LAYERS, MODULES, PARTS, Changes, Cut, Operation, Part, summary
from visuals.components.bars import Kind, Panel, bars
from visuals.components.heat import heat
from visuals.page import style
from visuals.wider import question
from visuals.wider.surgery import words
from visuals.wider.surgery.words import HEADS, TITLES
from visuals.wider.words import paragraphs

ROLES = {"3r": "3x3", "5r": "5x5"}  # whose colour a reduction has
TOP = 4
KINDS = (
    Kind("whole network", "hollow", "var(--body-text-color-subdued)"),
    Kind("without what is off", "solid", "var(--primary-600)"),
)
HEADS_OF_COLUMNS = {name: title.replace("reduction", "reduc\u00adtion") for name, (title, _) in TITLES.items()}
COLUMNS = [{"title": title, "role": ROLES.get(name, name)} for name, title in HEADS_OF_COLUMNS.items()]
# Row and column of each answer to the question.
PLACES = {title: (MODULES.index(question.MODULE), k) for k, title in enumerate(question.TITLES.values())}
BELOW, ABOVE = "worse without it", "better without it"


def switches(off: Iterable[Part] = (), chosen: str = "") -> dict[str, Any]:
    """Value of the Switches: every part of every module with its channels."""
    return {
        "label": "Parts of the nine modules: branches, and the reductions inside them",
        "rows": [{"id": module, "title": module} for module in MODULES],
        "columns": [
            {"id": name, "title": title, "role": ROLES.get(name, name), "reduction": name in ROLES}
            for name, title in HEADS_OF_COLUMNS.items()
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


def answers(operation: Operation, classes: tuple[str, ...], heads: tuple[str, ...]) -> dict[str, Any]:
    """Value of the Bars: for each of these heads, if it is there, all classes among its likeliest, before or after."""
    panels = []
    for head in heads:
        if head in operation.before:
            title, detail = HEADS[head]
            before, after = operation.before[head], operation.after[head]
            found = {int(k) for part in (before, after) for k in np.argsort(-part)[:TOP]}
            order = sorted(found, key=lambda k: -max(before[k], after[k]))
            rows = tuple((classes[k], (100 * float(before[k]), 100 * float(after[k]))) for k in order)
            panels.append(Panel(title, detail, rows))
    return bars("Likeliest classes before and after the surgery", KINDS, tuple(panels), room=TOP + 2)


# --- many pictures ---

NOTE = "Bold: unlikely to be chance."
FEW = "Not an accuracy: the pictures are few, and some show nothing that the network knows. Hence no interval."


@dataclass(frozen=True)
class Measured:
    """What a table is of."""

    name: str
    unit: str
    note: str


def table(found: Changes, run: int, of: Measured, chosen: str = "") -> dict[str, Any]:
    """Value of the Heat: the change of the mean score without each part, in points."""
    largest = 100 * np.nanmax(np.abs(found.mean), initial=0)
    numbers = (100 * found.mean, 100 * found.low, 100 * found.high)
    limit = max(10, 10 * math.ceil(largest / 10))
    return heat(run, of.name, list(MODULES), COLUMNS, numbers, limit, of.unit, (BELOW, ABOVE), of.note, chosen)


class LiveTable:
    """The table of a run that goes on; `accuracy`: its scores are right or wrong, and not probabilities."""

    def __init__(self, pictures: int, accuracy: bool, of: Measured, run: int, detail: str):
        self._of, self._accuracy, self._run, self._detail = of, accuracy, run, detail
        self._whole = np.full(pictures, np.nan)
        self._cut = np.full((len(MODULES), len(LAYERS), pictures), np.nan)
        self._taken, self._steps = 0, len(PARTS) * math.ceil(pictures / CHUNK)

    @property
    def done(self) -> float:
        return self._taken / self._steps

    def start(self) -> tuple[Any, ...]:
        return (self._table(),)

    def add(self, event: Cut) -> None:
        here = slice(event.start, event.start + len(event.cut))
        self._whole[here] = event.whole
        self._cut[MODULES.index(event.part.module), list(LAYERS).index(event.part.name), here] = event.cut
        self._taken += 1

    def news(self) -> tuple[Any, ...]:
        return (self._table(),)

    whole = news

    def progress(self, seconds_left: float) -> str:
        return style.told(words.progress(self._taken, self._steps, seconds_left), announce=False)

    def outcome(self, seconds: float) -> str:
        label = style.measured(f"{self._cut.size:,} passes in {seconds:.0f} s; {self._detail}")
        return paragraphs(words.finished(self._found(), self._accuracy)) + label

    def stopped(self) -> str:
        measured = int((~np.isnan(self._cut)).sum())
        return style.told(words.stopped(measured, self._cut.size, self._of.name))

    def _found(self) -> Changes:
        """Intervals only for accuracies."""
        found = summary(self._whole, self._cut)
        none = np.full(found.mean.shape, np.nan)
        return found if self._accuracy else replace(found, low=none, high=none)

    def _table(self) -> dict[str, Any]:
        return table(self._found(), self._run, self._of)
