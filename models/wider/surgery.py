"""Surgery on the trained GoogLeNet: parts of its modules put out zeros, and nothing else changes.

The network was not trained to do without them, so what it loses says what it uses, not what it could have learned.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from models.core import runtime
from models.core.statistics import paired_difference
from models.wider.activations import SEEN, Pass, Trained, enter, shrink, softmax, trained
from models.wider.googlenet import INCEPTIONS, Inception, Staged

N = TypeVar("N", bound=Staged)
LAYERS = {  # a part's name to the layer of its module; "3r" and "5r" are the 1x1 reductions of the 3x3 and 5x5 branch
    "1x1": "conv1x1",
    "3x3": "conv3x3",
    "5x5": "conv5x5",
    "pool": "project",
    "3r": "reduce3x3",
    "5r": "reduce5x5",
}
MODULES = tuple(row.name for row in INCEPTIONS)
CHUNK = 20  # pictures at once: a step of `changes` then takes about a tenth of a second


class Part(NamedTuple):
    """One layer of one module that can be switched off."""

    module: str  # "3a" … "5b"
    name: str  # one of LAYERS

    def __str__(self) -> str:
        return f"{self.module}-{self.name}"


PARTS = tuple(Part(module, name) for module in MODULES for name in LAYERS)


@dataclass(frozen=True)
class Operation:
    """What the three heads say of one picture, with the whole network and without some of its parts."""

    before: dict[str, np.ndarray]  # head to its probabilities, (num_classes,)
    after: dict[str, np.ndarray]
    milliseconds: float  # from the first module that changes to the answers


@dataclass(frozen=True)
class Cut:
    """What some pictures lose with one part. A score is 1 or 0, right or wrong; or a probability (see `changes`)."""

    part: Part
    start: int  # place of the first of them among all pictures
    whole: np.ndarray  # (n,) float: each picture's score with the whole network
    cut: np.ndarray  # (n,) float: the same without the part


@dataclass(frozen=True)
class Changes:
    """What each part changes: the mean score without it minus the mean score with it, with its 95 % interval."""

    whole: float  # mean score of the whole network
    mean: np.ndarray  # (modules, parts) float, in the order of MODULES and LAYERS
    low: np.ndarray  # the same shape
    high: np.ndarray
    pictures: int


def without(network: N, off: Iterable[Part]) -> N:
    """The network with the channels of these parts set to zero. It shares all weights with `network`."""
    shared = {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())}
    operated = copy.deepcopy(network, shared)
    for part in off:
        layer = getattr(operated.inceptions[part.module], LAYERS[part.name])
        layer.register_forward_hook(lambda _layer, _x, out: torch.zeros_like(out))
    return operated


@runtime.quick
def operate(of: Pass, off: Sequence[Part]) -> Operation:
    """What the heads say of the picture of a pass without the parts. It starts again at the first module that changes;
    with nothing off it runs nothing.
    """
    if not off:
        return Operation(of.probabilities, of.probabilities, 0.0)
    network = trained(of.network).network
    operated, where = without(network, off), network.linear.weight.device
    first = min(MODULES.index(part.module) for part in off)
    before = list(of.outputs)[list(of.outputs).index(MODULES[first]) - 1]
    start = time.perf_counter()
    with torch.inference_mode():
        out = {name: torch.from_numpy(value)[None].to(where) for name, value in of.outputs.items()}
        heads = operated.heads(out | dict(operated.stages(out[before], after=before)))
    after = {head: softmax(logits[0].cpu().numpy()) for head, logits in heads._asdict().items()}
    return Operation(of.probabilities, after, 1000 * (time.perf_counter() - start))


def batch_of(pictures: np.ndarray, used: Trained) -> Tensor:
    """(B, SEEN, SEEN, 3) uint8 as they enter the network: (B, 3, S, S)."""
    x = enter(torch.from_numpy(pictures).permute(0, 3, 1, 2), used)
    return x.contiguous(memory_format=torch.channels_last)  # measured: a third faster


def shrunk(images: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures of any size, (H, W, 3) uint8 each, as `changes` takes them: (N, SEEN, SEEN, 3) uint8."""
    return torch.cat([shrink(image) for image in images]).permute(0, 2, 3, 1).contiguous().numpy()


def lent(pictures: np.ndarray, labels: np.ndarray | None) -> int:
    """Seconds of a GPU that `changes` asks for."""
    return min(120, 10 + 2 * math.ceil(len(pictures) / CHUNK))


@runtime.accelerated(lent)
def changes(pictures: np.ndarray, labels: np.ndarray | None) -> Iterator[Cut]:
    """Switch off each of PARTS in turn for (N, SEEN, SEEN, 3) uint8 pictures, a few pictures at a time.

    With `labels` (N,), the classes' numbers, a picture's score is whether the main head's first answer is right.
    Without, it is the probability of what the whole network's main head answers first. Closing ends it within one
    part of one chunk.
    """
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[1:] != (SEEN, SEEN, 3) or not len(pictures):
        raise ValueError(f"expected (N, {SEEN}, {SEEN}, 3) uint8, not {pictures.shape} {pictures.dtype}")
    if labels is not None and labels.shape != pictures.shape[:1]:
        raise ValueError(f"{len(pictures)} pictures need as many labels, not {labels.shape}")
    used = trained()
    where = used.network.linear.weight.device
    operated = {part: without(used.network, (part,)).inceptions[part.module] for part in PARTS}
    for start in range(0, len(pictures), CHUNK):
        here = slice(start, start + CHUNK)
        of_these = None if labels is None else torch.from_numpy(labels[here]).to(where)
        yield from _cuts(used, operated, pictures[here], of_these, start)


def _cuts(
    used: Trained, operated: dict[Part, Inception], pictures: np.ndarray, labels: Tensor | None, start: int
) -> Iterator[Cut]:
    """All parts in turn for one chunk; `operated`: their modules without them.

    What lies before a part's module is computed only once.
    """
    network = used.network
    with torch.inference_mode():
        out = dict(network.stages(batch_of(pictures, used)))
        logits = network.linear(out["avgpool"])
        answers = logits.argmax(1)
    inputs = dict(zip(list(out)[1:], out.values(), strict=False))  # of each stage, by its name
    whole = score(logits, answers, labels)
    for part, module in operated.items():
        with torch.inference_mode():  # not around the yield: it would hold for whoever takes the event
            logits = onward(network, part.module, module(inputs[part.module]))
            cut = score(logits, answers, labels)
        yield Cut(part, start, whole, cut)


def onward(network: Staged, module: str, out: Tensor) -> Tensor:
    """The main head's logits, (B, num_classes), from the output of a module."""
    return network.linear(dict(network.stages(out, after=module))["avgpool"])


def score(logits: Tensor, answers: Tensor, labels: Tensor | None) -> np.ndarray:
    """(B,) float64: 1 where the first answer is the label; without labels, the probability of `answers`."""
    if labels is not None:
        return (logits.argmax(1) == labels).cpu().double().numpy()
    return logits.softmax(1).gather(1, answers[:, None])[:, 0].cpu().double().numpy()


def summary(whole: np.ndarray, cut: np.ndarray) -> Changes:
    """From scores with the whole network, (N,), and without each part, (modules, parts, N); NaN: not measured yet.

    The interval is Student's t over the pictures' own differences: both scores are of the same pictures. There is none
    where all differences are equal, such as where no answer has changed: it would have no width.
    """
    shape = cut.shape[:2]
    mean, low, high = (np.full(shape, np.nan) for _ in range(3))
    for at in np.ndindex(shape):
        found = paired_difference(whole, cut[at])
        if found:
            mean[at] = found.mean
            if found.low is not None and found.high is not None and found.low < found.high:
                low[at], high[at] = found.low, found.high
    measured = whole[~np.isnan(whole)]
    return Changes(float(measured.mean()) if measured.size else math.nan, mean, low, high, measured.size)
