"""Where does the signal go? Standard deviation forward and gradient backward in every layer, along training."""

from __future__ import annotations

import time
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts
from models.artifacts import Certificate
from models.race import Lane, Layers, Point, Race
from visuals import style
from visuals.components.chart import Axis, Chart, Moments, Series, chart, later
from visuals.degradation.figures import KINDS as ERRORS
from visuals.degradation.figures import curves, names
from visuals.degradation.layout import beside, html

KINDS = {"signal": "standard deviation", "gradient": "gradient norm"}
LOWEST, HIGHEST = 1e-10, 1e4
NOTES = {
    "signal": "Standard deviation of each layer's output before the ReLU.",
    "gradient": "Norm of the gradient of the loss with respect to each layer's weights.",
}
CUT = " Of the first seed's net. A curve ends where it falls below 1e-10."

Looks = dict[int, dict[int, Layers]]  # step: lane: what was seen there


def build() -> tuple[list[Chart], gr.HTML]:
    """Put the section into the open gradio context, with the recorded race.

    Returns the charts of signal and gradient and their label, which every live race fills anew.
    """
    run, certificate = artifacts.load_run("races-signal"), artifacts.certificate("races-signal")
    lanes = tuple(Lane(**lane) for lane in certificate.config["lanes"])
    looks = recorded_looks(run, lanes)
    with beside("signal", **numbers(certificate, looks)):
        values = {kind: layers_chart(lanes, kind, "recorded", 1, moments(lanes, looks, kind)) for kind in KINDS}
        charts = [Chart(values[kind], elem_id=f"layers-{kind}") for kind in KINDS]
        origin = html(style.recorded(certificate), elem_id="layers-origin")
    return charts, origin


def recorded_looks(run: dict[str, np.ndarray], lanes: tuple[Lane, ...]) -> Looks:
    """What the recorded race saw, as its events told it."""
    looks: Looks = {}
    for k in range(len(lanes)):
        for i, step in enumerate(run[f"{k} steps"].tolist()):
            looks.setdefault(step, {})[k] = Layers(*(tuple(run[f"{k} {kind}"][i].tolist()) for kind in KINDS))
    return looks


def numbers(certificate: Certificate, looks: Looks) -> dict[str, str]:
    """What the words say of the recorded lanes, under the names it has there."""
    steps = sorted(looks)
    (plain, residual, faint, _), (plain_end, residual_end, *_) = (
        [seen for _, seen in sorted(looks[step].items())] for step in (steps[0], steps[-1])
    )
    first = {step: [looks[step][lane].gradient[0] for lane in (0, 1)] for step in steps}  # plain and residual
    low = min(steps, key=lambda step: first[step][0] / first[step][1])
    back = next(step for step in steps if step > low and first[step][0] > first[step][1])
    return {
        "STEPS": str(steps[-1]),
        "FIRST_PLAIN": f"{plain.gradient[0]:.0f}",
        "FIRST_RESIDUAL": f"{residual.gradient[0]:.0f}",
        "LOW_STEP": str(low),
        "LOW_PLAIN": f"{first[low][0]:.2g}",
        "LOW_RESIDUAL": f"{first[low][1]:.2g}",
        "LOW_TIMES": f"{float(f'{first[low][1] / first[low][0]:.2g}'):.0f}",
        "BELOW": str(steps[steps.index(back) - 1]),
        "END_PLAIN": f"{plain_end.gradient[0]:.2g}",
        "END_RESIDUAL": f"{residual_end.gradient[0]:.2g}",
        "WEAKEST": f"{min(plain_end.signal):.1f}",
        "STRONGEST": f"{max(plain_end.signal):.0f}",
        "PLAIN_ERROR": f"{certificate.metrics['plain-56']['train_error']:.0f}",
        "FAINT_FROM": f"{faint.signal[0]:.1f}",
        "FAINT_TO": f"{faint.signal[-1] * 1e6:.1f} millionths",
        "FAINT_BACK": f"{faint.gradient[0] * 1e6:.1f} millionths",
    }


class LiveLayers:
    """The two charts of a race while it runs."""

    def __init__(self, config: Race):
        self.lanes = config.lanes
        run = time.time_ns() // 1_000_000
        self._values = {kind: layers_chart(self.lanes, kind, "measured now", run) for kind in KINDS}
        self._looks: Looks = {}
        self._sent = 0

    def start(self) -> list[dict[str, Any]]:
        return list(self._values.values())

    def add(self, event: Point) -> None:
        if event.layers:
            self._looks.setdefault(event.step, {})[event.lane] = event.layers

    def news(self) -> list[dict[str, Any]]:
        """Both charts with the looks since the last value, the last one again: some lanes may have been missing."""
        start, self._sent = max(0, self._sent - 1), len(self._looks)
        new = {step: self._looks[step] for step in sorted(self._looks)[start:]}
        return [later(value, moments(self.lanes, new, kind), start) for kind, value in self._values.items()]

    def whole(self) -> list[dict[str, Any]]:
        """Both charts with all looks."""
        return [later(value, moments(self.lanes, self._looks, kind), 0) for kind, value in self._values.items()]


def layers_chart(
    lanes: tuple[Lane, ...], kind: str, origin: str, run: int, shown: Moments | None = None
) -> dict[str, Any]:
    """Signal or gradient by layer, a curve for each lane."""
    depth = max(lane.depth for lane in lanes)
    label = f"{KINDS[kind].capitalize()} by layer in {names(lanes)}, {origin}."
    layer, size = Axis("layer", 1, depth - 1), Axis(KINDS[kind], LOWEST, HIGHEST, log=True)
    style_of = {curve.id: curve for curve in curves(lanes, every=5)}
    series = []
    for lane in lanes:
        curve = style_of[f"{lane.name} {ERRORS['test_error']}"]
        series.append(Series(lane.name, lane.name, curve.colour, marker=curve.marker, every=6))
    return chart(
        run, label, layer, size, tuple(series), {}, NOTES[kind] + CUT, moment="training step", moments=shown or []
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
