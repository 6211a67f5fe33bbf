"""Rounds of teams that train side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest

from models.core.rounds import rounds


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as two:
        yield two


def test_a_round_has_every_team_at_the_same_step(pool):
    counts = {team: iter(range(1, 101)) for team in "abc"}
    assert list(rounds(counts, pool)) == [dict.fromkeys("abc", step) for step in range(1, 101)]


def test_a_team_that_is_taken_out_ends_and_the_others_go_on(pool):
    counts = {team: iter(range(1, 41)) for team in "abc"}
    found = []
    for points in rounds(counts, pool):
        found.append(points)
        if points["a"] == 10:
            del counts["b"]
    assert found[:10] == [dict.fromkeys("abc", step) for step in range(1, 11)]
    assert found[10:] == [dict.fromkeys("ac", step) for step in range(11, 41)]


def test_a_team_that_fails_ends_the_rounds_with_its_error(pool):
    def failing() -> Iterator[int]:
        yield 1
        raise ArithmeticError("step 2")

    failing_rounds = rounds({"a": iter(range(1, 101)), "b": failing()}, pool)
    assert next(failing_rounds) == {"a": 1, "b": 1}
    with pytest.raises(ArithmeticError, match="step 2"):
        next(failing_rounds)


def test_where_the_program_ends_so_do_the_rounds_with_one_error(pool, caplog):
    running = rounds({"a": iter(range(1, 101)), "b": iter(range(1, 101))}, pool)
    next(running)
    pool.shutdown()
    with pytest.raises(RuntimeError, match="shutdown"):
        list(running)
    assert caplog.records == []


def test_rounds_that_are_closed_ask_for_nothing_more():
    asked, go_on = [], Event()

    def counting() -> Iterator[int]:
        for step in range(1, 1000):
            asked.append(step)
            if step > 1:
                go_on.wait()
            yield step

    with ThreadPoolExecutor(1) as pool:
        with closing(rounds({"a": counting()}, pool)) as closed:
            next(closed)
        last = pool.submit(int)  # after what is under way
        go_on.set()
        last.result()
    assert len(asked) <= 2
