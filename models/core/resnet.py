"""The 6n+2 nets of "Deep Residual Learning for Image Recognition", He et al. 2015 (arXiv 1512.03385), section 4.2.

`skip` is the whole comparison: a plain and a residual net have as many weights and differ in one addition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

INITS = ("kaiming", "xavier", "small")


def conv3x3(c_in: int, c_out: int, stride: int = 1, nets: int = 1, bias: bool = False) -> nn.Conv2d:
    """3x3 convolution that keeps the size (at stride 1), in each of `nets` nets side by side.

    Without bias where batch norm follows, which has its own.
    """
    return nn.Conv2d(nets * c_in, nets * c_out, 3, stride, padding=1, bias=bias, groups=nets)


class Block(nn.Module):
    """Two 3x3 convolutions, each followed by batch norm: Fig. 2 with `skip`, the plain counterpart without."""

    def __init__(self, c_in: int, c_out: int, stride: int, skip: bool, norm: bool = True, nets: int = 1):
        super().__init__()
        self.skip, self.stride, self.new_channels, self.nets = skip, stride, c_out - c_in, nets
        self.conv1 = conv3x3(c_in, c_out, stride, nets, bias=not norm)
        self.bn1 = nn.BatchNorm2d(nets * c_out) if norm else nn.Identity()
        self.conv2 = conv3x3(c_out, c_out, 1, nets, bias=not norm)
        self.bn2 = nn.BatchNorm2d(nets * c_out) if norm else nn.Identity()

    def residual(self, x: Tensor) -> Tensor:
        """F(x): (B, nets·c_in, H, W) to (B, nets·c_out, H/stride, W/stride)."""
        return self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))

    def shortcut(self, x: Tensor) -> Tensor:
        """x in the shape of F(x), without any weight (option A): every stride-th pixel, new channels zero."""
        if self.stride == 1 and self.new_channels == 0:
            return x
        of_each_net = x[:, :, :: self.stride, :: self.stride].unflatten(1, (self.nets, -1))
        return F.pad(of_each_net, (0, 0, 0, 0, 0, self.new_channels)).flatten(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """y = F(x) + x (Eq. 1), then ReLU; in a plain net y = F(x).

        ReLUs work in place: nothing needs their input again, and memory is what limits nets of this size.
        """
        h = self.residual(x) + self.shortcut(x) if self.skip else self.residual(x)
        return F.relu(h, inplace=True)


class ResNet(nn.Module):
    """`depth` = 6n+2 layers: a 3x3 convolution, three stages of n blocks, global average pool, linear layer.

    The stages have `width`, 2·`width` and 4·`width` channels, on maps of full, half and quarter size; the paper's
    nets for CIFAR-10 have `width` 16. Nets of the same shape and `generator` state start from the same weights.
    `norm` is batch norm; without it the convolutions have biases. `init` is one of INITS (see `initialise`).

    With `nets` > 1 it is as many nets side by side, computed as one: every parameter is theirs one after the other
    along its first dimension, and so are the channels of the input (`stacked`, `unstacked`).
    """

    def __init__(
        self,
        depth: int,
        skip: bool = True,
        width: int = 16,
        in_channels: int = 3,
        num_classes: int = 10,
        generator: torch.Generator | None = None,
        norm: bool = True,
        init: str = "kaiming",
        nets: int = 1,
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
            "norm": norm,
        }
        self.nets = nets
        self.conv = conv3x3(in_channels, width, 1, nets, bias=not norm)
        self.bn = nn.BatchNorm2d(nets * width) if norm else nn.Identity()
        self.blocks = cast("list[Block]", nn.ModuleList())  # ModuleList does not tell the type of its members
        c_in = width
        for c_out in (width, 2 * width, 4 * width):
            self.blocks.append(Block(c_in, c_out, c_out // c_in, skip, norm, nets))
            self.blocks.extend(Block(c_out, c_out, 1, skip, norm, nets) for _ in range(n - 1))
            c_in = c_out
        self.linear = nn.Linear(c_in, nets * num_classes)
        initialise(self, init, generator)

    def layers(self) -> list[tuple[nn.Conv2d, nn.Module]]:
        """The 3x3 convolutions in the order of the signal, each with its batch norm (or what stands in its place)."""
        inside = (pair for b in self.blocks for pair in ((b.conv1, b.bn1), (b.conv2, b.bn2)))
        return [(self.conv, self.bn), *inside]

    def features(self, x: Tensor) -> Tensor:
        """(B, nets·in_channels, H, W), any H and W, to the averaged maps of the last stage (B, nets·4·width)."""
        x = F.relu(self.bn(self.conv(x)), inplace=True)  # (B, width, H, W)
        for block in self.blocks:
            x = block(x)  # (B, 2·width, H/2, W/2) from the second stage on, (B, 4·width, H/4, W/4) in the third
        return x.mean((2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """(B, nets·in_channels, H, W) to logits (B, nets·num_classes)."""
        features = self.features(x)
        if self.nets == 1:
            return self.linear(features)
        of_each_net = features.unflatten(1, (self.nets, -1)).transpose(0, 1)  # (nets, B, 4·width)
        weight = self.linear.weight.unflatten(0, (self.nets, -1)).transpose(1, 2)  # (nets, 4·width, num_classes)
        return (of_each_net @ weight).transpose(0, 1).flatten(1) + self.linear.bias


def statistics(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """A batch norm's running mean and variance, (C,) each."""
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    return mean, variance


def initialise(network: nn.Module, init: str, generator: torch.Generator | None = None) -> None:
    """Draw the first weights; biases are zero.

    "kaiming": He et al. 2015 (arXiv 1502.01852), standard deviation sqrt(2 / inputs) before a ReLU, which keeps the
    variance through ReLU layers. "xavier": Glorot & Bengio 2010, sqrt(2 / (inputs + outputs)), made for layers
    without ReLU. "small": 0.01 everywhere, as in Krizhevsky et al. 2012. The last layer is the same in all three.
    """
    if init not in INITS:
        raise ValueError(f"init must be one of {', '.join(INITS)}, not {init!r}")
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            if init == "kaiming":
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            elif init == "xavier":
                nn.init.xavier_normal_(module.weight, generator=generator)
            else:
                nn.init.normal_(module.weight, std=0.01, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear", generator=generator)
            nn.init.zeros_(module.bias)


def stacked(networks: list[ResNet]) -> ResNet:
    """One net that computes all of these, of the same shape, at once; a single net is returned as it is."""
    if len(networks) == 1:
        return networks[0]
    together = ResNet(**networks[0].config, nets=len(networks))
    states = [network.state_dict() for network in networks]
    together.load_state_dict({k: torch.cat([s[k] for s in states]) if v.dim() else v for k, v in states[0].items()})
    return together


def unstacked(together: ResNet) -> Iterator[ResNet]:
    """The nets that `stacked` put together, one after the other, as they are by now."""
    if together.nets == 1:
        yield together
        return
    for k in range(together.nets):
        network = ResNet(**together.config)
        state = together.state_dict().items()
        network.load_state_dict({name: v.chunk(together.nets)[k] if v.dim() else v for name, v in state})
        yield network


def count_parameters(depth: int) -> int:
    """Number of trained weights of the paper's net for CIFAR-10 with `depth` layers.

    Two small nets are built and counted. Each further six layers add what the second net has more than the first.
    """
    eight, fourteen = (sum(p.numel() for p in ResNet(layers).parameters()) for layers in (8, 14))
    return eight + (fourteen - eight) * (depth - 8) // 6
