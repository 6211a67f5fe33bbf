"""The experiment of tab 3: noise to image, step by step, as small events."""

from __future__ import annotations

import torch
from torch import Tensor

from models import runtime
from models.diffusion import Predict, eps_from_v, guide, linear_schedule
from models.unet import UNet

TRAINED_ON = linear_schedule()  # the times and noise levels that the shipped networks know


def predictor(network: UNet, y: Tensor, guidance: float) -> Predict:
    """The network as predict(xt, t) -> eps for classes y (B,), with guidance (1 for none).

    It predicts the velocity; eps follows by `eps_from_v`. With guidance both predictions are one batch of 2B.
    """

    def eps_of(xt: Tensor, t: Tensor, y: Tensor) -> Tensor:
        with runtime.autocast(xt.device):
            v = network(xt, t, y)
        return eps_from_v(TRAINED_ON, xt, t, v.float())

    def predict(xt: Tensor, t: Tensor) -> Tensor:
        if guidance == 1:
            return eps_of(xt, t, y)
        without = torch.full_like(y, network.num_classes)
        both = eps_of(torch.cat((xt, xt)), torch.cat((t, t)), torch.cat((without, y)))
        return guide(*both.chunk(2), guidance)

    return predict
