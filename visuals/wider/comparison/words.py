"""Sentences about six networks, and about weights that arrive."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from models.wider.comparison import NETWORKS, PASSES, SIZE, Timed
from models.wider.imagenet import Fetched
from visuals.page import style
from visuals.page.words import duration
from visuals.wider.comparison.errors import ERRORS, KINDS, OURS

MEGABYTE = 2**20


def missing(kind: str) -> str:
    """How many of the networks are in the chart of this error, and which are not."""
    absent = [name for name, error in ERRORS.items() if getattr(error, KINDS[kind]) is None]
    papers = " and ".join(f"{name}’s" for name in absent) + (" papers print" if len(absent) > 1 else " paper prints")
    said = f"{len(ERRORS) - len(absent)} of the {len(ERRORS)} networks are in the chart: {papers} no {kind} error."
    return style.told(said, announce=False)


def medians(done: list[Timed]) -> dict[str, float]:
    """Milliseconds of each network that was measured."""
    return {
        name: statistics.median(found)
        for name in NETWORKS
        if (found := [one.milliseconds for one in done if one.name == name])
    }


def expected(macs: Mapping[str, int], milliseconds: float, size: int, took: float | None) -> str:
    """How long all of them will take; before the first time, from GoogLeNet's pass over a picture of `size` pixels."""
    if took is not None:
        return style.told(f"It took {duration(took)} the last time on this machine.", announce=False)
    rate = macs[OURS] * (size / SIZE) ** 2 / milliseconds * 1000
    seconds = (PASSES + 1) * sum(macs.values()) / rate
    said = f"It takes up to about {duration(seconds)}, judging by the first pass of our own network here."
    return style.told(said, announce=False)


def timed(done: list[Timed], macs: Mapping[str, int]) -> str:
    """Who is fastest, and what it has to do with multiply-adds."""
    found = medians(done)
    fast, slow = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
    other = fast if slow == OURS else OURS  # a network is not compared with itself
    return (
        f"{fast} is the fastest with {found[fast]:.1f} ms, {slow} the slowest with {found[slow]:.1f} ms. {slow} takes "
        f"{found[slow] / found[other]:.1f} times as long as {other}, for {macs[slow] / macs[other]:.1f} times the "
        "multiply-adds."
    )


def fetched(event: Fetched, seconds: float) -> str:
    """How much has arrived, and for how long it will go on."""
    done = f"{event.done / MEGABYTE:.1f}"
    if not event.whole:
        return f"{done} MB have arrived."
    left = seconds / event.done * (event.whole - event.done)
    return f"{done} of {event.whole / MEGABYTE:.1f} MB have arrived, about {left:.0f} s left."
