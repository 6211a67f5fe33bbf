"""Photographs of CIFAR-10 that ship with the paper's nets: one can look into them without the whole data set."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from models.core import artifacts

NAME = "photographs"  # of these images among those of the races
RUN = "photographs-cifar10"
WEIGHTS = "cifar10"  # what the nets' files begin with
DEPTHS = (8, 20, 32, 56)  # layers of the nets that ship, plain and residual
NETS = tuple(f"{kind}-{depth}" for depth in DEPTHS for kind in ("plain", "residual"))


def normalised(images: Tensor) -> Tensor:
    """uint8 (B, 3, H, W) to about mean 0 and standard deviation 1 per channel of CIFAR-10."""
    mean = torch.tensor((125.3, 123.0, 113.9)).view(3, 1, 1)
    std = torch.tensor((63.0, 62.1, 66.7)).view(3, 1, 1)
    return (images.float() - mean) / std


@cache
def images() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training and test images (N, 3, 32, 32) as the nets take them, with their labels (N,)."""
    run = artifacts.load_run(RUN)
    x, y, test_x, test_y = (torch.tensor(run[name]) for name in ("train_x", "train_y", "test_x", "test_y"))
    return normalised(x), y, normalised(test_x), test_y


def classes() -> list[str]:
    """What each of the test images shows."""
    names = artifacts.certificate(RUN).config["classes"]
    return [names[label] for label in artifacts.load_run(RUN)["test_y"]]
