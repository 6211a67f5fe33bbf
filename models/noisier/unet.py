"""The noise predictor: a small class-conditional U-Net. It knows nothing of diffusion but that there is a time.

Departures from the paper's network (appendix B), for speed on two CPU cores: pictures are folded 2x2 into channels
first, so the finest level is 16 x 16; fewer channels and levels; the class is added to the time embedding.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FOLD = 2  # pixels of a FOLD x FOLD square become channels
HEAD = 32  # channels of an attention head
MANY = 8  # rows, from which on it is faster on a CPU if channels come last: by a fifth with 30


def time_embedding(t: Tensor, dim: int) -> Tensor:
    """(B,) times to (B, dim): sines and cosines of geometrically spaced frequencies, as in the Transformer."""
    frequency = torch.exp(-math.log(10_000) * torch.arange(dim // 2, device=t.device) / (dim // 2))
    angle = t.float()[:, None] * frequency
    return torch.cat((angle.sin(), angle.cos()), dim=1)


class GroupNorm(nn.GroupNorm):
    """Group normalisation; torch's own takes five times as long on a CPU where a tensor's channels come last."""

    def forward(self, input: Tensor) -> Tensor:
        if input.is_contiguous() or not input.is_cpu:
            return super().forward(input)
        b, c, h, w = input.shape
        positions = input.permute(0, 2, 3, 1).reshape(b, h * w, c)
        mean, square = (of.mean(1).view(b, self.num_groups, -1).mean(2, True) for of in (positions, positions**2))
        variance = (square - mean**2).clamp(min=0)  # by rounding it can fall below
        scale = torch.rsqrt(variance + self.eps) * self.weight.view(self.num_groups, -1)
        shift = self.bias.view(self.num_groups, -1) - mean * scale
        return torch.addcmul(shift.view(b, c, 1, 1), input, scale.view(b, c, 1, 1))


class ResidualBlock(nn.Module):
    """Norm, SiLU, convolution, twice; in between the embedding scales and shifts; the input is added at the end."""

    def __init__(self, c_in: int, c_out: int, c_emb: int):
        super().__init__()
        self.norm1, self.conv1 = GroupNorm(8, c_in), nn.Conv2d(c_in, c_out, 3, padding=1)
        self.modulate = nn.Linear(c_emb, 2 * c_out)
        self.norm2, self.conv2 = GroupNorm(8, c_out), nn.Conv2d(c_out, c_out, 3, padding=1)
        self.shortcut = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()
        zero(self.conv2)

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        residual = self.conv1(F.silu(self.norm1(x), inplace=True))
        scale, shift = self.modulate(emb)[:, :, None, None].chunk(2, dim=1)
        residual = F.silu(self.norm2(residual) * (1 + scale) + shift, inplace=True)
        return self.shortcut(x) + self.conv2(residual)


class Attention(nn.Module):
    """Self-attention between all positions of a map, added to its input."""

    def __init__(self, channels: int):
        super().__init__()
        self.heads = channels // HEAD
        self.norm = GroupNorm(8, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.project = nn.Conv2d(channels, channels, 1)
        zero(self.project)

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        qkv = self.qkv(self.norm(x)).view(b, 3, self.heads, c // self.heads, h * w)
        q, k, v = qkv.transpose(-1, -2).unbind(1)  # each (B, heads, H·W, HEAD)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return x + self.project(mixed.transpose(-1, -2).reshape(b, c, h, w))


def zero(layer: nn.Module) -> None:
    """Set the layer's weights and biases to zero: what it adds begins as nothing."""
    for weights in layer.parameters():
        nn.init.zeros_(weights)


Pair = tuple[ResidualBlock, nn.Module]  # a block and its attention, or what stands in its place


def pairs() -> list[Pair]:
    """A ModuleList, with the type of its members, which its own type does not tell."""
    return cast("list[Pair]", nn.ModuleList())


class UNet(nn.Module):
    """(B, C, 32, 32), times (B,) and classes (B,) to a prediction of the input's shape.

    Class number `num_classes` stands for "no class": the network learns both with and without.
    """

    def __init__(self, channels: int, widths: tuple[int, ...], blocks: int, num_classes: int = 10, attention: int = 8):
        super().__init__()
        self.config = {
            "channels": channels, "widths": list(widths), "blocks": blocks, "num_classes": num_classes,
            "attention": attention,
        }  # fmt: skip
        self.num_classes = num_classes
        c_emb = 4 * widths[0]
        self.embed_time = nn.Sequential(nn.Linear(widths[0], c_emb), nn.SiLU(), nn.Linear(c_emb, c_emb))
        self.embed_class = nn.Embedding(num_classes + 1, c_emb)
        self.enter = nn.Conv2d(channels * FOLD**2, widths[0], 3, padding=1)

        def block(c_in: int, c_out: int, size: int) -> Pair:
            attend = Attention(c_out) if size <= attention else nn.Identity()
            return cast("Pair", nn.ModuleList((ResidualBlock(c_in, c_out, c_emb), attend)))

        size, c = 32 // FOLD, widths[0]
        self.down, self.shrink, kept = pairs(), nn.ModuleList(), [c]
        for level, width in enumerate(widths):
            for _ in range(blocks):
                self.down.append(block(c, width, size))
                kept.append(c := width)
            if level < len(widths) - 1:
                self.shrink.append(nn.Conv2d(c, c, 3, stride=2, padding=1))
                kept.append(c)
                size //= 2
        self.middle = pairs()
        self.middle.extend((block(c, c, size), block(c, c, size)))
        self.up, self.grow = pairs(), nn.ModuleList()
        for level, width in reversed(tuple(enumerate(widths))):
            for _ in range(blocks + 1):
                self.up.append(block(c + kept.pop(), width, size))
                c = width
            if level:
                self.grow.append(nn.Conv2d(c, c, 3, padding=1))
                size *= 2
        last = nn.Conv2d(c, channels * FOLD**2, 3, padding=1)
        zero(last)
        self.leave = nn.Sequential(GroupNorm(8, c), nn.SiLU(), last)

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
        emb = F.silu(self.embed_time(time_embedding(t, self.enter.out_channels)) + self.embed_class(y))
        blocks = self.config["blocks"]

        x = self.enter(F.pixel_unshuffle(x, FOLD))  # (B, widths[0], 16, 16)
        if len(x) >= MANY and x.is_cpu:
            x = x.contiguous(memory_format=torch.channels_last)
        kept = [x]
        for i, (residual, attend) in enumerate(self.down):
            kept.append(x := attend(residual(x, emb)))
            if (i + 1) % blocks == 0 and i + 1 < len(self.down):
                kept.append(x := self.shrink[i // blocks](x))
        for residual, attend in self.middle:
            x = attend(residual(x, emb))
        for i, (residual, attend) in enumerate(self.up):
            x = attend(residual(torch.cat((x, kept.pop()), dim=1), emb))
            if (i + 1) % (blocks + 1) == 0 and i + 1 < len(self.up):
                x = self.grow[i // (blocks + 1)](F.interpolate(x, scale_factor=2.0))
        return F.pixel_shuffle(self.leave(x), FOLD)
