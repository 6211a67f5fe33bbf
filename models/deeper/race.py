"""The race: nets of different depth and kind train side by side on the same batches.

Pure generators of plain values, on the device that `runtime` names. On a CPU the same race gives the same numbers to
the last digit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.core import runtime
from models.core.resnet import ResNet, stacked, unstacked
from models.core.rounds import rounds
from models.core.turns import turns
from models.deeper.nets import DATA, Lane, Trained, errors, placed, plain_values, settled

WIDTH = 8
BATCH = 64
MOMENTUM, WEIGHT_DECAY = 0.9, 1e-4
WARM_UP = 20  # steps over which the learning rate rises to its full value
WINDOW = 20  # training error is averaged over this many batches: one pass over the 1,297 digits
TEST_EVERY = 20  # steps
WATCH_EVERY = 10  # steps between two looks at the signal and the gradient of every layer; the first step is one, too
MAX_LANES, MAX_STEPS, MAX_SEEDS = 4, 1000, 5
MIN_LEARNING_RATE, MAX_LEARNING_RATE = 1e-5, 10.0
PIXELS = {"digits": 8 * 8, "cifar10": 32 * 32}  # of an image
MAX_WORK = 30_000_000  # of a race, see Race.work; measured on two busy cores: two to five minutes


@dataclass(frozen=True)
class Race:
    """What is trained, for how many steps, and the seeds of initial weights and batches: seed, seed + 1, ..."""

    lanes: tuple[Lane, ...] = (Lane(8, False), Lane(56, False), Lane(8, True), Lane(56, True))
    steps: int = 200
    seed: int = 0
    seeds: int = 1
    learning_rate: float = 0.1
    data: str = "digits"

    def __post_init__(self) -> None:
        if not 1 <= len(self.lanes) <= MAX_LANES:
            raise ValueError(f"a race has 1 to {MAX_LANES} lanes, not {len(self.lanes)}")
        if len(set(self.lanes)) < len(self.lanes):
            raise ValueError("two lanes are the same net; change one of them")
        if not 1 <= self.steps <= MAX_STEPS:
            raise ValueError(f"steps must be between 1 and {MAX_STEPS}, not {self.steps}")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed must be between 0 and {2**31 - 1}, not {self.seed}")
        if not 1 <= self.seeds <= MAX_SEEDS:
            raise ValueError(f"the number of seeds must be between 1 and {MAX_SEEDS}, not {self.seeds}")
        if not MIN_LEARNING_RATE <= self.learning_rate <= MAX_LEARNING_RATE:
            raise ValueError(f"learning rate must be between {MIN_LEARNING_RATE:g} and {MAX_LEARNING_RATE:g}")
        if self.data not in DATA:
            raise ValueError(f"data must be one of {', '.join(DATA)}, not {self.data}")
        if self.work > MAX_WORK:
            smaller = "" if self.data == "digits" else ", or the digits"
            raise ValueError(
                f"this race is about {self.work / MAX_WORK:.1f} times as much work as one may be; "
                f"take fewer nets, layers, seeds or steps{smaller}"
            )

    def rate(self, step: int) -> float:
        """The learning rate at a step, counted from 1."""
        return self.learning_rate * min(1, step / WARM_UP)

    @property
    def work(self) -> int:
        """Layers of all nets times seeds, steps and pixels of an image: about proportional to the time it takes."""
        return sum(lane.depth for lane in self.lanes) * self.seeds * self.steps * PIXELS[self.data]


@dataclass(frozen=True)
class Layers:
    """What one step did in every 3x3 layer of the first seed's net, from input to output."""

    signal: tuple[float, ...]  # standard deviation of the layer's output after batch norm, before the nonlinearity
    gradient: tuple[float, ...]  # Euclidean norm of the loss's gradient with respect to the layer's weights


@dataclass(frozen=True)
class Point:
    """Where one lane stands after a step. Errors in %, one for each seed; None once its loss is not finite."""

    lane: int  # its place in Race.lanes
    step: int  # 1 to Race.steps
    train_error: tuple[float | None, ...]  # over the last WINDOW batches
    test_error: tuple[float | None, ...] | None = None  # over all test images, every TEST_EVERY steps and at the end
    layers: Layers | None = None  # at the first step, every WATCH_EVERY steps and at the end

    @property
    def diverged(self) -> bool:
        """No seed is left: the lane stops here, the others go on."""
        return all(e is None for e in self.train_error)


def lent(config: Race) -> int:
    """Seconds of a GPU that a race asks for: its layers, seeds and steps are what takes time there, not the pixels."""
    layers = sum(lane.depth for lane in config.lanes) * len(teams(config))
    return min(120, 10 + layers * config.steps // 2500)


@runtime.accelerated(lent)
def race(config: Race) -> Iterator[Point | Trained]:
    """Train all lanes; yields their Points of step 1, then of step 2, ..., and can be closed at each.

    At the end come the nets of the first seed, but for those that diverged. Two nets are computed at a time, each by
    one thread: measured, this is nearly twice as fast on two cores, while a single net gains little from a second one.
    """
    with turns.turn():
        networks = {
            (lane, seeds): begin(config, lane, seeds) for lane in range(len(config.lanes)) for seeds in teams(config)
        }
    lost: set[int] = set()  # lanes whose first seed has diverged
    long_first = sorted(networks, key=lambda team: -config.lanes[team[0]].depth)
    running = {team: fit(networks[team], config, *team) for team in long_first}
    with (
        ThreadPoolExecutor(min(2, runtime.cores()), initializer=runtime.use_threads) as pool,
        closing(rounds(running, pool)) as each_step,
    ):
        for points in each_step:
            for lane in sorted({lane for lane, _ in points}):
                point = merged([points[team] for team in networks if team[0] == lane])
                if point.train_error[0] is None:
                    lost.add(lane)
                if point.diverged:
                    for team in [team for team in running if team[0] == lane]:
                        del running[team]
                yield point
        firsts = {
            lane: net for (lane, seeds), net in networks.items() if seeds.start == config.seed and lane not in lost
        }
        settling = pool.map(lambda network: settled(next(unstacked(network)), placed(config.data)[0]), firsts.values())
        for lane, network in zip(firsts, settling, strict=True):
            yield plain_values(network, config.lanes[lane], config.data, config.seed)


Team = tuple[int, range]  # a lane's place and some of its seeds, which train as one vectorised network


def teams(config: Race) -> list[range]:
    """The seeds of a lane in teams of at most three, which cost less than three nets.

    Those of a lane that is alone are in two teams, so that both cores have work.
    """
    seeds = range(config.seed, config.seed + config.seeds)
    most = 3 if len(config.lanes) > 1 else (config.seeds + 1) // 2
    return [seeds[k : k + most] for k in range(0, len(seeds), most)]


def begin(config: Race, lane: int, seeds: range) -> ResNet:
    """The lane's nets of these seeds as one, before training. Lanes of the same shape start from the same weights."""
    net = config.lanes[lane]
    networks = [
        ResNet(
            net.depth,
            net.skip,
            WIDTH,
            DATA[config.data],
            generator=torch.Generator().manual_seed(seed),
            norm=net.norm,
            init=net.init,
        )
        for seed in seeds
    ]
    return stacked(networks)


def fit(network: ResNet, config: Race, lane: int = 0, seeds: range | None = None) -> Iterator[Point]:
    """Train a network by SGD with momentum, as section 4.2 does, and yield its Point after every step.

    Each of the network's nets sees the batches of its own seed; without `seeds` they begin with config.seed.
    """
    x, y, test_x, test_y = placed(config.data)
    seeds = seeds or range(config.seed, config.seed + network.nets)
    network = runtime.channels_last(network.to(x.device)).train()  # measured: 15 % faster
    optimizer = torch.optim.SGD(
        network.parameters(), config.learning_rate, MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True
    )
    mistakes: deque[Tensor] = deque(maxlen=WINDOW)
    finite = torch.ones(network.nets, dtype=torch.bool, device=x.device)
    for step, batch in enumerate(zip(*(batches(len(y), config.steps, seed) for seed in seeds), strict=True), start=1):
        optimizer.param_groups[0]["lr"] = config.rate(step)
        place = torch.stack(batch, dim=1).to(x.device)  # (BATCH, nets)
        last = step == config.steps
        watching = last or step == 1 or step % WATCH_EVERY == 0
        with watched(network) if watching else nullcontext() as signal:
            logits = network(x[place].flatten(1, 2).contiguous(memory_format=torch.channels_last))
        logits = logits.unflatten(1, (network.nets, -1))  # (BATCH, nets, classes)
        losses = F.cross_entropy(logits.flatten(0, 1), y[place].flatten(), reduction="none").view_as(place).mean(0)
        finite &= losses.isfinite()
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
        mistakes.append((logits.argmax(2) != y[place]).sum(0))
        yield Point(
            lane,
            step,
            among(finite, 100 * runtime.double(torch.stack(tuple(mistakes))).mean(0) / BATCH),
            among(finite, errors(network, test_x, test_y)) if last or step % TEST_EVERY == 0 else None,
            Layers(tuple(signal), gradients(network)) if signal is not None else None,
        )


def batches(images: int, steps: int, seed: int) -> Iterator[Tensor]:
    """The places (BATCH,) of each step's images: a new order for every pass; the rest of a pass is left out."""
    generator = torch.Generator().manual_seed(seed)
    waiting: list[Tensor] = []
    for _ in range(steps):
        if not waiting:
            order = torch.randperm(images, generator=generator)
            waiting = list(order[: images // BATCH * BATCH].split(BATCH))
        yield waiting.pop(0)


def among(finite: Tensor, values: Tensor) -> tuple[float | None, ...]:
    """The values of the nets whose loss has been finite so far, None for the others."""
    return tuple(value if alive else None for alive, value in zip(finite.tolist(), values.tolist(), strict=True))


def merged(parts: list[Point]) -> Point:
    """One lane's point out of its teams', in the order of the seeds; the layers are the first seed's."""
    tests = [part.test_error for part in parts if part.test_error is not None]
    return replace(
        parts[0],
        train_error=sum((part.train_error for part in parts), ()),
        test_error=sum(tests, ()) if len(tests) == len(parts) else None,
    )


@contextmanager
def watched(network: ResNet) -> Iterator[list[float]]:
    """Fills a list with the standard deviation of every 3x3 layer's output in the first of the network's nets."""
    seen: list[float] = []

    def look(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        seen.append(output.detach()[:, : output.shape[1] // network.nets].std().item())

    hooks = [norm.register_forward_hook(look) for _, norm in network.layers()]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def gradients(network: ResNet) -> tuple[float, ...]:
    """Norm of the gradient of every 3x3 layer's weights in the first of the network's nets."""
    gradients = [conv.weight.grad for conv, _ in network.layers()]
    return tuple(g.chunk(network.nets)[0].norm().item() for g in gradients if g is not None)
