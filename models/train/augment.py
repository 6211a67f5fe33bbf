"""Augmentation of training pictures."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def crop_and_flip(images: Tensor, fill: float = 0.0, flip: bool = True) -> Tensor:
    """He et al. 2015, section 4.2: (B, C, H, W) padded by 4 on each side, a random crop of H x W, half of them flipped.

    `fill` is the value of the padding, `flip` whether mirrored pictures are natural.
    """
    b, _, h, w = images.shape
    rows = torch.randint(0, 9, (b, 1), device=images.device) + torch.arange(h, device=images.device)
    columns = torch.randint(0, 9, (b, 1), device=images.device) + torch.arange(w, device=images.device)
    if flip:
        columns = torch.where(torch.rand(b, 1, device=images.device) < 0.5, columns.flip(1), columns)
    padded = F.pad(images, (4, 4, 4, 4), value=fill).permute(0, 2, 3, 1)  # (B, H+8, W+8, C)
    image = torch.arange(b, device=images.device)[:, None, None]
    return padded[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
