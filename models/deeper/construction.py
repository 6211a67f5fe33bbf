"""The construction argument of "Deep Residual Learning for Image Recognition", section 1, on a trained net.

A deeper net can do what a shallow one does: it copies its layers, and the added ones pass on what they get. Here such
a net is built and compared with the shallow one; then it trains on, beside a net of its depth that starts from scratch.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.core import runtime
from models.core.resnet import Block, ResNet, statistics
from models.core.turns import turns
from models.deeper.nets import SETTLING, Lane, Trained, error, placed, rebuild
from models.deeper.race import Point, Race, begin, fit

CONSTRUCTED, ANEW = 0, 1  # `lane` of the points of `construct`


@dataclass(frozen=True, eq=False)
class Construction:
    """Which net is deepened to how many layers, and how both deep nets then train."""

    shallow: Trained
    depth: int
    steps: int = 200
    learning_rate: float = 0.1

    def __post_init__(self) -> None:
        check_deeper(self.shallow.lane.depth, self.depth)
        self.race()

    def race(self) -> Race:
        """Both deep nets as the lane of a race, with the shallow net's data and batches."""
        net = self.shallow.lane
        lane = Lane(self.depth, net.skip, net.norm, net.init)
        return Race((lane,), self.steps, self.shallow.seed, 1, self.learning_rate, self.shallow.data)


@dataclass(frozen=True)
class Check:
    """What the constructed net computes, compared with the shallow one, before it trains on."""

    images: int  # all training and test images
    largest: float  # absolute output (logit) of the shallow net for any of them
    difference: float  # largest absolute difference of the two nets' outputs
    shallow_error: float  # on all training images in %, with running statistics
    constructed_error: float
    anew_error: float  # of the net of the same depth that starts from scratch, before training


def lent(config: Construction) -> int:
    """Seconds of a GPU that both nets ask for."""
    return min(120, 10 + 2 * config.depth * config.steps // 2500)


@runtime.accelerated(lent)
def construct(config: Construction) -> Iterator[Check | Point]:
    """The check, then a Point of each deep net after every step; a net that diverges stops, and the other goes on."""
    x, y, test_x, _ = placed(config.shallow.data)
    shallow = rebuild(config.shallow).to(x.device)
    constructed = deepen(shallow, config.depth, x[:SETTLING])
    anew = begin(config.race(), 0, range(config.shallow.seed, config.shallow.seed + 1)).to(x.device)
    largest, difference = compare(shallow, constructed, torch.cat([x, test_x]))
    errors = (error(network, x, y) for network in (shallow, constructed, anew))
    yield Check(len(x) + len(test_x), largest, difference, *errors)
    running = {lane: fit(network, config.race(), lane) for lane, network in ((CONSTRUCTED, constructed), (ANEW, anew))}
    with ThreadPoolExecutor(min(2, runtime.cores()), initializer=runtime.use_threads) as pool:
        for _ in range(config.steps):
            for point in pool.map(step, list(running.values())):
                if point.diverged:
                    del running[point.lane]
                yield point


def step(steps: Iterator[Point]) -> Point:
    """The next one, once it is this thread's turn."""
    with turns.turn():
        return next(steps)


@torch.no_grad()
def deepen(network: ResNet, depth: int, seen: Tensor) -> ResNet:
    """The net with identity blocks after the blocks of each stage, `depth` layers in all, in eval mode.

    With running statistics it computes what `network` does. Those of its new batch norms, and their scale and shift,
    are measured on `seen`, training images (N, C, H, W): so even the statistics of a batch, which training uses
    instead, leave it close to the identity.
    """
    check_deeper(network.config["depth"], depth)
    network.eval()
    config: dict[str, Any] = network.config | {"depth": depth}
    deeper = ResNet(**config, generator=torch.Generator().manual_seed(depth))
    deeper = deeper.to(seen.device, seen.dtype).eval()
    for name in ("conv", "bn", "linear"):
        getattr(deeper, name).load_state_dict(getattr(network, name).state_dict())
    old, new = len(network.blocks) // 3, len(deeper.blocks) // 3  # blocks in a stage
    x = F.relu(deeper.bn(deeper.conv(seen)))
    for place, block in enumerate(deeper.blocks):
        stage, number = divmod(place, new)
        if number < old:
            block.load_state_dict(network.blocks[stage * old + number].state_dict())
        elif block.skip:
            silence(block, x)
        else:
            pass_on(block, x)
        x = block(x)
    return deeper


def pass_on(block: Block, x: Tensor) -> None:
    """Make F(x) = x in a plain block for x >= 0. A ReLU lets no other x in, and the block's ReLUs keep it.

    The convolutions take each pixel from its own place. Batch norm, gamma · (x - mean) / sqrt(var + eps) + beta, gets
    gamma = sqrt(var + eps) and beta = mean.
    """
    for conv, norm in ((block.conv1, block.bn1), (block.conv2, block.bn2)):
        nn.init.dirac_(conv.weight)
        if isinstance(norm, nn.BatchNorm2d):
            measure(norm, x)
            mean, variance = statistics(norm)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.copy_(mean)


def silence(block: Block, x: Tensor) -> None:
    """Make F(x) = 0 in a residual block, by its last layer's scale. The other weights stay as they are drawn."""
    if isinstance(block.bn1, nn.BatchNorm2d) and isinstance(block.bn2, nn.BatchNorm2d):
        measure(block.bn1, block.conv1(x))
        measure(block.bn2, block.conv2(F.relu(block.bn1(block.conv1(x)))))
        block.bn2.weight.zero_()
    else:
        block.conv2.weight.zero_()


def measure(norm: nn.BatchNorm2d, x: Tensor) -> None:
    """Set the running statistics to those of `x`."""
    mean, variance = statistics(norm)
    mean.copy_(x.mean((0, 2, 3)))
    variance.copy_(x.var((0, 2, 3)))


@torch.no_grad()
def compare(one: ResNet, other: ResNet, x: Tensor) -> tuple[float, float]:
    """Largest absolute output of `one`, and largest absolute difference of the two nets' outputs, in eval mode."""
    one.eval(), other.eval()
    pairs = [(one(part), other(part)) for part in x.split(500)]
    return max(float(a.abs().max()) for a, _ in pairs), max(float((a - b).abs().max()) for a, b in pairs)


def check_deeper(shallow: int, depth: int) -> None:
    if depth <= shallow:
        raise ValueError(f"the deeper net must have more than the {shallow} layers of the shallow one, not {depth}")
