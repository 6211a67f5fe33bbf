"""What is shown of the evidence: the class activation map over the picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.wider.heads import Evidence
from visuals.components.overlay import overlay


def evidence_map(found: Evidence, k: int, classes: tuple[str, ...], picture: str) -> dict[str, Any]:
    """Value of the Overlay: the class activation map of class `k`; `picture` is a data URL of what it lies over."""
    values = found.maps[k]
    name = f"What speaks for and against {classes[k]}, by place in the picture"
    limit = max(0.1, float(np.abs(found.maps).max()))  # one scale for all classes: what is weak looks weak
    return overlay(name, picture, values, limit, ("against", "for"))


def grey(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 without its colours, so that those of a map over it can be told."""
    return np.repeat(image.mean(2, keepdims=True).round().astype(np.uint8), 3, axis=2)
