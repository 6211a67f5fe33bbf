"""Pictures as people see them, uint8, and as the network computes with them, in [-1, 1]."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def to_tensor(image: np.ndarray) -> Tensor:
    """(H, W, C) uint8 to (C, H, W) in [-1, 1]."""
    return torch.from_numpy(image.copy()).permute(2, 0, 1).float() / 127.5 - 1


def to_image(x: Tensor, reach: float = 1.0) -> np.ndarray:
    """(C, H, W) to (H, W, C) uint8: -reach is 0, +reach is 255, values beyond are clipped."""
    return to_images(x.detach().cpu().numpy()[None], reach)[0]


def to_images(x: np.ndarray, reach: float = 1.0) -> np.ndarray:
    """The same for (B, C, H, W) float32, to (B, H, W, C)."""
    scaled = np.rint((x / reach + 1) * 127.5).clip(0, 255)
    return np.ascontiguousarray(scaled.astype(np.uint8).transpose(0, 2, 3, 1))
