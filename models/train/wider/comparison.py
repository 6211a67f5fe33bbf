"""What the networks of GoogLeNet's time cost, counted on their definitions.

python -m models.train.wider.comparison
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from models.core import artifacts
from models.core.runtime import hardware
from models.wider import comparison


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    began = time.perf_counter()
    counts = [comparison.count(name) for name in comparison.NETWORKS]
    arrays = {what: np.array([getattr(one, what) for one in counts]) for what in ("parameters", "macs")}
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"networks": comparison.NETWORKS, "size": comparison.SIZE},
        seed=0,
        data="the networks' definitions, GoogLeNet's from this project and the others' from torchvision",
        metrics={one.name: {"parameters": one.parameters, "macs": one.macs} for one in counts},
        seconds=round(time.perf_counter() - began, 1),
        note="multiply-adds: half of what torch.utils.flop_counter counts; nothing is random",
        hardware=hardware("cpu"),
    )
    artifacts.save_run("comparison", arrays, certificate)


if __name__ == "__main__":
    main()
