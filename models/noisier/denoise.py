"""The experiment of tab 3: an image becomes noise by the forward process, and the noise becomes an image again.

The way back starts at the very x_T that the way there ended with. Pure generators of plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, fields
from functools import cache, cached_property, partial
from itertools import chain
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from models.core import artifacts, runtime
from models.core.batching import Batched
from models.noisier.diffusion.process import Predict, eps_from_v, eps_from_x0, guide, noise_like, q_chain, q_sample
from models.noisier.diffusion.sampling import DPMSolver, Sigma, StepRule, ddim_step, p_sample, sample
from models.noisier.diffusion.schedule import Schedule, cosine_schedule, linear_schedule, respace
from models.noisier.images import to_images, to_tensor
from models.noisier.unet import UNet

TRAINED_ON = linear_schedule()  # the times and noise levels that the shipped networks know
VIEWS = {"linear": TRAINED_ON, "cosine": cosine_schedule()}  # of the way there
NETWORKS = ("mnist", "cifar10")
Sampler = Literal["ddpm", "ddim", "dpm++"]
SAMPLERS: tuple[Sampler, ...] = ("ddpm", "ddim", "dpm++")
SAMPLES = (1, 4, 16)
STEPS = (5, TRAINED_ON.steps)  # of the way back, fewest and most
GUIDANCE = (0, 8)
LARGEST_SEED = 999_999
CHANNELS = {"mnist": 1, "cifar10": 3}  # of the pictures that a network draws
SIZE = 32  # pixels
MOST_FRAMES, THERE = 150, 41 / 150  # frames of a run, and the share of them on the way there
MOST_BYTES = 1_750_000  # of a run's pictures in base64; the numbers and the equation beside them stay below 250,000


@dataclass(frozen=True)
class Journey:
    """What to do. Raises ValueError, in a sentence for the visitor, for what cannot be done."""

    network: str = "mnist"
    label: int | None = 3  # None: any class
    sampler: Sampler = "ddpm"
    steps: int = 50
    guidance: float = 1.5
    seed: int = 0
    samples: int = 1  # pictures at once, each with its own noise
    eta: float = 0.0  # of ddim: the share of Algorithm 2's noise
    sigma: Sigma = "beta"  # of ddpm
    view: Literal["linear", "cosine"] = "linear"  # the schedule of the way there; the way back takes the trained one

    def __post_init__(self) -> None:
        def whole(value: object, low: int, high: int) -> bool:
            return type(value) is int and low <= value <= high

        def between(value: object, low: float, high: float) -> bool:
            return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high

        def one_of(value: object, choices: tuple) -> bool:
            return type(value) in (str, int) and value in choices

        rules = {
            f"The network must be one of {', '.join(NETWORKS)}.": one_of(self.network, NETWORKS),
            "The class must be a whole number from 0 to 9, or none.": self.label is None or whole(self.label, 0, 9),
            f"The sampler must be one of {', '.join(SAMPLERS)}.": one_of(self.sampler, SAMPLERS),
            f"Steps must be a whole number from {STEPS[0]} to {STEPS[1]}.": whole(self.steps, *STEPS),
            f"Guidance must be between {GUIDANCE[0]} and {GUIDANCE[1]}.": between(self.guidance, *GUIDANCE),
            f"The seed must be a whole number from 0 to {LARGEST_SEED}.": whole(self.seed, 0, LARGEST_SEED),
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
    signal: float  # sqrt(alpha_bar_t): the factor of x0 in xt
    noise: float  # sqrt(1 - alpha_bar_t): the factor of eps
    xt: np.ndarray
    x0: np.ndarray
    eps: np.ndarray | None
    before: np.ndarray | None  # x_{t-1}; on the way back
    closed: np.ndarray | None  # on the way there: x_t by Eq. 4 alone, from another noise
    floats: Floats


@dataclass(frozen=True)
class Passed:
    """A step of the way back that is not shown as a frame."""

    way: Literal["back"]
    step: int  # counted from 0


def network(name: str) -> UNet:
    """The shipped noise predictor called `name`, on the device where this process computes."""
    return runtime.placed(_network(name))


@cache
def _network(name: str) -> UNet:
    config = artifacts.certificate(f"ddpm-{name}").config
    built = UNet(**{key: config[key] for key in ("channels", "widths", "blocks", "num_classes", "attention")})
    return artifacts.load_weights(f"ddpm-{name}", built)


@cache
def batched(name: str) -> Batched:
    """The network for journeys: those of several visitors that wait for it at the same moment are one batch."""
    return Batched(network(name), workers=runtime.cores() if runtime.device().type == "cpu" else 1)


def frames_of(journey: Journey) -> tuple[int, int]:
    """How many frames the journey yields in all, and on the way there."""
    there, back = timeline(journey)
    return len(there) + len(back), len(there)


def timeline(journey: Journey) -> tuple[list[int], list[int]]:
    """The steps of both ways that have a frame: all of them, or as many as keep a run below 150 frames and 2 MB."""
    pictures = (4 if journey.samples == 1 else 2) * journey.samples
    size = pictures * SIZE**2 * CHANNELS[journey.network] * 4 / 3  # of a frame in base64
    most = min(MOST_FRAMES, int(MOST_BYTES / size))
    there = max(2, round(most * THERE))
    return _shown(TRAINED_ON.steps + 1, there), _shown(journey.steps + 1, most - there)


@runtime.accelerated(seconds=60)
def travel(journey: Journey, start: np.ndarray) -> Iterator[Frame | Passed]:
    """From the picture `start` (32, 32, C) uint8 to noise by T steps of Eq. 2, then back by the chosen sampler.

    Every step back, which is one call of the network, is an event: closing ends it before the next.
    """
    rng = torch.Generator().manual_seed(journey.seed)
    xT = yield from there(journey, start, rng)
    unet = network(journey.network)
    where = next(unet.parameters()).device
    y = torch.full((len(xT),), unet.num_classes if journey.label is None else journey.label, device=where)
    together = batched(journey.network)
    predict = predictor(unet, y, 1.0 if journey.label is None else journey.guidance, together)
    with together.run():
        yield from back(journey, xT.to(where), rng, predict)


def there(journey: Journey, start: np.ndarray, rng: torch.Generator) -> Generator[Frame, None, Tensor]:
    """The way there, which needs no network; returns x_T (B, C, 32, 32)."""
    channels = CHANNELS[journey.network]
    if start.shape != (SIZE, SIZE, channels) or start.dtype != np.uint8:
        raise ValueError(f"The start picture must be {SIZE} x {SIZE} with {channels} channels of 0 to 255.")
    x0 = to_tensor(start).repeat(journey.samples, 1, 1, 1)
    schedule, shown = VIEWS[journey.view], set(timeline(journey)[0])
    other, nothing = one_noise(journey, channels), torch.zeros_like(x0)
    for t, before, xt, z in chain(((0, x0, x0, nothing),), q_chain(schedule, x0, rng)):
        if t in shown:
            eps = eps_from_x0(schedule, xt, t, x0) if t else nothing
            floats = _floats(xt, eps, x0, z, before, nothing)
            yield frame("there", t, t, schedule.alpha_bar[t].item(), floats, q_sample(schedule, x0, t, other))
    return xt


def back(journey: Journey, xT: Tensor, rng: torch.Generator, predict: Predict) -> Iterator[Frame | Passed]:
    """The way back from xT (B, C, 32, 32) by the noise that `predict` sees in it."""
    shown = set(timeline(journey)[1])
    last_x0 = torch.zeros_like(xT)
    for number, step in enumerate(sample(journey.back, predict, xT, rng, journey.rule())):
        if number in shown:
            floats = _floats(step.xt, step.eps, step.x0, step.z, step.x_before, last_x0)
            yield frame("back", number, step.t, TRAINED_ON.alpha_bar[step.t].item(), floats)
        else:
            yield Passed("back", number)
        last_x0 = step.x0
    result, nothing = step.x_before, torch.zeros_like(xT)
    yield frame("back", journey.steps, 0, 1.0, _floats(result, nothing, result, nothing, result, last_x0))


def one_noise(journey: Journey, channels: int) -> Tensor:
    """The noise of Eq. 4 in one go (B, C, 32, 32), the same at every t. It leaves the chain's own noise alone."""
    rng = torch.Generator().manual_seed(journey.seed + 1_000_000)
    return noise_like(torch.empty(journey.samples, channels, SIZE, SIZE), rng)


def of_one(journey: Journey, moment: Frame, number: int) -> Frame:
    """The moment of one of several pictures (counted from 0), with the panels that are not sent of all of them."""
    floats = Floats(*(getattr(moment.floats, f.name)[number : number + 1] for f in fields(Floats)))
    closed = None
    if moment.way == "there":
        other = one_noise(journey, floats.xt.shape[1])[number : number + 1]
        closed = q_sample(VIEWS[journey.view], torch.tensor(floats.x0), moment.t, other)
    return frame(moment.way, moment.step, moment.t, moment.signal**2, floats, closed)


def _floats(*tensors: Tensor) -> Floats:
    return Floats(*(tensor.cpu().numpy() for tensor in tensors))


def frame(
    way: Literal["there", "back"], step: int, t: int, alpha_bar: float, floats: Floats, closed: Tensor | None = None
) -> Frame:
    """The moment as pictures. Of several samples only x_t and x_0 are sent, and of the chosen one the rest."""
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


def predictor(unet: UNet, y: Tensor, guidance: float, call: Callable[..., Tensor] | None = None) -> Predict:
    """The network as predict(xt, t) -> eps for classes y (B,), with guidance (1 for none).

    It predicts the velocity; eps follows by `eps_from_v`. With guidance both predictions are one batch of 2B. `call`
    computes what the network would, such as its `Batched`.
    """
    velocity = call or unet

    def eps_of(xt: Tensor, t: Tensor, y: Tensor) -> Tensor:
        return eps_from_v(TRAINED_ON, xt, t, velocity(xt, t, y).float())

    def predict(xt: Tensor, t: Tensor) -> Tensor:
        if guidance == 1:
            return eps_of(xt, t, y)
        without = torch.full_like(y, unet.num_classes)
        both = eps_of(torch.cat((xt, xt)), torch.cat((t, t)), torch.cat((without, y)))
        eps_without, eps_with = both.chunk(2)
        return guide(eps_without, eps_with, guidance)

    return predict


def _shown(points: int, most: int) -> list[int]:
    """At most `most` of 0..points-1, evenly spread, with the first and the last."""
    return [round(i * (points - 1) / (most - 1)) for i in range(most)] if points > most else list(range(points))
