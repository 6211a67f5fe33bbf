"""Record how a cloud of points is learned, and its way to noise and back: python -m models.train.noisier.plane"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

import numpy as np

from models.core import artifacts, runtime
from models.noisier.plane import JUDGED, Flow, Learned, Plane, learn

NAME = "plane-spiral"


def main() -> None:
    """The run that the page opens on, with its default settings."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    runtime.use_threads()
    config, losses, began = Plane(), [], time.perf_counter()
    for event in learn(config):
        if isinstance(event, Learned):
            losses.append(event.loss)
        if isinstance(event, Flow):
            flow = event
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={name: value for name, value in asdict(config).items() if name != "points"},
        seed=config.seed,
        data=f"points of a {config.shape}, drawn anew for every training step",
        metrics={"distance": {name: round(value, 4) for name, value in flow.distances.items()}},
        seconds=round(time.perf_counter() - began),
        note=f"Sliced Wasserstein distances from true clouds, {JUDGED:,} points each.",
    )
    ways = {name: getattr(flow, name).astype(np.float16) for name in ("there", "ddpm", "ddim", "eps")}
    artifacts.save_run(NAME, {"loss": np.array(losses, dtype=np.float32)} | ways, certificate)


if __name__ == "__main__":
    main()
