"""The charts of tab 1: recorded curves, and what the events of a live race add to theirs."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import numpy as np

from models.artifacts import Certificate
from models.race import CIFAR10_TEST, Lane, Point, Race
from visuals.components.chart import Axis, Level, Points, Series, chart, grown, levelled

ERROR = Axis("error in %", 0, 100, "%", 1)
MARKERS = ("circle", "square", "triangle", "diamond")  # by lane
SHADES = (100, 70, 45, 25)  # per cent of the role's colour in the first, second, ... net of a kind
RECORDED_RUNS = (1, 2, 3, 4)  # numbers of recorded charts by their lanes; a live chart's is a time
SETTLED = 5  # steps: the first ones are slower than the rest
KINDS = {"train_error": "training", "test_error": "test"}
TEST_IMAGES = {"digits": "the 500 test images", "cifar10": f"{CIFAR10_TEST:,} of CIFAR-10's test images"}
NOTE = "Dashed: training error over the last 20 batches. Bold: test error on {}."


class LiveChart:
    """The chart of a race while it runs: takes its events, and gives the chart's next value."""

    def __init__(self, config: Race):
        self.config = config
        self.last: dict[int, Point] = {}  # each lane's last event
        self._points: Points = {}
        self._sent: Counter[str] = Counter()
        self._ended: dict[str, str] = {}
        self._settled = 0.0  # when the first lane came to step SETTLED
        series = curves(config.lanes, every=20)
        if config.seeds > 1:
            for of_mean in series:
                series += (dots(of_mean), *threads(of_mean, config.seed, config.seeds))
        self._value = chart(
            time.time_ns() // 1_000_000,
            f"Training and test error of {names(config.lanes)} by training step, measured now.",
            steps_axis(config.steps),
            ERROR,
            series,
            {},
            note(config),
        )

    def start(self) -> dict[str, Any]:
        """The chart without a point."""
        return self._value

    def expect(self, levels: tuple[Level, ...]) -> None:
        """From the next value on, these are what the learner expects."""
        self._value = levelled(self._value, levels)

    def add(self, event: Point) -> None:
        self.last[event.lane] = event
        if event.step == SETTLED and not self._settled:
            self._settled = time.perf_counter()
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

    def news(self) -> dict[str, Any]:
        """The chart with what was added since the last value."""
        new = {name: points[self._sent[name] :] for name, points in self._points.items()}
        value = grown(self._value, {name: points for name, points in new.items() if points}, self._sent, self._ended)
        self._sent.update({name: len(points) for name, points in new.items()})
        return value

    def whole(self) -> dict[str, Any]:
        """The chart with all points: a value may have been lost on its way while a run took over from another."""
        return grown(self._value, self._points, Counter(), self._ended)

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


def recorded_chart(
    run: dict[str, np.ndarray], certificate: Certificate, config: Race, levels: tuple[Level, ...] = ()
) -> dict[str, Any]:
    """The recorded race of these lanes: means over the seeds as curves, single seeds as dots and as thin lines."""
    every_lane = Race(steps=config.steps).lanes  # so that a lane has its colour also while others are hidden
    shown = {curve.id: curve for curve in curves(every_lane, every=20)}
    series, extra, points = [], [], {}
    for lane in config.lanes:
        for kind, word in KINDS.items():
            errors, name = seeds_of(run[kind], certificate, lane), f"{lane.name} {word}"
            points[name] = spaced(errors.mean(axis=0), config.steps)
            points[f"{name} seeds"] = [(behind(config.steps, kind), round(float(e), 4)) for e in errors[:, -1]]
            points |= {f"{name} seed {k}": spaced(seed, config.steps) for k, seed in enumerate(errors)}
            series.append(shown[name])
            extra += [dots(shown[name]), *threads(shown[name], 0, len(errors))]
    label = f"Training and test error of {names(config.lanes)} by training step, mean of the recorded seeds."
    number = RECORDED_RUNS[len(config.lanes) - 1]  # more lanes are a later picture
    axis = steps_axis(config.steps)
    return chart(number, label, axis, ERROR, (*series, *extra), points, note(config, len(errors)), levels)


def note(config: Race, seeds: int | None = None) -> str:
    """What the lines of a race's chart are."""
    seeds = seeds or config.seeds
    said = NOTE.format(TEST_IMAGES[config.data])
    if seeds == 1:
        return said
    return (
        f"{said} Curves: mean of {seeds} seeds. Marks on the right: each seed after the last step, training hollow, "
        "test filled."
    )


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
            series.append(curve(name, kind, colour(skip, 0), MARKERS[not skip], every=1))
            last = run[kind][:, int(skip), :, -1]  # (depth, seed)
            points[name] = [(d, round(float(errors.mean()), 4)) for d, errors in zip(depths, last, strict=True)]
            points[f"{name} seeds"] = [
                (d, round(float(e), 4)) for d, errors in zip(depths, last, strict=True) for e in errors
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
    found, of_kind = [], Counter()
    for place, lane in enumerate(lanes):
        shade = colour(lane.skip, of_kind[lane.skip])
        of_kind[lane.skip] += 1
        for kind, word in KINDS.items():
            marks = every if kind == "train_error" else 1
            found.append(curve(f"{lane.name} {word}", kind, shade, MARKERS[place], marks))
    return tuple(found)


def curve(name: str, kind: str, colour: str, marker: str, every: int) -> Series:
    """As in the paper's Fig. 6: training error dashed, test error bold."""
    dash = kind == "train_error"
    return Series(name, name, colour, dash, 2 if dash else 3.5, marker, every)


def threads(curve: Series, first: int, seeds: int) -> list[Series]:
    """Every seed's own curve, thin, shown on demand."""
    return [
        Series(f"{curve.id} seed {k}", f"{curve.label}, seed {first + k}", curve.colour, curve.dash, 1, detail=True)
        for k in range(seeds)
    ]


def dots(curve: Series) -> Series:
    """Single seeds beside their mean: the curve's markers without a line."""
    return Series(f"{curve.id} seeds", "", curve.colour, curve.dash, marker=curve.marker, line=False)


def colour(skip: bool, place: int) -> str:
    """The role's colour; later nets of a kind are nearer to the colour of the text, in light and dark alike."""
    role = f"var(--role-{'residual' if skip else 'plain'})"
    return f"color-mix(in srgb, {role} {SHADES[place]}%, var(--body-text-color))" if place else role


def behind(steps: int, kind: str) -> float:
    """Where the single seeds stand, behind the last step."""
    return steps * (1.025 if kind == "train_error" else 1.055)


def mean(errors: list[float]) -> float:
    return round(sum(errors) / len(errors), 4)


def steps_axis(steps: int) -> Axis:
    """A little longer than the run, so that marks find a place behind its end."""
    return Axis("step", 0, steps * 1.08)


def spaced(errors: np.ndarray, steps: int) -> list[tuple[float, float]]:
    """Errors measured at equal distances, the last after `steps` steps, with their steps."""
    every = steps // len(errors)
    return [(every * (i + 1), round(float(e), 4)) for i, e in enumerate(errors)]


def seeds_of(errors: np.ndarray, certificate: Certificate, lane: Lane) -> np.ndarray:
    """The lane's recorded curves (seed, point), out of (depth, skip, seed, point)."""
    return errors[certificate.config["axes"]["depth"].index(lane.depth), int(lane.skip)]


def names(lanes: tuple[Lane, ...]) -> str:
    return ", ".join(lane.name for lane in lanes)
