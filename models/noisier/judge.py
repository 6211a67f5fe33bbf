"""What a classifier that was trained on the same data sees in a picture."""

from __future__ import annotations

from functools import cache, lru_cache
from threading import Lock

import numpy as np
import torch

from models.core import artifacts, runtime
from models.core.resnet import ResNet
from models.noisier.images import to_tensor

_looking = Lock()


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
def recognise(name: str, image: np.ndarray) -> tuple[int, float]:
    """What the classifier trained on the same data sees in a picture (32, 32, C) uint8: its class and probability.

    Who follow the same run ask for the same picture at the same moment: it is looked at once.
    """
    with _looking:
        return _seen(name, image.tobytes(), image.shape)


@lru_cache(maxsize=512)
@torch.no_grad()
def _seen(name: str, picture: bytes, shape: tuple[int, ...]) -> tuple[int, float]:
    classifier = judge(name)
    image = to_tensor(np.frombuffer(bytearray(picture), np.uint8).reshape(shape))
    probabilities = classifier(image[None].to(classifier.linear.weight.device)).softmax(1)[0]
    return int(probabilities.argmax()), probabilities.max().item()
