"""Live runs: a visitor's newer run ends the older one, leaving ends it, and visitors do not disturb each other."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import gradio as gr
import pytest

from visuals.live import LatestRun

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
    (leave,) = [event.fn for event in page.fns.values() if any(name == "unload" for _, name in event.targets)]
    for event in latest.follow(ANNA, experiment.events):
        if event == 3:
            leave(BEN)
        if event == 5:
            leave(ANNA)
        left.append(event)
    assert left == [1, 2, 3, 4, 5]
    assert experiment.steps == 6
    assert experiment.closed


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
