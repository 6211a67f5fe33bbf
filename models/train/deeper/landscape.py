"""Record the loss around the paper's nets on CIFAR-10: python -m models.train.deeper.landscape"""

from __future__ import annotations

import argparse
import time

import numpy as np
from tqdm import tqdm

from models.core import artifacts, runtime
from models.deeper import photographs
from models.deeper.landscape import LARGE_IMAGES, Landscape, landscape
from models.deeper.nets import recorded
from models.deeper.photographs import NETS

NAME = "landscape-cifar10"
SEED = 0


def record(size: int, reach: float) -> None:
    """Measure all nets on one grid and write loss and error, (net, row, column) each, with a certificate."""
    loss, error = np.full((2, len(NETS), size, size), np.nan, dtype=np.float32)
    began = time.perf_counter()
    for k, name in enumerate(tqdm(NETS)):
        for height in landscape(Landscape((recorded(name, photographs.NAME),), size, reach, SEED)):
            at = k, height.row, height.column
            loss[at] = np.inf if height.loss is None else height.loss
            error[at] = height.error
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
        data=f"CIFAR-10 re-encoded as JPEG: {LARGE_IMAGES} training images of 32 x 32 pixels",
        metrics={
            name: {
                "loss": round(float(loss[k, middle, middle]), 4),
                "error": round(float(error[k, middle, middle]), 2),
            }
            for k, name in enumerate(NETS)
        },
        seconds=round(time.perf_counter() - began),
        note="Metrics: loss and error in % of the trained net itself, the centre of the grid.",
        hardware=runtime.hardware(threads=True),
    )
    artifacts.save_run(NAME, {"loss": loss, "error": error}, certificate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=11, help="places along a side of the grid")
    parser.add_argument("--reach", type=float, default=1.0, help="how far the grid goes")
    args = parser.parse_args()
    record(args.size, args.reach)


if __name__ == "__main__":
    main()
