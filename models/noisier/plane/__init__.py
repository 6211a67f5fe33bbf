"""Diffusion in the plane: a small network learns the noise in a cloud of points, with the functions used for pictures.

A picture of 32 x 32 pixels is a point in 1,024 dimensions, and nobody can see a cloud of those. Here a picture has two
numbers, so x0, xt and eps are (B, 2), and the schedule, Algorithm 1 and Algorithm 2 are those of `diffusion`.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.core import runtime
from models.noisier.diffusion.process import q_chain, training_loss
from models.noisier.diffusion.sampling import StepRule, ddim_step, p_sample, sample
from models.noisier.diffusion.schedule import linear_schedule, respace
from models.noisier.plane.clouds import CLOUDS, Cloud, Point, distance, drawn
from models.noisier.unet import time_embedding

SCHEDULE = linear_schedule()  # that of the pictures, T = 1000
BACK = respace(SCHEDULE, 100)  # of which every second step is shown
SHOWN = BACK.times[::2].tolist()  # the times t of the frames, 0 to 1000
ALPHA_BAR = SCHEDULE.alpha_bar[SHOWN].numpy()
PARTICLES = 400  # that are shown
JUDGED = 2000  # points that a cloud is judged by
TRUE_CLOUDS = 5  # that a cloud is compared with
ARROWS, REACH = 17, 2.7  # arrows along a side; the plane that is shown goes from -REACH to REACH
WIDTH, WAVES, TIMES = 128, 4, 32  # of the net: units of a layer, waves of a coordinate, waves of the time
BATCH, LEARNING_RATE, WARM_UP = 512, 3e-3, 50
STEPS = (100, 4000)  # of training
LARGEST_SEED = 999_999
DRAWN, EDGE = (20, 600), 2.0  # how many points may be drawn, and how far from the middle
PREVIEW_EVERY, PREVIEW = 100, respace(SCHEDULE, 20)  # training steps from one quick sample to the next
OWN = "drawn"
SHAPES = (*CLOUDS, OWN)


@dataclass(frozen=True)
class Plane:
    """What to learn. Raises ValueError, in a sentence for the visitor, for what cannot be done."""

    shape: str = "spiral"
    steps: int = 1500  # of training
    seed: int = 0
    points: tuple[Point, ...] = ()  # of the shape "drawn"

    def __post_init__(self) -> None:
        rules = {
            f"The cloud must be one of {', '.join(SHAPES)}.": self.shape in SHAPES,
            f"Training takes {STEPS[0]} to {STEPS[1]:,} steps, a whole number.": _whole(self.steps, *STEPS),
            f"The seed must be a whole number from 0 to {LARGEST_SEED}.": _whole(self.seed, 0, LARGEST_SEED),
        }
        if self.shape == OWN:
            low, high = DRAWN
            count = len(self.points)
            rules[f"Draw {low} to {high} points; there are {count} now."] = low <= count <= high
            rules[f"Every point must be two numbers from -{EDGE:g} to {EDGE:g}."] = all(map(_inside, self.points))
        for sentence, kept in rules.items():
            if not kept:
                raise ValueError(sentence)

    @property
    def cloud(self) -> Cloud:
        return drawn(self.points) if self.shape == OWN else CLOUDS[self.shape]


@dataclass(frozen=True)
class Learned:
    """A training step was made."""

    step: int  # counted from 1
    loss: float  # of this batch
    preview: np.ndarray | None  # (PARTICLES, 2) by a quick sampler, every PREVIEW_EVERY steps


@dataclass(frozen=True)
class Returned:
    """A step of the way back was made, for all points at once."""

    sampler: str  # "ddpm" or "ddim"
    step: int  # counted from 1


@dataclass(frozen=True)
class Asked:
    """The network is asked next for something that is only shown: a step of a preview, or the arrows of a frame."""


@dataclass(frozen=True)
class Flow:
    """The way of PARTICLES points to noise and back, and the field; one frame for each time in SHOWN. All float32."""

    there: np.ndarray  # (frames, PARTICLES, 2) by single steps of Eq. 2, t upward
    ddpm: np.ndarray  # (frames, PARTICLES, 2) by Algorithm 2, from where `there` ended, t downward
    ddim: np.ndarray  # the same without added noise
    eps: np.ndarray  # (frames, ARROWS², 2) predicted at the places of `lattice`, t upward; zero at t = 0
    distances: dict[str, float]  # of "noise", "ddpm", "ddim" and another "true" cloud from true ones


class Net(nn.Module):
    """(B, 2) points and (B,) times to the noise in them (B, 2): four layers, the middle ones with shortcuts.

    A few sines and cosines of the coordinates help it with fine shapes, as those of the time do (Tancik et al. 2020).
    """

    def __init__(self, rng: torch.Generator):
        super().__init__()
        self.waves: Tensor
        self.register_buffer("waves", math.pi / 4 * 2.0 ** torch.arange(WAVES))
        self.enter = nn.Linear(2 + 4 * WAVES + TIMES, WIDTH)
        middle = [nn.Linear(WIDTH, WIDTH) for _ in range(3)]
        self.middle = nn.ModuleList(middle)
        self.leave = nn.Linear(WIDTH, 2)
        for layer in (self.enter, *middle, self.leave):
            nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=rng)
            nn.init.zeros_(layer.bias)

    def forward(self, xt: Tensor, t: Tensor) -> Tensor:
        angle = (xt[:, :, None] * self.waves).flatten(1)
        x = self.enter(torch.cat((xt, angle.sin(), angle.cos(), time_embedding(t, TIMES)), 1))
        for layer in self.middle:
            x = x + F.silu(layer(F.silu(x)))
        return self.leave(F.silu(x))


Event = Learned | Returned | Asked | Flow


def lent(config: Plane) -> int:
    """Seconds of a GPU that the training and the ways back ask for."""
    return min(120, 10 + config.steps // 200)


@runtime.accelerated(lent)
def learn(config: Plane) -> Iterator[Event]:
    """Train a network on the cloud by Algorithm 1, then let points flow to noise and back.

    There is an event for every call of the network, and closing ends it before the next; the last is the Flow.
    """
    rng, where = torch.Generator().manual_seed(config.seed), runtime.device()
    network = Net(rng).to(where)
    yield from train(network, config, rng)
    true = config.cloud(JUDGED, rng).to(where)
    xt, there = true, [true]
    for t, _, xt, _ in q_chain(SCHEDULE, true, rng):
        if t in SHOWN:
            there.append(xt)
    chains = {}
    for name, rule in (("ddpm", p_sample), ("ddim", ddim_step)):
        chains[name] = yield from back(name, network, xt, rng, partial(rule, clip=False))
    distances = judge(config.cloud, rng, {"noise": xt} | {name: clouds[-1] for name, clouds in chains.items()})
    eps = [xt.new_zeros(ARROWS**2, 2)]
    for t in SHOWN[1:]:
        yield Asked()
        eps.append(field(network, t))
    ways = _frames(there), _frames(chains["ddpm"]), _frames(chains["ddim"])
    yield Flow(*ways, torch.stack(eps).cpu().numpy(), distances)


def true_points(config: Plane) -> np.ndarray:
    """(PARTICLES, 2) points of the cloud, to be shown behind others."""
    return config.cloud(PARTICLES, torch.Generator().manual_seed(config.seed)).numpy()


def train(network: Net, config: Plane, rng: torch.Generator) -> Iterator[Learned | Asked]:
    """Algorithm 1 with Adam; after a warm-up the rate falls to zero along a cosine."""
    optimizer = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    for step in range(1, config.steps + 1):
        runtime.use_threads()  # an event may be asked for from another thread than the one before
        left = 0.5 + 0.5 * math.cos(math.pi * step / config.steps)
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * min(1, step / WARM_UP) * left
        loss = training_loss(SCHEDULE, network, config.cloud(BATCH, rng).to(network.waves.device), rng)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        points = (yield from preview(network, config.seed)) if step % PREVIEW_EVERY == 0 else None
        yield Learned(step, loss.item(), points)


def preview(network: Net, seed: int) -> Generator[Asked, None, np.ndarray]:
    """Returns (PARTICLES, 2) what the network makes of the same noise in few steps, so that one can watch it learn."""
    xT = torch.from_numpy(preview_noise(seed)).to(network.waves.device)
    steps = sample(PREVIEW, network, xT, torch.Generator(), partial(ddim_step, clip=False), clip=False)
    for _ in range(PREVIEW.steps):
        yield Asked()
        step = next(steps)
    return step.x_before.cpu().numpy()


def preview_noise(seed: int) -> np.ndarray:
    """(PARTICLES, 2) what all previews of a run start from."""
    return torch.randn(PARTICLES, 2, generator=torch.Generator().manual_seed(seed)).numpy()


def back(name: str, network: Net, xT: Tensor, rng: torch.Generator, rule: StepRule) -> Iterator[Returned]:
    """The way back from xT (N, 2); returns the clouds of the frames, from xT to the sample."""
    clouds = [xT]
    for number, step in enumerate(sample(BACK, network, xT, rng, rule, clip=False), 1):
        if number % 2 == 0:
            clouds.append(step.x_before)
        yield Returned(name, number)
    return clouds


def judge(cloud: Cloud, rng: torch.Generator, ends: dict[str, Tensor]) -> dict[str, float]:
    """Mean distance of each of `ends` (JUDGED, 2), and of other true clouds, from TRUE_CLOUDS true ones."""
    fresh = [cloud(JUDGED, rng) for _ in range(TRUE_CLOUDS)]
    distances = {name: sum(distance(end.cpu(), other) for other in fresh) / TRUE_CLOUDS for name, end in ends.items()}
    return distances | {"true": sum(distance(cloud(JUDGED, rng), other) for other in fresh) / TRUE_CLOUDS}


def lattice() -> Tensor:
    """(ARROWS², 2) the places of the arrows, row by row from below."""
    ticks = torch.linspace(-REACH, REACH, ARROWS + 2)[1:-1]
    return torch.cartesian_prod(ticks, ticks).flip(1)


@torch.no_grad()
def field(network: Net, t: int) -> Tensor:
    """(ARROWS², 2) the predicted noise at the lattice; the score is -eps / sqrt(1 - alpha_bar_t) (section 3.2)."""
    places = lattice().to(network.waves.device)
    return network(places, torch.full((len(places),), t, device=places.device))


def _frames(clouds: list[Tensor]) -> np.ndarray:
    return torch.stack([cloud[:PARTICLES] for cloud in clouds]).cpu().numpy()


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _inside(point: object) -> bool:
    return (
        isinstance(point, tuple)
        and len(point) == 2
        and all(isinstance(v, (int, float)) and not isinstance(v, bool) and abs(v) <= EDGE for v in point)
    )
