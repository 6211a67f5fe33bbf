"""Equal runs are one run: computed once, followed by many, ended when nobody comes back, forgotten within bounds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Barrier, Event, Thread

import numpy as np
import pytest

from models.core.turns import turns
from visuals.page import shared_runs
from visuals.page.shared_runs import SharedRuns


class Experiment:
    """Counts how often it was begun, the steps that it made, and whether it was closed."""

    def __init__(self, length: int = 5, size: int = 1):
        self.length, self.size, self.begun, self.steps, self.closed = length, size, 0, 0, 0

    def start(self) -> Iterator[np.ndarray]:
        self.begun += 1
        try:
            for step in range(self.length):
                self.steps += 1
                yield np.full(self.size, step)
        finally:
            self.closed += 1


def firsts(events: Iterator[np.ndarray]) -> list[int]:
    return [int(event[0]) for event in events]


def test_two_who_ask_for_the_same_get_the_same_and_it_is_computed_once():
    shared, experiment = SharedRuns(), Experiment()
    one, two = (shared.follow("a", experiment.start) for _ in range(2))
    assert int(next(one)[0]) == 0
    assert firsts(two) == [0, 1, 2, 3, 4]
    assert firsts(one) == [1, 2, 3, 4]
    assert (experiment.begun, experiment.steps) == (1, 5)


def test_who_comes_afterwards_gets_what_was_and_nothing_runs_again():
    shared, experiment = SharedRuns(), Experiment()
    assert firsts(shared.follow("a", experiment.start)) == firsts(shared.follow("a", experiment.start))
    assert experiment.begun == 1


def test_other_runs_are_runs_of_their_own():
    shared, one, two = SharedRuns(), Experiment(2), Experiment(3)
    assert firsts(shared.follow("a", one.start)) == [0, 1]
    assert firsts(shared.follow("b", two.start)) == [0, 1, 2]


def test_leaving_does_not_end_a_run_that_others_follow():
    shared, experiment = SharedRuns(), Experiment()
    one, two = (shared.follow("a", experiment.start) for _ in range(2))
    next(one), next(two)
    one.close()
    assert not experiment.closed
    assert firsts(two) == [1, 2, 3, 4]


def test_the_last_who_leaves_ends_it_and_the_next_begins_anew():
    shared, experiment = SharedRuns(), Experiment()
    one, two = (shared.follow("a", experiment.start) for _ in range(2))
    next(one), next(two)
    one.close()
    two.close()
    assert (experiment.closed, experiment.steps) == (1, 1)
    assert firsts(shared.follow("a", experiment.start)) == [0, 1, 2, 3, 4]
    assert experiment.begun == 2


class Endless:
    """Steps for as long as anybody wants one."""

    def __init__(self):
        self.begun, self.ended = 0, Event()

    def start(self) -> Iterator[np.ndarray]:
        self.begun += 1
        try:
            while True:
                yield np.zeros(1)
        finally:
            self.ended.set()


def test_whoever_is_lost_finds_the_run_further_on_when_they_come_back():
    shared, gone_on = SharedRuns(), Event()

    def start() -> Iterator[np.ndarray]:
        yield np.zeros(1)
        yield np.ones(1)
        gone_on.set()
        yield np.full(1, 2)

    follower = shared.follow("a", start)
    next(follower)
    follower.lose()
    assert gone_on.wait(60)
    assert firsts(shared.follow("a", start)) == [0, 1, 2]


def test_a_run_to_which_nobody_comes_back_ends_after_the_grace():
    shared, experiment = SharedRuns(grace=0.1), Endless()
    for begun in (1, 2):
        follower = shared.follow("a", experiment.start)
        next(follower)
        follower.lose()
        assert experiment.ended.wait(60)
        experiment.ended.clear()
        assert experiment.begun == begun


def test_who_comes_back_and_stops_ends_it_at_once():
    shared, experiment = SharedRuns(), Endless()
    follower = shared.follow("a", experiment.start)
    next(follower)
    follower.lose()
    back = shared.follow("a", experiment.start)
    next(back)
    assert not experiment.ended.is_set()
    back.close()
    assert experiment.ended.is_set()
    assert experiment.begun == 1


def test_no_more_than_some_are_kept_for_those_who_may_come_back(monkeypatch):
    monkeypatch.setattr(shared_runs, "MOST_LEFT", 1)
    shared, one, two = SharedRuns(), Endless(), Endless()
    followers = [shared.follow(name, experiment.start) for name, experiment in (("a", one), ("b", two))]
    for follower in followers:
        next(follower)
        follower.lose()
    assert [experiment.ended.is_set() for experiment in (one, two)] == [False, True]
    back = shared.follow("a", one.start)
    next(back)
    back.close()


def test_an_error_that_nobody_sees_is_not_kept():
    shared, experiment, failed = SharedRuns(), Experiment(1), Event()

    def failing() -> Iterator[np.ndarray]:
        yield np.zeros(1)
        failed.set()
        raise RuntimeError("out of memory")

    follower = shared.follow("a", failing)
    next(follower)
    follower.lose()
    assert failed.wait(60)
    while shared._runs:
        pass
    assert firsts(shared.follow("a", experiment.start)) == [0]


def test_what_there_is_does_not_wait_for_the_step_that_is_under_way():
    shared, stepping, go_on = SharedRuns(), Event(), Event()

    def start() -> Iterator[np.ndarray]:
        yield np.zeros(1)
        stepping.set()
        go_on.wait(60)
        yield np.ones(1)

    first = Thread(target=firsts, args=(shared.follow("a", start),))
    first.start()
    assert stepping.wait(60)
    late = shared.follow("a", start)
    assert int(next(late)[0]) == 0
    go_on.set()
    assert firsts(late) == [1]
    first.join()


def test_an_iterator_that_cannot_be_closed_will_do():
    shared = SharedRuns()
    run = shared.follow("a", lambda: iter([np.zeros(1)] * 3))
    next(run)
    run.close()


def test_ended_runs_are_kept_within_bounds():
    shared, large, small = SharedRuns(most_bytes=50_000), Experiment(2, size=4000), Experiment(2)
    firsts(shared.follow("large", large.start))  # 64 kB
    firsts(shared.follow("small", small.start))
    firsts(shared.follow("large", large.start))
    firsts(shared.follow("small", small.start))
    assert (large.begun, small.begun) == (2, 1)


def test_an_error_reaches_all_and_is_not_kept():
    def failing() -> Iterator[np.ndarray]:
        yield np.zeros(1)
        raise RuntimeError("out of memory")

    shared, experiment = SharedRuns(), Experiment(1)
    one, two = (shared.follow("a", failing) for _ in range(2))
    next(one), next(two)
    for run in (one, two):
        with pytest.raises(RuntimeError, match="out of memory"):
            next(run)
    assert firsts(shared.follow("a", experiment.start)) == [0]


def test_thirty_at_once_are_one_run():
    shared, experiment, found, begin = SharedRuns(), Experiment(50), [], Barrier(30)

    def visit() -> None:
        begin.wait()
        found.append(firsts(shared.follow("a", experiment.start)))

    threads = [Thread(target=visit) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [list(range(50))] * 30
    assert (experiment.begun, experiment.steps) == (1, 50)


def test_whoever_comes_late_is_told_how_long_it_took():
    def slow() -> Iterator[np.ndarray]:
        for _ in range(3):
            time.sleep(0.02)
            yield np.zeros(1)

    shared = SharedRuns()
    first, late = shared.follow("a", slow), shared.follow("a", slow)
    firsts(first)
    firsts(late)
    assert late.seconds == first.seconds >= 0.06


def test_waiting_counts_in_what_a_run_took(monkeypatch):
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    followed = SharedRuns().follow("a", lambda: iter((1, 2)))
    next(followed)
    now = 7.0  # the page has had other things to do
    next(followed)
    assert followed.seconds == 7.0


@pytest.mark.parametrize(("in_turn", "lent", "held"), [(True, "", True), (False, "", False), (True, "1", False)])
def test_an_event_is_computed_in_a_turn_unless_others_compute_it(monkeypatch, in_turn, lent, held):
    monkeypatch.setenv("SPACES_ZERO_GPU", lent)

    def start() -> Iterator[bool]:
        yield turns.held

    assert list(SharedRuns().follow("a", start, in_turn)) == [held]
    assert not turns.held
