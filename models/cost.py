"""What each line of GoogLeNet's Table 1 costs: counted on the running network, and as the paper prints it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from models.googlenet import INCEPTIONS, TABLE_1, GoogLeNet, Row

K = 1024  # the params column counts in units of 1024: "112K" is exactly the 114,688 weights of conv2
M = 1_000_000
TOLERANCE = 0.01


@dataclass(frozen=True)
class Printed:
    """A cell of Table 1: its text, the number it stands for, and the value of one unit of its last digit."""

    text: str
    value: float
    unit: float

    @classmethod
    def parse(cls, text: str) -> Printed:
        """'2.7K' to 2.7 · 1024 weights, '34M' to 34 million multiply-adds."""
        digits, scale = text[:-1], {"K": K, "M": M}[text[-1]]
        decimals = len(digits.partition(".")[2])
        return cls(text, float(digits) * scale, scale / 10**decimals)

    @property
    def slack(self) -> float:
        """What a number may be off and still agree: 1 %, or the rounding of the last printed digit."""
        return max(TOLERANCE * self.value, self.unit / 2)

    def agrees(self, counted: float) -> bool:
        return abs(counted - self.value) <= self.slack


@dataclass(frozen=True)
class Cost:
    """One line of Table 1. Weights are without biases; a multiply-add counts once, for one picture."""

    name: str
    kind: str
    weights: int
    macs: int
    printed_weights: Printed
    printed_macs: Printed

    @property
    def contradicts_itself(self) -> bool:
        """Whether the line's two printed cells cannot both be right, whatever its layers are.

        A convolution uses each of its weights once at every position, so macs = weights · positions.
        """
        positions = self.macs / self.weights
        apart = abs(self.printed_macs.value - self.printed_weights.value * positions)
        return apart > self.printed_macs.slack + self.printed_weights.slack * positions


@dataclass(frozen=True)
class Reduction:
    """One branch of a module: `kernel` x `kernel` on `c_in` channels, directly or after a 1x1 reduction."""

    kernel: int
    c_in: int
    reduced: int
    c_out: int

    @property
    def naive(self) -> int:
        """Weights of the convolution directly on the module's input."""
        return self.kernel**2 * self.c_in * self.c_out

    @property
    def bottleneck(self) -> int:
        """Weights of the 1x1 reduction and of the convolution after it (Fig. 2b)."""
        return self.c_in * self.reduced + self.kernel**2 * self.reduced * self.c_out


@dataclass(frozen=True)
class ModuleCost:
    """A module with reductions (Fig. 2b) against the same widths without any (Fig. 2a). Weights without biases."""

    name: str
    c_in: int
    c_out: int
    positions: int  # height times width of the maps, so that macs = weights · positions
    reduce_3x3: Reduction
    reduce_5x5: Reduction
    weights: int
    naive_weights: int
    naive_c_out: int  # the naive pool branch hands on all its input channels, so channels only grow


@lru_cache(maxsize=1)
def layer_costs(num_classes: int = 1000, size: int = 224) -> tuple[Cost, ...]:
    """Weights and multiply-adds of every line of Table 1 that has any, counted on a forward pass.

    A real pass takes a third of a second; torch's meta device would first import the compiler, for seconds.
    """
    counted = {row.name: [0, 0] for row in TABLE_1 if row.params}
    network = GoogLeNet(num_classes, size).eval()

    def counter(line: list[int]):
        def count(layer: nn.Module, _: tuple, out: Tensor) -> None:
            per_output = layer.weight[0].numel()
            line[0] += layer.weight.numel()
            line[1] += out.numel() * per_output

        return count

    for name, layer in network.named_modules():
        line = counted.get(line_of(name))
        if line is not None and isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(counter(line))
    with torch.inference_mode():
        network(torch.zeros(1, 3, size, size))
    return tuple(
        Cost(row.name, row.kind, *counted[row.name], Printed.parse(row.params), Printed.parse(row.ops))
        for row in TABLE_1
        if row.params
    )


def line_of(module_name: str) -> str:
    """The line of Table 1 that a module of the network belongs to: 'inceptions.3a.conv1x1' to '3a'."""
    first, *rest = module_name.split(".")
    return rest[0] if first == "inceptions" and rest else first.removesuffix("_reduce")


def module_costs() -> dict[str, ModuleCost]:
    """The nine modules at 224 x 224 by name, each against its naive version."""
    c_in, found = _c_in(INCEPTIONS[0]), {}
    for row in INCEPTIONS:
        three = Reduction(3, c_in, row.n3x3_reduce, row.n3x3)
        five = Reduction(5, c_in, row.n5x5_reduce, row.n5x5)
        found[row.name] = ModuleCost(
            name=row.name,
            c_in=c_in,
            c_out=row.out[2],
            positions=row.out[0] * row.out[1],
            reduce_3x3=three,
            reduce_5x5=five,
            weights=c_in * (row.n1x1 + row.n_pool) + three.bottleneck + five.bottleneck,
            naive_weights=c_in * row.n1x1 + three.naive + five.naive,
            naive_c_out=row.n1x1 + row.n3x3 + row.n5x5 + c_in,
        )
        c_in = row.out[2]
    return found


def _c_in(row: Row) -> int:
    """Channels of the line before `row` in Table 1."""
    return TABLE_1[TABLE_1.index(row) - 1].out[2]
