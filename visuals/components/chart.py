"""A line chart that grows while its numbers are measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component

Points = dict[str, list[tuple[float, float]]]


@dataclass(frozen=True)
class Axis:
    """One axis: what it measures, from where to where, in which unit, with how many decimals in the read-out."""

    label: str
    low: float
    high: float
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class Series:
    """One curve. Told apart by more than its colour: give it a dash or a marker, and a label of its own."""

    id: str
    label: str
    colour: str  # any CSS colour, also var(--role-...)
    dash: bool = False
    width: float = 2
    marker: str = ""  # "circle", "square", "triangle", "diamond"; hollow on a dashed curve
    every: int = 1  # a marker on every so-manieth point
    line: bool = True  # False: only markers, without legend and read-out


class Chart(Component):
    """value = what `chart` and `grown` return: axes, series, and the points that are new."""

    FILES = "chart"


def chart(
    run: int, label: str, x: Axis, y: Axis, series: tuple[Series, ...], points: Points, note: str = ""
) -> dict[str, Any]:
    """The value of a chart that starts anew.

    `run` grows from run to run: a larger one empties the chart, a smaller one is late and is not drawn. `label` is
    the picture in words for those who cannot see it, `note` a line below it; `points` maps a series' id to its (x, y).
    """
    return {
        "run": run,
        "label": label,
        "note": note,
        "x": asdict(x),
        "y": asdict(y),
        "series": [asdict(s) for s in series],
        "new": {name: {"start": 0, "points": list(p)} for name, p in points.items()},
    }


def grown(value: dict[str, Any], points: Points, start: dict[str, int]) -> dict[str, Any]:
    """The same chart with more points: each series' `points`, of which the first is its number `start`."""
    return value | {"new": {name: {"start": start[name], "points": list(p)} for name, p in points.items()}}
