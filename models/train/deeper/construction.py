"""Record the construction argument: python -m models.train.deeper.construction.

Plain and residual nets with 8 layers, trained from five seeds, are deepened to 56 layers without a change of what they
compute, and train on at two learning rates, beside nets of 56 layers that start from scratch.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import astuple, fields

import numpy as np
from tqdm import tqdm

from models.core import artifacts, data, runtime
from models.deeper import race
from models.deeper.construction import Check, Construction, construct
from models.deeper.nets import Lane, Trained
from models.deeper.race import Point, Race
from models.train.deeper.common import describe, protocol

NAME = "construction-digits"
SHALLOW, DEEP, SEEDS = 8, 56, 5
LEARNING_RATES = (0.1, 0.01)


def main() -> None:
    """Write the training errors (skip, learning rate, seed, net, step), NaN once diverged, and every check."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    runtime.use_threads()
    began = time.monotonic()
    steps = Race().steps
    train_error = np.full((2, len(LEARNING_RATES), SEEDS, 2, steps), np.nan, dtype=np.float32)
    checks = np.zeros((2, SEEDS, len(fields(Check))))
    for seed in tqdm(range(SEEDS)):
        for shallow in shallow_nets(seed):
            skip = int(shallow.lane.skip)
            for rate, learning_rate in enumerate(LEARNING_RATES):
                for event in construct(Construction(shallow, DEEP, steps, learning_rate)):
                    if isinstance(event, Check):
                        checks[skip, seed] = astuple(event)
                    else:
                        train_error[skip, rate, seed, event.lane, event.step - 1] = as_number(event)
    write(train_error, checks, time.monotonic() - began)


def as_number(point: Point) -> float:
    error = point.train_error[0]
    return np.nan if error is None else error


def shallow_nets(seed: int) -> list[Trained]:
    """plain-8 and residual-8 after a race of their own."""
    lanes = Lane(SHALLOW, False), Lane(SHALLOW, True)
    return [event for event in race.race(Race(lanes, seed=seed)) if isinstance(event, Trained)]


def write(train_error: np.ndarray, checks: np.ndarray, seconds: float) -> None:
    names = [field.name for field in fields(Check)]
    axes = {
        "skip": (False, True),
        "learning_rate": LEARNING_RATES,
        "seed": tuple(range(SEEDS)),
        "net": ("constructed", "from scratch"),
    }
    metrics = {
        f"{kind}, learning rate {rate}, {net}": [round(float(e), 2) for e in train_error[k, r, :, n, -1]]
        for k, kind in enumerate(("plain", "residual"))
        for r, rate in enumerate(LEARNING_RATES)
        for n, net in enumerate(axes["net"])
    }
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=protocol(Race())
        | {"axes": axes, "shallow": SHALLOW, "deep": DEEP, "learning_rate": LEARNING_RATES, "check": names},
        seed=0,
        data=describe(data.digits()),
        metrics=metrics,
        seconds=round(seconds),
        note="Metrics: training errors in % at the end, by seed. The shallow nets were trained at learning rate 0.1.",
        hardware=runtime.hardware(threads=True),
    )
    artifacts.save_run(NAME, {"train_error": train_error, "checks": checks}, certificate)


if __name__ == "__main__":
    main()
