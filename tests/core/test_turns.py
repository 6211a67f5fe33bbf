"""Turns: no more compute at once than there are places, in the order in which they came."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Event, Thread

import pytest

from models.core.turns import Turns

PATIENCE = 60


class Visitor(Thread):
    """Takes a turn, says so, and keeps it until it is told to go on."""

    def __init__(self, turns: Turns, name: str, came: SimpleQueue[str]):
        super().__init__(daemon=True)
        self._turns, self._word, self._came = turns, name, came
        self.go_on = Event()
        self.start()

    def run(self) -> None:
        with self._turns.turn():
            self._came.put(self._word)
            assert self.go_on.wait(PATIENCE)


def queued(turns: Turns, count: int) -> None:
    """Waits until so many are waiting."""
    while len(turns._waiting) < count:
        pass


def test_no_more_than_there_are_places_and_then_in_order():
    turns, came = Turns(2), SimpleQueue()
    first = [Visitor(turns, name, came) for name in "ab"]
    assert {came.get(timeout=PATIENCE) for _ in first} == {"a", "b"}
    later = []
    for count, name in enumerate("cde", start=1):
        later.append(Visitor(turns, name, came))
        queued(turns, count)
    assert came.empty()
    for leaving, name in zip([*first, *later], "cde", strict=False):
        leaving.go_on.set()
        assert came.get(timeout=PATIENCE) == name
    for each in later:
        each.go_on.set()
        each.join(PATIENCE)
    with turns.turn(), turns.turn():
        assert turns.held
    assert not turns.held


def test_who_waits_for_something_lets_others_go_first():
    turns, came = Turns(1), SimpleQueue()
    with turns.turn():
        other = Visitor(turns, "other", came)
        queued(turns, 1)
        assert came.empty()
        with turns.aside():
            assert not turns.held
            assert came.get(timeout=PATIENCE) == "other"
            other.go_on.set()
        assert turns.held


def test_an_error_gives_the_turn_back():
    turns = Turns(1)
    with pytest.raises(RuntimeError, match="out of memory"), turns.turn():
        raise RuntimeError("out of memory")
    with turns.turn():
        assert turns.held


def test_aside_without_a_turn_takes_none():
    turns = Turns(1)
    with turns.aside():
        assert not turns.held
    assert not turns.held
