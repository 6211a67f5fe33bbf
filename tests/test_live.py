"""Live runs: a visitor's newer run ends the older one, leaving ends it, and visitors do not disturb each other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace

import gradio as gr
import pytest
from anyio.from_thread import start_blocking_portal

from tests.page.test_visitors import turns_of_the_loop
from visuals.page import style
from visuals.page.live import ALL_PER_SECOND, LatestRun, Streams, stream
from visuals.page.shared_runs import SharedRuns

ANNA, BEN = SimpleNamespace(session_hash="anna"), SimpleNamespace(session_hash="ben")


class Experiment:
    """A generator that remembers how far it came and that it was closed."""

    def __init__(self, length: int = 100):
        self.length, self.steps, self.closed = length, 0, False
        self.events = self._run()

    def _run(self) -> Iterator[int]:
        try:
            while self.steps < self.length:
                self.steps += 1
                yield self.steps
        finally:
            self.closed = True


def test_a_run_is_followed_to_its_end():
    latest, experiment = LatestRun(), Experiment(3)
    assert list(latest.follow(ANNA, experiment.events)) == [1, 2, 3]
    assert experiment.closed


def test_a_newer_run_ends_the_older_within_one_step():
    latest, old, new = LatestRun(), Experiment(), Experiment(2)
    following = latest.follow(ANNA, old.events)
    assert [next(following), next(following)] == [1, 2]
    newer = latest.follow(ANNA, new.events)
    assert next(newer) == 1
    assert list(following) == []
    assert old.closed
    assert old.steps == 3
    assert list(newer) == [2]  # and the newest is not disturbed by the end of the older


def test_a_third_run_ends_the_second_even_when_the_first_is_still_ending():
    latest, experiments = LatestRun(), [Experiment() for _ in range(3)]
    runs = [latest.follow(ANNA, experiment.events) for experiment in experiments]
    for run in runs:
        next(run)
    assert list(runs[0]) == list(runs[1]) == []
    assert next(runs[2]) == 2


def test_other_visitors_and_tabs_are_not_disturbed():
    one_tab, other_tab = LatestRun(), LatestRun()
    followed = [one_tab.follow(ANNA, Experiment().events), one_tab.follow(BEN, Experiment().events)]
    followed.append(other_tab.follow(ANNA, Experiment().events))
    for count in (1, 2, 3):
        assert [next(run) for run in followed] == [count] * 3


def test_leaving_closes_the_experiment_and_forgets_the_visitor():
    latest, experiment = LatestRun(), Experiment()
    following = latest.follow(ANNA, experiment.events)
    next(following)
    following.close()  # gradio does this when a visitor presses stop or goes away
    assert experiment.closed
    assert experiment.steps == 1
    assert latest._newest == {}


def test_leaving_the_page_ends_the_run_at_its_next_event_even_where_nothing_is_handed_over():
    """What gradio calls when a visitor goes away."""
    latest, experiment, left = LatestRun(), Experiment(), []
    with gr.Blocks() as page:
        latest.wire(gr.Button(), gr.Button(), lambda: iter(()), [], [], gr.HTML())
    (left_by,) = [event.fn for event in page.fns.values() if any(name == "unload" for _, name in event.targets)]

    async def leaving(visitor: SimpleNamespace) -> None:
        await left_by(visitor)
        await turns_of_the_loop()

    run = latest.follow(ANNA, experiment.events)
    with start_blocking_portal() as loop:
        for event in run:
            if event == 3:
                loop.call(leaving, BEN)
            if event == 5:
                loop.call(leaving, ANNA)
            left.append(event)
    assert left == [1, 2, 3, 4, 5]
    assert experiment.steps == 6
    assert experiment.closed
    assert not run.stopped  # nobody has pressed Stop


def test_an_error_is_passed_on_and_the_visitor_forgotten():
    def failing() -> Iterator[int]:
        yield 1
        raise RuntimeError("out of memory")

    latest = LatestRun()
    following = latest.follow(ANNA, failing())
    assert next(following) == 1
    with pytest.raises(RuntimeError, match="out of memory"):
        next(following)
    assert latest._newest == {}


def test_a_request_without_a_session_works():
    assert list(LatestRun().follow(SimpleNamespace(session_hash=None), Experiment(2).events)) == [1, 2]


def test_only_the_run_that_was_stopped_says_so():
    latest = LatestRun()
    old, new = latest.follow(ANNA, Experiment().events), latest.follow(ANNA, Experiment(2).events)
    next(old)
    assert latest.runs(ANNA)
    assert not latest.runs(BEN)
    assert list(new) == [1, 2]  # a newer run has come and gone
    assert list(old) == []
    assert not old.stopped

    stopped = latest.follow(ANNA, Experiment().events)
    next(stopped)
    latest.stop(ANNA)
    assert list(stopped) == []
    assert stopped.stopped
    assert not latest.running


def test_a_run_that_nobody_holds_any_more_ends_at_once():
    """As when gradio drops the generator of a visitor who left in the middle of a loop."""
    latest, experiment = LatestRun(), Experiment()

    def callback() -> Iterator[int]:
        run = latest.follow(ANNA, experiment.events)
        for event in run:
            yield event + run.stopped

    watched = callback()
    next(watched)
    watched.close()
    assert experiment.closed
    assert not latest.running


def test_a_connection_that_drops_is_no_leaving_but_a_stop_is_an_end():
    shared, latest, experiments = SharedRuns(), LatestRun(), [Experiment(10**9) for _ in range(3)]

    def begun(k: int) -> Iterator[int]:
        run = latest.follow(ANNA, shared.follow(k, lambda: experiments[k].events))
        next(run)
        return run

    dropped = begun(0)
    latest.leave(ANNA)
    assert list(dropped) == []
    assert not experiments[0].closed
    back = begun(0)
    newer = begun(1)
    assert list(back) == []
    assert experiments[0].closed  # it gave way to another
    latest.stop(ANNA)
    assert list(newer) == []
    assert experiments[1].closed
    cut_off = begun(2)
    cut_off.close()  # as gradio does where its stream has ended
    assert not experiments[2].closed
    back = begun(2)
    latest.stop(ANNA)
    assert list(back) == []
    assert experiments[2].closed


class Counted:
    """A View of an experiment's steps: the last one where there is news."""

    def __init__(self, length: int):
        self.length, self.seen = length, 0
        self.done, self.start = 0.0, lambda: (None,)
        self.news = self.whole = lambda: (self.seen,)
        self.progress, self.outcome, self.stopped = "{:.1f}".format, "took {:.1f}".format, lambda: "stopped"

    def add(self, event: int) -> None:
        self.seen, self.done = event, event / self.length


def test_the_first_event_is_shown_at_once_and_the_last_in_any_case():
    latest = LatestRun()
    shown = [value for value, _ in stream(latest.follow(ANNA, Experiment(50).events), Counted(50), per_second=1e-3)]
    assert shown == [gr.skip(), 1, 50]


def test_a_reader_hears_that_it_has_begun_and_that_half_of_it_is_done():
    """And the outcome, which the view says."""
    run = LatestRun().follow(ANNA, Experiment(50).events)
    said = [sentence for _, sentence in stream(run, Counted(50), per_second=1e9)]
    assert [k for k, sentence in enumerate(said) if 'role="status"' in sentence] == [0, 25]


@pytest.mark.parametrize(("start", "shown"), [(None, [1, 50]), (0, [0, 1, 50])])
def test_who_joins_a_run_gets_what_there_is_at_once_and_hears_that_it_has_begun(start, shown):
    """A message less for each of a class, unless the view has something to show first."""
    shared, latest = SharedRuns(), LatestRun()
    first, view = latest.follow(ANNA, shared.follow("b", lambda: Experiment(50).events)), Counted(50)
    next(first)
    view.start = lambda: (start,)
    run = latest.follow(BEN, shared.follow("b", lambda: Experiment(50).events))
    news = list(stream(run, view, per_second=1e-3))
    assert [value for value, _ in news] == shown
    assert ("It has begun." in news[0][1]) is (start is None)


def test_a_run_that_was_computed_before_says_how_long_that_took():
    shared, latest = SharedRuns(), LatestRun()

    def slow() -> Iterator[int]:
        for step in (1, 2):
            time.sleep(0.06)
            yield step

    runs = (latest.follow(visitor, shared.follow("a", slow)) for visitor in (ANNA, BEN))
    (*_, (_, said)), (*_, (_, again)) = (stream(run, Counted(2)) for run in runs)
    assert again.endswith(said)
    assert "computed here before" in again
    assert "computed here before" not in said
    assert float(said.removeprefix("took ")) >= 0.1


def test_what_was_computed_before_is_not_called_measured_now():
    said = style.again(style.measured("seed 0"))
    assert "measured earlier</b> seed 0" in said
    assert "now" not in said


def test_what_need_not_have_an_end_is_followed():
    assert list(LatestRun().follow(ANNA, iter([1, 2]))) == [1, 2]


def test_many_runs_share_out_the_messages():
    streams = Streams()
    with streams.one_more():
        assert streams.pause(4) == 0.25
        with ExitStack() as others:
            for _ in range(29):
                others.enter_context(streams.one_more())
            assert streams.pause(4) == 29 / ALL_PER_SECOND
    assert streams.pause(4) == 0.25
