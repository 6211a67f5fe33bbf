"""What is shown of the three heads and their gradients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from models.wider.activations import Pass
from models.wider.heads import LINES, LOSSES
from visuals.components.bars import Kind, Panel, bars
from visuals.components.chart import Axis, Level, Series, chart
from visuals.wider.heads.words import NAMES

ROWS = 3  # classes of which the heads are compared
KINDS = {
    "main": Kind("main head", "solid", "var(--primary-600)"),
    "aux_4d": Kind("auxiliary head after 4d", "hollow", "var(--body-text-color)"),
    "aux_4a": Kind("auxiliary head after 4a", "dashed", "var(--body-text-color)"),
}
CURVES = {  # in the order in which they are drawn: the sum first, so that no curve hides under it
    "all": Series("all", "all three", "var(--body-text-color)", width=3, marker="diamond"),
    "main": Series("main", "main loss alone", "var(--primary-600)", marker="circle"),
    "aux_4d": Series("aux_4d", "0.3 × loss after 4d", "var(--body-text-color-subdued)", dash=True, marker="triangle"),
    "aux_4a": Series("aux_4a", "0.3 × loss after 4a", "var(--body-text-color-subdued)", dash=True, marker="square"),
}
SHORT = {"conv1": "1", "conv2": "2", "linear": "out"}  # names of lines that fit below a narrow chart


# --- what the heads say ---


def answers(run: Pass) -> dict[str, Any]:
    """Value of the Bars: the first answer of every head, and the main head's next ones up to ROWS; in its order."""
    heads = {head: run.probabilities[head] for head in NAMES if head in run.logits}
    order = np.argsort(-heads["main"]).tolist()
    named = [*{int(p.argmax()) for p in heads.values()}]
    named += [k for k in order if k not in named][: ROWS - len(named)]
    rows = tuple(
        (run.classes[k], tuple(100 * float(p[k]) for p in heads.values())) for k in sorted(named, key=order.index)
    )
    kinds = tuple(KINDS[head] for head in heads)
    return bars("What the heads say of this picture", kinds, (Panel("Probability", "", rows),))


# --- gradients ---


def marks(module: str) -> tuple[Level, ...]:
    """The chosen module as an upright line in the chart."""
    return (Level("chosen on the map", LINES.index(module) + 1, "var(--primary-500)", upright=True),)


def gradient_chart(run: int, lengths: np.ndarray, what: str, levels: tuple[Level, ...] = ()) -> dict[str, Any]:
    """Value of the Chart: lengths (losses, lines) by depth, on a logarithmic axis; NaN where a loss does not reach."""
    known = lengths[np.isfinite(lengths) & (lengths > 0)]
    low, high = (known.min(), known.max()) if known.size else (0.1, 1)
    bottom, top = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high * 1.01))
    y = Axis("length of the gradient", bottom, top, log=True)
    x = Axis("layer", 0.5, len(LINES) + 0.5, names=tuple(SHORT.get(line, line) for line in LINES))
    points = {
        loss: [(k, float(f"{v:.4g}")) for k, v in enumerate(row, start=1) if np.isfinite(v)]
        for loss, row in zip(LOSSES, lengths, strict=True)
    }
    series = tuple(curve for loss, curve in CURVES.items() if points[loss])
    return chart(run, f"Gradient by depth, {what}.", x, y, series, points, levels=levels)
