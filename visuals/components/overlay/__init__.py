"""A picture with a coarse map of signed numbers laid over it."""

from __future__ import annotations

from typing import Any

import numpy as np

from visuals.components.base import Component


class Overlay(Component):
    """The map is spread over the picture smoothly; how much it covers is set by a slider below.

    value = {"name": what the whole shows, "picture": a data URL, "values": [[float]], rows from the top, "limit": the
             end of the scale on both sides, "ends": what the two sides mean, in words}
    """

    NAME = "overlay"


def overlay(name: str, picture: str, values: np.ndarray, limit: float, ends: tuple[str, str]) -> dict[str, Any]:
    """The component's value; `values` (H, W)."""
    numbers = [[round(float(v), 4) for v in row] for row in values]
    return {"name": name, "picture": picture, "values": numbers, "limit": limit, "ends": list(ends)}
