"""The experiment of tab 3: an image becomes noise by the forward process, and the noise becomes an image again.

The way back starts at the very x_T that the way there ended with. Pure generators of plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from models import artifacts, runtime
from models.diffusion import (
    Predict,
    ddim_step,
    eps_from_v,
    eps_from_x0,
    guide,
    linear_schedule,
    noise_like,
    p_sample,
    q_step,
    respace,
    sample,
)
from models.resnet import ResNet
from models.unet import UNet

TRAINED_ON = linear_schedule()  # the times and noise levels that the shipped networks know
NETWORKS = ("mnist", "cifar10")
SIZE = 32  # pixels
FRAMES_THERE, FRAMES_BACK = 41, 109  # at most, so that the longest run stays below 2 MB


@dataclass(frozen=True)
class Journey:
    """What to do. Raises ValueError, in a sentence for the visitor, for what cannot be done."""

    network: str = "mnist"
    label: int | None = 3  # None: any class
    sampler: Literal["ddpm", "ddim"] = "ddpm"
    steps: int = 50
    guidance: float = 1.5
    seed: int = 0

    def __post_init__(self) -> None:
        def whole(value: object, low: int, high: int) -> bool:
            return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

        def between(value: object, low: float, high: float) -> bool:
            return isinstance(value, (int, float)) and low <= value <= high

        rules = {
            f"The network must be one of {', '.join(NETWORKS)}.": self.network in NETWORKS,
            "The class must be a whole number from 0 to 9, or none.": self.label is None or whole(self.label, 0, 9),
            "The sampler must be ddpm or ddim.": self.sampler in ("ddpm", "ddim"),
            "Steps must be a whole number from 5 to 1000.": whole(self.steps, 5, 1000),
            "Guidance must be between 0 and 8.": between(self.guidance, 0, 8),
            "The seed must be a whole number from 0 to 999999.": whole(self.seed, 0, 999_999),
        }
        for sentence, kept in rules.items():
            if not kept:
                raise ValueError(sentence)


@dataclass(frozen=True)
class Frame:
    """A moment of the journey. Pictures are (32, 32, C) uint8; on the way back eps and x0 are the network's guesses."""

    way: Literal["there", "back"]
    step: int  # of this way, counted from 0
    t: int  # time of xt, 0..1000
    signal: float  # sqrt(alpha_bar_t): the share of x0 in xt
    noise: float  # sqrt(1 - alpha_bar_t): the share of eps
    xt: np.ndarray
    eps: np.ndarray
    x0: np.ndarray


@cache
def network(name: str) -> UNet:
    """The shipped noise predictor called `name`, on the fastest device."""
    config = artifacts.certificate(f"ddpm-{name}").config
    built = UNet(**{key: config[key] for key in ("channels", "widths", "blocks", "num_classes", "attention")})
    return artifacts.load_weights(f"ddpm-{name}", built).to(runtime.device())


@cache
def _judge(name: str) -> tuple[ResNet, tuple[str, ...]]:
    config = dict(artifacts.certificate(f"classifier-{name}").config)
    classes = tuple(config.pop("classes"))
    return artifacts.load_weights(f"classifier-{name}", ResNet(**config)), classes


def classes(name: str) -> tuple[str, ...]:
    """The names of the ten classes that a network can be asked for."""
    return _judge(name)[1]


@torch.no_grad()
def recognise(name: str, image: np.ndarray) -> tuple[int, float]:
    """What the classifier trained on the same data sees in a picture (32, 32, C): its class and probability."""
    judge, _ = _judge(name)
    probabilities = judge(to_tensor(image)[None]).softmax(1)[0]
    return int(probabilities.argmax()), probabilities.max().item()


def frames_of(journey: Journey) -> tuple[int, int]:
    """How many frames the journey yields in all, and on the way there. Every step has one, up to FRAMES_BACK."""
    there = len(_shown(TRAINED_ON.steps + 1, FRAMES_THERE))
    return there + len(_shown(journey.steps + 1, FRAMES_BACK)), there


@runtime.accelerated(seconds=60)
def travel(journey: Journey, start: np.ndarray) -> Iterator[Frame]:
    """From the picture `start` (32, 32, C) uint8 to noise by T steps of Eq. 2, then back by the chosen sampler."""
    channels = network(journey.network).config["channels"]
    if start.shape != (SIZE, SIZE, channels) or start.dtype != np.uint8:
        raise ValueError(f"The start picture must be {SIZE} x {SIZE} with {channels} channels of 0 to 255.")
    rng = torch.Generator().manual_seed(journey.seed)
    x0 = to_tensor(start)[None]
    shown = _shown(TRAINED_ON.steps + 1, FRAMES_THERE)
    xt = x0
    for t in range(TRAINED_ON.steps + 1):
        if t:
            xt = q_step(TRAINED_ON, xt, t, noise_like(xt, rng))
        if t in shown:
            eps = eps_from_x0(TRAINED_ON, xt, t, x0) if t else torch.zeros_like(x0)
            yield _frame("there", t, t, xt, eps, x0)
    yield from _back(journey, xt, rng)


def _back(journey: Journey, xT: Tensor, rng: torch.Generator) -> Iterator[Frame]:
    unet = network(journey.network)
    where = next(unet.parameters()).device
    y = torch.tensor([unet.num_classes if journey.label is None else journey.label], device=where)
    predict = predictor(unet, y, 1.0 if journey.label is None else journey.guidance)
    rule = p_sample if journey.sampler == "ddpm" else ddim_step
    schedule = respace(TRAINED_ON, journey.steps)
    shown = _shown(journey.steps + 1, FRAMES_BACK)
    for number, step in enumerate(sample(schedule, predict, xT.to(where), rng, rule)):
        if number in shown:
            yield _frame("back", number, step.t, step.xt, step.eps, step.x0)
    yield _frame("back", journey.steps, 0, step.x_before, torch.zeros_like(step.eps), step.x_before)


def stack(frames: list[Frame]) -> dict[str, np.ndarray]:
    """Frames as arrays, one row a frame, to be kept as a recorded run."""
    return {field.name: np.stack([getattr(frame, field.name) for frame in frames]) for field in fields(Frame)}


def unstack(arrays: dict[str, np.ndarray]) -> list[Frame]:
    """The frames of a recorded run."""
    rows = zip(*(arrays[field.name] for field in fields(Frame)), strict=True)
    return [Frame(*(value.item() if value.ndim == 0 else value for value in row)) for row in rows]


def predictor(unet: UNet, y: Tensor, guidance: float) -> Predict:
    """The network as predict(xt, t) -> eps for classes y (B,), with guidance (1 for none).

    It predicts the velocity; eps follows by `eps_from_v`. With guidance both predictions are one batch of 2B.
    """

    def eps_of(xt: Tensor, t: Tensor, y: Tensor) -> Tensor:
        return eps_from_v(TRAINED_ON, xt, t, unet(xt, t, y).float())

    def predict(xt: Tensor, t: Tensor) -> Tensor:
        if guidance == 1:
            return eps_of(xt, t, y)
        without = torch.full_like(y, unet.num_classes)
        both = eps_of(torch.cat((xt, xt)), torch.cat((t, t)), torch.cat((without, y)))
        return guide(*both.chunk(2), guidance)

    return predict


def to_tensor(image: np.ndarray) -> Tensor:
    """(H, W, C) uint8 to (C, H, W) in [-1, 1]."""
    return torch.from_numpy(image.copy()).permute(2, 0, 1).float() / 127.5 - 1


def to_image(x: Tensor, reach: float = 1.0) -> np.ndarray:
    """(C, H, W) to (H, W, C) uint8: -reach is 0, +reach is 255, values beyond are clipped."""
    scaled = ((x.detach().cpu() / reach + 1) * 127.5).round().clamp(0, 255)
    return scaled.to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


def _shown(points: int, most: int) -> set[int]:
    """At most `most` of 0..points-1, evenly spread, with the first and the last."""
    return {round(i * (points - 1) / (most - 1)) for i in range(most)} if points > most else set(range(points))


def _frame(way: Literal["there", "back"], step: int, t: int, xt: Tensor, eps: Tensor, x0: Tensor) -> Frame:
    alpha_bar = TRAINED_ON.alpha_bar[t].item()
    pictures = to_image(xt[0]), to_image(eps[0], reach=3.0), to_image(x0[0])
    return Frame(way, step, t, alpha_bar**0.5, (1 - alpha_bar) ** 0.5, *pictures)
