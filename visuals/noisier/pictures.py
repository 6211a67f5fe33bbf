"""Pictures to start from: the samples that a network drew itself, and the visitor's own."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from models.core import artifacts
from models.noisier import judge
from models.noisier.denoise import CHANNELS, SIZE
from visuals.components.pictures import data_url
from visuals.components.sketch import drawing
from visuals.page.uploads import read_image, read_taken

Own = dict[str, np.ndarray]  # the visitor's picture as each network takes it, (32, 32, 1 or 3) uint8


def samples(network: str) -> np.ndarray:
    """The samples that the network drew, (N, 32, 32, C) uint8, two of every class in turn."""
    return artifacts.load_run(f"journey-{network}")["samples"]


@cache
def _addresses(network: str) -> list[str]:
    """Of these samples, as a browser shows them."""
    return [data_url(sample) for sample in samples(network)]


def row(network: str, chosen: int, own: Own | None = None, label: str = "") -> dict[str, Any]:
    """The value of a row of pictures to choose from; the visitor's own, where there is one, comes last."""
    classes, shown = judge.classes(network), _addresses(network)
    names = [f"A generated sample: {classes[i % len(classes)]}" for i in range(len(shown))]
    if own:
        shown, names = [*shown, data_url(own[network])], [*names, "Your picture"]
    value = {"pictures": shown, "names": names, "chosen": chosen, "small": True, "columns": len(classes)}
    return value | ({"label": label} if label else {})


def chosen_in(gallery: Any) -> int | None:
    """The number of the picture that is chosen. The gallery comes from a browser and may hold anything."""
    chosen = gallery.get("chosen") if isinstance(gallery, dict) else None
    return chosen if type(chosen) is int else None


def picture_of(gallery: Any, network: str, own: Own | None) -> tuple[np.ndarray, int | None]:
    """The chosen picture (32, 32, C), and its number where it is a sample."""
    chosen, drawn = chosen_in(gallery), samples(network)
    if own and chosen == len(drawn):
        return own[network], None
    index = chosen if chosen is not None and 0 <= chosen < len(drawn) else 0
    return drawn[index], index


def from_file(path: str) -> Own:
    return _fitted(read_image(path))


def from_camera(value: Any) -> Own:
    return _fitted(read_taken(value))


def from_drawing(value: Any) -> Own:
    return {name: drawing(value, channels) for name, channels in CHANNELS.items()}


def _fitted(image: Image.Image) -> Own:
    return {name: fitted(image, channels) for name, channels in CHANNELS.items()}


def fitted(image: Image.Image, channels: int) -> np.ndarray:
    """The central square of an RGB picture as (32, 32, channels) uint8."""
    square = ImageOps.fit(image, (SIZE, SIZE), Image.Resampling.LANCZOS)
    return np.asarray(square.convert("L" if channels == 1 else "RGB")).reshape(SIZE, SIZE, channels)
