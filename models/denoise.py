"""The experiment of tab 3: an image becomes noise by the forward process, and the noise becomes an image again.

The way back starts at the very x_T that the way there ended with. Pure generators of plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property, partial
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from models import artifacts, runtime
from models.diffusion import (
    DPMSolver,
    Predict,
    Schedule,
    Sigma,
    StepRule,
    cosine_schedule,
    ddim_step,
    eps_from_v,
    eps_from_x0,
    guide,
    linear_schedule,
    noise_like,
    p_sample,
    q_sample,
    q_step,
    respace,
    sample,
)
from models.resnet import ResNet
from models.unet import UNet

TRAINED_ON = linear_schedule()  # the times and noise levels that the shipped networks know
VIEWS = {"linear": TRAINED_ON, "cosine": cosine_schedule()}  # of the way there
NETWORKS = ("mnist", "cifar10")
SAMPLERS = ("ddpm", "ddim", "dpm++")
SAMPLES = (1, 4, 16)
SIZE = 32  # pixels
MOST_FRAMES, THERE = 150, 41 / 150  # of a run, and the share of the way there
MOST_BYTES = 1_750_000  # of a run's pictures in base64; the numbers and the equation beside them stay below 250,000


@dataclass(frozen=True)
class Journey:
    """What to do. Raises ValueError, in a sentence for the visitor, for what cannot be done."""

    network: str = "mnist"
    label: int | None = 3  # None: any class
    sampler: Literal["ddpm", "ddim", "dpm++"] = "ddpm"
    steps: int = 50
    guidance: float = 1.5
    seed: int = 0
    samples: int = 1  # pictures at once, each with its own noise
    eta: float = 0.0  # of ddim: the share of Algorithm 2's noise
    sigma: Sigma = "beta"  # of ddpm
    view: Literal["linear", "cosine"] = "linear"  # the schedule of the way there; back goes what was trained

    def __post_init__(self) -> None:
        def whole(value: object, low: int, high: int) -> bool:
            return type(value) is int and low <= value <= high

        def between(value: object, low: float, high: float) -> bool:
            return type(value) in (int, float) and low <= value <= high

        def one_of(value: object, choices: tuple) -> bool:
            return type(value) in (str, int) and value in choices

        rules = {
            f"The network must be one of {', '.join(NETWORKS)}.": one_of(self.network, NETWORKS),
            "The class must be a whole number from 0 to 9, or none.": self.label is None or whole(self.label, 0, 9),
            f"The sampler must be one of {', '.join(SAMPLERS)}.": one_of(self.sampler, SAMPLERS),
            "Steps must be a whole number from 5 to 1000.": whole(self.steps, 5, 1000),
            "Guidance must be between 0 and 8.": between(self.guidance, 0, 8),
            "The seed must be a whole number from 0 to 999999.": whole(self.seed, 0, 999_999),
            "The number of pictures must be 1, 4 or 16.": one_of(self.samples, SAMPLES),
            "Eta must be between 0 and 1.": between(self.eta, 0, 1),
            "Sigma must be beta or beta_tilde.": one_of(self.sigma, ("beta", "beta_tilde")),
            "The schedule of the way there must be linear or cosine.": one_of(self.view, tuple(VIEWS)),
        }
        for sentence, kept in rules.items():
            if not kept:
                raise ValueError(sentence)

    @cached_property
    def back(self) -> Schedule:
        """The noise levels of the way back: what the network was trained on, respaced to the steps."""
        return respace(TRAINED_ON, self.steps)

    def rule(self) -> StepRule:
        """How one step back is made; a new one for every chain."""
        rules = {
            "ddpm": lambda: partial(p_sample, sigma=self.sigma),
            "ddim": lambda: partial(ddim_step, eta=self.eta),
            "dpm++": DPMSolver,
        }
        return rules[self.sampler]()


@dataclass(frozen=True)
class Floats:
    """The numbers that the sampler computed with at one moment, all (B, C, 32, 32) float32.

    On the way there eps is the noise in x_t since the start and x0 the start; back both are the network's guesses,
    x0 clipped to [-1, 1].
    """

    xt: np.ndarray
    eps: np.ndarray
    x0: np.ndarray
    z: np.ndarray  # the noise that this very step added (there) or adds (back), of standard deviation 1
    before: np.ndarray  # x_{t-1}
    last_x0: np.ndarray  # back: the guess of the step before, which a multistep solver looks at; 0 at the first


@dataclass(frozen=True)
class Frame:
    """A moment of the journey of B pictures, as (B, 32, 32, C) uint8; None: not to be sent.

    On the way back eps and x0 are the network's guesses.
    """

    way: Literal["there", "back"]
    step: int  # of this way, counted from 0
    t: int  # time of xt, 0..1000
    signal: float  # sqrt(alpha_bar_t): the share of x0 in xt
    noise: float  # sqrt(1 - alpha_bar_t): the share of eps
    xt: np.ndarray
    x0: np.ndarray
    eps: np.ndarray | None
    before: np.ndarray | None  # x_{t-1}; on the way back
    closed: np.ndarray | None  # on the way there: x_t by Eq. 4 alone, from another noise
    floats: Floats


@dataclass(frozen=True)
class Passed:
    """A step of the way back that has no frame."""

    way: Literal["back"]
    step: int  # counted from 0


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
    """How many frames the journey yields in all, and on the way there."""
    there, back = timeline(journey)
    return len(there) + len(back), len(there)


def timeline(journey: Journey) -> tuple[list[int], list[int]]:
    """The steps of both ways that have a frame: all of them, or as many as keep a run below 150 frames and 2 MB."""
    pictures = (4 if journey.samples == 1 else 2) * journey.samples
    size = pictures * SIZE**2 * network(journey.network).config["channels"] * 4 / 3  # of a frame in base64
    most = min(MOST_FRAMES, int(MOST_BYTES / size))
    there = max(2, round(most * THERE))
    return _shown(TRAINED_ON.steps + 1, there), _shown(journey.steps + 1, most - there)


@runtime.accelerated(seconds=60)
def travel(journey: Journey, start: np.ndarray) -> Iterator[Frame | Passed]:
    """From the picture `start` (32, 32, C) uint8 to noise by T steps of Eq. 2, then back by the chosen sampler.

    Every step back, which is one call of the network, is an event: closing ends it before the next.
    """
    channels = network(journey.network).config["channels"]
    if start.shape != (SIZE, SIZE, channels) or start.dtype != np.uint8:
        raise ValueError(f"The start picture must be {SIZE} x {SIZE} with {channels} channels of 0 to 255.")
    rng = torch.Generator().manual_seed(journey.seed)
    x0 = to_tensor(start).repeat(journey.samples, 1, 1, 1)
    schedule, shown = VIEWS[journey.view], set(timeline(journey)[0])
    other, nothing = one_noise(journey, channels), torch.zeros_like(x0)
    before, xt, z = x0, x0, nothing
    for t in range(schedule.steps + 1):
        if t:
            before, z = xt, noise_like(xt, rng)
            xt = q_step(schedule, before, t, z)
        if t in shown:
            eps = eps_from_x0(schedule, xt, t, x0) if t else nothing
            floats = _floats(xt, eps, x0, z, before, nothing)
            yield frame("there", t, t, schedule.alpha_bar[t].item(), floats, q_sample(schedule, x0, t, other))
    yield from _back(journey, xt, rng)


def one_noise(journey: Journey, channels: int) -> Tensor:
    """The noise of Eq. 4 in one go (B, C, 32, 32), the same at every t. It leaves the chain's own noise alone."""
    rng = torch.Generator().manual_seed(journey.seed + 1_000_000)
    return noise_like(torch.empty(journey.samples, channels, SIZE, SIZE), rng)


def _back(journey: Journey, xT: Tensor, rng: torch.Generator) -> Iterator[Frame | Passed]:
    unet = network(journey.network)
    where = next(unet.parameters()).device
    y = torch.full((len(xT),), unet.num_classes if journey.label is None else journey.label, device=where)
    predict = predictor(unet, y, 1.0 if journey.label is None else journey.guidance)
    shown = set(timeline(journey)[1])
    last_x0 = torch.zeros_like(xT)
    for number, step in enumerate(sample(journey.back, predict, xT.to(where), rng, journey.rule())):
        if number in shown:
            floats = _floats(step.xt, step.eps, step.x0, step.z, step.x_before, last_x0)
            yield frame("back", number, step.t, TRAINED_ON.alpha_bar[step.t].item(), floats)
        else:
            yield Passed("back", number)
        last_x0 = step.x0
    result, nothing = step.x_before, torch.zeros_like(xT)
    yield frame("back", journey.steps, 0, 1.0, _floats(result, nothing, result, nothing, result, last_x0))


def of_one(journey: Journey, moment: Frame, number: int) -> Frame:
    """The moment of one of several pictures (counted from 0), with the panels that are not sent of all of them."""
    floats = Floats(*(getattr(moment.floats, f.name)[number : number + 1] for f in fields(Floats)))
    closed = None
    if moment.way == "there":
        other = one_noise(journey, floats.xt.shape[1])[number : number + 1]
        closed = q_sample(VIEWS[journey.view], torch.from_numpy(floats.x0), moment.t, other)
    return frame(moment.way, moment.step, moment.t, moment.signal**2, floats, closed)


def _floats(*tensors: Tensor) -> Floats:
    return Floats(*(tensor.cpu().numpy() for tensor in tensors))


def frame(
    way: Literal["there", "back"], step: int, t: int, alpha_bar: float, floats: Floats, closed: Tensor | None = None
) -> Frame:
    """The moment as pictures. Of several samples only x_t and x_0 are sent, the rest `of_one` that is chosen."""
    alone = len(floats.xt) == 1
    return Frame(
        way,
        step,
        t,
        alpha_bar**0.5,
        (1 - alpha_bar) ** 0.5,
        to_images(floats.xt),
        to_images(floats.x0),
        to_images(floats.eps, reach=3.0) if alone else None,
        to_images(floats.before) if alone and way == "back" and t else None,
        to_images(closed.numpy()) if alone and closed is not None else None,
        floats,
    )


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
    return to_images(x.detach().cpu().numpy()[None], reach)[0]


def to_images(x: np.ndarray, reach: float = 1.0) -> np.ndarray:
    """The same for (B, C, H, W) float32, to (B, H, W, C)."""
    scaled = np.rint((x / reach + 1) * 127.5).clip(0, 255)
    return np.ascontiguousarray(scaled.astype(np.uint8).transpose(0, 2, 3, 1))


def stack(frames: list[Frame]) -> dict[str, np.ndarray]:
    """The frames of one picture's journey as arrays, one row a frame, to be kept as a recorded run."""
    plain = {name: np.array([getattr(frame, name) for frame in frames]) for name in ("way", "step", "t", "signal")}
    floats = {f.name: np.stack([getattr(frame.floats, f.name) for frame in frames]) for f in fields(Floats)}
    return plain | floats | {"closed": np.stack([frame.closed for frame in frames if frame.way == "there"])}


def unstack(run: dict[str, np.ndarray]) -> list[Frame]:
    """The frames of a recorded run."""
    frames = []
    plain = zip(*(run[name].tolist() for name in ("way", "step", "t", "signal")), strict=True)
    for row, (way, step, t, signal) in enumerate(plain):
        floats = Floats(*(run[f.name][row] for f in fields(Floats)))
        made = frame(way, step, t, signal**2, floats)
        frames.append(replace(made, closed=run["closed"][row]) if way == "there" else made)
    return frames


def _shown(points: int, most: int) -> list[int]:
    """At most `most` of 0..points-1, evenly spread, with the first and the last."""
    return [round(i * (points - 1) / (most - 1)) for i in range(most)] if points > most else list(range(points))
