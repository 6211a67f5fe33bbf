"""What training found, as a chart: the plain nets of the recorded race of 3,000 steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from models.deeper.nets import Lane
from visuals.components.chart import chart
from visuals.deeper.curves import ERROR, KINDS, curves, spaced, steps_axis
from visuals.deeper.lanes import names

SHALLOW, DEEP = Lane(20, False), Lane(56, False)


def training_errors(run: dict[str, np.ndarray], certificate: Certificate) -> dict[str, Any]:
    """The training error of both nets, mean of all seeds."""
    lanes, steps = (SHALLOW, DEEP), certificate.config["steps"]
    points = {
        f"{lane.name} {KINDS['train_error']}": spaced(
            run["train_error"][certificate.config["lanes"].index(lane.name)].mean(0), steps
        )
        for lane in lanes
    }
    shown = tuple(curve for curve in curves(lanes, every=30) if curve.id in points)
    label = f"Training error of {names(lanes)} by training step, mean of the recorded seeds."
    return chart(1, label, steps_axis(steps), ERROR, shown, points)
