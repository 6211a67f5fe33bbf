"""The 6n+2 nets of "Deep Residual Learning for Image Recognition", He et al. 2015 (arXiv 1512.03385), section 4.2.

`skip` is the whole comparison: a plain and a residual net have the same weights and differ in one addition.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def conv3x3(c_in: int, c_out: int, stride: int = 1) -> nn.Conv2d:
    """3x3 convolution that keeps the size (at stride 1). Without bias: batch norm follows and has its own."""
    return nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False)


class Block(nn.Module):
    """Two 3x3 convolutions, each followed by batch norm: Fig. 2 with `skip`, the plain counterpart without."""

    def __init__(self, c_in: int, c_out: int, stride: int, skip: bool):
        super().__init__()
        self.skip, self.stride, self.new_channels = skip, stride, c_out - c_in
        self.conv1 = conv3x3(c_in, c_out, stride)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.conv2 = conv3x3(c_out, c_out)
        self.bn2 = nn.BatchNorm2d(c_out)

    def residual(self, x: Tensor) -> Tensor:
        """F(x): (B, c_in, H, W) to (B, c_out, H/stride, W/stride)."""
        return self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))

    def shortcut(self, x: Tensor) -> Tensor:
        """x in the shape of F(x), without any weight (option A): every stride-th pixel, new channels zero."""
        if self.stride == 1 and self.new_channels == 0:
            return x
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new_channels))

    def forward(self, x: Tensor) -> Tensor:
        """H(x) = F(x) + x (Eq. 1), then ReLU; in a plain net H(x) = F(x)."""
        h = self.residual(x) + self.shortcut(x) if self.skip else self.residual(x)
        return F.relu(h)


class ResNet(nn.Module):
    """`depth` = 6n+2 layers: a 3x3 convolution, three stages of n blocks, global average pool, linear layer.

    The stages have `width`, 2·`width` and 4·`width` channels, on maps of full, half and quarter size; the paper's
    nets for CIFAR-10 have `width` 16. Nets of the same shape and `generator` state start from the same weights.
    """

    def __init__(
        self,
        depth: int,
        skip: bool = True,
        width: int = 16,
        in_channels: int = 3,
        num_classes: int = 10,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        n, rest = divmod(depth - 2, 6)
        if n < 1 or rest:
            raise ValueError(f"depth must be 6n+2 (8, 14, 20, ...), not {depth}")
        self.config = {
            "depth": depth,
            "skip": skip,
            "width": width,
            "in_channels": in_channels,
            "num_classes": num_classes,
        }
        self.conv = conv3x3(in_channels, width)
        self.bn = nn.BatchNorm2d(width)
        self.blocks = nn.ModuleList()
        c_in = width
        for c_out in (width, 2 * width, 4 * width):
            self.blocks.append(Block(c_in, c_out, stride=c_out // c_in, skip=skip))
            self.blocks.extend(Block(c_out, c_out, stride=1, skip=skip) for _ in range(n - 1))
            c_in = c_out
        self.linear = nn.Linear(c_in, num_classes)
        he_initialise(self, generator)

    def features(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W), any H and W, to the averaged maps of the last stage (B, 4·width)."""
        x = F.relu(self.bn(self.conv(x)))  # (B, width, H, W)
        for block in self.blocks:
            x = block(x)  # (B, 2·width, H/2, W/2) from the second stage on, (B, 4·width, H/4, W/4) in the third
        return x.mean((2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) to logits (B, num_classes)."""
        return self.linear(self.features(x))


def he_initialise(network: nn.Module, generator: torch.Generator | None = None) -> None:
    """Weights of He et al. 2015 (arXiv 1502.01852): standard deviation sqrt(2 / inputs) before a ReLU."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        elif isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear", generator=generator)
            nn.init.zeros_(module.bias)


def count_parameters(depth: int) -> int:
    """Number of trained weights of the paper's net for CIFAR-10 with `depth` layers.

    Two small nets are built and counted; every six layers more add what the second has more than the first.
    """
    eight, fourteen = (sum(p.numel() for p in ResNet(layers).parameters()) for layers in (8, 14))
    return eight + (fourteen - eight) * (depth - 8) // 6
