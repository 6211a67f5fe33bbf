"""Record the races of tab 1's exercises: python -m models.train.deeper.exercises."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

import numpy as np
from tqdm import tqdm

from models.core import artifacts, data, runtime
from models.deeper import race
from models.deeper.exercises import NAME, RACES, SEED
from models.deeper.race import Point, Race
from models.train.deeper.common import describe, protocol


def main() -> None:
    """Write every race's errors in %, training (lane, seed, step) and test (lane, seed, look), NaN once diverged."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    runtime.use_threads()
    began = time.monotonic()
    arrays, metrics = {}, {}
    for name, config in RACES.items():
        train, test = errors(config)
        arrays |= {f"{name} train_error": train, f"{name} test_error": test}
        metrics[name] = {
            lane.name: {"train_error": ends(train[k]), "test_error": ends(test[k])}
            for k, lane in enumerate(config.lanes)
        }
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=protocol(Race()) | {"races": {name: asdict(config) for name, config in RACES.items()}},
        seed=SEED,
        data=describe(data.digits()),
        metrics=metrics,
        seconds=round(time.monotonic() - began),
        note="Metrics: errors in % at the end, one number for each seed; null: its loss is no longer a number. Steps "
        "and learning rate are those of each race.",
        hardware=runtime.hardware(threads=True),
    )
    artifacts.save_run(NAME, arrays, certificate)


def errors(config: Race) -> tuple[np.ndarray, np.ndarray]:
    """A race's training errors (lane, seed, step) and test errors (lane, seed, look) in %, NaN once diverged."""
    shape = len(config.lanes), config.seeds
    train = np.full((*shape, config.steps), np.nan, dtype=np.float32)
    test = np.full((*shape, config.steps // race.TEST_EVERY), np.nan, dtype=np.float32)
    for event in tqdm(race.race(config), total=len(config.lanes) * config.steps):
        if isinstance(event, Point):
            train[event.lane, :, event.step - 1] = as_numbers(event.train_error)
            if event.test_error is not None:
                test[event.lane, :, event.step // race.TEST_EVERY - 1] = as_numbers(event.test_error)
    return train, test


def as_numbers(found: tuple[float | None, ...]) -> list[float]:
    return [np.nan if error is None else error for error in found]


def ends(of_lane: np.ndarray) -> list[float | None]:
    """The last error of every seed, None where it diverged."""
    return [None if np.isnan(error) else round(float(error), 2) for error in of_lane[:, -1]]


if __name__ == "__main__":
    main()
