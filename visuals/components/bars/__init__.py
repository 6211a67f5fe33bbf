"""Bars of shares, several for each name, such as before and after."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component


@dataclass(frozen=True)
class Kind:
    """One of the bars that each name has, told apart by more than its colour."""

    label: str
    look: str  # "solid", "hollow" or "dashed"
    colour: str  # any CSS colour, also var(--role-...)


@dataclass(frozen=True)
class Panel:
    """Some names with their values, one for each kind, in %."""

    title: str
    detail: str
    rows: tuple[tuple[str, tuple[float, ...]], ...]


class Bars(Component):
    """value = what `bars` returns: panels side by side, one scale from 0 to 100 % for all."""

    NAME = "bars"


def bars(name: str, kinds: tuple[Kind, ...], panels: tuple[Panel, ...], room: int = 0) -> dict[str, Any]:
    """The component's value. `name`: what the whole shows; `room`: names for which each panel keeps room at least."""
    return {
        "name": name,
        "kinds": [asdict(kind) for kind in kinds],
        "panels": [asdict(panel) | {"rows": [[row, list(values)] for row, values in panel.rows]} for panel in panels],
        "room": room,
    }
