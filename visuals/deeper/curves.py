"""How curves of tab 1 look: kinds by colour, nets by shade and marker, training errors bold, test errors dashed."""

from __future__ import annotations

from collections import Counter

import numpy as np

from models.core.artifacts import Certificate
from models.deeper.nets import Lane
from visuals.components.chart import Axis, Series

ERROR = Axis("error in %", 0, 100, "%", 1)
MARKERS = ("circle", "square", "triangle", "diamond")  # by lane
SHADES = (100, 70, 45, 25)  # per cent of the role's colour in the first, second, ... net of a kind
KINDS = {"train_error": "training", "test_error": "test"}


def stopped_after(step: int) -> str:
    """What the curves show of a training that was stopped, in words."""
    if not step:
        return "Stopped before the first step."
    return f"Stopped after step {step}. The curves show what was measured until then."


def curves(lanes: tuple[Lane, ...], every: int, tests: int = 1) -> tuple[Series, ...]:
    """Two curves for each lane; `every`: how many training errors for one marker, `tests`: how many test errors."""
    found, of_kind = [], Counter()
    for place, lane in enumerate(lanes):
        shade = colour(lane.skip, of_kind[lane.skip])
        of_kind[lane.skip] += 1
        for kind, word in KINDS.items():
            marks = every if kind == "train_error" else tests
            found.append(curve(f"{lane.name} {word}", kind, shade, MARKERS[place % len(MARKERS)], marks))
    return tuple(found)


def curve(name: str, kind: str, colour: str, marker: str, every: int) -> Series:
    """Bold is what the tab asks about: the training error. In the paper's Fig. 6 it is the test error."""
    dash = kind == "test_error"
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
    return f"color-mix(in srgb, {role} {SHADES[place % len(SHADES)]}%, var(--body-text-color))" if place else role


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
