"""What tab 1 says in words: how far a race is, and what came out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from models.artifacts import Certificate
from models.race import Lane, Point, Race
from models.runtime import hardware
from models.statistics import paired_difference
from visuals import style
from visuals.degradation.figures import names, seeds_of

CLOSE = 2.0  # percentage points: two training errors that differ by less are called about equal

LEARNED = 80.0  # per cent wrong; guessing gets 90
TRAINED = 5.0  # per cent wrong: only beyond a shallow net that has been trained is a worse deep one degradation
Seeds = tuple[float | None, ...]  # an error in % for each seed, None: diverged


@dataclass(frozen=True, eq=False)  # by identity: gradio asks for the hash of a state
class Result:
    """What a race ended with: each lane's training errors, one for each seed."""

    steps: int
    errors: dict[Lane, Seeds]


def progress(config: Race, last: Iterable[Point], seconds_left: float | None) -> str:
    """How far the race is. `last` is the last event of each lane."""
    last = list(last)
    step = max(point.step for point in last)
    left = "" if seconds_left is None else f", about {seconds_left:.0f} s left"
    gone = "".join(f" {config.lanes[p.lane].name}{lost(p)}." for p in last if None in p.train_error)
    said = style.told(f"Training: step {step} of {config.steps}{left}.{gone}", announce=False)
    return said + style.measured(seeds_in_words(config))


def lost(point: Point) -> str:
    """What is gone of a lane in which a loss is no longer a number."""
    if point.diverged:
        return f" diverged at step {point.step}"
    return f": {point.train_error.count(None)} of {len(point.train_error)} seeds diverged"


def seeds_in_words(config: Race) -> str:
    if config.seeds == 1:
        return f"seed {config.seed}"
    return f"seeds {config.seed} to {config.seed + config.seeds - 1}"


def stopped(config: Race, last: Iterable[Point]) -> str:
    """After Stop: the race ends where it is."""
    step = max((point.step for point in last), default=0)
    said = style.told(f"Stopped after step {step}. The curves show what was measured until then.")
    return said + style.measured(seeds_in_words(config))


def result_of(config: Race, last: Mapping[int, Point]) -> Result:
    """Of a race that has ended; `last` is the last event of each lane."""
    return Result(config.steps, {config.lanes[lane]: point.train_error for lane, point in sorted(last.items())})


def recorded_result(run: dict[str, np.ndarray], certificate: Certificate, config: Race) -> Result:
    """Of the recorded race of these lanes."""
    ends = {lane: seeds_of(run["train_error"], certificate, lane)[:, -1] for lane in config.lanes}
    return Result(config.steps, {lane: tuple(map(float, errors)) for lane, errors in ends.items()})


def outcome(config: Race, result: Result, seconds: float, guesses: Mapping[str, float] | None) -> str:
    """What a live race measured, whatever that is."""
    alone = ", which alone proves little" if config.seeds == 1 else ""
    run = f"{seeds_in_words(config)}{alone}; {seconds:.0f} s, {hardware('cpu')}"
    mean = "" if config.seeds == 1 else f"in the mean of {config.seeds} seeds, "
    said = f"{guessed(guesses, result)}After {config.steps} steps, {mean}{verdict(result)}"
    return style.told(said) + style.measured(run)


def recorded_outcome(result: Result, certificate: Certificate, guesses: Mapping[str, float] | None = None) -> str:
    """The same about the means of the recorded seeds."""
    seeds = len(next(iter(result.errors.values())))
    said = f"{guessed(guesses, result)}After {result.steps} steps, in the mean of {seeds} seeds, {verdict(result)}"
    return style.told(said, announce=guesses is not None) + style.recorded(certificate)


def hidden(result: Result, certificate: Certificate, deep: tuple[Lane, ...]) -> str:
    """While the learner has not guessed yet: the shallow nets, and that there is more."""
    said = (
        f"After {result.steps} steps, {verdict(result)} The curves of {names(deep)} are recorded as well and hidden: "
        "say what you expect of them, or skip the question."
    )
    return style.told(said, announce=False) + style.recorded(certificate)


def cifar10_outcome(certificate: Certificate, protocol: str) -> str:
    """The same about the recorded run on CIFAR-10."""
    axes, steps = certificate.config["axes"], certificate.config["steps"]
    lanes = [Lane(depth, skip) for skip in axes["skip"] for depth in axes["depth"]]
    result = Result(steps, {lane: tuple(certificate.metrics[lane.name]["train_error"]) for lane in lanes})
    return style.told(f"After {steps:,} steps, {verdict(result)}", announce=False) + style.recorded(
        certificate, protocol
    )


def guessed(guesses: Mapping[str, float] | None, result: Result) -> str:
    """What the learner expected beside what was measured, for the lanes that raced."""
    means = {lane.name: mean(errors) for lane, errors in result.errors.items()}
    said = []
    for name, guess in (guesses or {}).items():
        if means.get(name) is not None:
            difference = means[name] - guess
            far = "about right" if abs(difference) < CLOSE else f"{abs(difference):.0f} points too {way(difference)}"
            said.append(f"You guessed {guess:g} % for {name}; it is {means[name]:.1f} %: {far}.")
    return " ".join([*said, ""])


def way(difference: float) -> str:
    return "low" if difference > 0 else "high"


def verdict(result: Result) -> str:
    """Every lane's training error, and which way the nets of one kind differ with depth."""
    first, *others = result.errors
    said = ["; ".join([trained(first, result, " of its training images"), *(trained(lane, result) for lane in others)])]
    kinds = dict.fromkeys((lane.skip, lane.norm, lane.init) for lane in result.errors)
    for kind in kinds:
        nets = sorted((n for n in result.errors if (n.skip, n.norm, n.init) == kind), key=lambda lane: lane.depth)
        if len(nets) > 1:
            said.append(comparison(nets[0], nets[-1], result))
    return ". ".join(filter(None, said)) + "."


def trained(lane: Lane, result: Result, of: str = "") -> str:
    errors = result.errors[lane]
    lost = errors.count(None)
    if lost == len(errors):
        return f"{lane.name} has diverged (its loss is no longer a number)"
    rest = f" ({lost} of {len(errors)} seeds diverged)" if lost else ""
    return f"{lane.name} gets {mean(errors):.1f} %{of} wrong{rest}"


def mean(errors: Seeds) -> float | None:
    """Over the seeds that have a number."""
    found = [error for error in errors if error is not None]
    return sum(found) / len(found) if found else None


def comparison(shallow: Lane, deep: Lane, result: Result) -> str:
    """Which of two nets has the lower training error, in a sentence; none where one of them diverged."""
    errors = mean(result.errors[shallow]), mean(result.errors[deep])
    if None in errors:
        return ""
    net, difference = "residual" if deep.skip else "plain", errors[1] - errors[0]
    if min(errors) > LEARNED:
        return f"neither {shallow.name} nor {deep.name} has learned much"
    if abs(difference) < CLOSE:
        return f"{deep.name} trains about as well as {shallow.name}, so the depth does no harm to the {net} net"
    if deep.skip or not deep.norm or deep.init != "kaiming" or errors[0] > TRAINED:
        return f"{deep.name} trains {'worse' if difference > 0 else 'better'} than {shallow.name}"
    return f"{deep.name} trains {'worse, as in the paper' if difference > 0 else 'better, unlike in the paper'}"


def set_up(config: Race) -> str:
    """What a link has set, before it is run."""
    seeds = f"{config.seeds} seeds" if config.seeds > 1 else "one seed"
    return style.told(
        f"This link sets up a race of {names(config.lanes)}: {config.steps} steps, learning rate "
        f"{config.learning_rate:g}, {seeds}. Press the button to run it. Until then you see the recorded race."
    )


def gap(result: Result, first: Lane, second: Lane) -> str:
    """Whether the first lane's error minus the second's is more than chance, seed by seed."""
    found = paired_difference(result.errors[second], result.errors[first])
    if found is None:
        return style.told(f"{first.name} and {second.name} have no seed in which both ended with a number.")
    seeds = len(result.errors[first])
    out = "" if found.pairs == seeds else f" ({seeds - found.pairs} of {seeds} seeds diverged and are left out)"
    said = f"Training error of {first.name} minus that of {second.name}: {found.mean:+.1f} percentage points"
    if found.real is None:
        return style.told(
            f"{said}, from one seed{out}. Whether that is more than chance one seed cannot tell: train several."
        )
    said += f" in the mean of {found.pairs} seeds{out}, 95 % interval {found.low:+.1f} to {found.high:+.1f} (paired)."
    if found.real:
        return style.told(f"{said} The interval leaves out zero: after {result.steps} steps the gap is real.")
    return style.told(f"{said} The interval contains zero: after {result.steps} steps the seeds do not settle it.")
