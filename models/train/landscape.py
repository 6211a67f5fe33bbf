"""Record the loss around the recorded nets: python -m models.train.landscape"""

from __future__ import annotations

import argparse
import time

import numpy as np

from models import artifacts, runtime
from models.landscape import Landscape, landscape
from models.race import images, recorded

NAME = "landscape-digits"
NETS = ("plain-20", "residual-20", "plain-56", "residual-56")
SEED = 0


def record(size: int, reach: float) -> None:
    """Measure all nets on one grid and write loss and error, (net, row, column) each, with a certificate."""
    config = Landscape(tuple(recorded(name) for name in NETS), size, reach, SEED)
    loss, error = np.full((2, len(NETS), size, size), np.nan, dtype=np.float32)
    began = time.perf_counter()
    for height in landscape(config):
        at = height.net, height.row, height.column
        loss[at] = np.inf if height.loss is None else height.loss
        error[at] = height.error
    count = len(images(config.nets[0].data)[1])
    middle = size // 2
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={
            "axes": {"net": NETS, "row": size, "column": size},
            "size": size,
            "reach": reach,
            "directions": "two random ones, filter-normalised; biases and batch norm do not move",
            "batch_norm": "running statistics of the trained net",
        },
        seed=SEED,
        data=f"scikit-learn digits: all {count:,} training images of 8 x 8 pixels",
        metrics={name: {"loss": round(float(loss[k, middle, middle]), 4)} for k, name in enumerate(NETS)},
        seconds=round(time.perf_counter() - began),
        note="Metrics: the loss of the trained net itself, the centre of the grid.",
        hardware=runtime.hardware("cpu"),
    )
    artifacts.save_run(NAME, {"loss": loss, "error": error}, certificate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=25, help="places along a side of the grid")
    parser.add_argument("--reach", type=float, default=1.0, help="how far the grid goes")
    args = parser.parse_args()
    record(args.size, args.reach)


if __name__ == "__main__":
    main()
