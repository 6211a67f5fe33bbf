"""The race: plain and residual nets of different depth train side by side on the same batches of digits.

Pure generators of plain values. The nets are so small that a GPU would mostly wait for the next instruction, so
they run on the CPU, where the same race gives the same numbers to the last digit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from models import data
from models.resnet import ResNet

DEPTHS = tuple(range(8, 57, 6))  # 6n+2
WIDTH = 8
BATCH = 64
LEARNING_RATE, MOMENTUM, WEIGHT_DECAY = 0.1, 0.9, 1e-4
WARM_UP = 20  # steps over which the learning rate rises to its full value
WINDOW = 20  # training error is averaged over this many batches: one pass over the 1,297 digits
TEST_EVERY = 20  # steps
MAX_LANES, MAX_STEPS = 4, 1000


@dataclass(frozen=True)
class Lane:
    """One net of the race."""

    depth: int
    skip: bool

    def __post_init__(self) -> None:
        if self.depth not in DEPTHS:
            raise ValueError(f"depth must be one of {', '.join(map(str, DEPTHS))}, not {self.depth}")

    @property
    def name(self) -> str:
        return f"{'residual' if self.skip else 'plain'}-{self.depth}"


@dataclass(frozen=True)
class Race:
    """What is trained, for how many steps, and the seed of initial weights and batches."""

    lanes: tuple[Lane, ...] = (Lane(8, False), Lane(56, False), Lane(8, True), Lane(56, True))
    steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.lanes) <= MAX_LANES:
            raise ValueError(f"a race has 1 to {MAX_LANES} lanes, not {len(self.lanes)}")
        if not 1 <= self.steps <= MAX_STEPS:
            raise ValueError(f"steps must be between 1 and {MAX_STEPS}, not {self.steps}")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed must be between 0 and {2**31 - 1}, not {self.seed}")


@dataclass(frozen=True)
class Point:
    """Where one lane stands after a step. Errors in %, None once the lane has diverged."""

    lane: int  # its place in Race.lanes
    step: int  # 1 to Race.steps
    train_error: float | None  # over the last WINDOW batches
    test_error: float | None = None  # over all test images, every TEST_EVERY steps and at the end
    diverged: bool = False  # the loss is no longer finite; the lane stops here, the others go on


def race(config: Race) -> Iterator[Point]:
    """Train all lanes in turn, one step each; yields after every step, and so can be closed after every step."""
    running = [train(config, lane) for lane in range(len(config.lanes))]
    while running:
        for lane in tuple(running):
            try:
                yield next(lane)
            except StopIteration:
                running.remove(lane)


def train(config: Race, lane: int) -> Iterator[Point]:
    """Train one lane by SGD with momentum, as section 4.2 does, and yield its Point after every step.

    Lanes of the same depth start from the same weights, and every lane sees the same batches.
    """
    x, y, test_x, test_y = _digits()
    depth, skip = config.lanes[lane].depth, config.lanes[lane].skip
    generator = torch.Generator().manual_seed(config.seed)
    network = ResNet(depth, skip, WIDTH, in_channels=1, generator=generator)
    network = network.to(memory_format=torch.channels_last)  # measured: 15 % faster
    optimizer = torch.optim.SGD(network.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True)
    mistakes: deque[int] = deque(maxlen=WINDOW)
    for step, batch in enumerate(batches(len(y), config), start=1):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * min(1, step / WARM_UP)
        logits = network(x[batch])
        loss = F.cross_entropy(logits, y[batch])
        if not loss.isfinite():
            yield Point(lane, step, None, diverged=True)
            return
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mistakes.append(int((logits.argmax(1) != y[batch]).sum()))
        train_error = 100 * sum(mistakes) / (BATCH * len(mistakes))
        tested = step % TEST_EVERY == 0 or step == config.steps
        yield Point(lane, step, train_error, error(network, test_x, test_y) if tested else None)


def batches(images: int, config: Race) -> Iterator[Tensor]:
    """The places (BATCH,) of each step's images: a new order for every pass; what fills no batch is left out."""
    generator = torch.Generator().manual_seed(config.seed)
    waiting: list[Tensor] = []
    for _ in range(config.steps):
        if not waiting:
            order = torch.randperm(images, generator=generator)
            waiting = list(order[: images // BATCH * BATCH].split(BATCH))
        yield waiting.pop(0)


@torch.no_grad()
def error(network: ResNet, x: Tensor, y: Tensor) -> float:
    """Share of wrong answers in %, with the running statistics of batch norm."""
    network.eval()
    wrong = int((network(x).argmax(1) != y).sum())
    network.train()
    return 100 * wrong / len(y)


@cache
def _digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training and test images (N, 1, 8, 8), scaled to mean 0 and standard deviation 1, with their labels (N,)."""
    digits = data.digits()
    x = digits.train_x.float()
    mean, std = x.mean(), x.std()
    return (x - mean) / std, digits.train_y, (digits.test_x - mean) / std, digits.test_y
