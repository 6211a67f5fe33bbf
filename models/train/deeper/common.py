"""What the training commands of tab 1 share: protocol and data in words, curves, and the error of a whole net."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.core import artifacts, data, runtime
from models.core.resnet import ResNet
from models.deeper import race
from models.deeper.nets import Lane
from models.deeper.photographs import normalised
from models.deeper.race import Race


class Curves(nn.Module):
    """Errors in % that a run fills in, NaN until then; a module, so that they travel in its checkpoints."""

    train_error: Tensor
    test_error: Tensor
    errors: Tensor  # of the batches since the last point

    def __init__(self, **shapes: tuple[int, ...]):
        super().__init__()
        for name, shape in shapes.items():
            self.register_buffer(name, torch.full(shape, torch.nan))


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


def describe(images: data.ImageSet) -> str:
    """The data of a run in words."""
    n_train, n_test, size = len(images.train_y), len(images.test_y), images.train_x.shape[-1]
    return f"{images.name}: {n_train:,} training and {n_test:,} test images of {size} x {size} pixels"


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
