"""The recorded runs on CIFAR-10 as charts."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from models.deeper.nets import Lane
from visuals.components.chart import Axis, chart
from visuals.deeper.cifar10.words import depths_of
from visuals.deeper.curves import ERROR, KINDS, curves, spaced, steps_axis
from visuals.deeper.lanes import names


def cifar10_chart(run: dict[str, np.ndarray], certificate: Certificate) -> dict[str, Any]:
    """Plain and residual nets, a training and a test curve each."""
    epochs = certificate.config["epochs"]
    lanes = tuple(Lane(depth, skip) for skip in (False, True) for depth in depths_of(certificate.metrics))
    points = {
        f"{lane.name} {word}": by_epoch(run[f"{lane.name} {kind}"], epochs)
        for lane in lanes
        for kind, word in KINDS.items()
    }
    label = f"Training and test error of {names(lanes)} on CIFAR-10 by epoch, recorded."
    each = len(next(iter(points.values()))) // epochs
    note = "Training error: over the last augmented batches. Test error: on all test images."
    return chart(1, label, Axis("epoch", 0, epochs * 1.08), ERROR, curves(lanes, every=2 * each, tests=2), points, note)


def shorter_chart(run: dict[str, np.ndarray], certificate: Certificate) -> dict[str, Any]:
    """The run with 56 layers that ended early: errors (depth, skip, point)."""
    axes, steps = certificate.config["axes"], certificate.config["steps"]
    lanes = tuple(Lane(depth, skip) for skip in axes["skip"] for depth in axes["depth"])
    points = {
        f"{lane.name} {word}": spaced(run[kind][axes["depth"].index(lane.depth), int(lane.skip)], steps)
        for lane in lanes
        for kind, word in KINDS.items()
    }
    label = f"Training and test error of {names(lanes)} on CIFAR-10 by training step, recorded."
    return chart(1, label, steps_axis(steps), ERROR, curves(lanes, every=2), points)


def by_epoch(errors: np.ndarray, epochs: int) -> list[tuple[float, float]]:
    """Errors measured at equal distances, with the time of each."""
    return [(round((k + 1) * epochs / len(errors), 3), round(float(error), 3)) for k, error in enumerate(errors)]
