"""One picture's way through a trained GoogLeNet: what the three heads say and what every branch sees."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models import artifacts, receptive
from models.googlenet import BRANCHES, INCEPTIONS, GoogLeNet, Row, normalise
from models.receptive import Field

WEIGHTS = "googlenet"
SEEN = 64  # pixels: the side of the training pictures, which were then scaled up to the network's size
TOP = 5
STEM = ("conv1", "pool1", "lrn1", "conv2", "lrn2", "pool2")  # stages before the modules whose outputs are kept
NORMS = (("pool1", "lrn1"), ("conv2", "lrn2"))  # those before and after each local response normalisation

_loading = threading.Lock()  # two first visitors at once must not load the weights twice


@dataclass(frozen=True)
class Known:
    """A trained network that pictures can be sent through. It stays on the CPU, in eval mode.

    `network` has what GoogLeNet has: `stages(x)`, `heads(out)`, `inceptions[name].branches(x)`, `config["image_size"]`.
    """

    network: nn.Module
    classes: tuple[str, ...]
    seen: int | None  # pixels: the side to which pictures shrink before they are scaled to the network's size
    normalise: Callable[[Tensor], Tensor]  # (B, 3, S, S) in 0..255 to what the network takes
    rows: tuple[Row, ...]  # the modules with the channels of their branches
    fields: dict[str, dict[str, Field]]  # module, branch: the receptive field


@dataclass(frozen=True)
class Maps:
    """One branch's output. Of all channels the one with the largest mean comes first; all share one scale."""

    pixels: np.ndarray  # (C, H, W) uint8: 255 is `largest`, 0 is zero (ReLU leaves nothing below)
    channels: np.ndarray  # (C,) int: which channel of the branch each map is
    means: np.ndarray  # (C,) float: mean activation of each map
    maxima: np.ndarray  # (C,) float: largest activation of each map
    largest: float  # the branch's largest activation


@dataclass(frozen=True, eq=False)  # two looks are never compared by their numbers
class Look:
    """What a trained network makes of one picture."""

    known: str  # the network, for `known`
    seen: np.ndarray  # (S, S, 3) uint8: the picture as the network gets it
    heads: dict[str, tuple[tuple[str, float], ...]]  # head to its five likeliest (class, probability)
    outputs: dict[str, np.ndarray]  # (C, H, W) float32 of the modules "3a" … "5b" and of the stages in STEM
    shapes: dict[str, tuple[int, ...]]  # (C, H, W) of "picture" and of every stage's output; (C,) of the average
    num_classes: int
    milliseconds: float  # of the forward pass

    def maps(self, module: str) -> dict[str, Maps]:
        """The four branches of a module in the order of BRANCHES. Made when asked for: nobody looks at all nine."""
        row = next(row for row in known(self.known).rows if row.name == module)
        ends = np.cumsum((row.n1x1, row.n3x3, row.n5x5, row.n_pool))
        parts = np.split(self.outputs[module], ends[:-1])
        return {branch: _maps(part) for branch, part in zip(BRANCHES, parts, strict=True)}


def look(image: np.ndarray, name: str = "tiny") -> Look:
    """Run a trained network once on the central square of an RGB picture, (H, W, 3) uint8."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected (H, W, 3) uint8, not {image.shape} {image.dtype}")
    used = known(name)
    seen = shrink(image, used.seen or used.network.config["image_size"])
    x = enter(seen, used)
    start = time.perf_counter()
    with torch.inference_mode():
        out = dict(used.network.stages(x))
        heads = used.network.heads(out)
    milliseconds = 1000 * (time.perf_counter() - start)
    kept = {row.name for row in used.rows} | set(STEM)
    return Look(
        known=name,
        seen=seen[0].permute(1, 2, 0).contiguous().numpy(),
        heads={head: likeliest(logits[0], used.classes) for head, logits in heads._asdict().items()},
        outputs={stage: value[0].float().numpy() for stage, value in out.items() if stage in kept},
        shapes={stage: tuple(value.shape[1:]) for stage, value in ({"picture": x} | out).items()},
        num_classes=len(used.classes),
        milliseconds=milliseconds,
    )


def known(name: str = "tiny") -> Known:
    """A trained network by the name that it has in KNOWN."""
    with _loading:
        return _load(name)


def trained() -> tuple[nn.Module, tuple[str, ...]]:
    """This project's own network and the names of its classes."""
    own = known()
    return own.network, own.classes


@cache
def _load(name: str) -> Known:
    return KNOWN[name]()


def _tiny() -> Known:
    """This project's network, trained on 52 classes of Tiny ImageNet."""
    config = artifacts.certificate(WEIGHTS).config
    network = artifacts.load_weights(WEIGHTS, GoogLeNet(config["num_classes"], config["image_size"]))
    classes = tuple(name.replace("_", " ") for name in config["classes"])
    return Known(network, classes, SEEN, normalise, INCEPTIONS, receptive.fields())


KNOWN: dict[str, Callable[[], Known]] = {"tiny": _tiny}


def shrink(image: np.ndarray, side: int = SEEN) -> Tensor:
    """The central square of an RGB picture, (H, W, 3) uint8, as (1, 3, side, side) uint8.

    The training pictures were 64 pixels wide and scaled up to 96. A picture that went straight to 96 would be
    sharper than anything the network has seen, so it first goes down to 64 as well.
    """
    h, w = image.shape[:2]
    short = min(h, w)
    top, left = (h - short) // 2, (w - short) // 2
    square = torch.from_numpy(image[top : top + short, left : left + short].copy()).permute(2, 0, 1)[None]
    return F.interpolate(square, side, mode="bilinear", antialias=True)


def enter(seen: Tensor, used: Known) -> Tensor:
    """(1, 3, side, side) uint8 as it enters the network: at the network's size, normalised."""
    size = used.network.config["image_size"]
    return used.normalise(F.interpolate(seen.float(), size, mode="bilinear", align_corners=False))


def influence(seen: Look, module: str, branch: str, channel: int, position: tuple[int, int]) -> np.ndarray:
    """How much each pixel of the picture moves one activation, (S, S) float32: see receptive.influence."""
    used = known(seen.known)
    x = enter(torch.from_numpy(seen.seen).permute(2, 0, 1)[None], used)
    return receptive.influence(used.network, x, module, branch, channel, position).numpy()


def likeliest(logits: Tensor, classes: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """The TOP classes with the largest softmax of `logits` (num_classes), with their probabilities."""
    shares, at = logits.float().softmax(0).topk(TOP)
    return tuple((classes[i], p) for i, p in zip(at.tolist(), shares.tolist(), strict=True))


def _maps(part: np.ndarray) -> Maps:
    means, maxima = part.mean((1, 2)), part.max((1, 2))
    largest = float(maxima.max())
    order = np.argsort(-means, kind="stable")
    pixels = np.rint(part[order] * (255 / largest if largest else 0)).astype(np.uint8)
    return Maps(pixels, order, means[order], maxima[order], largest)
