"""Which pixels of the picture a position of a feature map depends on: by arithmetic, and by its gradient."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.wider.googlenet import BRANCHES, INCEPTIONS, Staged


@dataclass(frozen=True)
class Field:
    """The receptive field along one side: position i of a map sees pixels start + i·jump … start + i·jump + size - 1.

    Some of them lie outside the picture: that is the padding. Arithmetic as in Araujo, Norris & Sim 2019 ("Computing
    Receptive Fields of Convolutional Neural Networks", Distill).
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    def through(self, kernel: int, stride: int = 1) -> Field:
        """The field after a convolution or a pooling whose window keeps the size of the map (at stride 1)."""
        return self._window(kernel, stride, padding=kernel // 2)

    def pooled(self, kernel: int, stride: int = 2) -> Field:
        """The field after a pooling without padding."""
        return self._window(kernel, stride, padding=0)

    def _window(self, kernel: int, stride: int, padding: int) -> Field:
        return Field(self.size + (kernel - 1) * self.jump, self.jump * stride, self.start - padding * self.jump)

    def pixels(self, position: int) -> tuple[int, int]:
        """The first pixel that a position sees and the one after the last; either may lie outside the picture."""
        first = self.start + position * self.jump
        return first, first + self.size


def fields(widest: int = 5, last_pool: int = 3) -> dict[str, dict[str, Field]]:
    """The receptive field of every branch of every module, of the paper's network by default.

    `widest`: side of the filters in the branch called 5x5; `last_pool`: side of the pooling before 5a. They are those
    that differ in other networks of this kind.
    """
    field = Field().through(7, stride=2).pooled(3).through(3).pooled(3)  # conv1, pool1, conv2, pool2
    found = {}
    for row in INCEPTIONS:
        if row.name == "4a":
            field = field.pooled(3)
        elif row.name == "5a":
            field = field.pooled(last_pool)
        kernels = dict(zip(BRANCHES, (1, 3, widest, 3), strict=True))
        found[row.name] = {branch: field.through(kernel) for branch, kernel in kernels.items()}
        field = max(found[row.name].values(), key=lambda branch: branch.size)
    return found


def influence(network: Staged, x: Tensor, module: str, branch: str, channel: int, position: tuple[int, int]) -> Tensor:
    """How much each pixel moves one activation: the length of its gradient over the three colours, (S, S).

    x (1, 3, S, S) is the picture as it enters the network; `position` is (row, column) on the map of that channel.
    All zero where ReLU has switched the activation off.
    """
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        before = x
        for name, out in network.stages(x):
            if name == module:
                break
            before = out
        activation = network.inceptions[module].branches(before)[branch][0, channel][position]
        (gradient,) = torch.autograd.grad(activation, x)
    return gradient[0].norm(dim=0)
