"""Short answers have a lane of their own: none waits behind an experiment."""

from __future__ import annotations

import inspect

import app


def test_what_is_no_experiment_does_not_wait_behind_one():
    """An experiment is a generator. Everything else that waits in the queue has another lane."""
    for event in app.build().fns.values():
        if event.fn is not None and event.queue and event.concurrency_id == "compute":
            assert inspect.isgeneratorfunction(event.fn), f"{event.fn.__name__} waits behind experiments"
