"""The recorded run on CIFAR-10 as charts: how the nets end, by depth, and how they get there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from models.deeper.nets import Lane
from visuals.components.chart import Axis, chart
from visuals.deeper.cifar10.words import depths_of
from visuals.deeper.curves import ERROR, KINDS, MARKERS, colour, curve, curves
from visuals.deeper.lanes import names
from visuals.page.words import named


def ends_chart(certificate: Certificate) -> dict[str, Any]:
    """Training and test error at the end by number of layers, a curve each for plain and residual nets."""
    errors, depths = certificate.metrics, depths_of(certificate.metrics)
    series, points = [], {}
    for skip, net in enumerate(("plain", "residual")):
        for kind, word in KINDS.items():
            series.append(curve(f"{net} {word}", kind, colour(bool(skip), 0), MARKERS[not skip], every=1))
            points[f"{net} {word}"] = [(depth, errors[f"{net}-{depth}"][kind]) for depth in depths]
    layers = Axis("layers", 0, depths[-1] + depths[0])
    highest = max(error for curve_points in points.values() for _, error in curve_points)
    axis = replace(ERROR, high=10 * math.ceil(highest / 10))
    of = named([str(depth) for depth in depths])
    label = f"Training and test error of nets with {of} layers on CIFAR-10 after the last epoch, recorded."
    note = "Training error: over the last batches, shifted and mirrored. Test error: on all test images."
    return chart(1, label, layers, axis, tuple(series), points, note)


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
    note = "Training error: over the last batches, shifted and mirrored. Test error: on all test images."
    return chart(1, label, Axis("epoch", 0, epochs * 1.08), ERROR, curves(lanes, every=2 * each, tests=2), points, note)


def by_epoch(errors: np.ndarray, epochs: int) -> list[tuple[float, float]]:
    """Errors measured at equal distances, with the time of each."""
    return [(round((k + 1) * epochs / len(errors), 3), round(float(error), 3)) for k, error in enumerate(errors)]
