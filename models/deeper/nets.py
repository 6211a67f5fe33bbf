"""The nets at hand: which one, its images, its errors, and a trained one as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from models.core import artifacts, data, runtime
from models.core.resnet import INITS, ResNet
from models.deeper import photographs

DEPTHS = tuple(range(8, 57, 6))  # 6n+2
DATA = {"digits": 1, "cifar10": 3}  # channels of the images
SETTLING = 2_000  # images at most that batch norm's statistics are taken over at the end
CIFAR10_TRAIN, CIFAR10_TEST = 10_000, 1_000  # images of CIFAR-10 that a live race uses


@dataclass(frozen=True)
class Lane:
    """One net of the race."""

    depth: int
    skip: bool
    norm: bool = True  # batch norm
    init: str = "kaiming"

    def __post_init__(self) -> None:
        if self.depth not in DEPTHS:
            raise ValueError(f"depth must be one of {', '.join(map(str, DEPTHS))}, not {self.depth}")
        if self.init not in INITS:
            raise ValueError(f"initialisation must be one of {', '.join(INITS)}, not {self.init}")

    @property
    def name(self) -> str:
        kind = f"{'residual' if self.skip else 'plain'}-{self.depth}"
        less = [] if self.norm else ["no batch norm"]
        return ", ".join([kind, *less, *([] if self.init == "kaiming" else [f"{self.init} weights"])])


@dataclass(frozen=True, eq=False)
class Trained:
    """A net at the end of a race (`settled`) as plain values, which can travel between processes."""

    lane: Lane
    data: str
    seed: int
    state: dict[str, np.ndarray]


def plain_values(network: ResNet, lane: Lane, data: str, seed: int) -> Trained:
    """The state of a single net."""
    state = {name: value.cpu().contiguous().numpy() for name, value in network.state_dict().items()}
    return Trained(lane, data, seed, state)


def rebuild(trained: Trained) -> ResNet:
    """The net itself, in eval mode."""
    lane = trained.lane
    width, channels = trained.state["conv.weight"].shape[:2]
    network = ResNet(lane.depth, lane.skip, width, channels, norm=lane.norm)
    network.load_state_dict({name: torch.from_numpy(value) for name, value in trained.state.items()})
    return network.eval()


@cache
def recorded(name: str, of: str = "digits") -> Trained:
    """A recorded net of seed 0, for example "plain-56", read once.

    Of the races on the digits; of `photographs.NAME` it is one of the paper's nets, trained on CIFAR-10.
    """
    file = f"{photographs.WEIGHTS if of == photographs.NAME else of}-{name}"
    config = artifacts.certificate(file).config
    state = {key: value.numpy() for key, value in artifacts.load_state(file).items()}
    return Trained(Lane(config["depth"], config["skip"]), of, 0, state)


@torch.no_grad()
def errors(network: ResNet, x: Tensor, y: Tensor) -> Tensor:
    """(nets,) shares of wrong answers in %, with the running statistics of batch norm."""
    network.eval()
    wrong = torch.zeros(network.nets, dtype=torch.long, device=x.device)
    for part, labels in zip(x.split(250), y.split(250), strict=True):
        logits = network(part.repeat(1, network.nets, 1, 1).contiguous(memory_format=torch.channels_last))
        wrong += (logits.unflatten(1, (network.nets, -1)).argmax(2) != labels[:, None]).sum(0)
    network.train()
    return 100 * runtime.double(wrong) / len(y)


def error(network: ResNet, x: Tensor, y: Tensor) -> float:
    """Share of wrong answers of a single net in %."""
    return errors(network, x, y).item()


@torch.no_grad()
def settled(network: ResNet, x: Tensor) -> ResNet:
    """The net with batch norm's statistics taken again, over at most SETTLING of the images x (N, C, H, W) at once.

    The running averages lag behind a net that still changes fast. With these it does in eval mode, where experiments
    look at it, what it does in training.
    """
    norms = [norm for _, norm in network.layers() if isinstance(norm, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    network.to(x.device).train()(x[:SETTLING])
    for norm in norms:
        norm.momentum = 0.1
    return network.eval()


@cache
def images(name: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training and test images (N, C, H, W), scaled to mean 0 and standard deviation 1, with their labels (N,).

    Of CIFAR-10 only a part, so that a live race needs neither much memory nor much time for its tests. Raises
    data.DataError where CIFAR-10 is not on this machine. Of the photographs those that ship.
    """
    if name == photographs.NAME:
        return photographs.images()
    found = data.digits() if name == "digits" else data.cifar10(data.cifar10_folder())
    if name == "cifar10":
        found = data.part(found, CIFAR10_TRAIN, CIFAR10_TEST)
    x = found.train_x.float()
    mean, std = x.mean(), x.std()
    return (x - mean) / std, found.train_y, (found.test_x.float() - mean) / std, found.test_y


def placed(name: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """`images`, on the device where experiments in threads compute."""
    return _on(name, str(runtime.device(threads=True)))


@cache
def _on(name: str, where: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    x, y, test_x, test_y = images(name)
    return x.to(where), y.to(where), test_x.to(where), test_y.to(where)
