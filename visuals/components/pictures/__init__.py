"""A row of small pictures to choose from."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from visuals.components.base import Component


class Pictures(Component):
    """Small pictures as buttons; the event `choose` carries the index of the one that was pressed.

    value = {"pictures": [address or data URL], "names": [str], "chosen": index or None,
             "small": smaller than they are otherwise,
             "columns": how many a row has, where it should not be as many as fit,
             "label": what the row is, where it is not the start picture}
    """

    NAME = "pictures"
    EVENTS = ("choose",)


def data_url(picture: np.ndarray) -> str:
    """(H, W, 1 or 3) uint8 as a PNG that a page can show without another request."""
    buffer = BytesIO()
    Image.fromarray(picture.squeeze()).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
