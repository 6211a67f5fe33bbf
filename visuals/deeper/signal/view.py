"""Signal and gradient by layer: three annotated moments, and charts that go through the training."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from models.deeper.nets import Lane
from models.deeper.race import Layers
from visuals.components.chart import Axis, Moments, Series, chart
from visuals.deeper.curves import KINDS as ERRORS
from visuals.deeper.curves import curves
from visuals.deeper.lanes import names
from visuals.deeper.nets import Looks

KINDS = {"gradient": "gradient norm", "signal": "standard deviation"}
LOWEST, HIGHEST = 1e-10, 1e4
NOTES = {
    "signal": "Standard deviation of each layer's output before the ReLU.",
    "gradient": "Norm of the gradient of the loss with respect to each layer's weights.",
}
CUT = " Measured in the net of the first seed. A curve ends where it falls below 1e-10."
PANEL_LOW, PANEL_HIGH = 1e-3, 2e3  # of the annotated pictures
LEFT, BOTTOM = 15, 18  # of one, in %: what is left for the numbers, and below the curves
KEY_LEFT, KEY_LINE = 56, 9  # of the curves' names, in %: where their lines begin, and from one to the next
KEYS, LETTERS = (17, 58), 5  # where the first may stand; half of their height


def recorded_looks(run: dict[str, np.ndarray], lanes: tuple[Lane, ...]) -> Looks:
    """What the recorded race saw, as its events told it."""
    looks: dict[int, dict[int, Layers]] = {}
    for k in range(len(lanes)):
        for i, step in enumerate(run[f"{k} steps"].tolist()):
            found = (tuple(run[f"{k} {kind}"][i].tolist()) for kind in ("signal", "gradient"))
            looks.setdefault(step, {})[k] = Layers(*found)
    return looks


def layers_chart(run: int, lanes: tuple[Lane, ...], looks: Looks, kind: str, origin: str) -> dict[str, Any]:
    """Signal or gradient by layer, a curve for each lane that was looked at."""
    shown = sorted({k for mine in looks.values() for k in mine})
    nets = tuple(lanes[k] for k in shown)
    depth = max(lane.depth for lane in nets)
    label = f"{KINDS[kind].capitalize()} by layer in {names(nets)}, {origin}."
    style_of = {curve.id: curve for curve in curves(lanes, every=5)}
    series = []
    for lane in nets:
        curve = style_of[f"{lane.name} {ERRORS['test_error']}"]
        series.append(Series(lane.name, lane.name, curve.colour, marker=curve.marker, every=6))
    axes = Axis("layer", 1, depth - 1), Axis(KINDS[kind], LOWEST, HIGHEST, log=True)
    return chart(
        run,
        label,
        *axes,
        tuple(series),
        {},
        NOTES[kind] + CUT,
        moment="training step",
        moments=moments(lanes, looks, kind),
    )


def moments(lanes: tuple[Lane, ...], looks: Looks, kind: str) -> Moments:
    """The curves of every look."""
    return [
        (step, {lanes[k].name: points(getattr(seen, kind)) for k, seen in sorted(looks[step].items())})
        for step in sorted(looks)
    ]


def points(values: tuple[float, ...]) -> list[tuple[float, float]]:
    """(layer, value to four digits), as far as there is something to draw on a logarithmic axis."""
    return [(k, float(f"{value:.4g}")) for k, value in enumerate(values, start=1) if LOWEST <= value < np.inf]


# --- three moments, annotated ---


def panels(lanes: tuple[Lane, ...], looks: Looks, notes: dict[int, tuple[str, str]]) -> str:
    """The gradient by layer at these steps, each with a title and a sentence."""
    drawn = "".join(panel(lanes, looks[step], step, *words) for step, words in notes.items())
    return f'<div class="panels">{drawn}</div>'


def panel(lanes: tuple[Lane, ...], seen: Mapping[int, Layers], step: int, title: str, said: str) -> str:
    """One step: a curve for each lane, as high as its place: the curves alone are stretched, and no letters."""
    parts = [
        f'<text x="{LEFT - 1}%" y="{place_y(tick):.1f}%" dy="5" text-anchor="end">{tick:g}</text>'
        f'<line class="grid" x1="{LEFT}%" x2="100%" y1="{place_y(tick):.1f}%" y2="{place_y(tick):.1f}%"/>'
        for tick in (1e-2, 1, 100)
    ]
    lines, layers, key = [], 0, key_place([found.gradient for found in seen.values()])
    for row, (k, found) in enumerate(sorted(seen.items())):
        layers = len(found.gradient)
        last = len(found.gradient) - 1
        way = " ".join(f"{100 * layer / last:.2f},{place_y(value):.2f}" for layer, value in enumerate(found.gradient))
        role = "residual" if lanes[k].skip else "plain"
        dash = "" if lanes[k].skip else ' stroke-dasharray="6 3"'
        stroke = f'style="stroke:var(--role-{role})"{dash}'
        lines.append(f'<polyline points="{way}" {stroke}/>')
        y = f"{key + KEY_LINE * row}%"
        parts.append(f'<line class="key" x1="{KEY_LEFT}%" x2="{KEY_LEFT + 8}%" y1="{y}" y2="{y}" {stroke}/>')
        parts.append(f'<text x="{KEY_LEFT + 10}%" y="{y}" dy="5">{lanes[k].name}</text>')
    stretched = f'x="{LEFT}%" width="{100 - LEFT}%" viewBox="0 0 100 100" preserveAspectRatio="none"'
    axis = (
        f'<text x="{LEFT}%" y="98%">1</text><text x="99%" y="98%" text-anchor="end">{layers}</text>'
        f'<text x="{(LEFT + 100) / 2}%" y="98%" text-anchor="middle">layer</text>'
        '<text class="of" x="98%" y="9%" text-anchor="end">gradient</text>'
    )
    label = escape(f"Gradient by layer at step {step}. {said}")
    return (
        f"<figure><figcaption><b>Step {step}: {escape(title)}</b></figcaption>"
        f'<svg role="img" aria-label="{label}">{"".join(parts)}<svg {stretched}>{"".join(lines)}</svg>{axis}</svg>'
        f"<p>{escape(said)}</p></figure>"
    )


def key_place(gradients: list[tuple[float, ...]]) -> int:
    """Which of the places for the curves' names is the most free of the curves."""
    rights = [found[int(len(found) * (KEY_LEFT - LEFT) / (100 - LEFT)) :] for found in gradients]
    heights = np.array([place_y(value) for right in rights for value in right])
    low = KEY_LINE * (len(gradients) - 1) + LETTERS
    return min(KEYS, key=lambda top: int(((heights > top - LETTERS) & (heights < top + low)).sum()))


def place_y(value: float) -> float:
    """How far down a panel a gradient stands, in %; its axis goes in powers of ten."""
    low, high = np.log10(PANEL_LOW), np.log10(PANEL_HIGH)
    share = (np.log10(min(max(value, PANEL_LOW), PANEL_HIGH)) - low) / (high - low)
    return float((100 - BOTTOM) * (1 - share) + 2)
