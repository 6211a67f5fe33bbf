"""Sets of points in the plane, as distributions that any number of points can be drawn from.

Every cloud keeps to about [-1.6, 1.6] x [-1.6, 1.6], so that noise of variance 1 drowns it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

Cloud = Callable[[int, torch.Generator], Tensor]  # (how many, rng) -> points (how many, 2)
Point = tuple[float, float]

DIRECTIONS = 64  # along which two clouds are compared
BLUR = 0.04  # standard deviation around a point that was drawn by hand


def two_moons(count: int, rng: torch.Generator) -> Tensor:
    """Two half circles that reach into one another."""
    angle = math.pi * torch.rand(count, generator=rng)
    arc = torch.stack((angle.cos() - 0.5, angle.sin() - 0.25), 1)
    upper = torch.rand(count, 1, generator=rng) < 0.5
    return 1.1 * torch.where(upper, arc, -arc) + 0.06 * normal(count, rng)


def spiral(count: int, rng: torch.Generator) -> Tensor:
    """Two turns, as dense outside as inside."""
    radius = torch.rand(count, generator=rng).sqrt()
    return 1.6 * radius[:, None] * direction(4 * math.pi * radius) + 0.03 * normal(count, rng)


def rings(count: int, rng: torch.Generator) -> Tensor:
    """Two circles around one centre, the outer one with three times the points."""
    radius = torch.where(torch.rand(count, generator=rng) < 0.75, 1.5, 0.5)
    return radius[:, None] * direction(2 * math.pi * torch.rand(count, generator=rng)) + 0.04 * normal(count, rng)


def grid(count: int, rng: torch.Generator) -> Tensor:
    """Twenty-five small heaps, five in a row."""
    return 0.7 * (torch.randint(0, 5, (count, 2), generator=rng) - 2) + 0.06 * normal(count, rng)


def letter(count: int, rng: torch.Generator) -> Tensor:
    """A capital N: any place on it is as likely as any other."""
    pixels, size = _pixels("N")
    chosen = pixels[torch.randint(0, len(pixels), (count,), generator=rng)]
    return chosen + size * (torch.rand(count, 2, generator=rng) - 0.5)


def drawn(points: tuple[Point, ...]) -> Cloud:
    """The points that somebody drew, each as likely as any other and blurred a little."""
    places = torch.tensor(points, dtype=torch.float32)

    def cloud(count: int, rng: torch.Generator) -> Tensor:
        return places[torch.randint(0, len(places), (count,), generator=rng)] + BLUR * normal(count, rng)

    return cloud


CLOUDS: dict[str, Cloud] = {
    "moons": two_moons,
    "spiral": spiral,
    "rings": rings,
    "grid": grid,
    "letter": letter,
}


def distance(a: Tensor, b: Tensor) -> float:
    """Sliced Wasserstein-1 distance of two clouds (N, 2) of equal size (Rabin et al. 2011).

    Along one direction the points of each cloud have an order. The distance is how far the first point of one cloud is
    from the first of the other, the second from the second and so on: the mean over all points and over directions,
    which are evenly spread.
    """
    if a.shape != b.shape:
        raise ValueError(f"clouds of equal size are compared, not {tuple(a.shape)} and {tuple(b.shape)}")
    along = direction(math.pi * torch.arange(DIRECTIONS) / DIRECTIONS).T.to(a)
    return ((a @ along).sort(0).values - (b @ along).sort(0).values).abs().mean().item()


def normal(count: int, rng: torch.Generator) -> Tensor:
    return torch.randn(count, 2, generator=rng)


def direction(angle: Tensor) -> Tensor:
    """(N,) angles to (N, 2) unit vectors."""
    return torch.stack((angle.cos(), angle.sin()), 1)


@cache
def _pixels(text: str) -> tuple[Tensor, float]:
    """The centres (N, 2) of the pixels of a text that is 2.6 wide, and the side of a pixel."""
    font = ImageFont.load_default(size=60)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (round(right - left), round(bottom - top)))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=font)
    rows, columns = np.nonzero(np.asarray(image) > 127)
    size = 2.6 / image.width
    centres = np.stack((columns - (image.width - 1) / 2, (image.height - 1) / 2 - rows), 1)
    return torch.from_numpy(size * centres).float(), size
