"""Rounds: teams that take many steps side by side, in threads, and are looked at step by step."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Hashable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import SimpleQueue
from threading import RLock
from typing import TypeVar

from models.core.turns import turns

AHEAD = 2  # steps that a team may be ahead of the others

Team = TypeVar("Team", bound=Hashable)
Step = TypeVar("Step")


def rounds(running: dict[Team, Iterator[Step]], pool: Executor) -> Generator[dict[Team, Step], None, None]:
    """What every running team yields first, then second, ...; a team that is taken out of `running` ends.

    No team waits for the slowest, nor for whoever takes the rounds: each goes on by itself, up to AHEAD steps ahead.
    """
    ready: dict[Team, deque[Future[Step | None]]] = {team: deque() for team in running}  # None: there are no more
    working: dict[Team, Future[Step | None]] = {}
    stepped: SimpleQueue[Team] = SimpleQueue()
    lock = RLock()  # a step that has ended before it is noted starts the next one within `go_on`

    def go_on(team: Team) -> None:
        with lock:
            steps = running.get(team)  # it may be taken out at any moment
            if steps is not None and team not in working and len(ready[team]) < AHEAD:
                working[team] = pool.submit(in_turn, steps)
                working[team].add_done_callback(lambda step: note(team, step))

    def note(team: Team, step: Future[Step | None]) -> None:
        with lock:
            del working[team]
            ready[team].append(step)
            if not step.cancelled() and not step.exception() and step.result():
                with suppress(RuntimeError):  # the program ends: the pool takes no more, and says so in `rounds`
                    go_on(team)
        stepped.put(team)

    try:
        while running:
            for team in list(running):
                go_on(team)
            while not all(ready[team] for team in running):
                stepped.get()
            steps = [ready[team].popleft().result() for team in running]
            points = {team: step for team, step in zip(running, steps, strict=True) if step is not None}
            if len(points) < len(steps):
                return
            yield points
    finally:
        with lock:
            running.clear()
            for step in list(working.values()):
                step.cancel()


def in_turn(steps: Iterator[Step]) -> Step | None:
    """The next step, once it is this thread's turn; None where there is none."""
    with turns.turn():
        return next(steps, None)
