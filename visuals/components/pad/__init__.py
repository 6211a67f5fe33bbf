"""A square to draw points in, by mouse, by touch or with the keyboard."""

from __future__ import annotations

from typing import Any

from visuals.components.base import Component


class Pad(Component):
    """value = {"points": [[x, y], ...], "edge": the square goes from -edge to edge, "most": points at most}.

    The browser adds to the points. They come back as they are, and whoever reads them checks them.
    """

    NAME = "pad"


def empty(edge: float, most: int) -> dict[str, Any]:
    """The value of a pad on which nothing is drawn."""
    return {"points": [], "edge": edge, "most": most}
