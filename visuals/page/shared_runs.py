"""Equal runs are one run: whoever asks for the same thing follows the same events, and gets those so far at once.

A connection that drops is no leaving: a run whose last follower is gone without having stopped it goes on for a while,
so that the page finds it when it comes back.
"""

from __future__ import annotations

import pickle
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock, Semaphore, Thread
from typing import Any, Generic, TypeVar

from models.core.runtime import elsewhere
from models.core.turns import turns

E = TypeVar("E")
MOST_BYTES = 64 * 2**20  # of the events of runs that have ended
GRACE = 60.0  # seconds that a run goes on which its last follower has left
MOST_LEFT, AT_ONCE = 32, 4  # runs that are kept so, and those of them that compute at a time


class _Run(Generic[E]):
    """Events that one iterator makes and many take; whoever needs the next one first makes it, the others wait."""

    def __init__(self, events: Iterator[E], in_turn: bool):
        self.events: list[E] = []
        self.bytes = 0
        self.seconds: list[float] = []  # from the run's start to each event: waiting counts as well
        self.followers = 0
        self.kept_until = 0.0  # where somebody may come back
        self.ended = False
        self.error: Exception | None = None
        self._source, self._turn = events, turns.turn if in_turn and not elsewhere() else nullcontext
        self._began = time.perf_counter()
        self._step = Lock()

    def event(self, place: int) -> E | None:
        """The event at a place; None where the run has ended before. An error of the run is raised for all."""
        if place < len(self.events):
            return self.events[place]  # whoever comes late does not wait for the step that is under way
        with self._step:
            if place < len(self.events):
                return self.events[place]
            if self.error:
                raise self.error
            if self.ended:
                return None
            try:
                with self._turn():
                    event = next(self._source)
            except StopIteration:
                self.ended = True
                return None
            except Exception as error:
                self.error = error
                raise
            self.seconds.append(time.perf_counter() - self._began)
            self.events.append(event)
            self.bytes += len(pickle.dumps(event, protocol=pickle.HIGHEST_PROTOCOL))
            return event

    def close(self) -> None:
        """End the work. A step that is under way is waited for."""
        with self._step:
            close = getattr(self._source, "close", None)  # an iterator need not have one
            if close:
                close()


@dataclass
class _Follower:
    begun: bool
    seconds: float = 0.0
    earlier: bool = False
    comes_back: bool = False


class Followed(Iterator[E]):
    """The events of a run. `seconds` is what those so far took from its start, however late it is followed."""

    def __init__(self, follower: _Follower, events: Generator[E, None, None]):
        self._follower, self._events = follower, events  # no reference leads back here: what is dropped is left at once

    def __next__(self) -> E:
        return next(self._events)

    def close(self) -> None:
        self._events.close()

    def lose(self) -> None:
        """Leaves the run as one does who may come back."""
        self._follower.comes_back = True
        self._events.close()

    @property
    def seconds(self) -> float:
        return self._follower.seconds

    @property
    def begun(self) -> bool:
        """Whether the first events were there before it was followed."""
        return self._follower.begun

    @property
    def earlier(self) -> bool:
        """Whether the run had ended before it was followed."""
        return self._follower.earlier


class SharedRuns:
    """The runs under way and the newest that have ended, by what was asked for; those that ended in bounded memory."""

    def __init__(self, most_bytes: int = MOST_BYTES, grace: float = GRACE):
        self._runs: OrderedDict[Hashable, _Run[Any]] = OrderedDict()
        self._most_bytes, self.grace = most_bytes, grace
        self._go_on_at_once = Semaphore(AT_ONCE)
        self._lock = Lock()

    def follow(self, asked: Hashable, start: Callable[[], Iterator[E]], in_turn: bool = True) -> Followed[E]:
        """The events of the run that was asked for, from its first on. `start` begins it where nobody has yet.

        Each event is computed in a turn of its own; not `in_turn` where the run's workers wait for theirs themselves,
        and not where other processes compute.

        Closing the iterator leaves the run; when the last one leaves before its end, the work ends within one step,
        and what was so far is forgotten: at once, or after the grace where one may come back.
        """
        with self._lock:
            run = self._runs.get(asked)
            follower = _Follower(begun=run is not None and bool(run.events))
        return Followed(follower, self._follow(asked, start, in_turn, follower))

    def _follow(
        self, asked: Hashable, start: Callable[[], Iterator[E]], in_turn: bool, follower: _Follower
    ) -> Generator[E, None, None]:
        with self._lock:
            run = self._runs.get(asked)
            if run is None:
                run = self._runs[asked] = _Run(start(), in_turn)
            run.followers += 1
            run.kept_until = 0.0
            follower.earlier = run.ended
            self._runs.move_to_end(asked)
        try:
            place = 0
            while (event := run.event(place)) is not None:
                follower.seconds = run.seconds[place]
                yield event
                place += 1
        finally:
            self._leave(asked, run, follower.comes_back)

    def _leave(self, asked: Hashable, run: _Run[Any], comes_back: bool) -> None:
        now = time.monotonic()
        with self._lock:
            run.followers -= 1
            under_way = not run.followers and not run.ended
            left = sum(each.kept_until > now for each in self._runs.values())
            if under_way and comes_back and left < MOST_LEFT:
                run.kept_until = now + self.grace
            self._shrink()
        if run.kept_until > now:
            Thread(target=self._go_on, args=(asked, run), daemon=True).start()
        elif under_way:
            self._end(asked, run)

    def _go_on(self, asked: Hashable, run: _Run[Any]) -> None:
        """With a run that has lost its last follower, until one comes, it has ended, or the grace is over."""
        if self._go_on_at_once.acquire(timeout=self.grace):
            try:
                while time.monotonic() < run.kept_until and run.event(len(run.events)) is not None:
                    pass
            except Exception:  # of whatever computes; whoever comes back begins anew
                run.kept_until = 0.0
            finally:
                self._go_on_at_once.release()
        self._end(asked, run)

    def _end(self, asked: Hashable, run: _Run[Any]) -> None:
        """Forget a run that nobody follows, unless it is kept or all of it is there."""
        with self._lock:
            if run.followers or (time.monotonic() < run.kept_until and not run.ended):
                return
            run.kept_until = 0.0
            if not run.ended and self._runs.get(asked) is run:
                del self._runs[asked]
            self._shrink()
        if not run.ended:
            run.close()

    def _shrink(self) -> None:
        """Forget the oldest of the runs that have ended and that nobody follows, until the others fit."""
        kept = [(asked, run) for asked, run in self._runs.items() if run.ended and not run.followers]
        kept.sort(key=lambda one: one[1].bytes <= self._most_bytes)  # one that never fits goes before all others
        size = sum(run.bytes for _, run in kept)
        for asked, run in kept:
            if size <= self._most_bytes:
                return
            size -= run.bytes
            del self._runs[asked]


runs = SharedRuns()
