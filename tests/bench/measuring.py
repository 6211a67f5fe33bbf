"""A line of the table, and two sides measured in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from models.core import runtime

T = TypeVar("T")


def row(what: str, ratio: float, detail: str, at_least: float | None = None, at_most: float | None = None) -> bool:
    """Prints one line of the table; False where the ratio misses its bound."""
    met = (at_least is None or ratio >= at_least) and (at_most is None or ratio <= at_most)
    verdict = "PASS" if met else "MISS"
    bound = f">= {at_least}  {verdict}" if at_least else f"<= {at_most}  {verdict}" if at_most else ""
    print(f"{what:<58} {ratio:7.2f}  {bound:<13} {detail}", flush=True)
    return met


def side_by_side(repeats: int, **sides: Callable[[], float]) -> dict[str, float]:
    """Medians of what each side returns, the sides taken in turn. The first round warms up and does not count."""
    results: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeats + 1):
        for name, measure in sides.items():
            results[name].append(measure())
    return {name: statistics.median(values[1:]) for name, values in results.items()}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_pairs(work: Callable[[T], None], items: Iterable[T]) -> None:
    """Two at a time, each with one thread, as the page computes."""
    with ThreadPoolExecutor(2, initializer=runtime.use_threads) as pool:
        list(pool.map(work, items))
