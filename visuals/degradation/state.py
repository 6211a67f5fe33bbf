"""Everything that can be set in tab 1, as plain values: what a link carries and what the controls show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from models.exercises import SEED
from models.landscape import REACH, SIZES
from models.race import (
    DATA,
    DEPTHS,
    MAX_LANES,
    MAX_LEARNING_RATE,
    MAX_SEEDS,
    MAX_STEPS,
    MIN_LEARNING_RATE,
    Lane,
    Race,
)
from models.resnet import INITS
from visuals import links
from visuals.links import choice, number, several

TAB = "deeper"  # as links name it
NONE = "no net"
KINDS = (NONE, "plain", "residual")


def code(lane: Lane) -> str:
    """A lane in a link: "plain-56", "residual-20-nobn", "plain-56-nobn-small"."""
    less = [] if lane.norm else ["nobn"]
    start = [] if lane.init == "kaiming" else [lane.init]
    return "-".join(["residual" if lane.skip else "plain", str(lane.depth), *less, *start])


LANES = {code(lane): lane for lane in (Lane(*kind) for kind in product(DEPTHS, (False, True), (True, False), INITS))}


SURFACES = tuple(f"plain-{depth} and residual-{depth}" for depth in (8, 20, 56))
ORDERS = ("as the signal passes", "the strongest first")
FURTHER = (
    *("first", "second"),
    *("shallow", "deep", "rate"),
    *("inside", "image", "block", "order"),
    *("surfaces", "grid", "distance", "directions"),
)


@dataclass(frozen=True)
class State(links.State):
    """A race as its link writes it."""

    lanes: tuple[str, ...] = several(tuple(map(code, Race().lanes)), tuple(LANES), MAX_LANES, "lanes")
    steps: int = number(Race().steps, 1, MAX_STEPS, "steps")
    seed: int = number(SEED, 0, 2**31 - 1, "first seed")
    seeds: int = number(1, 1, MAX_SEEDS, "number of seeds")
    learning_rate: float = number(Race().learning_rate, MIN_LEARNING_RATE, MAX_LEARNING_RATE, "learning rate")
    data: str = choice(Race().data, tuple(DATA), "data")
    # the gap
    first: int = number(2, 1, MAX_LANES, "first lane of the gap")
    second: int = number(1, 1, MAX_LANES, "second lane of the gap")
    # the construction argument
    shallow: str = choice("plain-8", ("plain-8", "residual-8", "plain-20", "residual-20"), "shallow net")
    deep: str = choice("56", tuple(map(str, DEPTHS[1:])), "layers to reach")
    rate: str = choice("0.1", ("0.1", "0.01"), "learning rate of the construction")
    # inside a block
    inside: str = choice("20 layers", ("8 layers", "20 layers", "56 layers"), "nets to look into")
    image: int = number(1, 1, 12, "test image")
    block: int = number(5, 1, (DEPTHS[-1] - 2) // 2, "block")
    order: str = choice(ORDERS[0], ORDERS, "order of the layers")
    # the landscape
    surfaces: str = choice("plain-20 and residual-20", SURFACES, "nets of the landscape")
    grid: str = choice("25", tuple(map(str, SIZES)), "grid")
    distance: float = number(1.0, *REACH, "distance")
    directions: int = number(1, 0, 2**31 - 1, "seed of the directions")

    def race(self) -> Race:
        """Raises ValueError, with a sentence, where there is no such race."""
        lanes = tuple(LANES[lane] for lane in self.lanes)
        return Race(lanes, self.steps, self.seed, self.seeds, self.learning_rate, self.data)


def state_for(race: Race) -> State:
    """The state whose link sets this race up, without a question."""
    return State(False, tuple(map(code, race.lanes)), race.steps, race.seed, race.seeds, race.learning_rate, race.data)


def controls_of(state: State) -> list[Any]:
    """The values of all controls: kind, layers, batch norm and initialisation of every lane, then the rest."""
    lanes = [LANES[lane] for lane in state.lanes]
    values: list[Any] = []
    for lane in lanes:
        values += ["residual" if lane.skip else "plain", lane.depth, lane.norm, lane.init]
    for _ in range(MAX_LANES - len(lanes)):
        values += [NONE, DEPTHS[-1], True, INITS[0]]
    return [*values, state.steps, state.seed, state.seeds, state.learning_rate, state.data]


def whole(name: str, value: Any) -> int:
    """The value as an int. Raises ValueError, with the name, for everything that is no whole number."""
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is not int:
        raise ValueError(f"{name} must be a whole number")
    return value


def state_of(controls: Sequence[Any]) -> State:
    """What the controls are set to. Raises ValueError, with a sentence, for what no race can be made of."""
    lanes = [controls[k : k + 4] for k in range(0, 4 * MAX_LANES, 4)]
    steps, seed, seeds, learning_rate, data = controls[4 * MAX_LANES :]
    codes = tuple(
        code(Lane(whole("depth", depth), kind == "residual", norm is True, init))
        for kind, depth, norm, init in lanes
        if kind != NONE
    )
    if type(learning_rate) not in (int, float) or not abs(learning_rate) <= MAX_LEARNING_RATE:
        raise ValueError(f"learning rate must be a number up to {MAX_LEARNING_RATE:g}")
    if not isinstance(data, str):
        raise ValueError("data must be chosen from the list")
    numbers = whole("steps", steps), whole("seed", seed), whole("seeds", seeds)
    state = State(True, codes, *numbers, float(learning_rate), data)
    state.race()
    return state
