"""Trains the seeds of all rooms: two at a time, in turns with whatever else the page computes."""

from __future__ import annotations

import math
import traceback
from collections import deque
from contextlib import closing
from functools import cached_property
from threading import Lock, Thread

from models.core import artifacts
from models.deeper.nets import Lane
from models.deeper.race import Point, Race, race
from visuals.classroom.seeds import Seeds, race_of
from visuals.page.live.pace import Pace
from visuals.page.shared_runs import runs
from visuals.page.words import duration

AT_ONCE = 2  # seeds; of each, the two nets are trained side by side


class Trainer:
    """Its threads end when no room has a seed that waits; after every seed it is the next room's turn."""

    def __init__(self, seeds: Seeds):
        self._seeds = seeds
        self._rooms: deque[str] = deque()  # that may have a seed that waits
        self._threads, self._lock = 0, Lock()
        self._took = 0.0  # seconds of a seed that was trained here while another one was, by its work

    def begin(self, code: str) -> None:
        """With the seeds of this room that wait."""
        with self._lock:
            if code not in self._rooms:
                self._rooms.appendleft(code)  # so that whoever has just begun sees something soon
            while self._threads < AT_ONCE:
                self._threads += 1
                Thread(target=self._work, daemon=True).start()

    def expected(self, depth: int, seeds: int) -> str:
        """About how long so many seeds take, in words; or that the recorded run cannot be read that tells it."""
        work = math.ceil(seeds / AT_ONCE) * race_of(depth, 1).work  # one seed after the other, of each thread
        if self._took:
            return f"about {duration(self._took * work)} here"
        try:
            recorded = duration(self._recorded * Pace.slower * AT_ONCE * work)
        except artifacts.ArtifactError as error:
            return str(error)
        return f"about {recorded}, {'as recorded' if Pace.slower == 1 else 'by another run'}"

    @cached_property
    def _recorded(self) -> float:
        """Seconds of the recorded race, by its work."""
        found = artifacts.certificate("signal-digits")
        return found.seconds / Race(tuple(Lane(**lane) for lane in found.config["lanes"])).work

    def _work(self) -> None:
        while taken := self._next():
            code, depth, seed = taken
            try:
                self._train(code, depth, seed)
            except Exception:  # of whatever computes: the room hears that its race has stopped
                traceback.print_exc()
                self._seeds.give_up(code)

    def _next(self) -> tuple[str, int, int] | None:
        """What this thread trains next; None where it ends."""
        with self._lock:
            while self._rooms:
                code = self._rooms.popleft()
                if taken := self._seeds.take(code):
                    self._rooms.append(code)
                    return code, *taken
            self._threads -= 1
            return None

    def _train(self, code: str, depth: int, seed: int) -> None:
        config = race_of(depth, seed)
        last: dict[int, float | None] = {}
        began_beside = self._threads == AT_ONCE
        with closing(runs.follow(("race", config), lambda: race(config), in_turn=False)) as events:
            for event in events:
                if isinstance(event, Point):
                    last[event.lane] = event.train_error[0]
                if not self._seeds.wanted(code, depth, seed):
                    return
            if began_beside and events.seconds:
                self._took = events.seconds / config.work
        self._seeds.finish(code, depth, seed, (last[0], last[1]))
