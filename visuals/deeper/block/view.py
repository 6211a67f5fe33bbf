"""The inside of blocks as maps and charts, out of what the nets gave."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.deeper.block import Addition, Drop
from models.deeper.nets import Lane
from visuals.components.chart import Axis, Level, Points, Series, chart
from visuals.components.maps import panel
from visuals.deeper.curves import ERROR, MARKERS, SHADES
from visuals.deeper.nets import Nets

WITHIN = 0.97  # of all numbers lie within the ends of the colour scale; a few large ones would leave it pale


def maps(pair: Nets, additions: list[Addition], block: int, image: str) -> dict[str, Any]:
    """The value of Maps: a row for each net. The scale ends where only few numbers of all nets are larger."""
    rows, everything = [], []
    for net, addition in zip(pair, additions, strict=True):
        titles = {"x": addition.x, "F(x)": addition.residual, "F(x) + x": addition.h}
        shown = {title: values for title, values in titles.items() if values is not None}
        everything += [np.abs(values).ravel() for values in shown.values()]
        title = f"{net.lane.name}, block {block + 1}" + (": F(x) goes on alone" if addition.h is None else "")
        panels = [panel(title, values) for title, values in shown.items()]
        rows.append({"net": net.lane.name, "title": title, "panels": panels})
    name = f"Maps in block {block + 1} of {' and '.join(net.lane.name for net in pair)} for {image}"
    limit = round(float(np.quantile(np.concatenate(everything), WITHIN)), 2) or 1.0
    return {"name": name, "limit": limit, "rows": rows}


def response_chart(number: int, nets: Nets, responses: list[np.ndarray], ranked: bool) -> dict[str, Any]:
    """Fig. 7: the spread of every layer's output, in the order of the signal or from the largest to the smallest."""
    series, points = [], {}
    for net, values in zip(nets, responses, strict=True):
        series.append(curve(net.lane, nets, every=max(1, len(values) // 6)))
        ordered = np.sort(values)[::-1] if ranked else values
        points[net.lane.name] = [(k, finite(v)) for k, v in enumerate(ordered, start=1)]
    known = [v for of_net in points.values() for _, v in of_net if v]
    y = Axis("standard deviation", min(known, default=0.5) / 1.3, max(known, default=2) * 1.3, decimals=2, log=True)
    x = Axis("layers, the strongest first" if ranked else "layer", 0, max(map(len, responses)) + 1)
    label = "Standard deviation of every 3×3 layer's output in " + ", ".join(net.lane.name for net in nets)
    note = "Outputs after batch norm, before the shortcut's addition and the ReLU. The axis is logarithmic."
    return chart(number, f"{label}.", x, y, tuple(series), points, note)


def drop_chart(number: int, pair: Nets, found: dict[str, list[Drop]], blocks: int) -> dict[str, Any]:
    """The test error after each block's loss; the whole nets' errors as levels."""
    series = tuple(curve(net.lane, pair, every=1) for net in pair)
    points: Points = {name: [(d.block + 1, finite(d.after)) for d in lost] for name, lost in found.items()}
    levels = tuple(
        Level(f"{curve.label}, whole", found[curve.id][0].before, curve.colour) for curve in series if found[curve.id]
    )
    names = " and ".join(net.lane.name for net in pair)
    label = f"Test error of {names} without one of their blocks, by block."
    note = "A gap in a curve: a block that halves the maps cannot be dropped."
    x = Axis("block left out", 0, blocks + 1)
    return chart(number, label, x, ERROR, series, points, note, levels)


def curve(lane: Lane, nets: Nets, every: int) -> Series:
    """Kinds by colour, depths by shade and marker."""
    depths = sorted({net.lane.depth for net in nets})
    place = min(depths.index(lane.depth), len(MARKERS) - 1)
    role = f"var(--role-{'residual' if lane.skip else 'plain'})"
    colour = f"color-mix(in srgb, {role} {SHADES[place]}%, var(--body-text-color))"
    return Series(lane.name, lane.name, colour, marker=MARKERS[place], every=every)


def finite(value: float | None) -> float | None:
    """What a chart can draw: None leaves a gap."""
    return None if value is None or not np.isfinite(value) else round(float(value), 3)
