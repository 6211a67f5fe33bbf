"""What each line of GoogLeNet's Table 1 costs: counted on the running network, and as the paper prints it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor, nn

from models.wider.googlenet import INCEPTIONS, TABLE_1, GoogLeNet

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
        apart = abs(self.printed_macs.value - self.printed_weights.value * self.positions)
        return apart > self.printed_macs.slack + self.printed_weights.slack * self.positions

    @property
    def positions(self) -> int:
        return self.macs // self.weights

    @property
    def needed(self) -> tuple[float, float]:
        """The fewest and the most weights that round to the printed multiply-adds."""
        value, half = self.printed_macs.value, self.printed_macs.unit / 2
        return (value - half) / self.positions, (value + half) / self.positions

    @property
    def contradicts_its_rounding(self) -> bool:
        """The same without the 1 %: whether no number of weights rounds to both printed cells."""
        (low, high), half = self.needed, self.printed_weights.unit / 2
        return high < self.printed_weights.value - half or low > self.printed_weights.value + half


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
    side: int  # of its square maps
    n1x1: int
    n3x3_reduce: int
    n3x3: int
    n5x5_reduce: int
    n5x5: int
    n_pool: int

    @property
    def positions(self) -> int:
        """Height times width of the maps. A weight is used once at each of them, so macs = weights · positions."""
        return self.side**2

    @property
    def reduce_3x3(self) -> Reduction:
        return Reduction(3, self.c_in, self.n3x3_reduce, self.n3x3)

    @property
    def reduce_5x5(self) -> Reduction:
        return Reduction(5, self.c_in, self.n5x5_reduce, self.n5x5)

    @property
    def c_out(self) -> int:
        return self.n1x1 + self.n3x3 + self.n5x5 + self.n_pool

    @property
    def weights(self) -> int:
        return self.c_in * (self.n1x1 + self.n_pool) + self.reduce_3x3.bottleneck + self.reduce_5x5.bottleneck

    @property
    def naive_c_out(self) -> int:
        """The naive pool branch hands on all its input channels, so channels only grow."""
        return self.n1x1 + self.n3x3 + self.n5x5 + self.c_in

    @property
    def naive_weights(self) -> int:
        return self.c_in * self.n1x1 + self.reduce_3x3.naive + self.reduce_5x5.naive


def stacked(module: ModuleCost, count: int) -> list[tuple[ModuleCost, ModuleCost]]:
    """`count` modules of the same widths, one behind the other: (the naive one, the one with reductions) each.

    The second of them gets what the first puts out, and so on.
    """
    rows = [(module, module)]
    for _ in range(count - 1):
        naive, reduced = rows[-1]
        rows.append((replace(naive, c_in=naive.naive_c_out), replace(reduced, c_in=reduced.c_out)))
    return rows


@lru_cache(maxsize=1)
def layer_costs(num_classes: int = 1000, size: int = 224) -> tuple[Cost, ...]:
    """Weights and multiply-adds of every line of Table 1 that has any, counted on a forward pass.

    A real pass takes a third of a second; torch's meta device would first import the compiler, for seconds.
    """
    counted = {row.name: [0, 0] for row in TABLE_1 if row.params}
    network = GoogLeNet(num_classes, size).eval()

    def counter(line: list[int]):
        def count(layer: nn.Module, _: tuple, out: Tensor) -> None:
            assert isinstance(layer, nn.Conv2d | nn.Linear)
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
    found = []
    for row in TABLE_1:
        if row.params:
            weights, macs = counted[row.name]
            found.append(Cost(row.name, row.kind, weights, macs, Printed.parse(row.params), Printed.parse(row.ops)))
    return tuple(found)


def printed_weights() -> float:
    """The sum of Table 1's column of parameters."""
    return sum(Printed.parse(row.params).value for row in TABLE_1 if row.params)


def weights() -> int:
    """Weights of the whole network without biases, as it answers: without auxiliary heads."""
    layers = (layer for name, layer in GoogLeNet().named_modules() if not name.startswith("aux"))
    return sum(layer.weight.numel() for layer in layers if isinstance(layer, nn.Conv2d | nn.Linear))


def line_of(module_name: str) -> str:
    """The line of Table 1 that a module of the network belongs to: 'inceptions.3a.conv1x1' to '3a'."""
    first, *rest = module_name.split(".")
    return rest[0] if first == "inceptions" and rest else first.removesuffix("_reduce")


def module_costs() -> dict[str, ModuleCost]:
    """The nine modules at 224 x 224 by name, each against its naive version."""
    c_in, found = TABLE_1[TABLE_1.index(INCEPTIONS[0]) - 1].out[2], {}
    for row in INCEPTIONS:
        widths = (row.n1x1, row.n3x3_reduce, row.n3x3, row.n5x5_reduce, row.n5x5, row.n_pool)
        found[row.name] = ModuleCost(row.name, c_in, row.out[0], *widths)
        c_in = row.out[2]
    return found
