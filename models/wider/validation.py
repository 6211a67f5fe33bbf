"""Pictures of Tiny ImageNet that the trained GoogLeNet has not seen, where they are on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from models.core import artifacts
from models.core.data import DataError
from models.wider.activations import SEEN, WEIGHTS

FOLDER = "TINY_IMAGENET_DIR"  # environment variable: the folder in which val/CLASS/ are
ENDINGS = (".jpeg", ".jpg", ".png")


@dataclass(frozen=True)
class HeldOut:
    """Some of the validation pictures."""

    pictures: np.ndarray  # (N, SEEN, SEEN, 3) uint8
    labels: np.ndarray  # (N,) int64: the network's numbers of the classes
    available: int  # how many there are


def folder() -> Path | None:
    """What the environment variable names, if anything."""
    return Path(os.environ[FOLDER]) if os.environ.get(FOLDER) else None


def read_pictures(root: Path, count: int | None = None) -> HeldOut:
    """`count` of the pictures in `root`/val, all if None: in the order of a fixed shuffle.

    Raises DataError where a class is missing or a file cannot be read.
    """
    classes = artifacts.certificate(WEIGHTS).config["classes"]
    found: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        files = sorted(p for p in root.glob(f"val/{name}/*") if p.suffix.lower() in ENDINGS)
        if not files:
            raise DataError(f"The folder that {FOLDER} names has no pictures of {name} in val. It needs all classes.")
        found += [(path, label) for path in files]
    drawn = np.random.default_rng(0).permutation(len(found))[:count]
    chosen = [found[k] for k in drawn]
    pictures = np.stack([_read(path) for path, _ in chosen])
    return HeldOut(pictures, np.array([label for _, label in chosen], dtype=np.int64), len(found))


def _read(path: Path) -> np.ndarray:
    try:
        with Image.open(path) as image:
            picture = np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(f"{path.name} in the folder that {FOLDER} names cannot be read as a picture.") from error
    if picture.shape != (SEEN, SEEN, 3):
        raise DataError(f"{path.name} in the folder that {FOLDER} names is not {SEEN} x {SEEN} pixels.")
    return picture
