"""What a classifier that was trained on the same data sees in a picture."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from models.core import artifacts, runtime
from models.core.resnet import ResNet
from models.noisier.images import to_tensor


def judge(name: str) -> ResNet:
    """The classifier trained on the same data as the network, on the device where this process computes."""
    return runtime.placed(_judge(name))


@cache
def _judge(name: str) -> ResNet:
    config = dict(artifacts.certificate(f"classifier-{name}").config)
    del config["classes"]
    return artifacts.load_weights(f"classifier-{name}", ResNet(**config))


@cache
def classes(name: str) -> tuple[str, ...]:
    """The names of the ten classes that a network can be asked for."""
    return tuple(artifacts.certificate(f"classifier-{name}").config["classes"])


@runtime.quick
@torch.no_grad()
def recognise(name: str, image: np.ndarray) -> tuple[int, float]:
    """What the classifier trained on the same data sees in a picture (32, 32, C): its class and probability."""
    classifier = judge(name)
    picture = to_tensor(image)[None].to(classifier.linear.weight.device)
    probabilities = classifier(picture).softmax(1)[0]
    return int(probabilities.argmax()), probabilities.max().item()
