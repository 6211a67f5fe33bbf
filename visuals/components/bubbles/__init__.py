"""A chart of a few named things: two numbers as places on logarithmic or linear axes, a third as the circle's area."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component
from visuals.components.chart import Axis


@dataclass(frozen=True)
class Bubble:
    """One thing; `size` is what its area stands for, `strong` marks the one that it is about."""

    name: str
    x: float
    y: float
    size: float
    strong: bool = False


class Bubbles(Component):
    """value = what `bubbles` returns."""

    NAME = "bubbles"


def bubbles(label: str, x: Axis, y: Axis, size: Axis, shown: tuple[Bubble, ...]) -> dict[str, Any]:
    """The component's value. `label`: the picture in words; `size`: what areas stand for, up to `high`."""
    return {
        "label": label,
        "x": asdict(x),
        "y": asdict(y),
        "size": asdict(size),
        "bubbles": [asdict(bubble) for bubble in shown],
    }
