"""Record what the paper's nets do block by block: python -m models.train.deeper.block cifar10 --data DIR.

For each of the nets that `models.train.deeper.cifar10` has trained: the test error without each of its blocks, and the
response of every layer (Fig. 7). Some photographs are kept beside, so that the page can look into the nets.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from models.core import artifacts, data, runtime
from models.core.resnet import ResNet
from models.deeper import photographs
from models.deeper.block import Drop, drops, responses
from models.deeper.landscape import LARGE_IMAGES
from models.deeper.nets import rebuild, recorded
from models.deeper.photographs import NETS
from models.train.deeper.common import describe

NAME = "block-cifar10"
IMAGES, CHUNK = 1000, 250  # test images that errors and responses are taken over, and how many at once
SHOWN = 12  # test images that ship


def without_each(network: ResNet, x: torch.Tensor, y: torch.Tensor) -> tuple[float, np.ndarray]:
    """The error in % of the whole net, and without each block in turn, NaN where there is none; over equal chunks."""
    parts = list(zip(x.split(CHUNK), y.split(CHUNK), strict=True))
    by_part: list[list[Drop]] = [list(drops(network, *part)) for part in tqdm(parts, leave=False)]
    after = [[np.nan if drop.after is None else drop.after for drop in part] for part in by_part]
    return float(np.mean([part[0].before for part in by_part])), np.mean(after, axis=0)


def record(images: data.ImageSet) -> None:
    """Write errors and responses of all nets, over some of the test images."""
    began = time.monotonic()
    found = data.part(images, 0, IMAGES)
    x, y = photographs.normalised(found.test_x), found.test_y
    arrays: dict[str, np.ndarray] = {}
    for name in NETS:
        network = rebuild(recorded(name, photographs.NAME))
        whole, after = without_each(network, x, y)
        arrays |= {f"{name} whole": np.array(whole), f"{name} after": after, f"{name} responses": responses(network, x)}
    metrics = {
        name: {
            "test_error": round(float(arrays[f"{name} whole"]), 2),
            "without_a_block": round(float(np.nanmean(arrays[f"{name} after"])), 2),
            "response": round(float(arrays[f"{name} responses"].mean()), 3),
        }
        for name in NETS
    }
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"nets": NETS, "images": len(y), "statistics": "running ones of batch norm; nothing is trained again"},
        seed=0,
        data=f"{images.name}: {len(y):,} of its test images, drawn with a fixed shuffle",
        metrics=metrics,
        seconds=max(1, round(time.monotonic() - began)),
        note="Metrics: errors in %; without a block: mean over those that can go; response: mean over all layers.",
    )
    artifacts.save_run(NAME, {key: value.astype(np.float32) for key, value in arrays.items()}, certificate)


def keep_photographs(images: data.ImageSet, seconds: float) -> None:
    """Write the photographs that ship, as they are: for the landscape of training images, and some to look at.

    `seconds`: what reading them took.
    """
    found = data.part(images, LARGE_IMAGES, SHOWN)
    parts = ("train_x", "train_y", "test_x", "test_y")
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"classes": found.classes},
        seed=0,
        data=describe(found),
        metrics={"training_images": len(found.train_y), "test_images": len(found.test_y)},
        seconds=max(1, round(seconds)),
        note="Pixels and labels, unchanged, of images drawn with a fixed shuffle.",
    )
    artifacts.save_run(photographs.RUN, {name: getattr(found, name).numpy() for name in parts}, certificate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", choices=("cifar10", "photographs"))
    parser.add_argument("--data", type=Path, required=True, help="folder with CIFAR-10")
    args = parser.parse_args()
    runtime.use_threads()
    began = time.monotonic()
    whole = data.cifar10(args.data)
    if args.run == "photographs":
        keep_photographs(whole, time.monotonic() - began)
    else:
        record(whole)


if __name__ == "__main__":
    main()
