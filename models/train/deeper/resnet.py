"""Record the paper's nets on CIFAR-10 in 2,000 steps: python -m models.train.deeper.resnet cifar10 --data DIR.

The paper's nets and augmentation, and a protocol that two CPU cores can afford: batches of 64 instead of 128, and 2,000
steps instead of 64,000.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch.nn import functional as F

from models.core import data, runtime
from models.core.resnet import ResNet
from models.deeper.nets import Lane
from models.train.augment import crop_and_flip
from models.train.deeper.common import Curves, normalised, save, test_error
from models.train.loop import Training

DEPTHS = (20, 56)
STEPS, BATCH = 2000, 64
TRAIN_EVERY, TEST_EVERY = 100, 250  # steps between two points of a curve


def record_cifar10(args: argparse.Namespace) -> None:
    """Train plain and residual nets of each depth one after the other: curves (depth, skip, point)."""
    images = data.cifar10(args.data)
    shape = (len(DEPTHS), 2)
    curves = Curves(train_error=(*shape, STEPS // TRAIN_EVERY), test_error=(*shape, STEPS // TEST_EVERY))
    seconds = 0.0
    for d, depth in enumerate(DEPTHS):
        for skip in (False, True):
            lane, lane_seconds = train_cifar10(Lane(depth, skip), images, args.checkpoints)
            curves.train_error[d, int(skip)], curves.test_error[d, int(skip)] = lane.train_error, lane.test_error
            seconds += lane_seconds
    config = {
        "axes": {"depth": DEPTHS, "skip": (False, True)},
        "width": 16,
        "batch": BATCH,
        "steps": STEPS,
        "learning_rate": "0.01 for 200 steps, 0.1, then a tenth of it from step 1,000 and again from step 1,500",
        "momentum": 0.9,
        "weight_decay": 1e-4,
        "augmentation": "padded by 4, random 32 x 32 crop, random flip",
        "precision": "bfloat16 autocast where the processor has it",
        "train_error": f"mistakes in the last {TRAIN_EVERY} augmented batches, every {TRAIN_EVERY} steps",
        "test_error": f"mistakes on all test images, every {TEST_EVERY} steps",
        "departure": "the paper: batches of 128, 64,000 steps, learning rate 0.1 divided by 10 at 32,000 and 48,000",
    }
    save("races-cifar10", curves, DEPTHS, images, config, seconds, runtime.device())


def train_cifar10(lane: Lane, images: data.ImageSet, checkpoints: Path) -> tuple[Curves, float]:
    """Train one net by the short protocol; returns its two curves and the seconds it took."""
    where = runtime.device()
    network = ResNet(lane.depth, lane.skip, generator=torch.Generator().manual_seed(0))
    network = runtime.channels_last(network.to(where))
    optimizer = torch.optim.SGD(network.parameters(), momentum=0.9, weight_decay=1e-4)
    curves = Curves(train_error=(STEPS // TRAIN_EVERY,), test_error=(STEPS // TEST_EVERY,))
    last = Curves(errors=(TRAIN_EVERY,))
    parts = {"network": network, "optimizer": optimizer, "curves": curves, "last": last}
    run = Training(checkpoints / f"cifar10-{lane.name}.pt", parts, STEPS, seed=0)
    for step in run:
        optimizer.param_groups[0]["lr"] = learning_rate(step)
        batch = torch.randint(len(images.train_y), (BATCH,))
        x, y = crop_and_flip(normalised(images.train_x[batch])), images.train_y[batch].to(where)
        with runtime.autocast(where):
            logits = network(x.to(where, memory_format=torch.channels_last)).float()
        optimizer.zero_grad()
        F.cross_entropy(logits, y).backward()
        optimizer.step()
        last.errors[step % TRAIN_EVERY] = 100 * (logits.argmax(1) != y).float().mean()
        if (step + 1) % TRAIN_EVERY == 0:
            curves.train_error[step // TRAIN_EVERY] = last.errors.mean()
        if (step + 1) % TEST_EVERY == 0:
            curves.test_error[step // TEST_EVERY] = test_error(network, images)
            run.log.append({"test_error": round(curves.test_error[step // TEST_EVERY].item(), 2)})
    return curves, run.seconds


def learning_rate(step: int) -> float:
    """Section 4.2's, for a run of STEPS: its warm-up at 0.01, 0.1, and a tenth from 1/2 and from 3/4 on."""
    if step < 200:
        return 0.01
    return 0.1 / 10 ** ((step >= STEPS // 2) + (step >= STEPS * 3 // 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", choices=("cifar10",))
    parser.add_argument("--data", type=Path, required=True, help="folder with CIFAR-10")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"), help="where to save and resume")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    record_cifar10(args)


if __name__ == "__main__":
    main()
