"""The race in words: how far it is, what came out, and whether a gap is more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from models.core.artifacts import Certificate
from models.core.runtime import hardware
from models.core.statistics import paired_difference
from models.deeper.nets import Lane
from models.deeper.race import Point, Race
from visuals.deeper.curves import seeds_of, stopped_after
from visuals.deeper.lanes import names, seeds_in_words
from visuals.page import style
from visuals.page.words import difference, named, number, signed

CLOSE = 2.0  # percentage points: a guess that is this near is about right, and nets this near are only said to differ
LEARNED = 80.0  # per cent wrong; guessing gets 90
DONE = 1.0  # per cent wrong: hardly a mistake
TRAINED = 5.0  # per cent wrong: only beyond a shallow net that has been trained is a worse deep one degradation
Seeds = tuple[float | None, ...]  # an error in % for each seed, None: diverged
Guesses = Mapping[str, float] | None


@dataclass(frozen=True, eq=False)
class Result:
    """What a race ended with: each lane's training errors, one for each seed."""

    steps: int
    errors: dict[Lane, Seeds]


@dataclass(frozen=True)
class Darkest:
    """The net whose layers have the smallest gradient at a step: their median, and its training error in %."""

    step: int
    lane: Lane
    gradient: float
    error: float


def progress(config: Race, last: Iterable[Point], seconds_left: float) -> str:
    """How far the race is. `last` is the last event of each lane."""
    last = list(last)
    step = max(point.step for point in last)
    gone = "".join(f" {config.lanes[p.lane].name}{lost(p)}." for p in last if None in p.train_error)
    said = f"Training: step {step} of {config.steps}, about {seconds_left:.0f} s left.{gone}"
    return style.told(said, announce=False) + style.measured(seeds_in_words(config))


def lost(point: Point) -> str:
    """Which seeds of a lane are lost, because their loss is no longer a number."""
    if point.diverged:
        return f" diverged at step {point.step}"
    return f": {point.train_error.count(None)} of {len(point.train_error)} seeds diverged"


def stopped(config: Race, last: Iterable[Point]) -> str:
    """After Stop: the race ends where it is."""
    step = max((point.step for point in last), default=0)
    return style.told(stopped_after(step)) + style.measured(seeds_in_words(config))


def result_of(config: Race, last: Mapping[int, Point]) -> Result:
    """The result of a race that has ended; `last` is the last event of each lane."""
    return Result(config.steps, {config.lanes[lane]: point.train_error for lane, point in sorted(last.items())})


def recorded_result(run: dict[str, np.ndarray], certificate: Certificate, lanes: Iterable[Lane]) -> Result:
    """The result of the recorded race, for these lanes."""
    ends = {lane: seeds_of(run["train_error"], certificate, lane)[:, -1] for lane in lanes}
    steps = certificate.config["steps"]
    return Result(steps, {lane: tuple(map(float, errors)) for lane, errors in ends.items()})


def outcome(config: Race, result: Result, seconds: float, guesses: Guesses) -> str:
    """What a live race measured, whatever that is."""
    alone = ", which alone proves little" if config.seeds == 1 else ""
    run = f"{seeds_in_words(config)}{alone}; {seconds:.0f} s, {hardware(threads=True)}"
    said = f"{guessed(guesses, result)}{verdict(result)} {when(config.steps, config.seeds)}"
    return style.told(said) + style.measured(run)


def recorded_outcome(result: Result, certificate: Certificate, guesses: Guesses = None) -> str:
    """What the recorded race measured, averaged over its seeds."""
    seeds = len(next(iter(result.errors.values())))
    said = f"{guessed(guesses, result)}{verdict(result)} {when(result.steps, seeds)}"
    return style.told(said, announce=guesses is not None) + style.recorded(certificate)


def when(steps: int, seeds: int) -> str:
    """Of which step the errors are, and of how many seeds."""
    return f"Errors after {steps} steps{'' if seeds == 1 else f', means of {seeds} seeds'}."


def darkest_columns(
    looks: np.ndarray, gradients: Mapping[Lane, np.ndarray], errors: Mapping[Lane, np.ndarray], slow: Lane
) -> tuple[Darkest, ...]:
    """Which columns are the darkest: when those of `slow` are, and at the end.

    `looks` are the steps at which the gradients (look, layer) were taken; errors (step,) in % are those of training.
    """
    medians = {lane: np.median(gradient, axis=1) for lane, gradient in gradients.items()}
    found = []
    for look in (int(medians[slow].argmin()), len(looks) - 1):
        step, lane = int(looks[look]), min(medians, key=lambda lane: medians[lane][look])
        found.append(Darkest(step, lane, float(medians[lane][look]), float(errors[lane][step - 1])))
    return tuple(found)


def largest_and_smallest(gradients: Mapping[Lane, float], errors: Mapping[Lane, float], step: int) -> str:
    """Which nets have the largest and the smallest gradients at a step, by the median layer, and how well they do.

    `errors` are those of training, in %.
    """
    largest, smallest = (choose(gradients, key=gradients.__getitem__) for choose in (max, min))
    worst = ", which gets the most wrong" if errors[largest] == max(errors.values()) else ""
    done = ", which has little left to correct" if errors[smallest] < DONE else ""
    return f"Largest gradients at step {step}: {largest.name}{worst}. Smallest: {smallest.name}{done}."


def dark_columns(darkest: Iterable[Darkest]) -> dict[str, str]:
    """The same with numbers, for the places of the prose."""
    slow, end = darkest
    said = " ".join(
        f"At step {dark.step} the darkest net is {dark.lane.name}: its layers have a median gradient of "
        f"{number(dark.gradient)}. Averaged over its seeds it gets {dark.error:.1f} % of its training images wrong."
        for dark in (slow, end)
    )
    return {"STEPS": str(end.step), "DARK": str(slow.step), "DARKEST": said}


def hidden(certificate: Certificate, deep: Iterable[Lane]) -> str:
    """While the learner has not guessed yet: that there is more."""
    said = f"{named([lane.name for lane in deep])} wait for your guess."
    return style.told(said, announce=False) + style.recorded(certificate)


def converged(certificate: Certificate) -> str:
    """What the long race ended with. True of these numbers, which do not change."""
    first = min(int(name.partition("-")[2]) for name in certificate.metrics)
    errors = {name: ends["train_error"] for name, ends in certificate.metrics.items()}
    deep = errors.pop("plain-56")
    others = [error for of_net in errors.values() for error in of_net]
    said = (
        f"In this race the shallow nets have {first} layers. plain-56 has learned, and has learned worse: its seeds "
        f"still get {min(deep):.1f} to {max(deep):.1f} % of their training images wrong. plain-20 and both residual "
        f"nets get {'almost none' if any(others) else 'none'} wrong."
    )
    return style.told(said) + style.recorded(certificate)


def guessed(guesses: Guesses, result: Result) -> str:
    """What the learner expected beside what was measured, for the lanes that raced."""
    means = {lane.name: mean(errors) for lane, errors in result.errors.items()}
    said = []
    for name, guess in (guesses or {}).items():
        found = means.get(name)
        if found is not None:
            off = found - guess
            far = "about right" if abs(off) < CLOSE else f"{abs(off):.0f} points too {way(off)}"
            said.append(f"You guessed {guess:g} % for {name}: {far}.")
    return " ".join([*said, ""])


def way(off: float) -> str:
    return "low" if off > 0 else "high"


def verdict(result: Result) -> str:
    """Which way the nets of one kind differ with depth; of a net that is compared with none, its training error."""
    said = []
    for kind in dict.fromkeys((lane.skip, lane.norm, lane.init) for lane in result.errors):
        nets = sorted((n for n in result.errors if (n.skip, n.norm, n.init) == kind), key=lambda lane: lane.depth)
        compared = comparison(nets[0], nets[-1], result) if len(nets) > 1 else ""
        said += [compared] if compared else [trained(lane, result) for lane in nets]
    return " ".join(f"{sentence}." for sentence in said)


def trained(lane: Lane, result: Result) -> str:
    if mean(result.errors[lane]) is None:
        return f"{lane.name} has diverged (its loss is no longer a number)"
    return f"{lane.name} gets {share(lane, result)} of its training images wrong"


def share(lane: Lane, result: Result) -> str:
    """A lane's mean training error, and how many seeds that leaves out."""
    errors = result.errors[lane]
    lost = errors.count(None)
    return f"{mean(errors):.1f} %" + (f" ({lost} of {len(errors)} seeds diverged)" if lost else "")


def mean(errors: Seeds) -> float | None:
    """The mean over the seeds that have a number."""
    found = [error for error in errors if error is not None]
    return sum(found) / len(found) if found else None


def comparison(shallow: Lane, deep: Lane, result: Result) -> str:
    """Which of two nets has the lower training error, in a sentence; none where a seed of them diverged."""
    before, after = mean(result.errors[shallow]), mean(result.errors[deep])
    if before is None or after is None or None in (*result.errors[shallow], *result.errors[deep]):
        return ""
    more = difference(after, before)
    if min(before, after) > LEARNED:
        return f"Neither {shallow.name} nor {deep.name} has learned much"
    if abs(more) < CLOSE:
        return f"{deep.name} ends {apart(more)} {shallow.name}"
    said = f"{deep.name} trains {'worse' if more > 0 else 'better'} than {shallow.name}"
    if not deep.skip and deep.norm and deep.init == "kaiming" and before <= TRAINED:
        said += ", as in the paper" if more > 0 else ", unlike in the paper"
    return f"{said}: it gets {share(deep, result)} of its training images wrong, against {share(shallow, result)}"


def apart(more: float) -> str:
    """How a net ends beside another that is near; `more` is its error less the other's."""
    if more == 0:
        return "level with"
    unit = "point" if abs(more) == 1 else "points"
    return f"{abs(more):.1f} {unit} {'behind' if more > 0 else 'ahead of'}"


def set_up(config: Race) -> str:
    """What a link has set, before it is run."""
    seeds = f"{config.seeds} seeds" if config.seeds > 1 else "one seed"
    return style.told(
        f"This link sets up a race of {names(config.lanes)}: {config.steps} steps, learning rate "
        f"{config.learning_rate:g}, {seeds}. Press the button to run it. Until then you see the recorded race."
    )


def gap(result: Result, first: Lane, second: Lane) -> str:
    """The first lane's error minus the second's, seed by seed, and whether that is more than chance."""
    found = paired_difference(result.errors[second], result.errors[first])
    if found is None:
        return style.told(f"{first.name} and {second.name} have no seed in which both ended with a number.")
    seeds = len(result.errors[first])
    out = "" if found.pairs == seeds else f" ({seeds - found.pairs} of {seeds} seeds diverged and are left out)"
    said = f"Training error of {first.name} minus that of {second.name}: {signed(found.mean)} percentage points"
    if found.low is None or found.high is None:
        return style.told(
            f"{said}, from one seed{out}. One seed cannot tell whether that is more than chance: train several."
        )
    said += f" on average over {found.pairs} seeds{out}. The 95 % interval of the paired differences goes from "
    said += f"{signed(found.low)} to {signed(found.high)}"
    if found.real:
        end = f"and excludes zero: after {result.steps} steps the gap is unlikely to be chance."
    else:
        end = f"and contains zero: after {result.steps} steps these seeds do not settle which net is ahead."
    return style.told(f"{said} {end}")
