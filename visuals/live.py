"""Live runs: one at a time for each visitor and section, ended within one step when they leave or start another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import gradio as gr
from gradio.context import Context
from gradio.events import Dependency

E = TypeVar("E")

# Arguments of every event that computes with torch. Many may run at once, so that in a class everybody sees movement;
# they share two cores, and the queue is bounded in app.py.
COMPUTE = {"concurrency_id": "compute", "concurrency_limit": 16}


@dataclass
class _Token:
    """What is known of one run: `newest` until the visitor starts another or stops it."""

    newest: bool = True
    stopped: bool = False


class Run(Iterator[E]):
    """The events of one run, until they end, the visitor leaves, stops it, or starts another."""

    def __init__(self, token: _Token, events: Iterator[E]):
        self._token, self._events = token, events  # no reference leads back here: a run that is dropped ends at once

    def __next__(self) -> E:
        return next(self._events)

    def close(self) -> None:
        self._events.close()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before its end."""
        return self._token.stopped


class LatestRun:
    """Follows a visitor's newest run; older ones of the same visitor end at their next event."""

    def __init__(self) -> None:
        self._newest: dict[str, _Token] = {}

    @property
    def running(self) -> bool:
        """Whether any visitor's run is being computed."""
        return bool(self._newest)

    def runs(self, request: gr.Request) -> bool:
        """Whether this visitor has a run under way."""
        return (request.session_hash or "") in self._newest

    def follow(self, request: gr.Request, events: Iterator[E]) -> Run[E]:
        """The run of these events, which is the visitor's newest from its first event on."""
        token = _Token()
        return Run(token, self._follow(request.session_hash or "", token, events))

    def _follow(self, visitor: str, token: _Token, events: Iterator[E]) -> Iterator[E]:
        if visitor in self._newest:
            self._newest[visitor].newest = False
        self._newest[visitor] = token
        try:
            for event in events:
                if not token.newest:
                    return
                yield event
        finally:
            events.close()
            if self._newest.get(visitor) is token:
                del self._newest[visitor]

    def stop(self, request: gr.Request) -> None:
        """Ends the visitor's run at its next event. Unlike a cancelled event of gradio, it can still say so itself."""
        token = self._newest.pop(request.session_hash or "", None)
        if token:
            token.newest, token.stopped = False, True

    def wire(
        self,
        go: gr.Button,
        stop: gr.Button,
        live: Callable[..., Iterator[Any]],
        inputs: Sequence[gr.components.Component],
        outputs: Sequence[gr.components.Component],
        status: gr.components.Component,
        **options: Any,
    ) -> Dependency:
        """`go` starts the generator `live` on the inputs, `stop` ends it; `status` shows that it waits.

        A new click supersedes the run before, and leaving the page ends it, too: gradio itself closes a generator
        only where it hands something over. `options` are those of gradio's events, such as `api_name`. Returns the
        event of `go`, of which `then` follows every run's end.
        """
        run = go.click(
            live,
            inputs,
            outputs,
            show_progress="minimal",
            show_progress_on=status,
            trigger_mode="multiple",
            **COMPUTE,
            **options,
        )
        stop.click(self.stop, None, None, queue=False, api_visibility="private")
        self.end_when_left()
        return run

    def end_when_left(self) -> None:
        """Whoever leaves the page that is being built ends their run."""
        Context.root_block.unload(self.stop)
