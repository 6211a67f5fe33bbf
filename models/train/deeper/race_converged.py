"""Record a race on the digits that goes on until the deep plain nets have converged: takes 15 minutes on two cores.

At the live race's rate of 0.1 plain-56 does not learn in any time that one would wait. At a tenth of it, and 15 times
as many steps, it does: what is left then is degradation as the paper means it, a net that has converged to more
training error than a shallower one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from models.core import artifacts, data, runtime
from models.deeper import race
from models.deeper.nets import Lane
from models.deeper.race import Race
from models.train.deeper.common import describe, protocol

EVERY = 10  # steps between two training errors that are kept
LOOKS = 50  # steps between two looks at all layers that are kept; more in the beginning
EARLY_LOOKS = (1, 10, 20, 30, 40)


@dataclass(frozen=True)
class LongRace(Race):
    """A race beyond the limits of live ones, whose rate falls to a tenth after 80 % of the steps."""

    lanes: tuple[Lane, ...] = (Lane(20, False), Lane(56, False), Lane(20, True), Lane(56, True))
    steps: int = 3000
    seeds: int = 5
    learning_rate: float = 0.01

    def __post_init__(self) -> None:
        """No limits: nobody waits for it."""

    def rate(self, step: int) -> float:
        return super().rate(step) * (0.1 if step > 0.8 * self.steps else 1)


def main() -> None:
    runtime.use_threads()
    config = LongRace()
    lanes = len(config.lanes)
    train = np.full((lanes, config.seeds, config.steps // EVERY), np.nan, np.float32)
    test = np.full((lanes, config.seeds, config.steps // race.TEST_EVERY), np.nan, np.float32)
    looks: list[dict[int, race.Layers]] = [{} for _ in config.lanes]
    began = time.monotonic()
    for event in tqdm(race.race(config), total=lanes * config.steps, mininterval=10):
        if not isinstance(event, race.Point):
            continue
        if event.step % EVERY == 0:
            train[event.lane, :, event.step // EVERY - 1] = event.train_error
        if event.test_error is not None:
            test[event.lane, :, event.step // race.TEST_EVERY - 1] = event.test_error
        if event.layers and (event.step % LOOKS == 0 or event.step in EARLY_LOOKS):
            looks[event.lane][event.step] = event.layers
    arrays = {"train_error": train, "test_error": test, "looks": np.array([*looks[0]])}
    for place, mine in enumerate(looks):
        for kind in ("signal", "gradient"):
            arrays[f"{place} {kind}"] = np.array([getattr(seen, kind) for seen in mine.values()], dtype=np.float32)
    ends = {
        lane.name: {"train_error": rounded(train[k, :, -1]), "test_error": rounded(test[k, :, -1])}
        for k, lane in enumerate(config.lanes)
    }
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=protocol(config)
        | {
            "lanes": [lane.name for lane in config.lanes],
            "learning_rate": "0.01 after its warm-up, a tenth of it after 80 % of the steps",
            "train_error": f"mistakes in the last {race.WINDOW} batches, every {EVERY} steps",
            "axes": ("lane", "seed", "point"),
        },
        seed=config.seed,
        data=describe(data.digits()),
        metrics=ends,
        seconds=round(time.monotonic() - began),
        note="Metrics: errors in % at the end, one number for each seed. Signal and gradient: of the first seed.",
        hardware=runtime.hardware(threads=True),
    )
    artifacts.save_run("race-converged", arrays, certificate)


def rounded(errors: np.ndarray) -> list[float]:
    return [round(float(e), 2) for e in errors]


if __name__ == "__main__":
    main()
