"""The pictures that can be chosen: from this project's images, from those that dependencies bring, and tab 3's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image

from models import artifacts
from models.artifacts import ArtifactError

IMAGES = Path(__file__).resolve().parents[2] / "assets" / "images"
SAMPLES = "journey-cifar10"  # the run of tab 3 that keeps them

DRAWN = {"airplane": 10, "car": 11, "bird": 12, "horse": 17, "ship": 18, "truck": 19}  # of tab 3's kept samples
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
    drawn: bool = False  # by the network of tab 3: no photograph


def _sample(index: int) -> np.ndarray:
    """One of the pictures that the CIFAR-10 network of tab 3 drew, (32, 32, 3) uint8."""
    return artifacts.load_run(SAMPLES)["samples"][index]


EXAMPLES = {
    "lion": Example("lion", lambda: _file(gr.media.get_image("lion.jpg"), HEAD)),
    "whole lion": Example("lion", lambda: _file(gr.media.get_image("lion.jpg"))),
    "cat": Example("tabby", lambda: _file(IMAGES / "cat.jpg")),
    "tower": Example("", lambda: _file(gr.media.get_image("tower.jpg"))),
    "temple": Example("", lambda: _scikit_learn("china.jpg")),
    "dahlia": Example("", lambda: _scikit_learn("flower.jpg")),
    **{f"drawn {name}": Example("", partial(_sample, index), drawn=True) for name, index in DRAWN.items()},
}


@cache
def available() -> tuple[str, ...]:
    """The names of the examples that there are: without tab 3's run, all but those that were drawn."""
    try:
        artifacts.load_run(SAMPLES)
    except ArtifactError:
        return tuple(name for name, example in EXAMPLES.items() if not example.drawn)
    return tuple(EXAMPLES)


@cache
def picture(name: str) -> np.ndarray:
    """The example's picture, (H, W, 3) uint8."""
    return EXAMPLES[name].read()
