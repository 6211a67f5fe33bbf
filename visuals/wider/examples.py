"""The pictures that can be chosen: from this project's images, from those that dependencies bring, and tab 3's."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from gradio import media
from PIL import Image, ImageOps

from models.core import artifacts
from models.core.artifacts import ArtifactError
from models.core.data import installed
from visuals.page import files

IMAGES = Path(__file__).resolve().parents[2] / "assets" / "images"
SAMPLES = "journey-cifar10"  # the run of tab 3 that keeps them

DRAWN = {"airplane": 10, "car": 11, "bird": 12, "horse": 17, "ship": 18, "truck": 19}  # of tab 3's kept samples
HEAD = (55, 30, 165, 140)  # left, top, right, bottom of the head in gradio's lion.jpg
PREVIEW, THUMBNAIL = 320, 96  # pixels


def _file(path: str | Path, box: tuple[int, int, int, int] | None = None) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB").crop(box))


def _of_gradio(name: str, box: tuple[int, int, int, int] | None = None) -> np.ndarray:
    return _file(media.get_image(name), box)


def _scikit_learn(name: str) -> np.ndarray:
    """What sklearn.datasets.load_sample_image gives, without the seconds that importing it takes."""
    return _file(installed("sklearn") / "datasets" / "images" / name)


@dataclass(frozen=True)
class Example:
    """A picture to choose; `shows` is its class if it is one of the network's 52, else empty."""

    shows: str
    read: Callable[[], np.ndarray]
    drawn: bool = False  # by the network of tab 3: no photograph


def _sample(index: int) -> np.ndarray:
    """One of the pictures that the CIFAR-10 network of tab 3 drew, (32, 32, 3) uint8."""
    return artifacts.load_run(SAMPLES)["samples"][index]


EXAMPLES = {
    "lion": Example("lion", partial(_of_gradio, "lion.jpg", HEAD)),
    "whole lion": Example("lion", partial(_of_gradio, "lion.jpg")),
    "cat": Example("tabby", lambda: _file(IMAGES / "cat.jpg")),
    "tower": Example("", partial(_of_gradio, "tower.jpg")),
    "temple": Example("", partial(_scikit_learn, "china.jpg")),
    "dahlia": Example("", partial(_scikit_learn, "flower.jpg")),
    **{f"drawn {name}": Example("", partial(_sample, index), drawn=True) for name, index in DRAWN.items()},
}


@cache
def available() -> tuple[str, ...]:
    """The names of the examples that can be read on this machine."""
    return tuple(name for name in EXAMPLES if _readable(name))


def missing() -> tuple[str, ...]:
    """The names of those that cannot."""
    return tuple(name for name in EXAMPLES if name not in available())


def _readable(name: str) -> bool:
    try:
        picture(name)
    except (OSError, ArtifactError):
        return False
    return True


@cache
def picture(name: str) -> np.ndarray:
    """The example's picture, (H, W, 3) uint8."""
    return EXAMPLES[name].read()


def first(wanted: str = "lion") -> str:
    """The name of an example that can be shown: the one that is wanted, if it can be read."""
    return wanted if wanted in available() else available()[0]


def square(image: np.ndarray, side: int) -> np.ndarray:
    """The central square of (H, W, 3) uint8, scaled to (side, side, 3)."""
    return np.asarray(ImageOps.fit(Image.fromarray(image), (side, side), Image.Resampling.BICUBIC))


def jpeg(image: np.ndarray) -> bytes:
    """A photograph, (H, W, 3) uint8, as a file."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def data_url(photo: bytes) -> str:
    """A JPEG that a page can show without another request."""
    return "data:image/jpeg;base64," + base64.b64encode(photo).decode()


@cache
def thumbnails() -> tuple[str, ...]:
    """Addresses of the examples, in small."""
    return tuple(files.picture(jpeg(square(picture(name), THUMBNAIL))) for name in available())


def gallery(chosen: str) -> dict[str, Any]:
    """Value of the Pictures: the examples, with `chosen` pressed if it is one of them."""
    names = list(available())
    return {
        "pictures": thumbnails(),
        "names": names,
        "chosen": names.index(chosen) if chosen in names else None,
        "small": True,
        "label": "Pictures to choose from",
    }
