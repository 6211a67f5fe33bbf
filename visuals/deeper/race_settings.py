"""What can be set of a race, and what its controls stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.core.resnet import INITS
from models.deeper.nets import DEPTHS, Lane
from models.deeper.race import MAX_LANES, MAX_LEARNING_RATE, MAX_SEEDS, MAX_STEPS, MIN_LEARNING_RATE, TEST_EVERY, Race
from visuals.deeper.lanes import LANES, code
from visuals.page.settings import Settings, checked, choice, number, several

DATA = {"digits": "scikit-learn's digits, 8 × 8", "cifar10": "CIFAR-10, 32 × 32"}
NONE = "no net"
KINDS = ("plain", "residual", NONE)
PARTS = ("kind", "layers", "norm", "init")  # of a lane, each with a control
NUMBERS = ("steps", "seed", "seeds", "learning_rate", "data")


@dataclass(frozen=True)
class RaceSettings(Settings):
    """A race as its link writes it, and the two lanes whose gap is looked at."""

    lanes: tuple[str, ...] = several(tuple(map(code, Race().lanes)), tuple(LANES), MAX_LANES, "Lanes")
    steps: int = number(Race().steps, TEST_EVERY, MAX_STEPS, "Steps", step=TEST_EVERY)
    seed: int = number(0, 0, 2**31 - 1, "First seed")
    seeds: int = number(1, 1, MAX_SEEDS, "Number of seeds", step=1)
    learning_rate: float = number(
        Race().learning_rate, MIN_LEARNING_RATE, MAX_LEARNING_RATE, f"Learning rate, up to {MAX_LEARNING_RATE:g}"
    )
    data: str = choice(Race().data, DATA, "Data")
    first: int = number(2, 1, MAX_LANES, "Training error of")
    second: int = number(1, 1, MAX_LANES, "minus that of")

    def race(self) -> Race:
        """Raises ValueError, with a sentence, where there is no such race."""
        lanes = tuple(LANES[lane] for lane in self.lanes)
        return Race(lanes, self.steps, self.seed, self.seeds, self.learning_rate, self.data)


def settings_for(race: Race) -> RaceSettings:
    """The settings whose link sets this race up."""
    return RaceSettings(tuple(map(code, race.lanes)), race.steps, race.seed, race.seeds, race.learning_rate, race.data)


def part(lane: int, name: str) -> str:
    """The name of one of a lane's controls; `lane` counts from 1."""
    return f"lane {lane} {name}"


CONTROLS = (*(part(lane, name) for lane in range(1, MAX_LANES + 1) for name in PARTS), *NUMBERS)


def values_of(settings: RaceSettings) -> dict[str, Any]:
    """The values of all controls, by their names."""
    lanes = [LANES[lane] for lane in settings.lanes]
    values: dict[str, Any] = {}
    for k in range(MAX_LANES):
        lane = lanes[k] if k < len(lanes) else Lane(DEPTHS[-1], False)
        kind = NONE if k >= len(lanes) else "residual" if lane.skip else "plain"
        values |= {
            part(k + 1, name): v for name, v in zip(PARTS, (kind, lane.depth, lane.norm, lane.init), strict=True)
        }
    return values | {name: getattr(settings, name) for name in (*NUMBERS, "first", "second")}


def settings_of(values: Mapping[str, Any]) -> RaceSettings:
    """What the controls of the race are set to. Raises ValueError, with a sentence, for what no race can be made of."""
    codes = tuple(code(lane) for lane in (_lane(values, k) for k in range(1, MAX_LANES + 1)) if lane)
    settings = checked(RaceSettings, {name: values[name] for name in NUMBERS} | ({"lanes": codes} if codes else {}))
    Race((), 1) if not codes else settings.race()
    return settings


def _lane(values: Mapping[str, Any], k: int) -> Lane | None:
    kind, depth, norm, init = (values[part(k, name)] for name in PARTS)
    if kind == NONE:
        return None
    if type(depth) not in (int, float) or depth not in DEPTHS:
        raise ValueError(f"Layers must be one of {', '.join(map(str, DEPTHS))}.")
    if init not in INITS:
        raise ValueError(f"First weights must be one of {', '.join(INITS)}.")
    return Lane(int(depth), kind == "residual", norm is True, init)
