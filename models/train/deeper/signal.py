"""Record signal and gradient in every layer, with and without batch norm: python -m models.train.deeper.signal."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

import numpy as np
from tqdm import tqdm

from models.core import artifacts, data, runtime
from models.deeper import race
from models.deeper.nets import Lane
from models.deeper.race import Race
from models.train.deeper.common import describe, protocol

LANES = (
    Lane(56, False),
    Lane(56, True),
    Lane(56, False, norm=False),
    Lane(56, False, norm=False, init="small"),
)


def main() -> None:
    """Race nets with and without batch norm: errors by step, signal and gradient (lane, look, layer)."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    runtime.use_threads()
    config = Race(LANES)
    began = time.monotonic()
    points = [event for event in tqdm(race.race(config)) if isinstance(event, race.Point)]
    arrays, metrics = {}, {}
    for place, lane in enumerate(config.lanes):
        mine = [point for point in points if point.lane == place]
        looks = {point.step: point.layers for point in mine if point.layers}
        arrays[f"{place} train_error"] = np.array([point.train_error[0] for point in mine], dtype=np.float32)
        arrays[f"{place} steps"] = np.array(list(looks))
        arrays[f"{place} signal"] = np.array([layers.signal for layers in looks.values()], dtype=np.float32)
        arrays[f"{place} gradient"] = np.array([layers.gradient for layers in looks.values()], dtype=np.float32)
        metrics[lane.name] = {"train_error": mine[-1].train_error[0]}
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=protocol(config) | {"lanes": [asdict(lane) for lane in config.lanes]},
        seed=config.seed,
        data=describe(data.digits()),
        metrics=metrics,
        seconds=round(time.monotonic() - began),
        note="Metrics: training errors in % at the end.",
        hardware=runtime.hardware(threads=True),
    )
    artifacts.save_run("signal-digits", arrays, certificate)


if __name__ == "__main__":
    main()
