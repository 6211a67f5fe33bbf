"""Inside the blocks of a trained net: what each adds for an image, how strong it responds, and what losing it costs.

A net that is handed over here, in eval mode, is moved to the device that `runtime` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from models.core import runtime
from models.core.resnet import Block, ResNet


@dataclass(frozen=True)
class Addition:
    """What one block does with one image, each as (C, H, W) float32, before the block's last ReLU."""

    x: np.ndarray  # the block's input
    residual: np.ndarray  # F(x)
    h: np.ndarray | None  # F(x) + x; None in a plain net, where F(x) is all there is


@runtime.quick
@torch.no_grad()
def look(network: ResNet, image: Tensor, block: int) -> Addition:
    """The block's part in what the net makes of `image` (C, H, W). `block` counts from 0."""
    x = before(runtime.placed(network), beside(network, image[None]), check(network, block))
    chosen = network.blocks[block]
    residual = chosen.residual(x)
    h = residual + chosen.shortcut(x) if chosen.skip else None
    return Addition(x[0].cpu().numpy(), residual[0].cpu().numpy(), None if h is None else h[0].cpu().numpy())


def beside(network: ResNet, images: Tensor) -> Tensor:
    """Images or labels on the net's device."""
    return images.to(network.linear.weight.device)


@runtime.quick
@torch.no_grad()
def responses(network: ResNet, images: Tensor) -> np.ndarray:
    """Standard deviation of every 3x3 layer's output, after batch norm and before anything else (Fig. 7).

    Over all of `images` (N, C, H, W), channels and pixels, with the running statistics; (layers,) float64.
    """
    x = network.bn(runtime.placed(network).conv(beside(network, images)))
    found = [spread(x)]
    x = F.relu(x)
    for block in network.blocks:
        found += [spread(block.bn1(block.conv1(x))), spread(block.residual(x))]
        x = block(x)
    return np.array(found)


@dataclass(frozen=True)
class Drop:
    """What a net loses with one block. Errors in % of the test images."""

    block: int  # counted from 0
    before: float
    after: float | None  # None: the block changes the shape, and nothing else would fit in its place


@runtime.quick
@torch.no_grad()
def drop(network: ResNet, block: int, images: Tensor, labels: Tensor) -> Drop:
    """The error with and without one block, which then passes its input on (Veit et al. 2016, arXiv 1605.06431)."""
    images = beside(runtime.placed(network), images)
    whole, x = before(network, images, len(network.blocks)), before(network, images, check(network, block))
    after = None if changes_shape(network.blocks[block]) else mistakes(network, rest(network, x, block + 1), labels)
    return Drop(block, mistakes(network, whole, labels), after)


@runtime.quick
@torch.no_grad()
def drops(network: ResNet, images: Tensor, labels: Tensor) -> Iterator[Drop]:
    """`drop` of every block in turn; what stands before the block is computed once."""
    images = beside(runtime.placed(network), images)
    whole = mistakes(network, before(network, images, len(network.blocks)), labels)
    x = before(network, images, 0)
    for number, block in enumerate(network.blocks):
        lost = None if changes_shape(block) else mistakes(network, rest(network, x, number + 1), labels)
        yield Drop(number, whole, lost)
        x = block(x)


def before(network: ResNet, images: Tensor, block: int) -> Tensor:
    """What reaches the block with this number, counted from 0; the last block's output for their count."""
    x = F.relu(network.bn(network.conv(images)))
    for passed in network.blocks[:block]:
        x = passed(x)
    return x


def rest(network: ResNet, x: Tensor, first: int) -> Tensor:
    """What the blocks from number `first` on make of `x`."""
    for block in network.blocks[first:]:
        x = block(x)
    return x


def mistakes(network: ResNet, maps: Tensor, labels: Tensor) -> float:
    """Share in % of wrong answers, given what leaves the last block (N, C, H, W)."""
    wrong = int((network.linear(maps.mean((2, 3))).argmax(1) != beside(network, labels)).sum())
    return 100 * wrong / len(labels)


def changes_shape(block: Block) -> bool:
    """Whether the block halves the maps and doubles the channels, as the first of the second and third stage does."""
    return block.stride != 1 or block.new_channels != 0


def check(network: ResNet, block: int) -> int:
    """The number itself. Raises ValueError, in words, for one that the net does not have."""
    if not 0 <= block < len(network.blocks):
        raise ValueError(f"this net has the blocks 1 to {len(network.blocks)}, not {block + 1}")
    return block


def spread(x: Tensor) -> float:
    return float(runtime.double(x).std(correction=0))
