"""The loss around a trained net: "Visualizing the Loss Landscape of Neural Nets", Li et al. 2018 (arXiv 1712.09913).

A net has some 200,000 weights; a picture has two dimensions. So the net is moved in two random directions and its loss
is measured at every place of a grid, the trained net being its centre. Pure generators of plain values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from models.core import runtime
from models.core.resnet import ResNet, statistics
from models.core.turns import turns
from models.deeper.nets import Trained, images, placed, rebuild

SIZES = tuple(range(11, 32, 2))  # places along one side of the grid; odd, so that the trained net is one of them
REACH = (0.1, 2.0)  # how far the grid may go, in lengths of the net's own filters
MAX_NETS = 4
SMALL, LARGE_IMAGES = 8, 256  # of images with more pixels along a side than the digits only so many are looked at
CHUNK = 650  # images at once: measured, 20 % faster than all 1,297, whose maps do not fit into the cache
WORKERS = min(4, runtime.cores())  # places measured at once, each by a thread of its own


@dataclass(frozen=True)
class Landscape:
    """Which nets, how many places along a side of the grid, how far it goes, and the seed of the two directions."""

    nets: tuple[Trained, ...]
    size: int = 25
    reach: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.nets) <= MAX_NETS:
            raise ValueError(f"a landscape is of 1 to {MAX_NETS} nets, not {len(self.nets)}")
        if self.size not in SIZES:
            raise ValueError(f"the grid must have an odd number of places, {SIZES[0]} to {SIZES[-1]}, not {self.size}")
        if not REACH[0] <= self.reach <= REACH[1]:
            raise ValueError(f"the distance must be between {REACH[0]} and {REACH[1]}, not {self.reach}")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed must be between 0 and {2**31 - 1}, not {self.seed}")

    @property
    def ticks(self) -> np.ndarray:
        """(size,) the places along one direction, from -reach to reach with 0 in the middle."""
        return np.linspace(-self.reach, self.reach, self.size)


@dataclass(frozen=True)
class Height:
    """What one net's loss is at one place of the grid."""

    net: int  # its place in Landscape.nets
    row: int  # the second direction goes along the rows: their ticks[row]
    column: int  # the first goes along the columns
    loss: float | None  # mean cross-entropy over the images; None where it is not finite
    error: float  # share of wrong answers in %


def work(nets: tuple[Trained, ...], size: int) -> int:
    """Multiplications of a landscape of these nets, up to a factor: about proportional to the time it takes."""
    each = (
        net.lane.depth * len(net.state["conv.weight"]) ** 2 * seen(images(net.data))[0][:, 0].numel() for net in nets
    )
    return size**2 * sum(each)


def seen(of: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
    """The training images that a height is measured on, and their labels; `of` are those of a race."""
    x, y, *_ = of
    count = len(y) if x.shape[-1] <= SMALL else LARGE_IMAGES
    return x[:count], y[:count]


def lent(config: Landscape) -> int:
    """Seconds of a GPU that a landscape asks for."""
    return min(120, 10 + sum(net.lane.depth for net in config.nets) * config.size**2 // 10_000)


@runtime.accelerated(lent)
def landscape(config: Landscape) -> Iterator[Height]:
    """Measure every net's loss at every place; row by row, outward from the trained nets, all nets in turn.

    Closing ends it within one evaluation.
    """
    walkers: list[SimpleQueue[Walker]] = []
    for trained in config.nets:
        walkers.append(SimpleQueue())
        for _ in range(WORKERS):
            walkers[-1].put(Walker(trained, config.seed))
    ticks, middle = config.ticks, config.size // 2
    rows = sorted(range(config.size), key=lambda row: abs(row - middle))
    places = ((net, row, c) for row in rows for net in range(len(config.nets)) for c in range(config.size))

    def measure(net: int, row: int, column: int) -> Height:
        walker = walkers[net].get()
        try:
            with turns.turn():
                return Height(net, row, column, *walker.measure(ticks[column], ticks[row]))
        finally:
            walkers[net].put(walker)

    pool = ThreadPoolExecutor(WORKERS, initializer=runtime.use_threads)
    ahead: deque[Future[Height]] = deque()
    try:
        for place in places:
            ahead.append(pool.submit(measure, *place))
            if len(ahead) > WORKERS:  # one is always waiting, so that no thread has to
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class Walker:
    """A net in eval mode that can be put at any place of the plane, and its loss there.

    The running statistics of batch norm stay those of the trained net, as in the code of Li et al. So batch norm is a
    fixed scale and shift of each channel, which can be folded into the convolution before it: the same function in two
    thirds of the time. As folding is linear in the weights, the directions are folded in the same way.
    """

    def __init__(self, trained: Trained, seed: int):
        self.x, self.y = seen(placed(trained.data))
        self.network = rebuild(trained).to(self.x.device)
        moves = directions(self.network, seed)
        scales = fold(self.network)
        weights = [layer.weight for layer in filtered(self.network)]
        self._centre = in_a_row([w.detach() for w in weights])
        self._first, self._second = (in_a_row([d * s for d, s in zip(move, scales, strict=True)]) for move in moves)
        self._here = self._centre.clone()
        for weight, part in zip(weights, self._here.split([w.numel() for w in weights]), strict=True):
            weight.data = part.view_as(weight)  # so that writing to one vector moves the whole net

    @torch.inference_mode()
    def measure(self, first: float, second: float) -> tuple[float | None, float]:
        """Loss (None where not finite) and error in % at theta + first · delta + second · eta."""
        torch.add(self._centre, self._first, alpha=float(first), out=self._here)
        self._here.add_(self._second, alpha=float(second))
        logits = torch.cat([self.network(chunk) for chunk in self.x.split(CHUNK)])
        loss = F.cross_entropy(logits, self.y)
        wrong = runtime.double(logits.argmax(1) != self.y).mean()
        return loss.item() if loss.isfinite() else None, 100 * wrong.item()


def filtered(network: ResNet) -> list[nn.Conv2d | nn.Linear]:
    """The layers whose weights are filters, in the order of the signal; a filter of the last one makes one logit."""
    return [*(conv for conv, _ in network.layers()), network.linear]


def directions(network: ResNet, seed: int) -> tuple[list[Tensor], list[Tensor]]:
    """Two random directions, delta and eta, each with one tensor in the shape of the weights of every filtered layer.

    Biases and the parameters of batch norm do not move, as in the code of Li et al. Nets of the same shape get the
    same random numbers, scaled to the filters of each.
    """
    generator = torch.Generator().manual_seed(seed)
    weights = [layer.weight.detach() for layer in filtered(network)]
    first, second = ([filter_normalised(normal_like(w, generator), w) for w in weights] for _ in range(2))
    return first, second


def normal_like(weight: Tensor, generator: torch.Generator) -> Tensor:
    """Drawn on the CPU: a seed gives the same directions on every device."""
    return torch.randn(weight.shape, generator=generator).to(weight.device)


def filter_normalised(direction: Tensor, weight: Tensor) -> Tensor:
    """d |theta| / |d| for every filter, that is for every place along the first dimension (Li et al., section 4)."""
    return direction * (norms(weight) / norms(direction))


def norms(weight: Tensor) -> Tensor:
    """Frobenius norm of each filter of (filters, ...), in a shape that multiplies them."""
    return weight.flatten(1).norm(dim=1).view(-1, *[1] * (weight.dim() - 1))


def fold(network: ResNet) -> list[Tensor]:
    """Put each batch norm into the convolution before it; returns by what the filters of each layer were multiplied."""
    scales = []
    for conv, norm in network.layers():
        if isinstance(norm, nn.BatchNorm2d):
            fused = fuse_conv_bn_eval(conv, norm)
            conv.weight, conv.bias = fused.weight, fused.bias
            scale = norm.weight.detach() * (statistics(norm)[1] + norm.eps).rsqrt()
        else:
            scale = conv.weight.new_ones(conv.out_channels)
        scales.append(scale.view(-1, 1, 1, 1))
    network.bn = nn.Identity()
    for block in network.blocks:
        block.bn1 = block.bn2 = nn.Identity()
    return [*scales, network.linear.weight.new_ones(1)]


def in_a_row(tensors: list[Tensor]) -> Tensor:
    return torch.cat([tensor.flatten() for tensor in tensors])
