"""What tab 1 says in words: how far a race is, and what came out of it."""

from __future__ import annotations

from html import escape

import numpy as np

from models.artifacts import Certificate
from models.race import Lane, Point, Race
from models.runtime import hardware
from visuals import style
from visuals.degradation.figures import seeds_of

CLOSE = 2.0  # percentage points: two training errors that differ by less are called about equal

Errors = dict[Lane, float | None]  # training error in %, None: diverged


def told(text: str, announce: bool = True) -> str:
    """A sentence; `announce`: a screen reader says it at once."""
    role = ' role="status"' if announce else ""
    return f'<p class="told"{role}>{escape(text)}</p>'


def progress(config: Race, last: list[Point], seconds_left: float | None) -> str:
    """How far the race is. `last` is the last event of each lane."""
    step = max(point.step for point in last)
    left = "" if seconds_left is None else f", about {seconds_left:.0f} s left"
    gone = "".join(f" {config.lanes[p.lane].name} diverged at step {p.step}." for p in last if p.diverged)
    said = told(f"Training: step {step} of {config.steps}{left}.{gone}", announce=False)
    return said + style.measured(f"seed {config.seed}")


def stopped(last: list[Point]) -> str:
    """After Stop: the race ends where it is."""
    step = max((point.step for point in last), default=0)
    return told(f"Stopped after step {step}. The curves show what was measured until then.")


def outcome(config: Race, last: list[Point], seconds: float) -> str:
    """What a live race measured, whatever that is."""
    errors = {config.lanes[point.lane]: point.train_error for point in last}
    run = f"seed {config.seed}, which alone proves little; {seconds:.0f} s, {hardware()}"
    return told(f"After {config.steps} steps, {verdict(errors)}") + style.measured(run)


def recorded_outcome(run: dict[str, np.ndarray], certificate: Certificate, config: Race) -> str:
    """The same about the means of the recorded seeds."""
    errors = {lane: float(seeds_of(run["train_error"], certificate, lane)[:, -1].mean()) for lane in config.lanes}
    seeds = len(certificate.config["axes"]["seed"])
    said = told(f"After {config.steps} steps, in the mean of {seeds} seeds, {verdict(errors)}", announce=False)
    return said + style.recorded(certificate)


def cifar10_outcome(certificate: Certificate, protocol: str) -> str:
    """The same about the recorded run on CIFAR-10."""
    axes, steps = certificate.config["axes"], certificate.config["steps"]
    lanes = [Lane(depth, skip) for skip in axes["skip"] for depth in axes["depth"]]
    errors = {lane: certificate.metrics[lane.name]["train_error"][0] for lane in lanes}
    return told(f"After {steps:,} steps, {verdict(errors)}", announce=False) + style.recorded(certificate, protocol)


def verdict(errors: Errors) -> str:
    """Training errors of the shallow and the deep net, plain and residual, and which way they differ."""
    (plain, deep_plain), (residual, deep_residual) = (
        sorted((lane for lane in errors if lane.skip == skip), key=lambda lane: lane.depth) for skip in (False, True)
    )
    return (
        f"{trained(plain, errors, ' of its training images')} and {trained(deep_plain, errors)}. "
        f"{comparison(errors[plain], errors[deep_plain], skip=False)}"
        f"With shortcuts, {trained(residual, errors)} and {trained(deep_residual, errors)}. "
        f"{comparison(errors[residual], errors[deep_residual], skip=True)}"
    ).strip()


def trained(lane: Lane, errors: Errors, of: str = "") -> str:
    if errors[lane] is None:
        return f"{lane.name} has diverged (its loss is no longer a number)"
    return f"{lane.name} gets {errors[lane]:.1f} %{of} wrong"


def comparison(shallow: float | None, deep: float | None, skip: bool) -> str:
    """Which of two nets has the lower training error, in a sentence; none where one of them diverged."""
    if shallow is None or deep is None:
        return ""
    net, difference = "residual" if skip else "plain", deep - shallow
    if abs(difference) < CLOSE:
        return f"The deeper {net} net trains about as well as the shallow one. "
    if skip:
        return f"The deeper residual net trains {'worse' if difference > 0 else 'better'}. "
    return (
        f"The deeper plain net trains {'worse, as in the paper' if difference > 0 else 'better, unlike in the paper'}. "
    )
