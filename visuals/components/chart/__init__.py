"""A line chart that grows while its numbers are measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component

Points = Mapping[str, Sequence[tuple[float, float | None]]]
Moments = list[tuple[float, Points]]  # when, and what the curves were then


@dataclass(frozen=True)
class Axis:
    """One axis: what it measures, from where to where, in which unit, with how many decimals in the read-out.

    On a logarithmic axis, where values of 0 and below have no place, the read-out has three significant
    digits, and all four up to 9,999.
    `names` stand for the places 1, 2 and so on, where an axis has things and not a quantity.
    """

    label: str
    low: float
    high: float
    unit: str = ""
    decimals: int = 0
    log: bool = False
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.low < self.high and (self.low > 0 or not self.log)):
            raise ValueError(f"no axis goes from {self.low} to {self.high}" + " in powers of ten" * self.log)


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
    detail: bool = False  # a single seed: a thin line that is shown on demand, without legend and read-out


@dataclass(frozen=True)
class Level:
    """A dotted line with its name on it, such as what somebody guessed: across at y, or `upright` at x."""

    label: str
    at: float
    colour: str  # any CSS colour
    upright: bool = False


class Chart(Component):
    """value = what `chart` and `grown` return: axes, series, levels, and the points that are new."""

    NAME = "chart"
    TEXTS = ("new", "moments", "ended")  # gradio fails at some differences between lists and objects of other lengths


def chart(
    run: int,
    label: str,
    x: Axis,
    y: Axis,
    series: tuple[Series, ...],
    points: Points,
    note: str = "",
    levels: tuple[Level, ...] = (),
    moment: str = "",
    moments: Moments | None = None,
    clock: bool = False,
    start: float | None = None,
) -> dict[str, Any]:
    """The value of a chart that starts afresh.

    `run` grows from run to run: a larger one empties the chart, a smaller one is late and is not drawn. `label` is
    the picture in words for those who cannot see it, and names the files that are saved; `note` a line below it;
    `points` maps a series' id to its (x, y). With `moment`, the name of a time such as "training step", all curves
    change with it: a slider chooses among `moments`, and there are no other points. With `clock`, x is the time t of
    the player, and the cursor stands where the player does. Until somebody points at a place, the numbers are those
    of the last x, or of the one that is nearest to `start`.
    """
    return {
        "run": run,
        "label": label,
        "note": note,
        "x": asdict(x),
        "y": asdict(y),
        "series": [asdict(s) for s in series],
        "levels": [asdict(level) for level in levels],
        "ended": {},
        "new": {name: {"start": 0, "points": list(p)} for name, p in points.items()},
        "moments": {"label": moment, "start": 0, "new": moments or []},
        "clock": clock,
        "start": start,
    }


def grown(
    value: dict[str, Any], points: Points, start: dict[str, int], ended: dict[str, str] | None = None
) -> dict[str, Any]:
    """The same chart with more points: each series' `points`, of which the first is its number `start`.

    `ended` says of series that have ended too early why: {"plain-56 training": "diverged"}. A cross with this word
    stands at their last point.
    """
    new = {name: {"start": start[name], "points": list(p)} for name, p in points.items()}
    return value | {"new": new, "ended": value["ended"] | (ended or {})}


def later(value: dict[str, Any], moments: Moments, start: int) -> dict[str, Any]:
    """The same chart with more moments, of which the first is its number `start`."""
    return value | {"moments": value["moments"] | {"start": start, "new": moments}}


def levelled(value: dict[str, Any], levels: tuple[Level, ...]) -> dict[str, Any]:
    """The same chart with these levels instead of those that it has."""
    return value | {"levels": [asdict(level) for level in levels]}
