"""Both variants of an Inception module, built and run: how long a pass takes, and what it keeps in memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models import runtime
from models.cost import ModuleCost
from models.googlenet import ConvReLU, Inception, Row

ROUNDS, LEAST = 15, 3  # passes of each variant: as many as BUDGET allows
BUDGET = 12.0  # seconds
SECONDS = 60  # for which a GPU is borrowed, where one has to be


@dataclass(frozen=True)
class Memory:
    """Bytes, at 4 for each number."""

    weights: int  # and biases
    activations: int  # the outputs of all its layers for one picture


@dataclass(frozen=True)
class Round:
    """One pass of each variant, one after the other, so that whatever else the machine does slows both."""

    number: int  # counted from 1
    naive: float  # milliseconds
    reduced: float


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


def memory(module: ModuleCost) -> tuple[Memory, Memory]:
    """Of the module without and with reductions, counted on a pass that keeps shapes alone."""
    with torch.device("meta"):
        naive, reduced = built(module)
        x = torch.empty(1, module.c_in, module.side, module.side)
        return _memory(naive, x), _memory(reduced, x)


def _memory(variant: nn.Module, x: Tensor) -> Memory:
    outputs: list[int] = []
    hooks = [layer.register_forward_hook(lambda _l, _x, out: outputs.append(out.nbytes)) for layer in variant.modules()]
    with torch.inference_mode():
        variant(x)
    for hook in hooks:
        hook.remove()
    return Memory(sum(p.nbytes for p in variant.parameters()), sum(outputs))


@runtime.accelerated(SECONDS)
def rounds(module: ModuleCost) -> Iterator[Round]:
    """Time both variants in turn for one picture, on the fastest device, until ROUNDS or BUDGET is reached.

    Closing ends it within one round.
    """
    on = runtime.device()
    naive, reduced = (variant.to(on) for variant in built(module))
    x = torch.rand(1, module.c_in, module.side, module.side, device=on)
    milliseconds(naive, x), milliseconds(reduced, x)  # the first pass also makes room in memory
    began = time.perf_counter()
    for number in range(1, ROUNDS + 1):
        yield Round(number, milliseconds(naive, x), milliseconds(reduced, x))
        if number >= LEAST and time.perf_counter() - began > BUDGET:
            return


def milliseconds(network: nn.Module, x: Tensor) -> float:
    """How long one pass takes, until the device has finished it."""
    with torch.inference_mode():
        finish(x.device)
        start = time.perf_counter()
        network(x)
        finish(x.device)
        return 1000 * (time.perf_counter() - start)


def finish(on: torch.device) -> None:
    """Wait for what a GPU has been told to do; a CPU has done it."""
    if on.type != "cpu":
        getattr(torch, on.type).synchronize()
