"""What the exercises ask and tell to do, and what their answers say out of the recorded races."""

from __future__ import annotations

import numpy as np

from models.core.artifacts import Certificate
from models.core.statistics import paired_difference
from models.deeper.exercises import RACES
from models.deeper.nets import Lane
from visuals.components.chart import Axis
from visuals.components.exercise import Asked
from visuals.deeper.curves import seeds_of

Seeds = tuple[float | None, ...]  # training error of each seed, None where it diverged
Errors = dict[str, dict[str, Seeds]]  # by race and lane
Run = dict[str, np.ndarray]

DEPTHS = [lane.depth for lane in RACES["depths"].lanes]
WORDS = {
    "depths": Asked(
        "Where does it begin?",
        "From which depth do plain nets train worse?",
        "Set up plain nets of 8, 14, 20 and 32 layers, three seeds",
    ),
    "time": Asked(
        "Is the deep net only slow?",
        "Run it. Then choose the recorded race of 3,000 steps.",
        "Set up plain-8, plain-56 and residual-56 with five times the steps",
    ),
    "norm": Asked(
        "What does batch norm buy?",
        "Run it. Then train again at a rate of 0.01.",
        "Set up two depths with and without it, at a learning rate of 1",
    ),
    "chance": Asked(
        "Is a small gap more than chance?",
        "Does the shortcut help at 8 layers?",
        "Set up plain-8 and residual-8, five seeds",
    ),
}
# To sketch on what one expects.
WRONG = Axis("training images wrong", 0, 100, "%")
AXES = {
    "depths": (Axis("layers", min(DEPTHS), max(DEPTHS)), WRONG),
    "time": (Axis("step", 0, RACES["time"].steps), WRONG),
    "norm": (Axis("step", 0, RACES["norm"].steps), WRONG),
    "chance": (Axis("seed", 1, RACES["chance"].seeds), Axis("plain-8 minus residual-8, points", -2, 2, decimals=1)),
}


def last_errors(run: Run) -> Errors:
    """Training errors in % after the last step, as recorded."""
    return {
        name: {
            lane.name: tuple(None if np.isnan(e) else float(e) for e in run[f"{name} train_error"][k, :, -1])
            for k, lane in enumerate(race.lanes)
        }
        for name, race in RACES.items()
    }


def chance(errors: Errors, digits: tuple[Run, Certificate]) -> tuple[Seeds, Seeds]:
    """plain-8's and residual-8's errors in both recordings: ten pairs of seeds."""
    run, certificate = digits
    plain, residual = (
        (*errors["chance"][lane.name], *map(float, seeds_of(run["train_error"], certificate, lane)[:, -1]))
        for lane in (Lane(8, False), Lane(8, True))
    )
    return plain, residual


def numbers(errors: Errors, digits: tuple[Run, Certificate], converged: Certificate) -> dict[str, str]:
    """All numbers, by the names of their places."""
    depths, fast, slow = (errors[name] for name in ("depths", "norm", "norm, slower"))
    gap = paired_difference(*chance(errors, digits))
    assert gap is not None  # ten pairs are recorded
    assert gap.low is not None
    assert gap.high is not None
    long = {name: tuple(converged.metrics[name]["train_error"]) for name in ("plain-20", "plain-56")}
    bare_8, bare_20 = "plain-8, no batch norm", "plain-20, no batch norm"
    return {
        "OF_14": between(depths["plain-14"]),
        "OF_20": between(depths["plain-20"]),
        "OF_32": between(depths["plain-32"]),
        "LONG_PLAIN": in_words(errors["time"]["plain-56"]),
        "LONG_RESIDUAL": in_words(errors["time"]["residual-56"]),
        "CONVERGED": between(long["plain-56"]),
        "CONVERGED_SHALLOW": f"{max(long['plain-20']):.1f} %",
        "FAST_8": in_words(fast["plain-8"]),
        "FAST_20": in_words(fast["plain-20"]),
        "BARE_8": in_words(fast[bare_8]),
        "SLOW_8": in_words(slow[bare_8]),
        "SLOW_20": in_words(slow[bare_20]),
        "PAIRS": str(gap.pairs),
        "GAP_MEAN": f"{-gap.mean:.2f}",
        "GAP_LOW": f"{-gap.high:.3f}",
        "GAP_HIGH": f"{-gap.low:.2f}",
    }


def between(errors: Seeds) -> str:
    """0.9 to 2.3 %, of seeds that all ended with a number"""
    found = [error for error in errors if error is not None]
    return f"{min(found):.1f} to {max(found):.1f} %"


def in_words(errors: Seeds) -> str:
    """1.6, 0.9 and 2.3 %"""
    *most, last = ("diverged" if error is None else f"{error:.1f}" for error in errors)
    said = f"{', '.join(most)} and {last}" if most else last
    return f"{said} %"
