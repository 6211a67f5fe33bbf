"""GoogLeNet as printed: "Going Deeper with Convolutions", Szegedy et al. 2014 (arXiv 1409.4842).

The 5x5 branch is a real 5x5 convolution, normalisation is local response normalisation, there is no batch norm,
and both auxiliary heads are present.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BRANCHES = ("1x1", "3x3", "5x5", "pool")


@dataclass(frozen=True)
class Row:
    """One line of Table 1. Widths are output channels; the printed columns are the paper's own text."""

    name: str
    kind: str  # "conv", "pool", "inception" or "linear"
    out: tuple[int, int, int]  # (height, width, channels) for a 224 x 224 image
    n1x1: int = 0
    n3x3_reduce: int = 0
    n3x3: int = 0
    n5x5_reduce: int = 0
    n5x5: int = 0
    n_pool: int = 0
    params: str = ""
    ops: str = ""


TABLE_1 = (
    Row("conv1", "conv", (112, 112, 64), params="2.7K", ops="34M"),
    Row("pool1", "pool", (56, 56, 64)),
    Row("conv2", "conv", (56, 56, 192), n3x3_reduce=64, n3x3=192, params="112K", ops="360M"),
    Row("pool2", "pool", (28, 28, 192)),
    Row("3a", "inception", (28, 28, 256), 64, 96, 128, 16, 32, 32, "159K", "128M"),
    Row("3b", "inception", (28, 28, 480), 128, 128, 192, 32, 96, 64, "380K", "304M"),
    Row("pool3", "pool", (14, 14, 480)),
    Row("4a", "inception", (14, 14, 512), 192, 96, 208, 16, 48, 64, "364K", "73M"),
    Row("4b", "inception", (14, 14, 512), 160, 112, 224, 24, 64, 64, "437K", "88M"),
    Row("4c", "inception", (14, 14, 512), 128, 128, 256, 24, 64, 64, "463K", "100M"),
    Row("4d", "inception", (14, 14, 528), 112, 144, 288, 32, 64, 64, "580K", "119M"),
    Row("4e", "inception", (14, 14, 832), 256, 160, 320, 32, 128, 128, "840K", "170M"),
    Row("pool4", "pool", (7, 7, 832)),
    Row("5a", "inception", (7, 7, 832), 256, 160, 320, 32, 128, 128, "1072K", "54M"),
    Row("5b", "inception", (7, 7, 1024), 384, 192, 384, 48, 128, 128, "1388K", "71M"),
    Row("avgpool", "pool", (1, 1, 1024)),
    Row("linear", "linear", (1, 1, 1000), params="1000K", ops="1M"),
)
INCEPTIONS = tuple(row for row in TABLE_1 if row.kind == "inception")


class ConvReLU(nn.Conv2d):
    """Convolution that keeps the size (at stride 1), with bias, then ReLU: every convolution of the network."""

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: int = 1):
        super().__init__(c_in, c_out, kernel, stride, padding=kernel // 2)
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(super().forward(input))


class LocalResponseNorm(nn.Module):
    """x / (1 + alpha/size * sum of x² over 5 neighbouring channels)^0.75.

    After AlexNet (Krizhevsky et al. 2012, section 3.3); division by the size and 1 as in Caffe, where AlexNet has
    none and k = 2. GoogLeNet's paper does not print its constants. The sum over neighbours is written as
    a banded 1x1 convolution, which a CPU computes faster than torch's pooling over a padded fifth dimension.
    """

    SIZE, ALPHA = 5, 1e-4

    def __init__(self, channels: int):
        super().__init__()
        at = torch.arange(channels)
        band = ((at[:, None] - at[None, :]).abs() <= self.SIZE // 2).float() * (self.ALPHA / self.SIZE)
        self.band: Tensor
        self.register_buffer("band", band[:, :, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        scale = 1 + F.conv2d(x * x, self.band).float()
        return x * torch.rsqrt(scale * scale.sqrt()).to(x.dtype)  # scale^-3/4


class Inception(nn.Module):
    """One module (Fig. 2b): four branches that see the same input, concatenated along the channels."""

    def __init__(self, c_in: int, row: Row):
        super().__init__()
        self.conv1x1 = ConvReLU(c_in, row.n1x1, 1)
        self.reduce3x3 = ConvReLU(c_in, row.n3x3_reduce, 1)
        self.conv3x3 = ConvReLU(row.n3x3_reduce, row.n3x3, 3)
        self.reduce5x5 = ConvReLU(c_in, row.n5x5_reduce, 1)
        self.conv5x5 = ConvReLU(row.n5x5_reduce, row.n5x5, 5)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.project = ConvReLU(c_in, row.n_pool, 1)

    def branches(self, x: Tensor) -> dict[str, Tensor]:
        """(B, c_in, H, W) to the four named outputs, each (B, its channels, H, W), in the order of BRANCHES."""
        return {
            "1x1": self.conv1x1(x),
            "3x3": self.conv3x3(self.reduce3x3(x)),
            "5x5": self.conv5x5(self.reduce5x5(x)),
            "pool": self.project(self.pool(x)),
        }

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat(tuple(self.branches(x).values()), dim=1)


class AuxiliaryHead(nn.Module):
    """Section 5: 5x5/3 average pool, 1x1 convolution with 128 filters, 1024 units, 70 % dropout, linear."""

    def __init__(self, c_in: int, map_size: int, num_classes: int):
        super().__init__()
        pooled = (map_size - 5) // 3 + 1
        self.pool = nn.AvgPool2d(5, stride=3)
        self.conv = ConvReLU(c_in, 128, 1)
        self.hidden = nn.Linear(128 * pooled * pooled, 1024)
        self.dropout = nn.Dropout(0.7)
        self.linear = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.pool(x)).flatten(1)  # (B, 128·pooled²)
        return self.linear(self.dropout(F.relu(self.hidden(x))))


class Heads(NamedTuple):
    """Logits, each (B, num_classes): the two auxiliary classifiers and the main one, in the order of the network."""

    aux_4a: Tensor
    aux_4d: Tensor
    main: Tensor


class MainHead(NamedTuple):
    """Logits (B, num_classes) of a network without auxiliary heads."""

    main: Tensor


class Staged(nn.Module):
    """What this GoogLeNet and others have in common: stages that can be followed one by one, from any of them on."""

    config: dict[str, int]  # with "num_classes" and "image_size"
    inceptions: dict[str, Inception]  # by name, in their order
    linear: nn.Linear  # the last layer of the main head

    def layers(self) -> dict[str, Callable[[Tensor], Tensor]]:
        """The stages of the trunk by name, up to the pooled 1024 features."""
        raise NotImplementedError

    def heads(self, out: Mapping[str, Tensor]) -> Heads | MainHead:
        """The logits of the heads, from the outputs of `stages` by name."""
        raise NotImplementedError

    def stages(self, x: Tensor, after: str = "") -> Iterator[tuple[str, Tensor]]:
        """(name, output) of every stage, from the picture on, (B, 3, S, S), or from the output of the stage `after`."""
        names = list(layers := self.layers())
        for name in names[names.index(after) + 1 if after else 0 :]:
            yield name, (x := layers[name](x))


def average(x: Tensor) -> Tensor:
    """(B, C, H, W) to (B, C): the mean over all positions."""
    return x.mean((2, 3))


class GoogLeNet(Staged):
    """The network of Table 1 for square images of `image_size` pixels (80 or more, so that both heads fit)."""

    def __init__(self, num_classes: int = 1000, image_size: int = 224):
        super().__init__()
        if image_size < 80:
            raise ValueError(f"image_size must be at least 80, not {image_size}: the auxiliary pool needs a 5x5 map")
        self.config = {"num_classes": num_classes, "image_size": image_size}
        self.conv1 = ConvReLU(3, 64, 7, stride=2)
        self.lrn1: nn.Module = LocalResponseNorm(64)
        self.conv2_reduce = ConvReLU(64, 64, 1)
        self.conv2 = ConvReLU(64, 192, 3)
        self.lrn2: nn.Module = LocalResponseNorm(192)
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)

        self.inceptions = cast("dict[str, Inception]", nn.ModuleDict())  # ModuleDict does not tell its members' type
        c_in = 192
        for row in INCEPTIONS:
            self.inceptions[row.name] = Inception(c_in, row)
            c_in = row.out[2]
        map_size = -(-image_size // 16)  # of module 4: four halvings, each rounded up
        self.aux_4a = AuxiliaryHead(512, map_size, num_classes)
        self.aux_4d = AuxiliaryHead(528, map_size, num_classes)
        self.dropout = nn.Dropout(0.4)
        self.linear = nn.Linear(1024, num_classes)

    def layers(self) -> dict[str, Callable[[Tensor], Tensor]]:
        """The stages, whose outputs are written beside them: (B, channels, height, width)."""
        modules = self.inceptions
        return {
            "conv1": self.conv1,  # (B, 64, S/2, S/2)
            "pool1": self.pool,
            "lrn1": self.lrn1,  # (B, 64, S/4, S/4)
            "conv2_reduce": self.conv2_reduce,
            "conv2": self.conv2,
            "lrn2": self.lrn2,  # (B, 192, S/4, S/4)
            "pool2": self.pool,
            **{name: modules[name] for name in ("3a", "3b")},  # (B, ·, S/8, S/8)
            "pool3": self.pool,
            **{name: modules[name] for name in ("4a", "4b", "4c", "4d", "4e")},  # (B, ·, S/16, S/16)
            "pool4": self.pool,
            **{name: modules[name] for name in ("5a", "5b")},  # (B, ·, S/32, S/32)
            "avgpool": average,  # (B, 1024)
        }

    def heads(self, out: Mapping[str, Tensor]) -> Heads:
        """The logits of the three heads, from the outputs of `stages` by name."""
        return Heads(self.aux_4a(out["4a"]), self.aux_4d(out["4d"]), self.linear(self.dropout(out["avgpool"])))

    def forward(self, x: Tensor) -> Heads:
        """(B, 3, S, S), normalised by `normalise`, to the logits of the three heads."""
        return self.heads(dict(self.stages(x)))


def normalise(images: Tensor) -> Tensor:
    """uint8 (B, 3, S, S) in 0..255 to float in about -2..2: ImageNet's mean and standard deviation per channel."""
    mean = images.new_tensor((123.7, 116.3, 103.5), dtype=torch.float32).view(3, 1, 1)
    std = images.new_tensor((58.4, 57.1, 57.4), dtype=torch.float32).view(3, 1, 1)
    return (images.float() - mean) / std
