"""One class, the same noises, and more and more guidance: Ho & Salimans 2022 (arXiv 2207.12598).

A pure generator of plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from models.core import runtime
from models.noisier import reverse_chains
from models.noisier.denoise import TRAINED_ON, network, predictor
from models.noisier.diffusion.sampling import ddim_step
from models.noisier.diffusion.schedule import respace
from models.noisier.reverse_chains import Row

SCALES = (0, 1, 1.5, 2, 3, 5, 8)
STEPS = (10, 25, 50)
MOST = 200  # pictures at one scale


@dataclass(frozen=True)
class Strip:
    """What to ask for, and how. Raises ValueError, in a sentence for the visitor, for what cannot be done."""

    network: str = "mnist"
    label: int = 3
    steps: int = 25
    seed: int = 0
    count: int = 8  # noises, the same at all scales

    def __post_init__(self) -> None:
        rules = {
            "The class must be a whole number from 0 to 9.": reverse_chains.whole(self.label, 0, 9),
            f"Steps must be one of {', '.join(map(str, STEPS))}.": type(self.steps) is int and self.steps in STEPS,
            f"There must be 2 to {MOST} pictures.": reverse_chains.whole(self.count, 2, MOST),
        }
        reverse_chains.check(self.network, self.seed, rules)


@runtime.accelerated(seconds=90)
def strip(config: Strip) -> Iterator[Row]:
    """A row for each of SCALES. By DDIM without added noise, so that the rows differ in nothing but the scale."""
    unet = network(config.network)
    y = reverse_chains.labels(unet, (config.label,) * config.count)
    for row, scale in enumerate(SCALES):
        rng = torch.Generator().manual_seed(config.seed)
        xT = reverse_chains.start(unet, config.count, rng)
        # scale 0 needs no prediction with the class: the same as asking for none
        asked, guidance = (y, float(scale)) if scale else (torch.full_like(y, unet.num_classes), 1.0)
        yield from reverse_chains.chains(
            row, config.network, respace(TRAINED_ON, config.steps), predictor(unet, asked, guidance), xT, rng, ddim_step
        )


def relative_variety(pictures: np.ndarray) -> float:
    """How different the pictures are from one another, in units of their own contrast.

    Guidance raises contrast, which alone makes differences larger. Unrelated pictures have about sqrt(2).
    """
    return reverse_chains.variety(pictures) / max(reverse_chains.contrast(pictures), 1e-9)


def at_the_ends(pictures: np.ndarray) -> float:
    """Share of the pixel values of uint8 pictures that are 0 or 255, where values beyond the range are cut off."""
    return float(np.isin(pictures, (0, 255)).mean())
