"""Both variants of an Inception module, built and run: how long a pass takes, and what it needs of memory."""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from models.core import runtime
from models.wider.cost import ModuleCost
from models.wider.googlenet import ConvReLU, Inception, Row

ROUNDS, LEAST = 15, 3  # passes of each variant: as many as BUDGET allows
BUDGET = 12.0  # seconds
SECONDS = 60  # for which a GPU is borrowed, where one has to be


@dataclass(frozen=True)
class Memory:
    """Bytes of a variant while it runs."""

    weights: int  # and biases
    peak: int  # the most that the tensors of a pass for one picture took at one moment, without weights and input


@dataclass(frozen=True)
class Round:
    """One pass of each variant, one after the other, so that whatever else the machine does slows both."""

    number: int  # counted from 1
    naive: float  # milliseconds
    reduced: float
    memory: tuple[Memory, Memory]  # of both, measured on the uncounted pass before the first
    last: bool  # of this measurement


class NaiveInception(nn.Module):
    """Fig. 2a: three convolutions directly on the input, and a max pool that hands on all of its channels."""

    def __init__(self, module: ModuleCost):
        super().__init__()
        self.conv1x1 = ConvReLU(module.c_in, module.n1x1, 1)
        self.conv3x3 = ConvReLU(module.c_in, module.n3x3, 3)
        self.conv5x5 = ConvReLU(module.c_in, module.n5x5, 5)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, c_in, H, W) to (B, naive_c_out, H, W)."""
        return torch.cat((self.conv1x1(x), self.conv3x3(x), self.conv5x5(x), self.pool(x)), dim=1)


def built(module: ModuleCost) -> tuple[NaiveInception, Inception]:
    """The module without and with reductions, in eval mode, with random weights: time does not depend on them."""
    widths = (module.n1x1, module.n3x3_reduce, module.n3x3, module.n5x5_reduce, module.n5x5, module.n_pool)
    row = Row(module.name, "inception", (module.side, module.side, module.c_out), *widths)
    return NaiveInception(module).eval(), Inception(module.c_in, row).eval()


class Alive(TorchDispatchMode):
    """Counts the bytes of the tensors that are made in this context and alive, on any device.

    What a device's own libraries need for the time of one operation is not among them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = [x.untyped_storage() for x in tree_leaves((args, kwargs)) if isinstance(x, Tensor)]
        out = func(*args, **(kwargs or {}))
        for storage in (x.untyped_storage() for x in tree_leaves(out) if isinstance(x, Tensor)):
            if not any(storage is one for one in given):  # else a view, or changed in its place
                self._change(storage.nbytes())
                weakref.finalize(storage, self._change, -storage.nbytes())
        return out

    def _change(self, count: int) -> None:
        self.now += count
        self.peak = max(self.peak, self.now)


def memory(variant: nn.Module, x: Tensor) -> Memory:
    """What a pass needs, measured while it runs."""
    with torch.inference_mode(), Alive() as alive:
        variant(x)
    return Memory(sum(p.nbytes for p in variant.parameters()), alive.peak)


@runtime.accelerated(SECONDS)
def rounds(module: ModuleCost) -> Iterator[Round]:
    """Measure both variants for one picture, on the fastest device: memory once, and time in turn.

    It goes on until ROUNDS or BUDGET is reached. Closing ends it within one round.
    """
    on = runtime.device()
    naive, reduced = (variant.to(on) for variant in built(module))
    x = torch.rand(1, module.c_in, module.side, module.side, device=on)
    used = memory(naive, x), memory(reduced, x)
    for variant in (naive, reduced):
        milliseconds(variant, x)  # the first pass also makes room in memory
    began = time.perf_counter()
    for number in range(1, ROUNDS + 1):
        took = milliseconds(naive, x), milliseconds(reduced, x)
        last = number == ROUNDS or (number >= LEAST and time.perf_counter() - began > BUDGET)
        yield Round(number, *took, used, last)
        if last:
            return


def milliseconds(network: nn.Module, x: Tensor) -> float:
    """How long one pass takes, until the device has finished it."""
    with torch.inference_mode():
        runtime.finish(x.device)
        start = time.perf_counter()
        network(x)
        runtime.finish(x.device)
        return 1000 * (time.perf_counter() - start)
