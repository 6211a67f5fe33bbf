"""Both ways to x_t of one picture, as a chart that grows."""

from __future__ import annotations

from typing import Any

from models.noisier.forward import Compared
from visuals.noisier.numbers import charts, words
from visuals.page import style


class BothWaysView:
    """A live.View of the two ways to x_t."""

    def __init__(self, run: int, machine: str):
        self.run, self.machine, self.events = run, machine, list[Compared]()

    @property
    def done(self) -> float:
        return len(self.events) / charts.T

    def start(self) -> tuple[Any, ...]:
        return (None,)

    def add(self, event: Compared) -> None:
        self.events.append(event)

    def news(self) -> tuple[Any, ...]:
        return self.whole()

    def whole(self) -> tuple[Any, ...]:
        return (charts.both_ways_chart(self.run, self.events),)

    def progress(self, seconds_left: float) -> str:
        return words.comparing(self.events[-1], seconds_left)

    def outcome(self, seconds: float) -> str:
        return words.compared(self.events, lambda ways: style.measured(f"{ways}; in {seconds:.1f} s; {self.machine}"))

    def stopped(self) -> str:
        return style.told(f"Stopped at t = {len(self.events)}. What was computed stays drawn.")
