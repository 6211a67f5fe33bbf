"""Pictures with captions in a row, some of them several that belong together."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component


@dataclass(frozen=True)
class Figure:
    """One picture, or four that belong together, given by addresses or data URLs."""

    pictures: tuple[str, ...]
    title: str  # before the caption, in bold
    caption: str = ""
    sharp: bool = True  # pixels are not smoothed


class Figures(Component):
    """value = what `figures` returns."""

    NAME = "figures"


def figures(*shown: Figure, width: int = 180) -> dict[str, Any]:
    """The value of Figures, each at most `width` px wide."""
    return {"width": width, "figures": [asdict(figure) for figure in shown]}
