"""Measure what is lost without each part of each module: python -m models.train.wider.surgery --data DIR."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from models.core import artifacts, runtime
from models.wider.surgery import LAYERS, MODULES, PARTS, changes
from models.wider.validation import read_pictures

NAME = "surgery"


def record(root: Path, count: int | None) -> None:
    """Write which pictures are answered rightly, with the whole network and without each part, with a certificate."""
    pictures = read_pictures(root, count)
    n = len(pictures.labels)
    whole, cut = np.full(n, np.nan), np.full((len(MODULES), len(LAYERS), n), np.nan)
    began = time.perf_counter()
    for event in changes(pictures.pictures, pictures.labels):
        here = slice(event.start, event.start + len(event.cut))
        whole[here] = event.whole
        cut[MODULES.index(event.part.module), list(LAYERS).index(event.part.name), here] = event.cut
        if event.part == PARTS[-1]:
            print(f"{here.stop} of {n} pictures, {time.perf_counter() - began:.0f} s", flush=True)
    accuracy = {
        module: {name: round(100 * float(cut[row, column].mean()), 4) for column, name in enumerate(LAYERS)}
        for row, module in enumerate(MODULES)
    }
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={
            "axes": {"module": MODULES, "part": list(LAYERS), "picture": n},
            "off": "the layer's output is set to zero; the rest of the network is as it was trained",
        },
        seed=0,
        data=f"Tiny ImageNet, 52 classes: {n:,} of {pictures.available:,} validation images of 64 x 64 pixels",
        metrics={"main_top1": round(100 * float(whole.mean()), 4), "main_top1_without": accuracy},
        seconds=round(time.perf_counter() - began),
        note="Accuracy of the main head's first answer in %.",
    )
    artifacts.save_run(NAME, {"whole": whole == 1, "cut": cut == 1, "labels": pictures.labels}, certificate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with val/CLASS/ of Tiny ImageNet")
    parser.add_argument("--count", type=int, help="so many of the validation images; all without it")
    args = parser.parse_args()
    runtime.use_threads()
    record(args.data, args.count)


if __name__ == "__main__":
    main()
