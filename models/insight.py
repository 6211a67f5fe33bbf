"""One picture's way through the trained GoogLeNet: what the three heads say and what every branch sees."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from models import artifacts
from models.googlenet import BRANCHES, INCEPTIONS, GoogLeNet, Row, normalise

WEIGHTS = "googlenet"
SEEN = 64  # pixels: the side of the training pictures, which were then scaled up to the network's size
TOP = 5

_loading = threading.Lock()  # two first visitors at once must not load the weights twice


@dataclass(frozen=True)
class Maps:
    """One branch's output. Of all channels the one with the largest mean comes first; all share one scale."""

    pixels: np.ndarray  # (C, H, W) uint8: 255 is `largest`, 0 is zero (ReLU leaves nothing below)
    channels: np.ndarray  # (C,) int: which channel of the branch each map is
    largest: float  # the branch's largest activation


@dataclass(frozen=True)
class Look:
    """What the trained network makes of one picture."""

    seen: np.ndarray  # (SEEN, SEEN, 3) uint8: the picture as the network gets it
    heads: dict[str, tuple[tuple[str, float], ...]]  # head to its five likeliest (class, probability)
    modules: dict[str, dict[str, Maps]]  # "3a" … "5b" to the four branches in the order of BRANCHES
    shapes: dict[str, tuple[int, ...]]  # (C, H, W) of "picture" and of every stage's output; (C,) of the average
    num_classes: int
    milliseconds: float  # of the forward pass


def look(image: np.ndarray) -> Look:
    """Run the trained network once on the central square of an RGB picture, (H, W, 3) uint8."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected (H, W, 3) uint8, not {image.shape} {image.dtype}")
    network, classes = trained()
    seen = shrink(image)
    x = normalise(F.interpolate(seen.float(), network.config["image_size"], mode="bilinear", align_corners=False))
    start = time.perf_counter()
    with torch.inference_mode():
        out = dict(network.stages(x))
        heads = network.heads(out)
    milliseconds = 1000 * (time.perf_counter() - start)
    return Look(
        seen=seen[0].permute(1, 2, 0).contiguous().numpy(),
        heads={name: likeliest(logits[0], classes) for name, logits in heads._asdict().items()},
        modules={row.name: branch_maps(out[row.name][0], row) for row in INCEPTIONS},
        shapes={name: tuple(stage.shape[1:]) for name, stage in ({"picture": x} | out).items()},
        num_classes=len(classes),
        milliseconds=milliseconds,
    )


def trained() -> tuple[GoogLeNet, tuple[str, ...]]:
    """The trained network in eval mode and the names of its classes.

    It stays on the CPU: one small picture takes a few hundredths of a second there, and no GPU has to be borrowed.
    """
    with _loading:
        return _load()


@lru_cache(maxsize=1)
def _load() -> tuple[GoogLeNet, tuple[str, ...]]:
    config = artifacts.certificate(WEIGHTS).config
    network = GoogLeNet(config["num_classes"], config["image_size"])
    classes = tuple(name.replace("_", " ") for name in config["classes"])
    return artifacts.load_weights(WEIGHTS, network), classes


def shrink(image: np.ndarray) -> Tensor:
    """The central square of an RGB picture, (H, W, 3) uint8, as (1, 3, SEEN, SEEN) uint8.

    The training pictures were 64 pixels wide and scaled up to 96. A picture that went straight to 96 would be
    sharper than anything the network has seen, so it first goes down to 64 as well.
    """
    h, w = image.shape[:2]
    side = min(h, w)
    top, left = (h - side) // 2, (w - side) // 2
    square = torch.from_numpy(image[top : top + side, left : left + side].copy()).permute(2, 0, 1)[None]
    return F.interpolate(square, SEEN, mode="bilinear", antialias=True)


def likeliest(logits: Tensor, classes: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """The TOP classes with the largest softmax of `logits` (num_classes), with their probabilities."""
    shares, at = logits.float().softmax(0).topk(TOP)
    return tuple((classes[i], p) for i, p in zip(at.tolist(), shares.tolist(), strict=True))


def branch_maps(out: Tensor, row: Row) -> dict[str, Maps]:
    """A module's output (C, H, W), which is its branches one after another, as the four branches' maps."""
    parts = out.split((row.n1x1, row.n3x3, row.n5x5, row.n_pool))
    return {branch: _maps(part) for branch, part in zip(BRANCHES, parts, strict=True)}


def _maps(part: Tensor) -> Maps:
    largest = part.max().item()
    order = part.mean((1, 2)).argsort(descending=True, stable=True)
    pixels = (part[order] * (255 / largest if largest else 0)).round().to(torch.uint8)
    return Maps(pixels.numpy(), order.numpy(), largest)
