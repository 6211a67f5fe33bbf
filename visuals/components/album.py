"""Rows of small pictures with captions, which fill while they are computed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from visuals.components.base import Component
from visuals.components.pictures import data_url

LEAD = -1  # the column of the picture that stands at the head of a row


@dataclass(frozen=True)
class Heading:
    """What stands at the head of a row: its name, a line about it, and how many pictures it will have."""

    title: str
    note: str = ""
    columns: int = 8


@dataclass(frozen=True)
class Cell:
    """A picture (H, W, 1 or 3) uint8 and its place. `caption` is below it; `says` is it in words."""

    row: int
    column: int  # LEAD: at the head of the row
    picture: np.ndarray
    caption: str
    says: str


class Album(Component):
    """value = what `album` returns: the heads of all rows, and the pictures that are new in this run.

    Pictures can be walked through with the arrow keys; pressing one shows it large.
    """

    FILES = "album"
    SHARED = ("downloads",)
    TEXTS = ("rows", "new")


def album(run: int, label: str, rows: tuple[Heading, ...], new: list[Cell]) -> dict[str, Any]:
    """The component's value.

    `run` grows from run to run: a larger one empties the album, a smaller one is late and is not drawn. `label`: the
    whole in words, which also names the files that are saved.
    """
    cells = [
        {"row": c.row, "column": c.column, "src": data_url(c.picture), "caption": c.caption, "says": c.says}
        for c in new
    ]
    return {"run": run, "label": label, "rows": [asdict(row) for row in rows], "new": cells}
