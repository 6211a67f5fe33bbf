"""Nets as columns of cells, one cell a layer, lit by the gradient or the signal in it while they train."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component

# How bright a cell is goes with the power of ten, from black at the first number to white at the second.
SCALES = {"gradient": (1e-4, 1e3), "signal": (1e-4, 1e2)}

Layer = list[float | None]
Looks = Sequence[tuple[int, Mapping[str, list[Layer]]]]  # step, and of each net seen there its signal and its gradient


@dataclass(frozen=True)
class Net:
    """One column."""

    name: str
    role: str  # "plain" or "residual", for its colour
    layers: int


class NetColumns(Component):
    """value = what `columns` and `more` return. It follows the cursor of the chart whose value has the same run."""

    NAME = "net_columns"
    TEXTS = ("looks",)


def columns(run: int, nets: tuple[Net, ...], looks: Looks = (), note: str = "") -> dict[str, Any]:
    """The value that begins with these nets, with a note below. `run` grows from run to run, as a chart's does."""
    scales = {kind: list(ends) for kind, ends in SCALES.items()}
    shown = [asdict(net) for net in nets]
    return {"run": run, "nets": shown, "scales": scales, "note": note, "looks": {"start": 0, "new": list(looks)}}


def more(value: dict[str, Any], looks: Looks, start: int) -> dict[str, Any]:
    """The same with more looks, of which the first is its number `start`."""
    return value | {"looks": {"start": start, "new": list(looks)}}
