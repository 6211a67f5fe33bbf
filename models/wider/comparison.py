"""GoogLeNet against the networks of its time: weights, multiply-adds and the time of a pass, at 224 pixels."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.core import runtime
from models.wider.googlenet import GoogLeNet
from models.wider.module_timing import milliseconds

NETWORKS = ("AlexNet", "VGG-16", "GoogLeNet", "ResNet-18", "ResNet-34", "ResNet-50")
SIZE = 224  # pixels
PASSES = 7  # of each network, after one that is not counted
SECONDS = 10  # for which a GPU is borrowed for each network, where one has to be

_alone = threading.Lock()  # two measurements at once would slow each other, and VGG-16 takes half a gigabyte


@dataclass(frozen=True)
class Count:
    """What a network costs in inference. A multiply-add counts once, for one picture."""

    name: str
    parameters: int  # weights and biases
    macs: int


@dataclass(frozen=True)
class Timed:
    """How long one picture took."""

    name: str
    number: int  # counted from 1
    milliseconds: float


class Answering(nn.Module):
    """GoogLeNet as it answers: without the auxiliary heads, which the paper drops when training is done."""

    def __init__(self, network: GoogLeNet, norms: bool = True):
        super().__init__()
        del network.aux_4a, network.aux_4d
        if not norms:  # normalisation is written as a convolution and would be counted as one
            network.lrn1 = network.lrn2 = nn.Identity()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        return self.network.linear(dict(self.network.stages(x))["avgpool"])


def definition(name: str, norms: bool = True) -> nn.Module:
    """A network of NETWORKS: GoogLeNet is this project's, as printed in its paper, the others are torchvision's.

    torchvision's AlexNet is that of 2014 (Krizhevsky, arXiv 1404.5997), its ResNet-50 strides in the 3x3 convolution.
    """
    if name == "GoogLeNet":
        return Answering(GoogLeNet(), norms).eval()
    from torchvision import models  # takes seconds: only once somebody asks

    return getattr(models, name.lower().replace("-", ""))().eval()


def count(name: str) -> Count:
    """Parameters, and multiply-adds by torch's own counter, which counts two operations for each. It needs no pass."""
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        network, x = definition(name, norms=False), torch.empty(1, 3, SIZE, SIZE)
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(x)
    return Count(name, sum(p.numel() for p in network.parameters()), counter.get_total_flops() // 2)


def passes() -> Iterator[Timed]:
    """Time PASSES passes of each network in turn on the fastest device. Closing ends it within one pass."""
    for name in NETWORKS:
        with _alone:  # held here, and not where the device is: who waits for it must not hold the device meanwhile
            yield from _timed(name)


@runtime.accelerated(SECONDS)
def _timed(name: str) -> Iterator[Timed]:
    network, x = filled(name, runtime.device())
    milliseconds(network, x)
    for number in range(1, PASSES + 1):
        yield Timed(name, number, milliseconds(network, x))


def filled(name: str, on: torch.device) -> tuple[nn.Module, Tensor]:
    """The network and a grey picture on the device.

    Every weight is one over the number of inputs of its layer, so that activations are averages: the time of a pass
    does not depend on the weights, as long as no number is too small for the device's fast arithmetic.
    """
    with torch.device("meta"):
        network = definition(name)
    network = network.to_empty(device=on)
    for tensor in (*network.parameters(), *network.buffers()):
        tensor.data.fill_(1 / max(1, tensor[0].numel()) if tensor.dim() > 1 else 1)
    return network, torch.full((1, 3, SIZE, SIZE), 0.5, device=on)
