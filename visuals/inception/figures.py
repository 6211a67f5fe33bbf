"""What the tab draws of one picture: the pictures to choose from, what the network gets, and what it says."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from html import escape
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from models.insight import Look
from models.runtime import hardware
from visuals.components.pictures import data_url
from visuals.inception.examples import EXAMPLES, available
from visuals.inception.examples import picture as example_picture
from visuals.inception.network_figures import AFTER, HEADS
from visuals.style import measured

PREVIEW, THUMBNAIL = 320, 112  # pixels


def jpeg_url(image: np.ndarray) -> str:
    """A photograph (H, W, 3) uint8 that a page can show without another request."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


@cache
def thumbnails() -> tuple[str, ...]:
    return tuple(jpeg_url(square(example_picture(name), THUMBNAIL)) for name in available())


def gallery(chosen: str | None) -> dict[str, Any]:
    """Value of the Pictures: the examples, with `chosen` pressed."""
    return {
        "pictures": thumbnails(),
        "names": list(available()),
        "chosen": available().index(chosen) if chosen else None,
        "large": True,
        "label": "Pictures to choose from",
    }


def example(name: str, look: Look) -> str:
    """The example beside what the network gets of it, and whether the network can know what it shows."""
    chosen, remark = EXAMPLES[name], ""
    if chosen.drawn:
        remark = (
            "No photograph: the network of tab 3 drew it from noise, at 32 × 32 pixels. What does this one make of it?"
        )
    elif look.known == "tiny" and chosen.known:
        remark = f"This is one of the {look.num_classes} classes: {chosen.known}.{missed(look, chosen.known)}"
    elif look.known == "tiny":
        remark = (
            f"This is none of the {look.num_classes} classes, so the network names the likeliest of those it knows."
        )
    else:
        remark = f"Here torchvision's network looks at it, which knows {look.num_classes:,} classes."
    return picture(example_picture(name), look, name, remark)


def missed(look: Look, name: str) -> str:
    """Where the main head does not answer `name` first: what became of it."""
    five = [likely for likely, _ in look.heads["main"]]
    if five[0] == name:
        return ""
    if name in five:
        return f" The network answers {five[0]} first, and {name} is among its five."
    return f" The network does not see it: {name} is not among its five."


def square(image: np.ndarray, side: int) -> np.ndarray:
    """The central square of (H, W, 3) uint8, scaled to (side, side, 3)."""
    picture = Image.fromarray(image)
    short = min(picture.size)
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    return np.asarray(picture.resize((side, side), box=(left, top, left + short, top + short)))


def picture(image: np.ndarray, look: Look, name: str, remark: str = "") -> str:
    """The visitor's picture beside what the network gets of it."""
    said, side, enters = escape(name), len(look.seen), look.shapes["picture"][1]
    scaled = f", scaled up to {enters} × {enters} as it enters" if enters > side else ""
    return f"""<div class="seen">
<figure><img src="{jpeg_url(square(image, PREVIEW))}" alt="{said}, central square">
<figcaption>{said}, the central square</figcaption></figure>
<figure><img class="pixels" src="{data_url(look.seen)}" alt="the same at {side} × {side} pixels">
<figcaption>what the network gets: {side} × {side} pixels{scaled}</figcaption></figure></div>
<p class="remark">{escape(remark)}</p>"""


def predictions(look: Look, label: Callable[[str], str] = measured) -> str:
    """The five likeliest classes of the three heads as bars, the main head first; `label` says when that was found."""
    columns = "".join(_head(head, look.heads[head]) for head in HEADS if head in look.heads)
    said = label(f"all heads and all maps from one pass of {look.milliseconds:.0f} ms; {hardware('cpu')}")
    return f'<div class="heads">{columns}</div><p>{said}</p>'


def _head(head: str, likeliest: tuple[tuple[str, float], ...]) -> str:
    bars = "".join(
        f'<li><span class="name">{escape(name)}</span><span class="share">{100 * p:.1f} %</span>'
        f'<span class="track"><span class="bar" style="width:{100 * p:.1f}%"></span></span></li>'
        for name, p in likeliest
    )
    where = "at the end" if head == "main" else f"after module {AFTER[head]}"
    return f'<section class="head {head}"><h3>{HEADS[head]} <small>{where}</small></h3><ol>{bars}</ol></section>'
