"""Data sets as uint8 tensors in memory, decoded once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
from PIL import Image
from torch import Tensor

MNIST_RAW = "MNIST/raw"  # MNIST's folder, as torchvision unpacks it
BATCHES = "cifar-10-batches-py"  # CIFAR-10's folder, as its authors pack it
DIGITS_SPLIT_SEED = 0
DIGITS_TRAIN = 1297  # of 1797


class DataError(RuntimeError):
    """A data set is not available; the message says what to do."""


def cache() -> Path:
    """The folder for downloads; the first one makes it."""
    try:
        home = Path.home()
    except RuntimeError:  # no HOME, and a user whom the system does not know, as in containers
        home = Path(tempfile.gettempdir()) / f"home-of-{os.getuid()}"
    return home / ".cache" / "deeper-wider-noisier"


CACHE = cache()


def installed(package: str) -> Path:
    """The folder of an installed package, which is not imported."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(found.origin).parent


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
    """scikit-learn's 1,797 handwritten digits, 8 x 8 grey, split 1,297 to 500 with a fixed shuffle. No download.

    They are read from its file: to import scikit-learn takes more than a second.
    """
    rows = torch.from_numpy(np.loadtxt(installed("sklearn") / "datasets" / "data" / "digits.csv.gz", delimiter=","))
    x = (rows[:, :-1] / 16 * 255).round().to(torch.uint8).view(-1, 1, 8, 8)
    y = rows[:, -1].long()
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(DIGITS_SPLIT_SEED))
    train, test = order[:DIGITS_TRAIN], order[DIGITS_TRAIN:]
    return ImageSet("scikit-learn digits", tuple("0123456789"), x[train], y[train], x[test], y[test])


def mnist(root: Path) -> ImageSet:
    """MNIST from `root`/MNIST/raw, padded from 28 to 32 pixels with black. Raises DataError where it is not whole."""
    from torchvision.datasets import MNIST

    parts = []
    try:
        for train in (True, False):
            part = MNIST(str(root), train=train, download=False)
            parts += [torch.nn.functional.pad(part.data[:, None], (2, 2, 2, 2)), part.targets]
    except (OSError, RuntimeError, ValueError, AssertionError) as error:
        raise DataError(
            f"MNIST is on this machine, but its {MNIST_RAW} is not whole or cannot be read. Unpack it again."
        ) from error
    return ImageSet("MNIST", tuple("0123456789"), *parts)


def cifar10(root: Path) -> ImageSet:
    """CIFAR-10 from torchvision's batches in `root`, or from `root`/{train,test}/<class>/ as image files.

    Raises DataError where it is not whole, as after an extraction that was interrupted.
    """
    try:
        if (root / BATCHES).is_dir():
            return cifar10_batches(root)
        kind = "CIFAR-10 re-encoded as JPEG" if next(root.glob("train/*/*.jpg"), None) else "CIFAR-10"
        return folders(root, kind, test="test")
    except (
        OSError,
        RuntimeError,
        SyntaxError,
        ValueError,
        EOFError,
        UnpicklingError,
    ) as error:  # PIL raises SyntaxError for some PNGs
        found = BATCHES if (root / BATCHES).is_dir() else "folder with train and test"
        raise DataError(
            f"CIFAR-10 is on this machine, but its {found} is not whole or cannot be read. "
            "Delete it, and download CIFAR-10 or unpack it again."
        ) from error


def cifar10_batches(root: Path) -> ImageSet:
    """CIFAR-10 as its authors' Python version has it."""
    from torchvision.datasets import CIFAR10

    parts = []
    for train in (True, False):
        part = CIFAR10(str(root), train=train, download=False)
        parts += [torch.from_numpy(part.data).permute(0, 3, 1, 2).contiguous(), torch.tensor(part.targets)]
    return ImageSet("CIFAR-10", tuple(part.classes), *parts)


def part(whole: ImageSet, train: int, test: int) -> ImageSet:
    """As many images of the set, drawn with a fixed shuffle."""
    generator = torch.Generator().manual_seed(0)
    kept = torch.randperm(len(whole.train_y), generator=generator)[:train]
    tested = torch.randperm(len(whole.test_y), generator=generator)[:test]
    images = (whole.train_x[kept], whole.train_y[kept], whole.test_x[tested], whole.test_y[tested])
    return ImageSet(f"{whole.name}, {train:,} of its training images", whole.classes, *images)


def cifar10_folder() -> Path:
    """Where CIFAR-10 is on this machine: the folder named by CIFAR10_DIR, or the cache. Raises DataError if nowhere."""
    for root in filter(None, (os.environ.get("CIFAR10_DIR"), CACHE)):
        if (Path(root) / BATCHES).is_dir() or (Path(root) / "train").is_dir():
            return Path(root)
    raise DataError(
        "CIFAR-10 is not on this machine. Download it, or start the app with the environment variable "
        f"CIFAR10_DIR set to the folder that holds {BATCHES}."
    )


def mnist_folder() -> Path:
    """Where MNIST is on this machine: the folder named by MNIST_DIR, or the cache. Raises DataError if nowhere."""
    for root in filter(None, (os.environ.get("MNIST_DIR"), CACHE)):
        if (Path(root) / MNIST_RAW).is_dir():
            return Path(root)
    raise DataError(
        "MNIST is not on this machine. Start the app with the environment variable MNIST_DIR set to the folder that "
        f"holds {MNIST_RAW}."
    )


def download_cifar10() -> None:
    """Fetch CIFAR-10 (170 MB) from its authors into the cache. Raises DataError where that fails."""
    from torchvision.datasets import CIFAR10

    try:
        CIFAR10(str(CACHE), download=True)
    except (OSError, RuntimeError) as error:
        raise DataError(f"CIFAR-10 could not be downloaded ({error}). Nothing else has changed.") from error


def folders(root: Path, name: str, test: str = "val") -> ImageSet:
    """`root`/{train,`test`}/<class>/<image files>, all of one size; grey files become RGB."""
    from torchvision.datasets import ImageFolder

    def rgb(path: str) -> Tensor:
        return torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1)

    def read(part: ImageFolder, decode: Callable[[str], Tensor]) -> list[Tensor]:
        return [torch.stack([decode(path) for path, _ in part.samples]), torch.tensor(part.targets)]

    train_part, test_part = ImageFolder(str(root / "train")), ImageFolder(str(root / test))
    if train_part.classes != test_part.classes:
        raise ValueError("the folders for training and for testing have different classes")
    return ImageSet(name, tuple(train_part.classes), *read(train_part, rgb), *read(test_part, rgb))
