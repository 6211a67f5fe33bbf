"""One picture's way through a trained GoogLeNet: what the three heads say and what every branch sees."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from models.core import artifacts, runtime
from models.wider import receptive
from models.wider.googlenet import BRANCHES, INCEPTIONS, GoogLeNet, LocalResponseNorm, Row, Staged, normalise
from models.wider.receptive import Field

WEIGHTS = "googlenet"
SEEN = 64  # pixels: the side of the training pictures, which were then scaled up to the network's size
TOP = 5
STEM = ("conv1", "pool1", "lrn1", "conv2", "lrn2", "pool2")  # stages before the modules whose outputs are kept
NORMS = (("pool1", "lrn1"), ("conv2", "lrn2"))  # those before and after each local response normalisation
PIXELS = 58  # by about which `googlenet.normalise` divides the pixels of 0 to 255

_loading = threading.Lock()  # two first visitors at once must not load the weights twice


@dataclass(frozen=True)
class Trained:
    """A trained network that pictures can be sent through, in eval mode."""

    network: Staged
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


@dataclass(frozen=True, eq=False)  # two passes are never compared by their numbers
class Pass:
    """One picture's way through a trained network: all that the views show of it, and all that they compute from."""

    network: str  # its name, for `trained`
    seen: np.ndarray  # (S, S, 3) uint8: the picture as the network gets it
    logits: dict[str, np.ndarray]  # head to (num_classes,) float32
    outputs: dict[str, np.ndarray]  # (C, H, W) float32 of the modules "3a" … "5b" and of the stages in STEM
    shapes: dict[str, tuple[int, ...]]  # (C, H, W) of "picture" and of every stage's output; (C,) of the average
    milliseconds: float  # of the forward pass

    @property
    def classes(self) -> tuple[str, ...]:
        return trained(self.network).classes

    @property
    def heads(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """Each head's TOP likeliest classes with their probabilities."""
        found = {}
        for head, p in self.probabilities.items():
            first = np.argsort(-p, kind="stable")[:TOP]
            found[head] = tuple((self.classes[k], float(p[k])) for k in first)
        return found

    @property
    def probabilities(self) -> dict[str, np.ndarray]:
        """Head to (num_classes,)."""
        return {head: softmax(logits) for head, logits in self.logits.items()}

    def maps(self, module: str) -> dict[str, Maps]:
        """The four branches of a module in the order of BRANCHES. Made when asked for: nobody looks at all nine."""
        row = next(row for row in trained(self.network).rows if row.name == module)
        ends = np.cumsum((row.n1x1, row.n3x3, row.n5x5, row.n_pool))
        parts = np.split(self.outputs[module], ends[:-1])
        return {branch: _maps(part) for branch, part in zip(BRANCHES, parts, strict=True)}


@runtime.quick
def run(image: np.ndarray, name: str = "tiny") -> Pass:
    """Run a trained network once on the central square of an RGB picture, (H, W, 3) uint8."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected (H, W, 3) uint8, not {image.shape} {image.dtype}")
    used = trained(name)
    seen = shrink(image, used.seen or used.network.config["image_size"])
    x = enter(seen, used)
    start = time.perf_counter()
    with torch.inference_mode():
        out = dict(used.network.stages(x))
        heads = used.network.heads(out)
    runtime.finish(x.device)
    milliseconds = 1000 * (time.perf_counter() - start)
    kept = {row.name for row in used.rows} | set(STEM)
    return Pass(
        network=name,
        seen=seen[0].permute(1, 2, 0).contiguous().numpy(),
        logits={head: logits[0].float().cpu().numpy() for head, logits in heads._asdict().items()},
        outputs={stage: value[0].float().cpu().numpy() for stage, value in out.items() if stage in kept},
        shapes={stage: tuple(value.shape[1:]) for stage, value in ({"picture": x} | out).items()},
        milliseconds=milliseconds,
    )


def entered(of: Pass) -> Tensor:
    """The picture of a pass as it enters the network, (1, 3, S, S)."""
    return enter(torch.from_numpy(of.seen).permute(2, 0, 1)[None], trained(of.network))


def trained(name: str = "tiny") -> Trained:
    """A trained network by the name that it has in NETWORKS, on the device where this process computes."""
    with _loading:
        found = _load(name)
        runtime.placed(found.network)
    return found


@cache
def _load(name: str) -> Trained:
    return NETWORKS[name]()


def classes() -> tuple[str, ...]:
    """What this project's network tells apart; known without loading it."""
    return tuple(name.replace("_", " ") for name in artifacts.certificate(WEIGHTS).config["classes"])


def _tiny() -> Trained:
    """This project's network, trained on 52 classes of Tiny ImageNet."""
    config = artifacts.certificate(WEIGHTS).config
    network = artifacts.load_weights(WEIGHTS, GoogLeNet(config["num_classes"], config["image_size"]))
    return Trained(network, classes(), SEEN, normalise, INCEPTIONS, receptive.fields())


NETWORKS: dict[str, Callable[[], Trained]] = {"tiny": _tiny}


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


def enter(seen: Tensor, used: Trained) -> Tensor:
    """(B, 3, side, side) uint8 as it enters the network: on its device, at its size, normalised."""
    size, seen = used.network.config["image_size"], seen.to(used.network.linear.weight.device)
    return used.normalise(F.interpolate(seen.float(), size, mode="bilinear", align_corners=False))


@runtime.quick
def influence(of: Pass, module: str, branch: str, channel: int, position: tuple[int, int]) -> np.ndarray:
    """How much each pixel of the picture moves one activation, (S, S) float32: see receptive.influence."""
    network = trained(of.network).network
    return receptive.influence(network, entered(of), module, branch, channel, position).cpu().numpy()


def normalised_for_our_pixels(x: np.ndarray) -> np.ndarray:
    """Local response normalisation of maps (C, H, W) with constants for our pixels.

    AlexNet's are for maps of pixels of 0 to 255: ours are those maps divided by PIXELS, so alpha is PIXELS² as large.
    """
    with torch.inference_mode():
        return (LocalResponseNorm(len(x))(PIXELS * torch.from_numpy(x)[None])[0] / PIXELS).numpy()


def softmax(logits: np.ndarray) -> np.ndarray:
    """(num_classes,) to probabilities."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def _maps(part: np.ndarray) -> Maps:
    means, maxima = part.mean((1, 2)), part.max((1, 2))
    largest = float(maxima.max())
    order = np.argsort(-means, kind="stable")
    pixels = np.rint(part[order] * (255 / largest if largest else 0)).astype(np.uint8)
    return Maps(pixels, order, means[order], maxima[order], largest)
