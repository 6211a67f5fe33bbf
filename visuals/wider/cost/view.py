"""What is drawn of modules in a row, and of both variants of a module while they are measured."""

from __future__ import annotations

from typing import Any

from models.wider.cost import ModuleCost
from models.wider.module_timing import ROUNDS, Round
from visuals.components.chart import Axis, Series, chart
from visuals.page import style
from visuals.wider.cost import words

Pairs = list[tuple[int, int]]  # without reductions, with them


def of_stack(row: list[tuple[ModuleCost, ModuleCost]]) -> tuple[Pairs, Pairs]:
    """Channels handed on, and weights so far, after each module of a row."""
    channels = [(naive.naive_c_out, reduced.c_out) for naive, reduced in row]
    places = range(1, len(row) + 1)
    weights = [(sum(n.naive_weights for n, _ in row[:k]), sum(r.weights for _, r in row[:k])) for k in places]
    return channels, weights


def stack_charts(run: int, channels: Pairs, weights: Pairs) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of the two Charts."""
    return _stack_chart(run, "channels handed on", channels), _stack_chart(run, "weights so far", weights)


def _stack_chart(run: int, what: str, values: Pairs) -> dict[str, Any]:
    """(without, with) after each module, on a logarithmic axis."""
    highest, lowest = max(map(max, values)), min(map(min, values))
    series = (
        Series("naive", "without reductions", "var(--body-text-color-subdued)", dash=True, marker="square"),
        Series("reduced", "with reductions", "var(--primary-600)", marker="circle"),
    )
    points = {s.id: [(k, pair[at]) for k, pair in enumerate(values, 1)] for at, s in enumerate(series)}
    label = f"{what.capitalize()} after each of {len(values)} modules in a row"
    y = Axis(what, 10 ** _digits(lowest), 10 ** (_digits(highest) + 1), log=True)
    note = "Read-outs have three digits."
    return chart(run, label, Axis("modules", 1, max(2, len(values))), y, series, points, note)


def _digits(number: int) -> int:
    return len(str(max(1, number))) - 1


class Measuring:
    """Both variants of a module while they are measured: all of it is said, nothing is drawn."""

    def __init__(self, module: ModuleCost, detail: str):
        self._module, self._detail, self._done = module, detail, []

    @property
    def done(self) -> float:
        return 1.0 if self._done and self._done[-1].last else len(self._done) / (ROUNDS + 1)

    def start(self) -> tuple[Any, ...]:
        return ()

    def add(self, event: Round) -> None:
        self._done.append(event)

    news = whole = start

    def progress(self, seconds_left: float) -> str:
        return style.told(f"Pass {len(self._done)} of {ROUNDS} at most.", announce=False)

    def outcome(self, seconds: float) -> str:
        return words.measured(self._module, self._done, self._detail)

    def stopped(self) -> str:
        return self.outcome(0) if self._done else style.told("Stopped before the first pass.")
