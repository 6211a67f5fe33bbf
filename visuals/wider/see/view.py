"""The picture as it was sent and as the network gets it, and the answers of the main head."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from models.wider.activations import Pass
from visuals.components import pictures as small_pictures
from visuals.components.figures import Figure, figures
from visuals.page.style import told
from visuals.page.words import percent

WIDTH = 90  # px of a picture on the page


def pixels(seen: np.ndarray) -> str:
    """(S, S, 3) uint8 in a form that a page can show."""
    return small_pictures.data_url(seen)


def pictures(photo: str, small: str, name: str, run: Pass) -> dict[str, Any]:
    """Value of the Figures: `photo` and `small` are addresses."""
    side, enlarged = len(run.seen), run.shapes["picture"][-1]
    more = f", enlarged to {enlarged}\u00a0×\u00a0{enlarged}" if enlarged != side else ""
    return figures(
        Figure((photo,), name, sharp=False),
        Figure((small,), "", f"{side} × {side} pixels{more}"),
        width=WIDTH,
    )


def predictions(run: Pass, remark: str) -> str:
    """The five classes that the main head finds likeliest as bars, and a remark about them."""
    bars = "".join(
        f'<li><span class="name">{escape(name)}</span><span class="share">{percent(p)}</span>'
        f'<span class="track"><span class="bar" style="width:{100 * p:.1f}%"></span></span></li>'
        for name, p in run.heads["main"]
    )
    return f'<section class="head main"><h3>What the network answers</h3><ol>{bars}</ol></section>{told(remark)}'
