"""The pictures that can be chosen on the page: from this project's images and from those that dependencies bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image

IMAGES = Path(__file__).resolve().parents[2] / "assets" / "images"


HEAD = (55, 30, 165, 140)  # left, top, right, bottom of the head in gradio's lion.jpg


def _file(path: str | Path, box: tuple[int, int, int, int] | None = None) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB").crop(box))


def _scikit_learn(name: str) -> np.ndarray:
    """What sklearn.datasets.load_sample_image gives, without the seconds that importing it takes."""
    package = Path(find_spec("sklearn").origin).parent
    return _file(package / "datasets" / "images" / name)


@dataclass(frozen=True)
class Example:
    """A picture to choose; `known` is its class if it is one of the network's 52, else empty."""

    known: str
    read: Callable[[], np.ndarray]


EXAMPLES = {
    "lion": Example("lion", lambda: _file(gr.media.get_image("lion.jpg"), HEAD)),
    "whole lion": Example("lion", lambda: _file(gr.media.get_image("lion.jpg"))),
    "cat": Example("tabby", lambda: _file(IMAGES / "cat.jpg")),
    "tower": Example("", lambda: _file(gr.media.get_image("tower.jpg"))),
    "temple": Example("", lambda: _scikit_learn("china.jpg")),
    "dahlia": Example("", lambda: _scikit_learn("flower.jpg")),
}


@cache
def picture(name: str) -> np.ndarray:
    """The example's picture, (H, W, 3) uint8."""
    return EXAMPLES[name].read()
