"""Live runs: one at a time for each visitor and tab, ended within one step when they leave or start another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TypeVar

import gradio as gr

E = TypeVar("E")

# Arguments of every event that computes with torch. Many may run at once, so that in a class everybody sees movement;
# they share two cores, and the queue is bounded in app.py.
COMPUTE = {"concurrency_id": "compute", "concurrency_limit": 16}


class LatestRun:
    """Follows a visitor's newest run; older ones of the same visitor end at their next event."""

    def __init__(self) -> None:
        self._number = itertools.count(1)
        self._newest: dict[str, int] = {}

    @property
    def running(self) -> bool:
        """Whether any visitor's run is being computed."""
        return bool(self._newest)

    def follow(self, request: gr.Request, events: Iterator[E]) -> Iterator[E]:
        """Yields the events until they end, the visitor leaves, or the same visitor calls this again."""
        visitor, me = request.session_hash or "", next(self._number)
        self._newest[visitor] = me
        try:
            for event in events:
                if self._newest.get(visitor) != me:
                    return
                yield event
        finally:
            events.close()
            if self._newest.get(visitor) == me:
                del self._newest[visitor]

    def stop(self, request: gr.Request) -> None:
        """Ends the visitor's run at its next event. Unlike a cancelled event of gradio, it can still say so itself."""
        self._newest.pop(request.session_hash or "", None)

    def stopped(self, request: gr.Request) -> bool:
        """Whether a run that `follow` did not finish was stopped; else the visitor has started another."""
        return (request.session_hash or "") not in self._newest
