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
from visuals.page import style

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
TABLED = ("depths", "time", "norm")  # exercises whose answer has a table
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


def numbers(errors: Errors, digits: tuple[Run, Certificate]) -> dict[str, str]:
    """All numbers, by the names of their places."""
    gap = paired_difference(*chance(errors, digits))
    assert gap is not None  # ten pairs are recorded
    assert gap.high is not None
    (long,) = errors["time"]["plain-56"]
    return {
        "LONG_PLAIN": f"{long:.0f} %",
        "PAIRS": str(gap.pairs),
        "GAP_MEAN": f"{-gap.mean:.2f}",
        "GAP_LOW": f"{-gap.high:.3f}",
    }


def tables(errors: Errors, converged: Certificate) -> dict[str, str]:
    """What the answers leave to a table: the errors of all seeds, as HTML by the exercise's name."""
    long = {name: tuple(found["train_error"]) for name, found in converged.metrics.items()}
    after = {f"{name}, 3,000 steps at 0.01": long[name] for name in ("plain-20", "plain-56")}
    time = {f"{name}, 1,000 steps at 0.1": errors["time"][name] for name in ("plain-56", "residual-56")} | after
    norm = {name: (found, errors["norm, slower"][name]) for name, found in errors["norm"].items()}
    return {
        "depths": _table(
            "by depth", ["each of three seeds"], {name: (found,) for name, found in errors["depths"].items()}
        ),
        "time": _table("with more steps", ["each seed"], {name: (found,) for name, found in time.items()}),
        "norm": _table("each of two seeds", ["rate 1", "rate 0.01"], norm),
    }


def _table(of: str, head: list[str], rows: dict[str, tuple[Seeds, ...]]) -> str:
    body = [[name, *map(in_row, cells)] for name, cells in rows.items()]
    return style.table(f"Training images wrong at the end, %, {of}", ["net", *head], body)


def in_row(errors: Seeds) -> str:
    """1.6 · 0.9 · 2.3"""
    return " · ".join("diverged" if error is None else f"{error:.1f}" for error in errors)
