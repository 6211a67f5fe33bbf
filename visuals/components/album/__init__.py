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
    """What stands at the head of a row: its name, and how many pictures it will have.

    `short` is beside the name; `note` is read where the row is pointed at.
    """

    title: str
    note: str = ""
    columns: int = 8
    short: str = ""


@dataclass(frozen=True)
class Cell:
    """A picture (H, W, 1 or 3) uint8 and its place.

    `caption` is for the table and for files; `says` is it in words, read where it is pointed at; `mark` is a sign in
    its corner.
    """

    row: int
    column: int  # LEAD: at the head of the row
    picture: np.ndarray
    caption: str
    says: str
    mark: str = ""


class Album(Component):
    """value = what `album` returns: the heads of all rows, and the pictures that are new in this run.

    Pictures can be walked through with the arrow keys; pointing at one reads it, pressing it shows it large.
    """

    NAME = "album"
    TEXTS = ("rows", "new")


def album(run: int, label: str, rows: tuple[Heading, ...], new: list[Cell], legend: str = "") -> dict[str, Any]:
    """The component's value.

    `run` grows from run to run: a larger one empties the album, a smaller one is late and is not drawn. `label`: the
    whole in words, which also names the files that are saved. `legend` says what the marks mean.
    """
    cells = [
        {"row": c.row, "column": c.column, "src": data_url(c.picture), "caption": c.caption, "says": c.says}
        | {"mark": c.mark}
        for c in new
    ]
    return {"run": run, "label": label, "rows": [asdict(row) for row in rows], "new": cells, "legend": legend}
