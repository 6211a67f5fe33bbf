"""Maps of signed numbers, such as x, F(x) and F(x) + x, on one colour scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from visuals.components.base import Component


class Maps(Component):
    """Rows of panels; a panel holds the maps of one array. All share one scale, whose middle is zero.

    The pixel that is pointed at, or chosen with the arrow keys, is marked and read in every panel of the same shape.

    value = {"name": what the whole shows, "limit": end of the scale on both sides; what lies beyond has the colour
    of the end, "rows": [{
        "title": str, "panels": [what `panel` returns]}]}
    """

    NAME = "maps"
    TEXTS = ("rows",)


def panel(title: str, maps: np.ndarray) -> dict[str, Any]:
    """The maps of one array (C, H, W), with its least and greatest number in words."""
    count, height, width = maps.shape
    return {
        "title": title,
        "caption": f"{maps.min():.2f} to {maps.max():.2f}".replace("-", "−"),
        "shape": [count, height, width],
        "values": [round(float(v), 3) for v in maps.ravel()],
    }
