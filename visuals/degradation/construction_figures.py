"""What is shown of the construction argument: the chart while it grows, and the outcome in words."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import numpy as np

from models.artifacts import Certificate
from models.construction import ANEW, CONSTRUCTED, Check, Construction
from models.race import Lane, Point
from visuals import style
from visuals.components.chart import Level, Series, chart, grown, levelled
from visuals.degradation.figures import ERROR, steps_axis
from visuals.degradation.sentences import CLOSE

DOTS = 1.03  # where the seeds' last errors stand, in lengths of the run
NOTE = "Training error over the last 20 batches; at step 0, of all training images."


class LiveConstruction:
    """The chart and the words of one run: takes its events, and gives what to show next."""

    def __init__(self, config: Construction):
        self.config = config
        self.check: Check | None = None
        self._points: dict[int, list[Point]] = {CONSTRUCTED: [], ANEW: []}
        self._sent: Counter[str] = Counter()
        self._ended: dict[str, str] = {}
        self._began = 0.0
        self._series = curves(config.race().lanes[0])
        names = " and ".join(s.label for s in self._series)
        self._value = chart(
            time.time_ns() // 1_000_000,
            f"Training error of {names} by training step, measured now.",
            steps_axis(config.steps),
            ERROR,
            self._series,
            {},
            NOTE,
        )

    def start(self) -> dict[str, Any]:
        """The chart without a point."""
        return self._value

    def add(self, event: Check | Point) -> None:
        if isinstance(event, Check):
            self.check, self._began = event, time.perf_counter()
            level = shallow_level(self.config.shallow.lane, event.shallow_error)
            self._value = levelled(self._value, (level,))
            return
        self._points[event.lane].append(event)
        if event.diverged:
            self._ended[self._series[event.lane].id] = "diverged"

    def news(self) -> dict[str, Any]:
        """The chart with what was added since the last value."""
        waiting = {name: curve[self._sent[name] :] for name, curve in self._curves().items()}
        value = grown(self._value, waiting, {name: self._sent[name] for name in waiting}, self._ended)
        self._sent.update({name: len(points) for name, points in waiting.items()})
        return value

    def whole(self) -> dict[str, Any]:
        """The chart with all points: on a busy page one value may overtake another, which is then lost."""
        curves = self._curves()
        return grown(self._value, curves, dict.fromkeys(curves, 0), self._ended)

    def _curves(self) -> dict[str, list[tuple[float, float]]]:
        return {self._series[net].id: self._curve(net) for net in self._points}

    def _curve(self, net: int) -> list[tuple[float, float]]:
        if self.check is None:
            return []
        start = self.check.constructed_error if net == CONSTRUCTED else self.check.anew_error
        steps = [(p.step, round(p.train_error[0], 2)) for p in self._points[net] if not p.diverged]
        return [(0, round(start, 2)), *steps]

    @property
    def finished(self) -> bool:
        return all(p and (p[-1].diverged or p[-1].step == self.config.steps) for p in self._points.values())

    @property
    def _step(self) -> int:
        return max((p[-1].step for p in self._points.values() if p), default=0)

    def progress(self) -> str:
        left = ""
        if self._step > 5:  # then the pace is known
            seconds = (time.perf_counter() - self._began) / self._step * (self.config.steps - self._step)
            left = f", about {seconds:.0f} s left"
        return f"{self._compared()} Training both on: step {self._step} of {self.config.steps}{left}."

    def stopped(self) -> str:
        return f"{self._compared()} Stopped after step {self._step}. The curves show what was measured until then."

    def outcome(self) -> str:
        training = [[e for _, e in self._curve(net)] for net in (CONSTRUCTED, ANEW)]
        last = [None if self._points[net][-1].diverged else training[net][-1] for net in (CONSTRUCTED, ANEW)]
        said = verdict(self.check.shallow_error, training[CONSTRUCTED], *last, self.config.shallow.lane.name)
        return f"{self._compared()} After {self.config.steps} more steps, {said}"

    def _compared(self) -> str:
        return "" if self.check is None else compared(self.config.shallow.lane, self.config.depth, self.check)


def compared(shallow: Lane, depth: int, check: Check) -> str:
    """What the check found, in words."""
    errors = f"{check.shallow_error:.1f} % and {check.constructed_error:.1f} %"
    if round(check.shallow_error, 1) == round(check.constructed_error, 1):
        errors = f"{check.shallow_error:.1f} %, both of them"
    return (
        f"{shallow.name} got {depth - shallow.depth} more layers. On {check.images:,} images no output of the deep net "
        f"differs by more than {number(check.difference)} (the outputs reach {check.largest:.0f}). "
        f"Training images that they get wrong: {errors}."
    )


def verdict(shallow: float, curve: list[float], constructed: float | None, anew: float | None, name: str) -> str:
    """How training on went, whatever came out. `curve`: the constructed net's training error from step 0 on."""
    peak = int(np.argmax(curve))
    ends = [
        f"{net} {'has diverged' if error is None else f'gets {error:.1f} % wrong'}"
        for net, error in (("the constructed net", constructed), ("the one from scratch", anew))
    ]
    said = [f"{' and '.join(ends)}."]
    if constructed is not None and curve[peak] - max(shallow, constructed) > CLOSE:
        said.append(f"In between, training led the constructed net away, up to {curve[peak]:.1f} % at step {peak}.")
    if constructed is None or constructed - shallow > CLOSE:
        said.append(f"The solution was there, and training has left it: {name} was better.")
    else:
        said.append(f"It keeps what {name} could.")
    return " ".join(said)


def recorded_outcome(run: dict[str, np.ndarray], certificate: Certificate) -> str:
    """The plain net at the race's learning rate: the check over all seeds, and means of the training errors."""
    check = check_of_all(run["checks"][0], certificate.config["check"])
    shallow, depth = Lane(certificate.config["shallow"], False), certificate.config["deep"]
    mean = run["train_error"][0, 0].mean(axis=0)  # (net, step)
    curve = [check.constructed_error, *map(float, mean[CONSTRUCTED])]
    ended = [None if np.isnan(e) else float(e) for e in mean[:, -1]]
    said = verdict(check.shallow_error, curve, *ended, shallow.name)
    steps, seeds = certificate.config["steps"], len(certificate.config["axes"]["seed"])
    text = f"{compared(shallow, depth, check)} After {steps} more steps, in the mean of {seeds} seeds, {said}"
    return style.told(text, announce=False) + style.recorded(certificate)


def check_of_all(checks: np.ndarray, names: list[str]) -> Check:
    """One check for those of all seeds (seed, number): the largest outputs and differences, the mean errors."""
    columns = dict(zip(names, checks.T, strict=True))
    found = {name: float(c.mean() if "error" in name else c.max()) for name, c in columns.items()}
    return Check(**found | {"images": int(found["images"])})


def recorded_chart(run: dict[str, np.ndarray], certificate: Certificate) -> dict[str, Any]:
    """Means over the seeds as curves, each seed's last error as a mark behind the last step."""
    config = certificate.config
    shallow, series = Lane(config["shallow"], False), list(curves(Lane(config["deep"], False)))
    names, errors, points = config["check"], run["train_error"][0, 0], {}  # (seed, net, step)
    means = dict(zip(names, run["checks"][0].mean(axis=0), strict=True))
    for net, start in ((CONSTRUCTED, "constructed_error"), (ANEW, "anew_error")):
        curve = enumerate([means[start], *errors[:, net].mean(axis=0)])
        points[series[net].id] = [(k, round(float(e), 2)) for k, e in curve]
        points[f"{series[net].id} seeds"] = [(config["steps"] * DOTS, round(float(e), 2)) for e in errors[:, net, -1]]
    seeds = [Series(f"{s.id} seeds", "", s.colour, s.dash, marker=s.marker, line=False) for s in series]
    label = (
        f"Training error of plain-{config['deep']} by training step, constructed from {shallow.name} and from scratch, "
        "mean of the recorded seeds."
    )
    note = f"{NOTE} Curves: mean of {len(errors)} seeds. Marks on the right: each seed after the last step."
    level = shallow_level(shallow, float(means["shallow_error"]))
    return chart(1, label, steps_axis(config["steps"]), ERROR, tuple(series + seeds), points, note, (level,))


def recorded_table(certificate: Certificate) -> str:
    """The last training errors of every recorded run: mean and range of the seeds."""
    axes, deep = certificate.config["axes"], certificate.config["deep"]
    body = []
    for kind in ("plain", "residual"):
        for rate in axes["learning_rate"]:
            cells = [certificate.metrics[f"{kind}, learning rate {rate}, {net}"] for net in axes["net"]]
            body.append([f"{kind}-{deep}", f"{rate:g}", *map(spread, cells)])
    title = f"Training error in % after {certificate.config['steps']} more steps, {len(axes['seed'])} seeds"
    head = ["net", "learning rate", "constructed", "from scratch"]
    words = f'<p class="told short">{lesson(certificate)}</p>'
    return style.table(title, head, body) + words + style.recorded(certificate)


def lesson(certificate: Certificate) -> str:
    """What the recorded runs show together. True of these numbers, which do not change."""
    axes, deep = certificate.config["axes"], certificate.config["deep"]
    slow = axes["learning_rate"][-1]
    constructed, anew = (np.mean(certificate.metrics[f"plain, learning rate {slow}, {net}"]) for net in axes["net"])
    return (
        f"With small steps the constructed plain-{deep} stays where it is good: {constructed:.1f} % wrong at learning "
        f"rate {slow}, where the one from scratch ends at {anew:.1f} %. So good weights exist, and training does not "
        "find them. The residual net stays good at both learning rates, and gets there from scratch as well."
    )


def spread(errors: list[float]) -> str:
    if not all(np.isfinite(errors)):
        return "diverged"
    return f"{np.mean(errors):.1f} <small>({min(errors):.1f} to {max(errors):.1f})</small>"


def curves(deep: Lane) -> tuple[Series, Series]:
    """Dashed, as all training errors: the constructed net in the colour of the text, the other in its kind's."""
    role = f"var(--role-{'residual' if deep.skip else 'plain'})"
    anew = f"color-mix(in srgb, {role} 70%, var(--body-text-color))"
    return (
        Series("constructed", f"{deep.name} constructed", "var(--body-text-color)", True, 2.5, "diamond", 20),
        Series("anew", f"{deep.name} from scratch", anew, True, 2, "square", 20),
    )


def shallow_level(lane: Lane, error: float) -> Level:
    return Level(f"{lane.name}, trained", round(error, 4), f"var(--role-{'residual' if lane.skip else 'plain'})")


def number(value: float) -> str:
    """A small number without an exponent: 0.0000038."""
    return "0" if value == 0 else np.format_float_positional(float(f"{value:.1e}"), trim="-")
