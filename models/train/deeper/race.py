"""Record the race on the digits: python -m models.train.deeper.race {digits,layers}.

`digits` is the page's live race at six depths with five seeds; some of its nets are kept. `layers` is the race that the
page opens on, for the signal and the gradient in every layer of its four nets.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from tqdm import tqdm

from models.core import artifacts, data, runtime
from models.deeper import nets, race
from models.deeper.nets import Lane
from models.deeper.race import Race
from models.train.deeper.common import Curves, describe, protocol, save

DEPTHS, SEEDS = (8, 14, 20, 32, 44, 56), 5
KEPT_DEPTHS = (8, 20)  # whose nets ship, trained


def record_digits() -> None:
    """Race plain against residual at every depth with five seeds: curves (depth, skip, seed, point)."""
    steps = Race().steps
    shape = (len(DEPTHS), 2, SEEDS)
    curves = Curves(train_error=(*shape, steps), test_error=(*shape, steps // race.TEST_EVERY))
    began = time.monotonic()
    kept = []
    for d, depth in enumerate(tqdm(DEPTHS)):
        lanes = tuple(Lane(depth, skip) for skip in (False, True))
        for event in race.race(Race(lanes, steps, seeds=SEEDS)):
            if isinstance(event, nets.Trained):
                kept += [event] if depth in KEPT_DEPTHS else []
                continue
            at = d, event.lane
            curves.train_error[at][:, event.step - 1] = torch.tensor(event.train_error, dtype=torch.float)
            if event.test_error is not None:
                tests = torch.tensor(event.test_error, dtype=torch.float)
                curves.test_error[at][:, event.step // race.TEST_EVERY - 1] = tests
    seconds = time.monotonic() - began
    config = protocol(Race(seeds=SEEDS)) | {
        "axes": {"depth": DEPTHS, "skip": (False, True), "seed": tuple(range(SEEDS))},
    }
    save("race-digits", curves, DEPTHS, data.digits(), config, seconds, runtime.fastest(threads=True))
    for trained in kept:
        keep(trained, seconds)


def keep(trained: nets.Trained, seconds: float) -> None:
    """Write the net of the first seed, which other experiments on the page begin with."""
    network = nets.rebuild(trained)
    x, y, test_x, test_y = nets.images("digits")
    metrics = {"train_error": nets.error(network, x, y), "test_error": nets.error(network, test_x, test_y)}
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=network.config,
        seed=trained.seed,
        data=describe(data.digits()),
        metrics={k: round(v, 2) for k, v in metrics.items()},
        seconds=round(seconds),
        note="Errors in %, in eval mode, with batch norm's statistics taken anew over all training images. "
        "Seconds: of the whole recording, in which this net is one of many.",
        hardware=runtime.hardware(threads=True),
    )
    # In a deep plain net small differences grow from layer to layer, and float16 would change what it answers.
    artifacts.save_weights(f"digits-{trained.lane.name}", network, (test_x[:2],), certificate, torch.float32)


def record_layers() -> None:
    """Race the page's four nets with its seed: signal and gradient (look, layer) of each."""
    config = Race()
    began = time.monotonic()
    points = [event for event in tqdm(race.race(config)) if isinstance(event, race.Point)]
    arrays, metrics = {}, {}
    for place, lane in enumerate(config.lanes):
        mine = [point for point in points if point.lane == place]
        looks = {point.step: point.layers for point in mine if point.layers}
        arrays["looks"] = np.array(list(looks))
        arrays[f"{place} signal"] = np.array([layers.signal for layers in looks.values()], dtype=np.float32)
        arrays[f"{place} gradient"] = np.array([layers.gradient for layers in looks.values()], dtype=np.float32)
        metrics[lane.name] = {"train_error": mine[-1].train_error[0]}
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=protocol(config) | {"lanes": [lane.name for lane in config.lanes]},
        seed=config.seed,
        data=describe(data.digits()),
        metrics=metrics,
        seconds=round(time.monotonic() - began),
        note="Metrics: training errors in % at the end.",
        hardware=runtime.hardware(threads=True),
    )
    artifacts.save_run("race-layers", arrays, certificate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", choices=("digits", "layers"))
    runtime.use_threads()
    (record_digits if parser.parse_args().run == "digits" else record_layers)()


if __name__ == "__main__":
    main()
