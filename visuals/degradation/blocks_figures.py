"""What is shown of the inside of blocks: maps, charts and sentences out of what the nets gave."""

from __future__ import annotations

import time
from html import escape
from typing import Any

import numpy as np

from models.blocks import Addition, Drop
from models.race import Lane, Trained
from visuals.components.chart import Axis, Level, Points, Series, chart
from visuals.components.maps import panel
from visuals.degradation.figures import ERROR

MARKERS = ("circle", "square", "triangle", "diamond")  # from the shallowest depth to the deepest
WITHIN = 0.97  # of all numbers lie within the ends of the colour scale; a few large ones would leave it pale
CLOSE = 0.05  # responses whose means differ by less than this part are called about equal
SHADES = (100, 70, 45, 25)  # per cent of the role's colour, likewise
Pair = tuple[Trained, ...]  # plain and residual of the same shape, or one of them


def pairs(nets: tuple[Trained, ...]) -> dict[str, Pair]:
    """The nets at hand by what they have in common besides the shortcut: "20 layers", the shallowest first."""
    found: dict[str, list[Trained]] = {}
    for net in sorted(nets, key=lambda net: (net.lane.depth, net.lane.skip)):
        depth, *rest = net.lane.name.split("-", 1)[1].split(", ")
        found.setdefault(", ".join([f"{depth} layers", *rest]), []).append(net)
    return {name: tuple(pair) for name, pair in found.items()}


def maps(pair: Pair, additions: list[Addition], block: int, image: str) -> dict[str, Any]:
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


def sizes(pair: Pair, additions: list[Addition], block: int, blocks: int, image: str) -> str:
    """How large F(x) is beside x."""
    of_nets = []
    for net, addition in zip(pair, additions, strict=True):
        x, residual = (float(np.sqrt(np.mean(values**2))) for values in (addition.x, addition.residual))
        end = "which takes its place" if addition.h is None else "which is added to it"
        of_nets.append(f"in {net.lane.name} {x:.2f} for x and {residual:.2f} for F(x), {end}")
    start = f"{image[0].upper()}{image[1:]}, in block {block + 1} of {blocks}."
    return f"{start} Typical size (root mean square): {'; '.join(of_nets)}."


def response_chart(nets: tuple[Trained, ...], responses: list[np.ndarray], ranked: bool) -> dict[str, Any]:
    """Fig. 7: the spread of every layer's output, in the order of the signal or from the largest to the smallest."""
    series, points = [], {}
    for net, values in zip(nets, responses, strict=True):
        series.append(curve(net.lane, nets, every=max(1, len(values) // 6)))
        ordered = np.sort(values)[::-1] if ranked else values
        points[net.lane.name] = [(k, finite(v)) for k, v in enumerate(ordered, start=1)]
    known = [v for of_net in points.values() for _, v in of_net if v]
    y = Axis("standard deviation", min(known, default=0.5) / 1.3, max(known, default=2) * 1.3, decimals=2, log=True)
    x = Axis("layers, the strongest first" if ranked else "layer", 0, max(map(len, responses)) + 1)
    label = "Standard deviation of every 3x3 layer's output in " + ", ".join(net.lane.name for net in nets)
    note = "Outputs after batch norm, before the shortcut's addition and the ReLU. The axis goes in powers of ten."
    return chart(fresh(), f"{label}.", x, y, tuple(series), points, note)


def response_sentence(nets: tuple[Trained, ...], responses: list[np.ndarray]) -> str:
    """The means over the layers, and which net of each pair responds less."""
    means = {net.lane: float(values.mean()) for net, values in zip(nets, responses, strict=True)}
    said = ["Mean over the layers: " + ", ".join(f"{lane.name} {mean:.2f}" for lane, mean in means.items()) + "."]
    for name, pair in pairs(nets).items():
        if len(pair) == 2:
            plain, residual = (means[net.lane] for net in pair)
            close = abs(residual / plain - 1) < CLOSE
            how = "about as strongly as" if close else "less than" if residual < plain else "more than"
            said.append(f"With {name} the residual net responds {how} the plain one.")
    return " ".join(said)


def drop_chart(pair: Pair, found: dict[str, list[Drop]], blocks: int) -> dict[str, Any]:
    """The test error after each block's loss; the whole nets' errors as levels."""
    series = tuple(curve(net.lane, pair, every=1) for net in pair)
    points: Points = {name: [(d.block + 1, finite(d.after)) for d in lost] for name, lost in found.items()}
    levels = tuple(
        Level(f"{curve.label}, whole", found[curve.id][0].before, curve.colour) for curve in series if found[curve.id]
    )
    names = " and ".join(net.lane.name for net in pair)
    label = f"Test error of {names} without one of their blocks, by block."
    note = "A gap in a curve: a block that halves the maps cannot be dropped. Nothing is trained again."
    x = Axis("block that is dropped", 0, blocks + 1)
    return chart(fresh(), label, x, ERROR, series, points, note, levels)


def drop_sentence(pair: Pair, lost: list[Drop], images: int) -> str:
    """The error before and after the loss of one block."""
    number = lost[0].block + 1
    if lost[0].after is None:
        return (
            f"Block {number} halves the maps and doubles their number. Without it the next block would not fit, so it "
            "cannot be dropped. Choose another one."
        )
    changes = [
        f"{net.lane.name} gets {d.after:.1f} % wrong instead of {d.before:.1f} %"
        for net, d in zip(pair, lost, strict=True)
    ]
    return f"Without block {number}, of {images} test images {' and '.join(changes)}."


def said(text: str) -> str:
    """A short sentence, which a screen reader says at once."""
    return f'<p class="told short" role="status">{escape(text)}</p>'


def curve(lane: Lane, nets: tuple[Trained, ...], every: int) -> Series:
    """Kinds by colour, depths by shade and marker."""
    depths = sorted({net.lane.depth for net in nets})
    place = min(depths.index(lane.depth), len(MARKERS) - 1)
    role = f"var(--role-{'residual' if lane.skip else 'plain'})"
    colour = f"color-mix(in srgb, {role} {SHADES[place]}%, var(--body-text-color))"
    return Series(lane.name, lane.name, colour, marker=MARKERS[place], every=every)


def finite(value: float | None) -> float | None:
    """What a chart can draw: None leaves a gap."""
    return None if value is None or not np.isfinite(value) else round(float(value), 3)


def fresh() -> int:
    """A number for a chart that is larger than those before."""
    return time.time_ns() // 1_000_000
