"""Charts to look at, and what is read off them."""

from __future__ import annotations

import math
from pathlib import Path

from visuals.components.chart import Axis, Level, Series, chart, grown

MIXED = "color-mix(in srgb, var(--role-plain) 70%, var(--body-text-color))"
SERIES = (
    Series("a", "plain-56 training", MIXED, dash=True, marker="square", every=5),
    Series("b", "residual-56, test", "var(--role-residual)", width=3.5, marker="circle"),
    Series("a seeds", "", MIXED, marker="square", line=False),
    Series("a seed 0", "plain-56 training, seed 0", MIXED, detail=True),
    Series("a seed 1", "plain-56 training, seed 1", MIXED, detail=True),
)
STEPS = range(1, 21)
POINTS = {
    "a": [(s, 100 / 3 / s) for s in STEPS],
    "b": [(s, 80 - math.pi * s) for s in STEPS if s % 4 == 0],
    "a seeds": [(21, 1 / 7), (21, 2 / 7)],
    "a seed 0": [(s, 30 / s) for s in STEPS],
    "a seed 1": [(s, 40 / s) for s in STEPS],
}
GUESSES = (Level("your guess: plain-56", 70, "var(--role-plain)"), Level("your guess: residual-56", 68.5, "#0072B2"))
LABEL = "Errors by step: a chart for tests."
ERROR = Axis("error in %", 0, 100, "%", 1)
DECADES = Axis("gradient norm", 1e-6, 10, log=True)


def errors(run: int) -> dict:
    return chart(run, LABEL, Axis("step", 0, 21.6), ERROR, SERIES, POINTS, levels=GUESSES)


def small_numbers() -> dict:
    points = [(1, 2.5e-5), (2, 0.5), (3, 0.0), (4, 3.0), (5, None), (6, 1e-6)]
    levels = (Level("your guess", 2.5, "black", upright=True),)
    series = (Series("g", "gradient", "black"),)
    return chart(1, "Small numbers.", Axis("layer", 1, 6, decimals=1), DECADES, series, {"g": points}, levels=levels)


def diverged(run: int) -> dict:
    value = chart(run, "One lane ends.", Axis("step", 0, 10), ERROR, SERIES[:2], {})
    new = {"a": [(1, 90.0), (2, 95.5)], "b": [(10, 5.0)]}
    return grown(value, new, {"a": 0, "b": 0}, {"a": "diverged"})


def by_name(run: int) -> dict:
    """Over things with names, at which curve a ends early."""
    axes = Axis("layer", 0.5, 4.5, names=("1", "2", "3", "out")), ERROR
    return chart(run, "By name.", *axes, SERIES[:2], {"a": [(1, 90.0), (2, 80.0)], "b": [(1, 70.0), (4, 5.0)]})


def long_names(run: int) -> dict:
    """Three nets of a live run, of which one has diverged."""
    names = ("plain-56 without batch norm, training", "residual-20, training", "residual-56, a long name, training")
    series = tuple(Series(str(k), name, "black") for k, name in enumerate(names))
    value = chart(run, "Long names.", Axis("step", 0, 10), ERROR, series, {})
    return grown(
        value, {str(k): [(10, 90.0 + k)] for k in range(3)}, dict.fromkeys("012", 0), {"0": "diverged at step 10"}
    )


def many_digits(run: int) -> dict:
    """A curve whose last number is longer than the ends of its axis."""
    series = (Series("g", "gradient", "black"),)
    return chart(run, "Many digits.", Axis("layer", 1, 2), DECADES, series, {"g": [(1, 1.0), (2, 1.05e-4)]})


def by_layer() -> dict:
    moments = [(0, {"g": [(1, 1 / 3), (2, 0.5)]}), (10, {"g": [(1, 0.75), (2, 2 / 3)]})]
    axes = Axis("layer", 1, 2), Axis("norm", 0, 1, decimals=2)
    return chart(1, "By layer.", *axes, (Series("g", "gradient", "black"),), {}, moment="step", moments=moments)


def saved(page, kind: str, where: str = "#chart") -> tuple[str, bytes]:
    """(name of the file, what is in it) after a click on the button."""
    with page.expect_download() as download:
        page.click(f"{where} .downloads button:has-text('{kind}')")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def texts(page, where: str) -> list[str]:
    return page.locator(f"{where} .plot text").all_text_contents()
