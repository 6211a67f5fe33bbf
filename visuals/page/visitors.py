"""What is kept for a visitor between two requests: bounded in bytes and in time, and given up when they leave."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

import gradio as gr
import numpy as np
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.core.runtime import give_back_memory

T = TypeVar("T")
MOST_BYTES = 256 * 2**20  # of one store, all visitors together
LONGEST = 3600.0  # seconds after which what nobody has asked for is given up
GRACE = 90.0  # seconds without a heartbeat after which a visitor has left; a page that is not seen has one a minute
HEARTBEAT = "/heartbeat/"


def name_of(request: gr.Request) -> str:
    """Of the visitor. What is asked again over a line that was cut comes as another session of theirs (see line.js)."""
    return (request.session_hash or "").partition("~")[0]


class Presence:
    """Who is there: those whose heartbeat is open, which their browser opens again where it drops (see line.js)."""

    def __init__(self) -> None:
        self._open: dict[object, str] = {}  # heartbeats, and whose they are
        self.grace = GRACE

    def watched(self, app: ASGIApp) -> ASGIApp:
        """Middleware that sees who comes and goes."""

        async def watching(scope: Scope, receive: Receive, send: Send) -> None:
            _, found, visitor = scope.get("path", "").partition(HEARTBEAT)
            if not found:
                await app(scope, receive, send)
                return
            heartbeat = object()
            self._open[heartbeat] = visitor

            async def heard() -> Message:
                message = await receive()
                if message["type"] == "http.disconnect":  # gradio says who has left before the answer has ended
                    self._open.pop(heartbeat, None)
                return message

            try:
                await app(scope, heard, send)
            finally:
                self._open.pop(heartbeat, None)

        return watching

    def end_if_left(self, end: Callable[[gr.Request], None]) -> Callable[..., Any]:
        """What gradio calls when a heartbeat has ended. `end` is called where none has been open in the grace since."""
        signs: Counter[str] = Counter()  # heartbeats that have ended in the last grace

        def ended(request: gr.Request) -> None:
            name = name_of(request)
            signs[name] -= 1
            if not signs[name]:
                del signs[name]
                if name not in self._open.values():
                    end(request)

        async def left(request: gr.Request) -> None:
            signs[name_of(request)] += 1
            asyncio.get_running_loop().call_later(self.grace, ended, request)

        return left


presence = Presence()


class Leavings:
    """What visitors have left in memory goes back to the system, at most once every `pause` seconds."""

    def __init__(self, pause: float = 10.0, clock: Callable[[], float] = time.monotonic):
        self._pause, self._clock, self._next = pause, clock, 0.0

    def give_back(self, _: gr.Request) -> None:
        """When a visitor has left."""
        if self._clock() >= self._next:
            self._next = self._clock() + self._pause
            Thread(target=give_back_memory, daemon=True).start()  # it takes a while, in which others are answered


class Visitors(Generic[T]):
    """One thing for each visitor. `size` tells its bytes; the one that was not asked for longest goes first."""

    def __init__(
        self,
        size: Callable[[T], int],
        most_bytes: int = MOST_BYTES,
        longest: float = LONGEST,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._size, self._most_bytes, self._longest, self._clock = size, most_bytes, longest, clock
        self._kept: OrderedDict[str, tuple[T, float]] = OrderedDict()
        self._lock = Lock()

    def keep(self, request: gr.Request, thing: T) -> None:
        """Keep this for the visitor, in place of what was kept before."""
        with self._lock:
            self._kept.pop(name_of(request), None)
            self._kept[name_of(request)] = thing, self._clock()
            self._shrink()

    def of(self, request: gr.Request) -> T | None:
        """What is kept for this visitor."""
        with self._lock:
            self._shrink()
            found = self._kept.pop(name_of(request), None)
            if found is None:
                return None
            self._kept[name_of(request)] = found[0], self._clock()
            return found[0]

    def forget(self, request: gr.Request) -> None:
        """When a visitor has left."""
        with self._lock:
            self._kept.pop(name_of(request), None)

    def _shrink(self) -> None:
        size = sum(self._size(thing) for thing, _ in self._kept.values())
        for name, (thing, since) in list(self._kept.items()):
            last = len(self._kept) == 1
            if self._clock() - since <= self._longest and (size <= self._most_bytes or last):
                return
            size -= self._size(thing)
            del self._kept[name]


def bytes_of(thing: Any) -> int:
    """Bytes of the arrays in a thing and in what it holds."""
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, dict):
        return sum(map(bytes_of, thing.values()))
    if isinstance(thing, (list, tuple)):
        return sum(map(bytes_of, thing))
    return bytes_of(vars(thing)) if hasattr(thing, "__dict__") else 64
