"""Turns: only as many steps of long runs compute at once as there are cores, and who has waited longest goes next.

Thirty threads that all compute would each get a thirtieth of every moment, and so would the one that answers the
browsers: nothing would be seen of any run for long.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from models.core import runtime


class Turns:
    """At most `places` threads compute at once; the others wait in the order in which they came."""

    def __init__(self, places: int):
        self._places = places
        self.begin()

    def begin(self) -> None:
        """No turn is taken: at the start, and in a forked process, which has none of the threads that wait here."""
        self._free = self._places
        self._waiting: deque[Lock] = deque()  # each is released when a place is handed over
        self._lock = Lock()
        self._thread = threading.local()

    @property
    def held(self) -> bool:
        """Whether this thread has its turn."""
        return getattr(self._thread, "held", False)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for this thread's turn, which lasts while it is open. A turn within a turn is the same one."""
        if self.held:
            yield
            return
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Lets others have the turn while this thread waits for something; afterwards it waits for its turn again."""
        if not self.held:
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        with self._lock:
            mine = None if self._free else Lock()
            if mine is None:
                self._free -= 1
            else:
                mine.acquire()
                self._waiting.append(mine)
        if mine is not None:
            mine.acquire()
        self._thread.held = True

    def _give(self) -> None:
        self._thread.held = False
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


turns = Turns(runtime.cores())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=turns.begin)
