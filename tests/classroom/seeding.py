"""Races of a room in which nothing is trained (the fixture `races`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest

from models.deeper.race import Point, Race
from tests.conftest import PATIENCE


class Races:
    """In the place of the race; `begun` and `left` name seeds, the second those that were not trained to the end."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.left: list[int] = []
        self.go_on = Event()

    def race(self, config: Race) -> Iterator[Point]:
        self.begun.append(config.seed)
        try:
            yield from (Point(lane, 1, (90.0,)) for lane in (0, 1))
            self.go_on.wait(PATIENCE / 1000)
            yield from (Point(lane, config.steps, (error,)) for lane, error in enumerate(errors(config.seed)))
        except GeneratorExit:
            self.left.append(config.seed)
            raise


def errors(seed: int) -> tuple[float, float]:
    """That the two nets end with."""
    return 10 + seed / 4, 1 + seed % 3 / 2


def until(true: Callable[[], bool]) -> None:
    """Waits for what threads bring about."""
    for _ in range(PATIENCE // 10):
        if true():
            return
        Event().wait(0.01)
    pytest.fail("it never came true")
