"""Live runs: one at a time for each visitor and section, ended within one step when they leave or start another."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol, TypeVar

import gradio as gr
from gradio.events import Dependency

from models.core.cluster import Lost
from visuals.page import style
from visuals.page.events import PRIVATE, end_with_visit
from visuals.page.shared_runs import Followed
from visuals.page.visitors import name_of

E = TypeVar("E")
MESSAGES_PER_SECOND = 4  # of a run, unless its section says otherwise
ALL_PER_SECOND = 12  # of all runs together: measured, each takes 5 ms of the thread that answers everybody

# Arguments of every event that runs an experiment. Many run at once: in a class everybody sees movement.
COMPUTE: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 32}
# Arguments of every event that answers after a pass or two of a network: they never wait behind experiments.
ANSWER: dict[str, Any] = {"concurrency_id": "answer", "concurrency_limit": 4}

# For pressing.js: that a run has begun or ended, and which button has started it.
TOLD = "() => { document.dispatchEvent(new CustomEvent('NAME', { detail: 'BUTTON' })); return []; }"


@dataclass
class _Token:
    """What is known of one run: `newest` until the visitor starts another or stops it."""

    newest: bool = True
    stopped: bool = False
    lost: bool = False  # its visitor has gone, or their connection


class Run(Iterator[E]):
    """The events of one run, until they end, the visitor leaves, stops it, or starts another."""

    def __init__(self, token: _Token, events: Generator[E, None, None], computed: Iterator[E]):
        self._token, self._events = token, events  # no reference leads back here: a run that is dropped ends at once
        self._computed, self._began = computed, time.perf_counter()

    def __next__(self) -> E:
        return next(self._events)

    def close(self) -> None:
        self._events.close()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before its end."""
        return self._token.stopped

    @property
    def begun(self) -> bool:
        """Whether its first events are there at once, since somebody else has asked for the same."""
        return isinstance(self._computed, Followed) and self._computed.begun

    @property
    def earlier(self) -> bool:
        """Whether the whole run was computed before, for somebody who asked for the same."""
        return isinstance(self._computed, Followed) and self._computed.earlier

    @property
    def seconds(self) -> float:
        """What the events so far took, also where somebody else had asked for them before."""
        if isinstance(self._computed, Followed):
            return self._computed.seconds
        return time.perf_counter() - self._began


def end(events: Iterator[Any]) -> None:
    """Ends an experiment before its end; an iterator need not have a way to do so."""
    close = getattr(events, "close", None)
    if close:
        close()


def lose(events: Iterator[Any]) -> None:
    """Leaves an experiment whose visitor may come back: what others can follow goes on for a while."""
    if isinstance(events, Followed):
        events.lose()
    else:
        end(events)


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
        return name_of(request) in self._newest

    def follow(self, request: gr.Request, events: Iterator[E]) -> Run[E]:
        """The run of these events, which is the visitor's newest from its first event on."""
        token = _Token()
        return Run(token, self._follow(name_of(request), token, events), events)

    def _follow(self, visitor: str, token: _Token, events: Iterator[E]) -> Generator[E, None, None]:
        if visitor in self._newest:
            self._newest[visitor].newest = False
        self._newest[visitor] = token
        try:
            for event in events:
                if not token.newest:
                    return
                yield event
        finally:
            leave = lose if token.newest or token.lost else end
            leave(events)
            if self._newest.get(visitor) is token:
                del self._newest[visitor]

    def stop(self, request: gr.Request) -> None:
        """Ends the visitor's run at its next event. Unlike a cancelled event of gradio, it can still say so itself."""
        token = self._newest.pop(name_of(request), None)
        if token:
            token.newest, token.stopped = False, True

    def leave(self, request: gr.Request) -> None:
        """The visitor has gone, or their connection: the run ends at its next event, and nobody has stopped it."""
        token = self._newest.pop(name_of(request), None)
        if token:
            token.newest, token.lost = False, True

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
        told = TOLD.replace("BUTTON", str(go.elem_id))
        go.click(None, js=told.replace("NAME", "run-begun"), **PRIVATE)  # first: gradio calls one after the other
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
        run.then(None, js=told.replace("NAME", "run-ended"), **PRIVATE)
        stop.click(self.stop, None, None, queue=False, api_visibility="private")
        self.end_when_left()
        return run

    def end_when_left(self) -> None:
        """Whoever leaves the page that is being built ends their run."""
        end_with_visit(self.leave)


class View(Protocol[E]):
    """How a run looks on the page: its events become values of the section's components, and sentences.

    None leaves a component as it is. The last three give the HTML that says how it goes on, ends, or was stopped.
    """

    @property
    def done(self) -> float:
        """The share of the run that its events so far are, 0 to 1."""
        ...

    def start(self) -> tuple[Any, ...]:
        """The components' values before the first event."""
        ...

    def add(self, event: E) -> None:
        """Take an event in."""
        ...

    def news(self) -> tuple[Any, ...]:
        """Values with what is new since the last ones."""
        ...

    def whole(self) -> tuple[Any, ...]:
        """Values with everything: on a busy page one message may overtake another, which is then lost."""
        ...

    def progress(self, seconds_left: float) -> str: ...

    def outcome(self, seconds: float) -> str: ...

    def stopped(self) -> str: ...


class Streams:
    """Counts the runs that are being shown."""

    def __init__(self) -> None:
        self._count, self._lock = 0, Lock()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        with self._lock:
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1

    def pause(self, per_second: float) -> float:
        """Seconds between two messages of a run that would send so many in one. Who is alone may."""
        return max(1 / per_second, (self._count - 1) / ALL_PER_SECOND)


streams = Streams()


def stream(run: Run[E], view: View[E], per_second: float = MESSAGES_PER_SECOND) -> Iterator[tuple[Any, ...]]:
    """A run as values of its section's components, the last of which is what the section says.

    The first event is shown at once. A screen reader hears three sentences: that it has begun, that half of it is done,
    and the outcome.
    """
    values: tuple[Any, ...] = ()
    with streams.one_more():
        try:
            for values in _stream(run, view, per_second):
                yield values
        except Lost as lost:
            yield refused(lost, len(values) - 1)


def _stream(run: Run[E], view: View[E], per_second: float) -> Iterator[tuple[Any, ...]]:
    start, begins = view.start(), ""
    if run.begun and all(value is None for value in start):
        begins = style.heard("It has begun.")  # with what there is already: in a class a message less for each
    else:
        yield _values(start, style.told("The networks are being prepared."))
    shown, half = -math.inf, ""
    for event in run:
        view.add(event)
        now = time.perf_counter()
        if now - shown >= streams.pause(per_second) and 0 < view.done < 1:
            said, begins = view.progress(run.seconds / view.done * (1 - view.done)) + begins, ""
            if view.done >= 0.5 and not half:
                half = style.heard("Half of it is done.")
                said += half
            yield _values(view.news(), said)
            shown = now
    if view.done >= 1:
        said = view.outcome(run.seconds)
        yield _values(view.whole(), style.again(said) if run.earlier else said)
    elif run.stopped:
        yield _values(view.whole(), view.stopped())


def _values(of_components: tuple[Any, ...], said: str) -> tuple[Any, ...]:
    return *(gr.skip() if value is None else value for value in of_components), said


OPENING_RUN = 1  # of what a section opens on: that may be computed late, and whatever a visitor has asked for is newer


def new_run() -> int:
    """A number for a run, larger than those of all runs before it, also of those that another process made."""
    return time.time_ns() // 1_000_000


def refused(problem: Exception, values: int) -> tuple[Any, ...]:
    """What a section shows instead of a run that cannot be: `values` components as they are, and a sentence."""
    return *[gr.skip()] * values, style.notice(str(problem))
