"""A small picture drawn by the visitor with mouse, finger or keys."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

from visuals.components.base import Component

SIDE = 32  # pixels


class SketchError(ValueError):
    """What arrived is no drawing; the message is a sentence for the visitor."""


class Sketch(Component):
    """A grid of 32 x 32 pixels to draw on, white on black or in colours; brush sizes, undo and clear.

    value = {"channels": 1 or 3, "side": 32, "pixels": base64 of (32, 32, C) uint8, "" for an empty one}. Python gives
    `blank(channels)` for another number of channels. "Start from this drawing" sets `pixels` and triggers `drawn`:

        sketch = Sketch(blank(1))
        sketch.drawn(lambda value: drawing(value, channels=1), sketch, ...)
    """

    NAME = "sketch"
    DRAWN_EARLY = False
    EVENTS = ("drawn",)


def blank(channels: int) -> dict[str, Any]:
    """The value of an empty sketch: 1 channel is drawn white on black, 3 in colours."""
    return {"channels": channels, "side": SIDE, "pixels": ""}


def drawing(value: Any, channels: int) -> np.ndarray:
    """The picture (32, 32, channels) uint8 of a sketch's value, grey where one channel is wanted of a coloured one.

    Raises SketchError: the value comes from a browser and can be anything.
    """
    found = value if isinstance(value, dict) else {}
    drawn_in, pixels = found.get("channels"), found.get("pixels")
    if type(drawn_in) is not int or drawn_in not in (1, 3) or not isinstance(pixels, str):
        raise SketchError("This is no drawing. Please draw again.")
    if not pixels:
        raise SketchError("Nothing is drawn yet. Draw something first.")
    if found.get("side") != SIDE or len(pixels) != -(-SIDE * SIDE * drawn_in // 3) * 4:
        raise SketchError(f"A drawing has {SIDE} × {SIDE} pixels, and this one has not. Please draw again.")
    try:
        numbers = np.frombuffer(base64.b64decode(pixels, validate=True), np.uint8)
        picture = numbers.reshape(SIDE, SIDE, drawn_in)
    except (binascii.Error, ValueError) as error:
        raise SketchError("The drawing arrived damaged. Please try again.") from error
    if drawn_in == channels:
        return picture
    grey = picture.mean(-1, keepdims=True).round().astype(np.uint8)
    return grey.repeat(channels, axis=-1)
