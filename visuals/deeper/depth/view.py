"""Errors over depth, as a chart and as a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from models.deeper.nets import Lane
from visuals.components.chart import Axis, chart
from visuals.deeper.curves import ERROR, KINDS, MARKERS, colour, curve, dots, seeds_of
from visuals.page import style


def depth_chart(run: dict[str, np.ndarray], certificate: Certificate, all_shown: bool = True) -> dict[str, Any]:
    """Errors after the last step over depth: means as curves, seeds as dots; all depths, or the first alone."""
    depths, series, points = certificate.config["axes"]["depth"], [], {}
    depths = depths if all_shown else depths[:1]
    for skip in (False, True):
        for kind, word in KINDS.items():
            name = f"{'residual' if skip else 'plain'} {word}"
            series.append(curve(name, kind, colour(skip, 0), MARKERS[not skip], every=1))
            last = run[kind][:, int(skip), :, -1]  # (depth, seed)
            points[name] = [(d, round(float(errors.mean()), 4)) for d, errors in zip(depths, last, strict=False)]
            points[f"{name} seeds"] = [
                (d, round(float(e), 4)) for d, errors in zip(depths, last, strict=False) for e in errors
            ]
    series += [dots(of_seeds) for of_seeds in series]
    label = "Error after the last step by number of layers, mean and single seeds."
    if all_shown:
        label += " It rises with depth in the plain nets and stays close to zero in the residual nets."
    steps = certificate.config["steps"]
    note = f"Large marks: mean of {last.shape[1]} seeds after {steps} steps. Small marks: single seeds."
    return chart(1, label, Axis("layers", 0, 60), ERROR, tuple(series), points, note)


def by_depth(run: dict[str, np.ndarray], certificate: Certificate) -> str:
    """Mean and range of the errors over the seeds at every recorded depth."""
    body = []
    for depth in certificate.config["axes"]["depth"]:
        lanes = [Lane(depth, skip) for skip in (False, True)]
        ends = [seeds_of(run[kind], certificate, lane)[:, -1] for kind in KINDS for lane in lanes]
        body.append([str(depth), *map(spread, ends)])
    head = ["layers", "training error, plain", "training error, residual", "test error, plain", "test error, residual"]
    return style.table("Error in % by depth, mean and range of the seeds", head, body) + style.recorded(certificate)


def spread(errors: np.ndarray) -> str:
    return f"{errors.mean():.1f} <small>({errors.min():.1f} to {errors.max():.1f})</small>"
