"""The charts of tab 1: recorded curves, and what the events of a live race add to theirs."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import numpy as np

from models.artifacts import Certificate
from models.race import Lane, Point, Race
from visuals.components.chart import Axis, Points, Series, chart, grown

ERROR = Axis("error in %", 0, 100, "%", 1)
MARKERS = ("circle", "square")  # of the shallower net and of the deeper one
SETTLED = 5  # steps: the first ones are slower than the rest
KINDS = {"train_error": "training", "test_error": "test"}


class LiveChart:
    """The chart of a race while it runs: takes its events, and gives the chart's next value."""

    def __init__(self, config: Race):
        self.config = config
        self.last: dict[int, Point] = {}  # each lane's last event
        self._waiting: Points = {}
        self._sent: Counter[str] = Counter()
        self._settled = 0.0  # when the first lane came to step SETTLED
        self._value = chart(
            time.time_ns() // 1_000_000,
            f"Training and test error of {names(config.lanes)} by training step, measured now.",
            steps_axis(config.steps),
            ERROR,
            curves(config.lanes, every=20),
            {},
            "Dashed: training error over the last 20 batches. Bold: test error on the 500 test images.",
        )

    def start(self) -> dict[str, Any]:
        """The chart without a point."""
        return self._value

    def add(self, event: Point) -> None:
        self.last[event.lane] = event
        if event.step == SETTLED and not self._settled:
            self._settled = time.perf_counter()
        for kind, word in KINDS.items():
            error = getattr(event, kind)
            if error is not None:
                name = f"{self.config.lanes[event.lane].name} {word}"
                self._waiting.setdefault(name, []).append((event.step, round(error, 2)))

    def news(self) -> dict[str, Any]:
        """The chart with what was added since the last value."""
        value = grown(self._value, self._waiting, self._sent)
        self._sent.update({name: len(points) for name, points in self._waiting.items()})
        self._waiting = {}
        return value

    @property
    def seconds_left(self) -> float | None:
        """At the pace since step SETTLED; None before."""
        step = max(point.step for point in self.last.values())
        if step <= SETTLED:
            return None
        return (time.perf_counter() - self._settled) / (step - SETTLED) * (self.config.steps - step)

    @property
    def finished(self) -> bool:
        ended = [p for p in self.last.values() if p.diverged or p.step == self.config.steps]
        return len(ended) == len(self.config.lanes)


def recorded_chart(run: dict[str, np.ndarray], certificate: Certificate, config: Race) -> dict[str, Any]:
    """The recorded race: means over the seeds as curves, and each seed's last errors as dots behind the last step."""
    series, points = list(curves(config.lanes, every=20)), {}
    for lane in config.lanes:
        for kind, word in KINDS.items():
            errors = seeds_of(run[kind], certificate, lane)
            name = f"{lane.name} {word}"
            points[name] = spaced(errors.mean(axis=0), config.steps)
            place = config.steps * (1.025 if kind == "train_error" else 1.055)
            points[f"{name} seeds"] = [(place, round(float(e), 2)) for e in errors[:, -1]]
    series += [dots(curve) for curve in series]
    label = (
        f"Training and test error of {names(config.lanes)} by training step, mean of the recorded seeds. The deep "
        "plain net stays far above the three others, which end close together."
    )
    note = (
        "Dashed: training error over the last 20 batches. Bold: test error on the 500 test images. Curves: mean of "
        f"{len(errors)} seeds. Marks on the right: each seed after the last step, training hollow, test filled."
    )
    return chart(1, label, steps_axis(config.steps), ERROR, tuple(series), points, note)


def cifar10_chart(run: dict[str, np.ndarray], certificate: Certificate) -> dict[str, Any]:
    """The recorded run of the paper's nets, plain and residual."""
    axes, steps = certificate.config["axes"], certificate.config["steps"]
    lanes = tuple(Lane(depth, skip) for skip in axes["skip"] for depth in axes["depth"])
    points = {
        f"{lane.name} {word}": spaced(run[kind][axes["depth"].index(lane.depth), int(lane.skip)], steps)
        for lane in lanes
        for kind, word in KINDS.items()
    }
    label = f"Training and test error of {names(lanes)} on CIFAR-10 by training step, recorded."
    note = "Dashed: training error over 100 augmented batches. Bold: test error on all 10,000 test images."
    return chart(1, label, steps_axis(steps), ERROR, curves(lanes, every=2), points, note)


def depth_chart(run: dict[str, np.ndarray], certificate: Certificate) -> dict[str, Any]:
    """Errors after the last step over depth: means as curves, seeds as dots."""
    depths, series, points = certificate.config["axes"]["depth"], [], {}
    for skip in (False, True):
        for kind, word in KINDS.items():
            name = f"{'residual' if skip else 'plain'} {word}"
            series.append(curve(name, kind, colour(skip, deeper=False), MARKERS[not skip], every=1))
            last = run[kind][:, int(skip), :, -1]  # (depth, seed)
            points[name] = [(d, round(float(errors.mean()), 2)) for d, errors in zip(depths, last, strict=True)]
            points[f"{name} seeds"] = [
                (d, round(float(e), 2)) for d, errors in zip(depths, last, strict=True) for e in errors
            ]
    series += [dots(of_seeds) for of_seeds in series]
    label = (
        "Error after the last step by number of layers, mean and single seeds. It rises with depth in the plain nets "
        "and stays close to zero in the residual nets."
    )
    note = (
        f"Dashed: training error. Bold: test error. Curves: mean of {last.shape[1]} seeds after "
        f"{certificate.config['steps']} steps. Small marks: single seeds."
    )
    return chart(1, label, Axis("layers", 0, 60), ERROR, tuple(series), points, note)


def curves(lanes: tuple[Lane, ...], every: int) -> tuple[Series, ...]:
    """Two curves for each lane; `every`: how many training errors for one marker."""
    deepest = max(lane.depth for lane in lanes)
    return tuple(
        curve(
            f"{lane.name} {word}",
            kind,
            colour(lane.skip, deeper=lane.depth == deepest),
            MARKERS[lane.depth == deepest],
            every if kind == "train_error" else 1,
        )
        for lane in lanes
        for kind, word in KINDS.items()
    )


def curve(name: str, kind: str, colour: str, marker: str, every: int) -> Series:
    """As in the paper's Fig. 6: training error dashed, test error bold."""
    dash = kind == "train_error"
    return Series(name, name, colour, dash, 2 if dash else 3.5, marker, every)


def dots(curve: Series) -> Series:
    """Single seeds beside their mean: the curve's markers without a line."""
    return Series(f"{curve.id} seeds", "", curve.colour, curve.dash, marker=curve.marker, line=False)


def colour(skip: bool, deeper: bool) -> str:
    """The role's colour; the deeper of two nets is nearer to the colour of the text, in light and dark alike."""
    role = f"var(--role-{'residual' if skip else 'plain'})"
    return f"color-mix(in srgb, {role} 70%, var(--body-text-color))" if deeper else role


def steps_axis(steps: int) -> Axis:
    """A little longer than the run, so that marks find a place behind its end."""
    return Axis("step", 0, steps * 1.08)


def spaced(errors: np.ndarray, steps: int) -> list[tuple[float, float]]:
    """Errors measured at equal distances, the last after `steps` steps, with their steps."""
    every = steps // len(errors)
    return [(every * (i + 1), round(float(e), 2)) for i, e in enumerate(errors)]


def seeds_of(errors: np.ndarray, certificate: Certificate, lane: Lane) -> np.ndarray:
    """The lane's recorded curves (seed, point), out of (depth, skip, seed, point)."""
    return errors[certificate.config["axes"]["depth"].index(lane.depth), int(lane.skip)]


def names(lanes: tuple[Lane, ...]) -> str:
    return ", ".join(lane.name for lane in lanes)
