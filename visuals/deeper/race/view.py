"""The race as values of its components: the chart of errors, the columns of layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from models.deeper.nets import Lane, Trained
from models.deeper.race import Point, Race
from visuals.components.chart import Level, chart, grown, levelled
from visuals.components.net_columns import Net, columns, more
from visuals.deeper.curves import (
    ERROR,
    KINDS,
    behind,
    colour,
    curves,
    dots,
    mean,
    seeds_of,
    spaced,
    steps_axis,
    threads,
)
from visuals.deeper.lanes import names
from visuals.deeper.nets import Looks, Raced
from visuals.deeper.race import words

RECORDED = Race()
ASKED = tuple(lane for lane in RECORDED.lanes if lane.depth == max(each.depth for each in RECORDED.lanes))

Guesses = Mapping[str, float] | None


class LiveRace:
    """A race while it runs: takes its events, and gives what comes next for the columns and the chart.

    `guesses` tells what the learner expects; it may be said at any moment.
    """

    def __init__(self, config: Race, run: int, guesses: Callable[[], Guesses] = lambda: None):
        self.config, self.seconds, self.nets = config, 0.0, []
        self.last: dict[int, Point] = {}  # each lane's last event
        self.looks: dict[int, dict[int, Any]] = {}
        self._guesses = guesses
        self._points: dict[str, list[tuple[float, float | None]]] = {}
        self._sent: Counter[str] = Counter()
        self._looks_sent = 0
        self._ended: dict[str, str] = {}
        series = curves(config.lanes, every=20)
        if config.seeds > 1:
            for of_mean in series:
                series += (dots(of_mean), *threads(of_mean, config.seed, config.seeds))
        label = f"Training and test error of {names(config.lanes)} by training step, measured now."
        self._chart = chart(run, label, steps_axis(config.steps), ERROR, series, {})
        self._columns = layers_of(run, config.lanes, {})

    @property
    def done(self) -> float:
        steps = self.config.steps
        return sum(steps if p.diverged else p.step for p in self.last.values()) / (steps * len(self.config.lanes))

    @property
    def expected(self) -> Guesses:
        """What the learner expects, if the card asks about this race."""
        return self._guesses() if asked_about(self.config) else None

    @property
    def result(self) -> words.Result:
        return words.result_of(self.config, self.last)

    def start(self) -> tuple[Any, ...]:
        return self._columns, self._levelled()

    def add(self, event: Point | Trained) -> None:
        if isinstance(event, Trained):
            self.nets.append(event)
            return
        self.last[event.lane] = event
        if event.layers:
            self.looks.setdefault(event.step, {})[event.lane] = event.layers
        for kind, word in KINDS.items():
            errors, name = getattr(event, kind), f"{self.config.lanes[event.lane].name} {word}"
            if event.diverged:
                self._ended[name] = "diverged"
            lost = (k for k, error in enumerate(event.train_error) if error is None)
            self._ended |= {f"{name} seed {k}": "diverged" for k in lost if self.config.seeds > 1}
            if errors is not None and not event.diverged:
                self._note(name, kind, event, errors)

    def _note(self, name: str, kind: str, event: Point, errors: tuple[float | None, ...]) -> None:
        """A point of the mean over the seeds that have a number, and of every seed's own curve."""
        found = [(k, error) for k, error in enumerate(errors) if error is not None]
        self._points.setdefault(name, []).append((event.step, mean([error for _, error in found])))
        if self.config.seeds == 1:
            return
        for k, error in found:
            self._points.setdefault(f"{name} seed {k}", []).append((event.step, round(error, 4)))
        if event.step == self.config.steps:
            self._points[f"{name} seeds"] = [(behind(self.config.steps, kind), round(e, 4)) for _, e in found]

    def news(self) -> tuple[Any, ...]:
        new = {name: points[self._sent[name] :] for name, points in self._points.items()}
        value = grown(self._levelled(), {name: p for name, p in new.items() if p}, self._sent, self._ended)
        self._sent.update({name: len(points) for name, points in new.items()})
        start, self._looks_sent = max(0, self._looks_sent - 1), len(self.looks)  # the last may have missed some lanes
        return more(self._columns, self._seen(start), start), value

    def whole(self) -> tuple[Any, ...]:
        return more(self._columns, self._seen(0), 0), grown(self._levelled(), self._points, Counter(), self._ended)

    def _levelled(self) -> dict[str, Any]:
        return levelled(self._chart, levels(self.expected, self.config.lanes))

    def _seen(self, start: int) -> list[tuple[int, dict[str, Any]]]:
        return seen(self.config.lanes, {step: self.looks[step] for step in sorted(self.looks)[start:]})

    def progress(self, seconds_left: float) -> str:
        return words.progress(self.config, self.last.values(), seconds_left)

    def outcome(self, seconds: float) -> str:
        self.seconds = seconds
        return words.outcome(self.config, self.result, seconds, self.expected)

    def stopped(self) -> str:
        return words.stopped(self.config, self.last.values())

    @property
    def left(self) -> Raced:
        """What the other sections look into, at the end."""
        return Raced(self.config, self.looks, tuple(self.nets))


def asked_about(config: Race) -> bool:
    """Whether the card speaks of lanes of this race, and of a race like this one but for its lanes and seeds."""
    if not set(ASKED) & set(config.lanes):
        return False
    return replace(config, lanes=RECORDED.lanes, seed=RECORDED.seed, seeds=RECORDED.seeds) == RECORDED


def levels(guesses: Guesses, lanes: tuple[Lane, ...]) -> tuple[Level, ...]:
    """What the learner expects of these lanes, as lines on their chart."""
    known = {lane.name: lane for lane in lanes}
    return tuple(
        Level(f"your guess: {name}", guess, colour(known[name].skip, 1))
        for name, guess in (guesses or {}).items()
        if name in known
    )


def recorded_chart(
    number: int, run: dict[str, np.ndarray], certificate: Certificate, lanes: tuple[Lane, ...], guesses: Guesses = None
) -> dict[str, Any]:
    """The recorded race of these lanes: means over the seeds as curves, single seeds as dots and as thin lines."""
    errors = {lane: {kind: seeds_of(run[kind], certificate, lane) for kind in KINDS} for lane in lanes}
    return curves_of(number, errors, RECORDED.lanes, RECORDED.steps, guesses)


def converged_chart(number: int, run: dict[str, np.ndarray], certificate: Certificate) -> dict[str, Any]:
    """The recorded race that goes on until the deep plain nets have learned, too."""
    lanes = converged_lanes(certificate)
    errors = {lane: {kind: run[kind][k] for kind in KINDS} for k, lane in enumerate(lanes)}
    return curves_of(number, errors, lanes, certificate.config["steps"])


def converged_lanes(certificate: Certificate) -> tuple[Lane, ...]:
    kinds = (name.split("-") for name in certificate.config["lanes"])
    return tuple(Lane(int(depth), kind == "residual") for kind, depth in kinds)


def curves_of(
    number: int,
    errors: Mapping[Lane, Mapping[str, np.ndarray]],
    all_lanes: tuple[Lane, ...],
    steps: int,
    guesses: Guesses = None,
) -> dict[str, Any]:
    """A chart of errors (seed, point). `all_lanes` give every lane its colour also while others are hidden."""
    each = {kind: max(1, next(iter(errors.values()))[kind].shape[1] // 10) for kind in KINDS}  # ten markers a curve
    shown = {curve.id: curve for curve in curves(all_lanes, each["train_error"], each["test_error"])}
    series, extra, points = [], [], {}
    for lane, kinds in errors.items():
        for kind, word in KINDS.items():
            of_seeds, name = kinds[kind], f"{lane.name} {word}"
            points[name] = spaced(of_seeds.mean(axis=0), steps)
            points[f"{name} seeds"] = [(behind(steps, kind), round(float(e), 4)) for e in of_seeds[:, -1]]
            points |= {f"{name} seed {k}": spaced(seed, steps) for k, seed in enumerate(of_seeds)}
            series.append(shown[name])
            extra += [dots(shown[name]), *threads(shown[name], 0, len(of_seeds))]
    lanes = tuple(errors)
    label = f"Training and test error of {names(lanes)} by training step, mean of the recorded seeds."
    axis = steps_axis(steps)
    return chart(number, label, axis, ERROR, (*series, *extra), points, levels=levels(guesses, lanes))


# --- the columns of layers ---


def recorded_columns(
    number: int, run: dict[str, np.ndarray], all_lanes: tuple[Lane, ...], lanes: tuple[Lane, ...]
) -> dict[str, Any]:
    """The layers of these lanes, of all whose signal and gradient (look, layer) were recorded."""
    places = [all_lanes.index(lane) for lane in lanes]
    new = [
        (
            int(step),
            {
                lane.name: [rounded(run[f"{k} {kind}"][i].tolist()) for kind in ("signal", "gradient")]
                for k, lane in zip(places, lanes, strict=True)
            },
        )
        for i, step in enumerate(run["looks"])
    ]
    return more(layers_of(number, lanes, {}), new, 0)


def layers_of(number: int, lanes: tuple[Lane, ...], looks: Looks) -> dict[str, Any]:
    """The columns of these lanes."""
    nets = tuple(Net(lane.name, "residual" if lane.skip else "plain", lane.depth - 1) for lane in lanes)
    return columns(number, nets, seen(lanes, looks))


def seen(lanes: tuple[Lane, ...], looks: Looks) -> list[tuple[int, dict[str, Any]]]:
    return [
        (step, {lanes[k].name: [rounded(found.signal), rounded(found.gradient)] for k, found in sorted(mine.items())})
        for step, mine in sorted(looks.items())
    ]


def rounded(values: Any) -> list[float | None]:
    """To three digits; None for what is no number."""
    return [float(f"{value:.3g}") if np.isfinite(value) else None for value in values]
