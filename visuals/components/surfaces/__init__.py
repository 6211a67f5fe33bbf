"""Heights over the same square plane, as linked surfaces with equal axes or as contours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import plotly

from visuals.components.base import Component

# plotly's own script, served by this page's server and fetched when the component is first seen: it has 4.6 MB.
PLOTLY = Path(plotly.__file__).resolve().parent / "package_data" / "plotly.min.js"
DIGITS = 6  # significant digits of a height on their way to the browser


@dataclass(frozen=True)
class Surface:
    """One surface: its name, the CSS colour of its role, its heights, and a second number measured at each place.

    Both are (rows, columns): NaN where nothing has been measured yet; a height is inf where it is not finite.
    """

    name: str
    colour: str
    heights: np.ndarray
    details: np.ndarray


class Surfaces(Component):
    """value = what `surfaces` returns, always the whole of it: two or more surfaces and the plane they stand on."""

    NAME = "surfaces"
    DRAWN_EARLY = False

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any):
        gr.set_static_paths([PLOTLY])
        super().__init__(value=value, **kwargs)


def surfaces(
    run: int,
    label: str,
    ticks: np.ndarray,
    shown: tuple[Surface, ...],
    axes: tuple[str, str, str],
    detail: str,
    cut: float,
) -> dict[str, Any]:
    """The component's value.

    `run` grows from run to run: what a superseded one still sends is not drawn. `label`: the picture in words for those
    who cannot see it. `ticks` (n,): the places along both directions. `axes`: the names of the two directions and of
    the height. `detail`: the name of the second number. `cut`: where the linear scale ends.
    """
    return {
        "run": run,
        "label": label,
        "script": f"gradio_api/file={PLOTLY.as_posix()}",
        "ticks": [round(float(t), 4) for t in ticks],
        "axes": list(axes),
        "detail": detail,
        "cut": cut,
        "surfaces": [
            {
                "name": surface.name,
                "colour": surface.colour,
                "heights": [[height(h) for h in row] for row in surface.heights],
                "details": [[None if np.isnan(d) else round(float(d), 1) for d in row] for row in surface.details],
            }
            for surface in shown
        ],
    }


def height(value: float) -> float | str | None:
    """As JSON, which knows neither NaN nor infinity: None where nothing was measured, "inf" where it is not finite."""
    if np.isnan(value):
        return None
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else "inf"
