"""The construction argument as a chart: of a live run while it grows, and of the recorded ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from models.core.runtime import hardware
from models.deeper.construction import ANEW, CONSTRUCTED, Check, Construction
from models.deeper.nets import Lane
from models.deeper.race import Point
from visuals.components.chart import Level, Series, chart, grown, levelled
from visuals.deeper.construction import words
from visuals.deeper.curves import ERROR, steps_axis, stopped_after
from visuals.page import style

DOTS = 1.03  # where the seeds' last errors stand, in lengths of the run


class LiveConstruction:
    """One run: takes its events, and gives the chart's next value.

    `guess`: whether the learner expects that the constructed net stays as good, None where there is no guess.
    """

    def __init__(self, config: Construction, run: int, guess: bool | None = None):
        self.config, self.seconds, self._guess = config, 0.0, guess
        self.check: Check | None = None
        self._points: dict[int, list[Point]] = {CONSTRUCTED: [], ANEW: []}
        self._sent: Counter[str] = Counter()
        self._ended: dict[str, str] = {}
        self._series = curves(config.race().lanes[0])
        names = " and ".join(s.label for s in self._series)
        self._value = chart(
            run,
            f"Training error of {names} by training step, measured now.",
            steps_axis(config.steps),
            ERROR,
            self._series,
            {},
        )

    @property
    def done(self) -> float:
        steps = self.config.steps
        reached = (steps if p[-1].diverged else p[-1].step for p in self._points.values() if p)
        return sum(reached) / (steps * len(self._points))

    def start(self) -> tuple[dict[str, Any]]:
        return (self._value,)

    def add(self, event: Check | Point) -> None:
        if isinstance(event, Check):
            self.check = event
            level = shallow_level(self.config.shallow.lane, event.shallow_error)
            self._value = levelled(self._value, (level,))
            return
        self._points[event.lane].append(event)
        if event.diverged:
            self._ended[self._series[event.lane].id] = "diverged"

    def news(self) -> tuple[dict[str, Any]]:
        waiting = {name: curve[self._sent[name] :] for name, curve in self._curves().items()}
        value = grown(self._value, waiting, {name: self._sent[name] for name in waiting}, self._ended)
        self._sent.update({name: len(points) for name, points in waiting.items()})
        return (value,)

    def whole(self) -> tuple[dict[str, Any]]:
        curves = self._curves()
        return (grown(self._value, curves, dict.fromkeys(curves, 0), self._ended),)

    def _curves(self) -> dict[str, list[tuple[float, float]]]:
        return {self._series[net].id: self._curve(net) for net in self._points}

    def _curve(self, net: int) -> list[tuple[float, float]]:
        if self.check is None:
            return []
        start = self.check.constructed_error if net == CONSTRUCTED else self.check.anew_error
        errors = ((p.step, p.train_error[0]) for p in self._points[net])
        steps = [(step, round(error, 4)) for step, error in errors if error is not None]
        return [(0, round(start, 4)), *steps]

    @property
    def _step(self) -> int:
        return max((p[-1].step for p in self._points.values() if p), default=0)

    def progress(self, seconds_left: float) -> str:
        so_far = f"step {self._step} of {self.config.steps}, about {seconds_left:.0f} s left"
        return style.told(f"{self._compared()} Training both on: {so_far}.", announce=False)

    def stopped(self) -> str:
        return style.told(f"{self._compared()} {stopped_after(self._step)}")

    def outcome(self, seconds: float) -> str:
        assert self.check is not None  # it comes first
        self.seconds = seconds
        training = [[e for _, e in self._curve(net)] for net in (CONSTRUCTED, ANEW)]
        constructed, anew = (
            None if self._points[net][-1].diverged else training[net][-1] for net in (CONSTRUCTED, ANEW)
        )
        name = self.config.shallow.lane.name
        said = words.verdict(self.check.shallow_error, training[CONSTRUCTED], constructed, anew, name)
        run = f"seed {self.config.shallow.seed}, which alone proves little; {seconds:.0f} s, {hardware(threads=True)}"
        if self._guess is not None:
            said += " " + words.of_guess(
                self._guess == words.stays(self.check.shallow_error, constructed), just_now=False
            )
        return style.told(f"{self._compared()} {said} This is {self.config.steps} steps later.") + style.measured(run)

    def _compared(self) -> str:
        return "" if self.check is None else words.compared(self.config.shallow.lane, self.config.depth, self.check)


def recorded_chart(
    number: int, run: dict[str, np.ndarray], certificate: Certificate, skip: bool, rate: float, whole: bool = True
) -> dict[str, Any]:
    """Means over the seeds as curves, each seed's last error as a mark behind the last step.

    Unless it is `whole`, the curves end where they start.
    """
    config = certificate.config
    shallow, series = Lane(config["shallow"], skip), list(curves(Lane(config["deep"], skip)))
    errors = run["train_error"][int(skip), config["axes"]["learning_rate"].index(rate)]  # (seed, net, step)
    names, points = config["check"], {}
    means = dict(zip(names, run["checks"][int(skip)].mean(axis=0), strict=True))
    for net, start in ((CONSTRUCTED, "constructed_error"), (ANEW, "anew_error")):
        curve = enumerate([means[start], *errors[:, net].mean(axis=0)])
        points[series[net].id] = [(k, round(float(e), 4)) for k, e in curve]
        points[f"{series[net].id} seeds"] = [(config["steps"] * DOTS, round(float(e), 4)) for e in errors[:, net, -1]]
    if not whole:
        points = {name: found[:1] for name, found in points.items() if not name.endswith("seeds")}
        series = [replace(each, every=1) for each in series]
    seeds = [Series(f"{s.id} seeds", "", s.colour, s.dash, marker=s.marker, line=False) for s in series]
    label = (
        f"Training error of {Lane(config['deep'], skip).name} by training step, constructed from {shallow.name} and "
        f"from scratch, at a learning rate of {rate:g}, mean of the recorded seeds."
    )
    marks = " Marks on the right: each seed." if whole else ""
    note = f"Training error: mean of {len(errors)} seeds.{marks}"
    level = shallow_level(shallow, float(means["shallow_error"]))
    return chart(number, label, steps_axis(config["steps"]), ERROR, tuple(series + seeds), points, note, (level,))


def curves(deep: Lane) -> tuple[Series, Series]:
    """Bold, as all training errors: the constructed net in the colour of the text, the other in its kind's."""
    role = f"var(--role-{'residual' if deep.skip else 'plain'})"
    anew = f"color-mix(in srgb, {role} 70%, var(--body-text-color))"
    return (
        Series("constructed", f"{deep.name} constructed", "var(--body-text-color)", False, 3.5, "diamond", 20),
        Series("anew", f"{deep.name} from scratch", anew, False, 3.5, "square", 20),
    )


def shallow_level(lane: Lane, error: float) -> Level:
    return Level(f"{lane.name}, trained", round(error, 4), f"var(--role-{'residual' if lane.skip else 'plain'})")
