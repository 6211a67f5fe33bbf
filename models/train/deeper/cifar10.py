"""Train the paper's nets on CIFAR-10: python -m models.train.deeper.cifar10 --data DIR.

Plain and residual nets with 8, 20, 32 and 56 layers, by section 4.2's protocol in proportion: 12 epochs instead of 164,
with the rate divided by ten after one half and three quarters of the steps. One net is trained by one thread, as many
at a time as there are cores; each resumes from its own checkpoint. What was recorded in the same way of other depths
than `--depths` stays.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from models.core import artifacts, data, runtime
from models.core.resnet import ResNet
from models.deeper.nets import Lane, settled
from models.deeper.photographs import normalised
from models.train.augment import crop_and_flip
from models.train.deeper.common import Curves, describe, test_error
from models.train.loop import Training

NAME = "cifar10"
DEPTHS = (20, 8, 32, 56)  # plain and residual of one depth take equally long, side by side
BATCH, EPOCHS = 128, 12
WARM_UP = 200  # steps at a tenth of the rate: the paper's for 110 layers, here for all nets
TRAIN_EVERY = 65  # steps between two points of the training error: six an epoch


def learning_rate(step: int, steps: int) -> float:
    """Section 4.2's for a run of `steps`: 0.1, a tenth of it from one half and from three quarters on."""
    return 0.01 if step < WARM_UP else 0.1 / 10 ** ((2 * step >= steps) + (4 * step >= 3 * steps))


@cache
def images(root: Path) -> data.ImageSet:
    return data.cifar10(root)


def train(lane: Lane, root: Path, checkpoints: Path, epochs: int) -> tuple[Path, float]:
    """Train one net on one thread; returns its last checkpoint and the seconds it took."""
    runtime.use_threads()
    where, found = runtime.device(), images(root)
    network = ResNet(lane.depth, lane.skip, generator=torch.Generator().manual_seed(0))
    network = runtime.channels_last(network.to(where))
    optimizer = torch.optim.SGD(network.parameters(), momentum=0.9, weight_decay=1e-4)
    each = len(found.train_y) // BATCH  # steps of an epoch
    steps = epochs * each
    curves = Curves(train_error=(steps // TRAIN_EVERY,), test_error=(epochs,))
    last = Curves(errors=(TRAIN_EVERY,))
    path = checkpoints / f"cifar10-{lane.name}.pt"
    run = Training(path, {"network": network, "optimizer": optimizer, "curves": curves, "last": last}, steps, seed=0)
    for step in run:
        optimizer.param_groups[0]["lr"] = learning_rate(step, steps)
        batch = epoch_order(step // each, len(found.train_y))[step % each * BATCH :][:BATCH]
        x, y = crop_and_flip(normalised(found.train_x[batch])), found.train_y[batch].to(where)
        with runtime.autocast(where):
            logits = network(x.to(where, memory_format=torch.channels_last)).float()
        optimizer.zero_grad()
        F.cross_entropy(logits, y).backward()
        optimizer.step()
        last.errors[step % TRAIN_EVERY] = 100 * (logits.argmax(1) != y).float().mean()
        if (step + 1) % TRAIN_EVERY == 0:
            curves.train_error[step // TRAIN_EVERY] = last.errors.mean()
        if (step + 1) % each == 0:
            curves.test_error[step // each] = test_error(network, found)
            run.log.append({"test_error": round(curves.test_error[step // each].item(), 2)})
    return path, run.seconds


@cache
def epoch_order(epoch: int, n: int) -> Tensor:
    """The order of the training images in an epoch; for all nets the same."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(epoch))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with CIFAR-10")
    parser.add_argument("--depths", type=int, nargs="+", default=DEPTHS, help="layers of the nets")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"), help="where to save and resume")
    args = parser.parse_args()
    lanes = [Lane(depth, skip) for depth in args.depths for skip in (False, True)]
    work = partial(train, root=args.data, checkpoints=args.checkpoints, epochs=args.epochs)
    with ProcessPoolExecutor(runtime.cores(), multiprocessing.get_context("spawn")) as pool:
        record(dict(zip(lanes, pool.map(work, lanes), strict=True)), args)


def record(trained: dict[Lane, tuple[Path, float]], args: argparse.Namespace) -> None:
    """Write the curves of all nets as one run, and each net with its own certificate."""
    found = images(args.data)
    config = {
        "width": 16,
        "batch": BATCH,
        "epochs": args.epochs,
        "learning_rate": f"0.01 for {WARM_UP} steps, 0.1, a tenth of it from 1/2 and again from 3/4 of the steps on",
        "momentum": 0.9,
        "weight_decay": 1e-4,
        "augmentation": "padded by 4, random 32 x 32 crop, random flip",
        "precision": "bfloat16 autocast where the processor has it",
        "train_error": f"mistakes in the last {TRAIN_EVERY} augmented batches, every {TRAIN_EVERY} steps",
        "test_error": "mistakes on all test images, after every epoch",
        "departure": "the paper: 64,000 steps, learning rate 0.1 divided by 10 at 32,000 and 48,000",
    }
    before = recorded_before([lane.name for lane in trained], config, describe(found))
    arrays, metrics = before.arrays, before.metrics
    for lane, (path, seconds) in sorted(trained.items(), key=lambda item: (item[0].depth, item[0].skip)):
        saved = torch.load(path, weights_only=True)
        network = ResNet(lane.depth, lane.skip)
        network.load_state_dict(saved["network"])
        for kind in ("train_error", "test_error"):
            arrays[f"{lane.name} {kind}"] = saved["curves"][kind].numpy()
        ends = keep(lane, settled(network, normalised(mixed(found))), found, seconds)
        metrics[lane.name] = {kind: round(float(arrays[f"{lane.name} {kind}"][-1]), 2) for kind in saved["curves"]}
        metrics[lane.name] |= {f"kept_{kind}": value for kind, value in ends.items()}
    certificate = artifacts.Certificate(
        command=" && ".join([*before.commands, artifacts.command()]),
        config=config,
        seed=0,
        data=describe(found),
        metrics=metrics,
        seconds=before.seconds + round(sum(seconds for _, seconds in trained.values())),
        note="Metrics: errors in % at the end; kept: of the nets that ship, on whole pictures. Seconds: all nets' sum.",
    )
    artifacts.save_run(NAME, arrays, certificate)


@dataclass(frozen=True)
class Before:
    """What other nets have left in the recorded run, and what it took."""

    arrays: dict[str, np.ndarray]
    metrics: dict[str, dict[str, float]]
    commands: tuple[str, ...] = ()
    seconds: float = 0


def recorded_before(names: Collection[str], config: dict[str, object], images: str) -> Before:
    """What is recorded of nets with other names, where they were trained in the same way."""
    certificate = artifacts.certificate(NAME)
    metrics = {name: errors for name, errors in certificate.metrics.items() if name not in names}
    if not metrics or (certificate.config, certificate.data) != (config, images):
        return Before({}, {})
    curves = artifacts.load_run(NAME)
    arrays = {f"{name} {kind}": curves[f"{name} {kind}"] for name in metrics for kind in ("train_error", "test_error")}
    return Before(arrays, metrics, (certificate.command,), certificate.seconds)


def mixed(found: data.ImageSet) -> Tensor:
    """2,000 training images of all classes: in folders they lie class by class."""
    return found.train_x[epoch_order(0, len(found.train_y))[:2000]]


def keep(lane: Lane, network: ResNet, found: data.ImageSet, seconds: float) -> dict[str, float]:
    """Write a net, and return its errors in % on the training images without augmentation and on the test images."""
    network = network.half().float()  # as it is stored
    train_part = data.ImageSet(found.name, found.classes, found.train_x, found.train_y, found.train_x, found.train_y)
    ends = {
        "train_error": round(test_error(network, train_part), 2),
        "test_error": round(test_error(network, found), 2),
    }
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=network.config,
        seed=0,
        data=describe(found),
        metrics=ends,
        seconds=round(seconds),
        note="Errors in %, in eval mode, on pictures as they are. Batch norm's statistics were taken over 2,000 "
        "training pictures at the end. How it was trained: see assets/runs/cifar10.json.",
    )
    example = normalised(found.test_x[:2])
    artifacts.save_weights(f"cifar10-{lane.name}", network.eval(), (example,), certificate)
    return ends


if __name__ == "__main__":
    main()
