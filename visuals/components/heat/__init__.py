"""A table of signed numbers with their intervals, coloured by one scale whose middle is zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from visuals.components.base import Component


class Heat(Component):
    """value = what `heat` returns. A number whose interval leaves out zero is bold, the others are not.

    A value of fewer keys, once the whole has been shown, changes these alone: {"chosen": "4a"} marks another row,
    {"guess": [row, column]} the cell that the learner has guessed, {"guess": None} none.
    """

    NAME = "heat"


def heat(
    run: int,
    name: str,
    rows: list[str],
    columns: list[dict[str, str]],
    numbers: tuple[np.ndarray, np.ndarray, np.ndarray],
    limit: float,
    unit: str,
    ends: tuple[str, str],
    note: str = "",
    chosen: str = "",
) -> dict[str, Any]:
    """The component's value.

    `run` grows from run to run: what a superseded one still sends is not drawn. `name`: what the whole shows.
    `columns`: {"title", "role"} each. `numbers`: the values and the ends of their intervals, (rows, columns) each; NaN
    where there is none. `limit`: end of the colour scale on both sides. `ends`: what the two sides mean, in words.
    `chosen`: the row that is marked; "" leaves the mark where it is.
    """
    values, low, high = ([[_plain(v) for v in row] for row in part] for part in numbers)
    return {
        "run": run,
        "name": name,
        "rows": rows,
        "columns": columns,
        "values": values,
        "low": low,
        "high": high,
        "limit": limit,
        "unit": unit,
        "ends": list(ends),
        "note": note,
        "chosen": chosen,
    }


def _plain(value: float) -> float | None:
    """As JSON, which knows no NaN."""
    return None if np.isnan(value) else round(float(value), 3)
