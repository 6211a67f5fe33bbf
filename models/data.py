"""Data sets as uint8 tensors in memory, decoded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

DIGITS_SPLIT_SEED = 0
DIGITS_TRAIN = 1297  # of 1797


@dataclass(frozen=True)
class ImageSet:
    """Images (N, C, H, W) uint8 and labels (N,) int64, for training and for testing."""

    name: str
    classes: tuple[str, ...]
    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor


def digits() -> ImageSet:
    """scikit-learn's 1,797 handwritten digits, 8 x 8 grey, split 1,297 to 500 with a fixed shuffle. No download."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    x = torch.from_numpy(images / 16 * 255).round().to(torch.uint8).view(-1, 1, 8, 8)
    y = torch.from_numpy(labels).long()
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(DIGITS_SPLIT_SEED))
    train, test = order[:DIGITS_TRAIN], order[DIGITS_TRAIN:]
    return ImageSet("scikit-learn digits", tuple("0123456789"), x[train], y[train], x[test], y[test])


def mnist(root: Path) -> ImageSet:
    """MNIST from `root`/MNIST/raw, padded from 28 to 32 pixels with black."""
    from torchvision.datasets import MNIST

    parts = []
    for train in (True, False):
        part = MNIST(str(root), train=train, download=False)
        parts += [torch.nn.functional.pad(part.data[:, None], (2, 2, 2, 2)), part.targets]
    return ImageSet("MNIST", tuple("0123456789"), *parts)


def cifar10(root: Path) -> ImageSet:
    """CIFAR-10 from torchvision's batches in `root`, or from `root`/{train,test}/<class>/ as image files."""
    if (root / "cifar-10-batches-py").is_dir():
        from torchvision.datasets import CIFAR10

        parts = []
        for train in (True, False):
            part = CIFAR10(str(root), train=train, download=False)
            parts += [
                torch.from_numpy(part.data).permute(0, 3, 1, 2).contiguous(),
                torch.tensor(part.targets),
            ]
        return ImageSet("CIFAR-10", tuple(part.classes), *parts)
    kind = "CIFAR-10 re-encoded as JPEG" if next(root.glob("train/*/*.jpg"), None) else "CIFAR-10"
    return folders(root, kind, test="test")


def folders(root: Path, name: str, test: str = "val") -> ImageSet:
    """`root`/{train,`test`}/<class>/<image files>, all of one size; grey files become RGB."""
    from torchvision.datasets import ImageFolder

    def rgb(path: str) -> Tensor:
        return torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1)

    def read(part: ImageFolder, decode: Callable[[str], Tensor]) -> list[Tensor]:
        return [torch.stack([decode(path) for path, _ in part.samples]), torch.tensor(part.targets)]

    train_part, test_part = ImageFolder(str(root / "train")), ImageFolder(str(root / test))
    return ImageSet(name, tuple(train_part.classes), *read(train_part, rgb), *read(test_part, rgb))
