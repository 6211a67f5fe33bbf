"""Calls of several threads become one batch: everybody gets their own rows, and a call alone is the network's own."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Barrier, Condition, Event, Thread
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from models.core import batching
from models.core.batching import Batched

FOREVER = 60.0  # seconds of patience: a batch is complete, or the test fails


class Counted(nn.Module):
    """Doubles its input and notes how many rows each call had."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        self.rows.append(len(x))
        return 2 * x + t[:, None]


def in_threads(calls: list) -> None:
    threads = [Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_call_alone_is_the_network_s_to_the_last_bit():
    torch.manual_seed(0)
    network, x = nn.Linear(300, 200), torch.randn(3, 300)
    assert torch.equal(Batched(network)(x), network(x))


def test_runs_that_call_at_once_are_one_batch_and_each_gets_its_rows():
    network, found = Counted(), {}
    batched = Batched(network, patience=FOREVER)
    with ExitStack() as runs:
        for _ in range(8):
            runs.enter_context(batched.run())

        def call(k: int) -> None:
            found[k] = batched(torch.full((k + 1, 2), float(k)), torch.full((k + 1,), 0.5))

        in_threads([lambda k=k: call(k) for k in range(8)])
    assert network.rows == [36]
    for k, output in found.items():
        assert torch.equal(output, torch.full((k + 1, 2), 2.0 * k + 0.5))


def test_who_is_alone_under_way_waits_for_nobody():
    network = Counted()
    batched = Batched(network, patience=FOREVER)
    with batched.run():
        for _ in range(3):
            batched(torch.zeros(2, 2), torch.zeros(2))
    assert network.rows == [2, 2, 2]


def test_calls_wait_for_as_long_as_others_come(monkeypatch):
    """What runs do between two calls they do in turn: the last of thirty comes long after the first."""
    now = 0.0
    monkeypatch.setattr(batching, "time", SimpleNamespace(monotonic=lambda: now))
    batched = Batched(Counted(), patience=1.0)
    first, second = (
        batching._Call((torch.zeros(1, 2), torch.zeros(1)), since, Condition(batched._lock)) for since in (0.0, 0.5)
    )
    with batched.run(), batched.run(), batched.run():
        batched._waiting = [first, second]
        for now, ready in ((1.25, False), (1.5, True)):  # noqa: B007
            assert batched._ready(first) == ready


def test_a_run_that_ends_is_waited_for_no_longer():
    network, entered, go_on = Counted(), Event(), Event()
    batched = Batched(network, patience=FOREVER)

    def leaver() -> None:
        with batched.run():
            entered.set()
            go_on.wait()

    def caller() -> None:
        with batched.run():
            entered.wait()
            waiting = Thread(target=lambda: batched(torch.zeros(1, 2), torch.zeros(1)))
            waiting.start()
            go_on.set()
            waiting.join()

    in_threads([leaver, caller])
    assert network.rows == [1]


def test_a_batch_has_bounded_rows():
    network, begin = Counted(), Barrier(6)
    batched = Batched(network, most=4)

    def call() -> None:
        with batched.run():
            begin.wait()
            batched(torch.zeros(2, 2), torch.zeros(2))

    in_threads([call] * 6)
    assert sum(network.rows) == 12
    assert max(network.rows) <= 4


def test_other_shapes_are_batches_of_their_own():
    network, begin = Counted(), Barrier(2)
    batched = Batched(network)

    def call(width: int) -> None:
        with batched.run():
            begin.wait()
            assert batched(torch.zeros(1, width), torch.zeros(1)).shape == (1, width)

    in_threads([lambda: call(2), lambda: call(3)])
    assert network.rows == [1, 1]


def test_an_error_reaches_everybody_and_the_next_call_works():
    def failing(x: Tensor) -> Tensor:
        if x.sum() < 0:
            raise RuntimeError("out of memory")
        return x

    batched, begin, told = Batched(failing, patience=FOREVER), Barrier(3), []

    def call() -> None:
        begin.wait()
        with pytest.raises(RuntimeError, match="out of memory"):
            batched(-torch.ones(1, 1))
        told.append(True)

    with batched.run(), batched.run(), batched.run():
        in_threads([call] * 3)
    assert len(told) == 3
    assert torch.equal(batched(torch.ones(1, 1)), torch.ones(1, 1))
