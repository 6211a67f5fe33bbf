"""What happens before the first module: convolutions and poolings, and what normalisation changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.wider.activations import NORMS, Pass, normalised_for_our_pixels
from visuals.components.figures import Figure, figures
from visuals.components.maps import panel
from visuals.components.pictures import data_url
from visuals.wider.network_map import LAYERS, size

COMPARED = 4  # channels before and after a pooling or a normalisation


def figures_of(run: Pass) -> dict[str, Any]:
    """Value of the Figures: the picture's way to the first module. The strongest channels of two convolutions, before
    and after the pooling behind each, on one scale a pair.
    """
    shown = [Figure((data_url(run.seen),), "the picture", f"{size(run.shapes['picture'])}, as it enters")]
    for convolution, pooling in (("conv1", "pool1"), ("conv2", "pool2")):
        strongest = strongest_of(run.outputs[convolution])
        largest = float(run.outputs[convolution][strongest].max()) or 1.0
        for stage in (convolution, pooling):
            light = np.rint(255 * np.minimum(1, run.outputs[stage][strongest] / largest)).astype(np.uint8)
            about = f"{size(run.shapes[stage])}; channels {', '.join(map(str, strongest))}; white is {largest:.3g}"
            shown.append(Figure(tuple(map(data_url, light)), LAYERS[stage][1], about))
    return figures(*shown)


def strongest_of(outputs: np.ndarray) -> np.ndarray:
    """The channels with the largest means of (C, H, W), the strongest first."""
    return np.argsort(-outputs.mean((1, 2)), kind="stable")[:COMPARED]


def norms(run: Pass) -> dict[str, Any]:
    """Value of the Maps: the strongest channels before each local response normalisation, if there is any, after it,
    and after one with constants for our pixels.
    """
    rows, limit = [], 0.0
    for k, (before, after) in enumerate(NORMS if has_norms(run) else (), start=1):
        strongest = strongest_of(run.outputs[before])
        x, y = run.outputs[before][strongest], run.outputs[after][strongest]
        scaled = normalised_for_our_pixels(run.outputs[before])[strongest]
        limit = max(limit, float(x.max()))
        numbers = ", ".join(map(str, strongest))
        rows.append(
            {
                "net": f"Normalisation {k}",
                "title": f"Normalisation {k}: channels {numbers}, the strongest before it",
                "panels": [panel("before", x), panel("after", y), panel("after, constants for our pixels", scaled)],
            }
        )
    return {"name": "Local response normalisation", "limit": limit, "rows": rows}


def shrunk(run: Pass, scaled: bool = False) -> tuple[float, ...]:
    """By which share each normalisation shrinks its input on average; `scaled`: with constants for our pixels."""
    found = []
    for before, after in NORMS:
        x = run.outputs[before]
        y = normalised_for_our_pixels(x) if scaled else run.outputs[after]
        found.append(float(np.abs(y - x).sum() / np.abs(x).sum()))
    return tuple(found)


def has_norms(run: Pass) -> bool:
    """Whether this network normalises at all: torchvision's GoogLeNet does not."""
    return all(stage in run.outputs for pair in NORMS for stage in pair)
