"""A room's race in words, for the projector and for a phone: as much as its seeds tell."""

from __future__ import annotations

from typing import Any

from models.core.runtime import hardware
from models.core.statistics import paired_difference
from visuals.classroom.seeds import STEPS, SeedRace, race_of
from visuals.page import style
from visuals.page.words import signed


def names(depth: int) -> tuple[str, str]:
    """Of the plain and of the residual net."""
    plain, residual = (lane.name for lane in race_of(depth, 1).lanes)
    return plain, residual


def key(depth: int) -> str:
    """Of a race, where a question has its own."""
    return f"seeds/{depth}"


def choice(depth: int) -> dict[str, Any]:
    """What a teacher can choose."""
    return {"key": key(depth), "depth": depth, "title": " against ".join(names(depth))}


def on_projector(race: SeedRace) -> dict[str, Any]:
    """The dots, and what is said below them."""
    done = [[seed, *errors] for seed, errors in race.errors.items()]
    said = style.told(outcome(race) if race.ended else so_far(race), announce=race.ended)
    said += style.measured(f"training error after {STEPS} steps on the digits; {hardware(threads=True)}")
    return {
        "key": key(race.depth),
        "depth": race.depth,
        "nets": names(race.depth),
        "seeds": race.seeds,
        "goes_on": race.goes_on,
        "ended": race.ended,
        "training": race.training,
        "done": done,
        "said": said,
    }


def on_phone(race: SeedRace, seed: int, shared: bool) -> dict[str, Any]:
    """What has come of a learner's seed; at the end also what the class has measured, and where to repeat it.

    `shared`: somebody who came before has the same seed.
    """
    state: dict[str, Any] = {"seed": seed, "said": own(race, seed) + (" Another phone has this seed, too." * shared)}
    if race.ended:
        nets = ",".join(names(race.depth))
        state["outcome"] = style.told(outcome(race)) + style.measured("by everybody here")
        state["link"] = f"?tab=deeper&at=race&predict=off&lanes={nets}&steps={STEPS}&seed={seed}"
    return state


def own(race: SeedRace, seed: int) -> str:
    if seed in race.errors:
        return " ".join(map(ended, names(race.depth), race.errors[seed]))
    if seed in race.training:
        return "It is being trained now."
    return "It waits for its turn." if race.goes_on else "It waits: your teacher has stopped the race."


def ended(net: str, error: float | None) -> str:
    return f"{net} has diverged." if error is None else f"{net} gets {error:.1f} % of its training images wrong."


def so_far(race: SeedRace) -> str:
    trained = f"{len(race.errors)} of {race.seeds} seeds are trained."
    return trained if race.goes_on else f"Stopped: {trained}"


def outcome(race: SeedRace) -> str:
    """How often the plain net is behind, and whether the mean gap is more than chance."""
    plain, residual = names(race.depth)
    of_plain, of_residual = zip(*race.errors.values(), strict=True)
    found = paired_difference(of_residual, of_plain)
    if found is None:
        return "There is no seed in which both nets ended with a number."
    pairs = [(a, b) for a, b in race.errors.values() if a is not None and b is not None]
    behind = sum(a > b for a, b in pairs)
    left_out = race.seeds - found.pairs
    said = f"{plain} gets more training images wrong than {residual} in {behind} of {found.pairs} seeds"
    said += f" ({left_out} diverged and {'is' if left_out == 1 else 'are'} left out)" if left_out else ""
    said += f". The gap, plain minus residual, is {signed(found.mean)} percentage points on average"
    if found.low is None or found.high is None:
        return f"{said}. One seed cannot tell whether that is more than chance."
    said += f", with a 95 % interval from {signed(found.low)} to {signed(found.high)}"
    if found.real:
        return f"{said}. It excludes zero: the gap is unlikely to be chance."
    return f"{said}. It contains zero: these seeds do not settle which net is ahead."
