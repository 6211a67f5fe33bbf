"""Record races of plain and residual nets: python -m models.train.resnet {digits,signal}, or cifar10 --data DIR.

`digits` is the page's live race at six depths with five seeds; some of its nets are kept. `signal` is a race of nets
with and without batch norm, for what it says about signal and gradient in every layer. `cifar10` has the paper's nets
and augmentation, and a protocol that two CPU cores can afford: batches of 64 instead of 128, and 2,000 steps instead
of 64,000.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from models import artifacts, data, race, runtime
from models.race import Lane, Race
from models.resnet import ResNet
from models.train.augment import crop_and_flip
from models.train.loop import Training

DIGITS_DEPTHS, DIGITS_SEEDS = (8, 14, 20, 32, 44, 56), 5
KEPT_DEPTHS = (8, 20, 56)  # whose nets ship, trained
SIGNAL_LANES = (
    Lane(56, False),
    Lane(56, True),
    Lane(56, False, norm=False),
    Lane(56, False, norm=False, init="small"),
)
CIFAR_DEPTHS = (20, 56)
CIFAR_STEPS, CIFAR_BATCH = 2000, 64
TRAIN_EVERY, TEST_EVERY = 100, 250  # steps between two points of a CIFAR-10 curve


class Curves(nn.Module):
    """Errors in % that a run fills in, NaN until then; a module, so that they travel in its checkpoints."""

    def __init__(self, **shapes: tuple[int, ...]):
        super().__init__()
        for name, shape in shapes.items():
            self.register_buffer(name, torch.full(shape, torch.nan))


def record_digits() -> None:
    """Race plain against residual at every depth with five seeds: curves (depth, skip, seed, point)."""
    steps = Race().steps
    shape = (len(DIGITS_DEPTHS), 2, DIGITS_SEEDS)
    curves = Curves(train_error=(*shape, steps), test_error=(*shape, steps // race.TEST_EVERY))
    began = time.monotonic()
    kept = []
    for d, depth in enumerate(tqdm(DIGITS_DEPTHS)):
        lanes = tuple(Lane(depth, skip) for skip in (False, True))
        for event in race.race(Race(lanes, steps, seeds=DIGITS_SEEDS)):
            if isinstance(event, race.Trained):
                kept += [event] if depth in KEPT_DEPTHS else []
                continue
            at = d, event.lane
            curves.train_error[at][:, event.step - 1] = torch.tensor(event.train_error, dtype=torch.float)
            if event.test_error is not None:
                tests = torch.tensor(event.test_error, dtype=torch.float)
                curves.test_error[at][:, event.step // race.TEST_EVERY - 1] = tests
    seconds = time.monotonic() - began
    config = protocol(Race(seeds=DIGITS_SEEDS)) | {
        "axes": {"depth": DIGITS_DEPTHS, "skip": (False, True), "seed": tuple(range(DIGITS_SEEDS))},
    }
    save("races-digits", curves, DIGITS_DEPTHS, data.digits(), config, seconds, "cpu")
    for trained in kept:
        keep(trained, seconds)


def protocol(config: Race) -> dict:
    """How the nets of a live race are trained, for a certificate."""
    return {
        "width": race.WIDTH,
        "batch": race.BATCH,
        "steps": config.steps,
        "learning_rate": config.learning_rate,
        "warm_up": race.WARM_UP,
        "momentum": race.MOMENTUM,
        "weight_decay": race.WEIGHT_DECAY,
        "train_error": f"mistakes in the last {race.WINDOW} batches, after every step",
        "test_error": f"mistakes on all test images, every {race.TEST_EVERY} steps",
    }


def keep(trained: race.Trained, seconds: float) -> None:
    """Write the net of the first seed, which other experiments on the page begin with."""
    network = race.rebuild(trained)
    x, y, test_x, test_y = race.images("digits")
    metrics = {"train_error": race.error(network, x, y), "test_error": race.error(network, test_x, test_y)}
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=network.config,
        seed=trained.seed,
        data=describe(data.digits()),
        metrics={k: round(v, 2) for k, v in metrics.items()},
        seconds=round(seconds),
        note="Errors in %, in eval mode, with batch norm's statistics taken anew over all training images. "
        "Seconds: of the whole recording, in which this net is one of many.",
        hardware=runtime.hardware("cpu"),
    )
    # In a deep plain net small differences grow from layer to layer, and float16 would change what it answers.
    artifacts.save_weights(f"digits-{trained.lane.name}", network, (test_x[:2],), certificate, torch.float32)


def record_signal() -> None:
    """Race nets with and without batch norm: errors by step, signal and gradient (lane, look, layer)."""
    config = Race(SIGNAL_LANES)
    began = time.monotonic()
    points = [event for event in tqdm(race.race(config)) if isinstance(event, race.Point)]
    arrays, metrics = {}, {}
    for place, lane in enumerate(config.lanes):
        mine = [point for point in points if point.lane == place]
        looks = [point for point in mine if point.layers]
        arrays[f"{place} train_error"] = np.array([point.train_error[0] for point in mine], dtype=np.float32)
        arrays[f"{place} steps"] = np.array([point.step for point in looks])
        arrays[f"{place} signal"] = np.array([point.layers.signal for point in looks], dtype=np.float32)
        arrays[f"{place} gradient"] = np.array([point.layers.gradient for point in looks], dtype=np.float32)
        metrics[lane.name] = {"train_error": mine[-1].train_error[0]}
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=protocol(config) | {"lanes": [asdict(lane) for lane in config.lanes]},
        seed=config.seed,
        data=describe(data.digits()),
        metrics=metrics,
        seconds=round(time.monotonic() - began),
        note="Metrics: training errors in % at the end.",
        hardware=runtime.hardware("cpu"),
    )
    artifacts.save_run("races-signal", arrays, certificate)


def record_cifar10(args: argparse.Namespace) -> None:
    """Train plain and residual nets of each depth one after the other: curves (depth, skip, point)."""
    images = data.cifar10(args.data)
    shape = (len(CIFAR_DEPTHS), 2)
    curves = Curves(train_error=(*shape, CIFAR_STEPS // TRAIN_EVERY), test_error=(*shape, CIFAR_STEPS // TEST_EVERY))
    seconds = 0.0
    for d, depth in enumerate(CIFAR_DEPTHS):
        for skip in (False, True):
            lane, lane_seconds = train_cifar10(Lane(depth, skip), images, args.checkpoints)
            curves.train_error[d, int(skip)], curves.test_error[d, int(skip)] = lane.train_error, lane.test_error
            seconds += lane_seconds
    config = {
        "axes": {"depth": CIFAR_DEPTHS, "skip": (False, True)},
        "width": 16,
        "batch": CIFAR_BATCH,
        "steps": CIFAR_STEPS,
        "learning_rate": "0.01 for 200 steps, 0.1, then a tenth of it from step 1,000 and again from step 1,500",
        "momentum": 0.9,
        "weight_decay": 1e-4,
        "augmentation": "padded by 4, random 32 x 32 crop, random flip",
        "precision": "bfloat16 autocast where the processor has it",
        "train_error": f"mistakes in the last {TRAIN_EVERY} augmented batches, every {TRAIN_EVERY} steps",
        "test_error": f"mistakes on all test images, every {TEST_EVERY} steps",
        "departure": "the paper: batches of 128, 64,000 steps, learning rate 0.1 divided by 10 at 32,000 and 48,000",
    }
    save("races-cifar10", curves, CIFAR_DEPTHS, images, config, seconds, runtime.device())


def train_cifar10(lane: Lane, images: data.ImageSet, checkpoints: Path) -> tuple[Curves, float]:
    """Train one net by the short protocol; returns its two curves and the seconds it took."""
    where = runtime.device()
    network = ResNet(lane.depth, lane.skip, generator=torch.Generator().manual_seed(0))
    network = network.to(where, memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), momentum=0.9, weight_decay=1e-4)
    curves = Curves(train_error=(CIFAR_STEPS // TRAIN_EVERY,), test_error=(CIFAR_STEPS // TEST_EVERY,))
    last = Curves(errors=(TRAIN_EVERY,))
    parts = {"network": network, "optimizer": optimizer, "curves": curves, "last": last}
    run = Training(checkpoints / f"cifar10-{lane.name}.pt", parts, CIFAR_STEPS, seed=0)
    for step in run:
        optimizer.param_groups[0]["lr"] = learning_rate(step)
        batch = torch.randint(len(images.train_y), (CIFAR_BATCH,))
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
    """Section 4.2's, for a run of CIFAR_STEPS: its warm-up at 0.01, 0.1, and a tenth from 1/2 and from 3/4 on."""
    if step < 200:
        return 0.01
    return 0.1 / 10 ** ((step >= CIFAR_STEPS // 2) + (step >= CIFAR_STEPS * 3 // 4))


def normalised(images: Tensor) -> Tensor:
    """uint8 (B, 3, H, W) to about mean 0 and standard deviation 1 per channel."""
    mean = torch.tensor((125.3, 123.0, 113.9)).view(3, 1, 1)
    std = torch.tensor((63.0, 62.1, 66.7)).view(3, 1, 1)
    return (images.float() - mean) / std


@torch.no_grad()
def test_error(network: ResNet, images: data.ImageSet) -> float:
    """Share of wrong answers on the test images in %."""
    where = next(network.parameters()).device
    network.eval()
    wrong = 0
    for x, y in zip(images.test_x.split(500), images.test_y.split(500), strict=True):
        with runtime.autocast(where):
            logits = network(normalised(x).to(where, memory_format=torch.channels_last))
        wrong += int((logits.argmax(1).cpu() != y).sum())
    network.train()
    return 100 * wrong / len(images.test_y)


def save(
    name: str,
    curves: Curves,
    depths: tuple[int, ...],
    images: data.ImageSet,
    config: dict,
    seconds: float,
    on: torch.device | str,
) -> None:
    """Write the curves, and a certificate with every net's errors at the end. `on` is where the nets were trained."""
    metrics = {}
    for d, depth in enumerate(depths):
        for skip in (False, True):
            ends = {kind: curve[d, int(skip)][..., -1] for kind, curve in curves.named_buffers()}
            metrics[Lane(depth, skip).name] = {k: [round(e, 2) for e in v.view(-1).tolist()] for k, v in ends.items()}
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config=config,
        seed=0,
        data=describe(images),
        metrics=metrics,
        seconds=round(seconds),
        note="Metrics: errors in % at the end, one number for each seed.",
        hardware=runtime.hardware(on),
    )
    artifacts.save_run(name, {kind: curve.numpy() for kind, curve in curves.named_buffers()}, certificate)


def describe(images: data.ImageSet) -> str:
    """The data of a run in words."""
    n_train, n_test, size = len(images.train_y), len(images.test_y), images.train_x.shape[-1]
    return f"{images.name}: {n_train:,} training and {n_test:,} test images of {size} x {size} pixels"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", choices=("digits", "signal", "cifar10"))
    parser.add_argument("--data", type=Path, help="folder with CIFAR-10; the digits need none")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"), help="where to save and resume")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.run == "digits":
        record_digits()
    elif args.run == "signal":
        record_signal()
    elif args.data:
        record_cifar10(args)
    else:
        parser.error("cifar10 needs --data")


if __name__ == "__main__":
    main()
