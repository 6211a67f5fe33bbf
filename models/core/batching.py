"""Calls of one network that wait at the same moment are computed as one batch, which costs less than each alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Lock

import torch
from torch import Tensor

from models.core.turns import turns

PATIENCE = 0.02  # seconds that calls wait for another one of the runs under way: these come one after the other
MOST = 64  # rows of a batch


@dataclass(eq=False)
class _Call:
    inputs: tuple[Tensor, ...]
    since: float
    changed: Condition
    output: Tensor | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.output is not None or self.error is not None

    @property
    def rows(self) -> int:
        return len(self.inputs[0])


class Batched:
    """A network that several runs call from threads of their own.

    `network` takes tensors whose first dimension counts rows, and returns a tensor of as many. A run says with `run()`
    that it goes on calling; a call waits up to PATIENCE for the calls of the other runs. A call alone is exactly the
    network's: only in a batch do the sums of a row come in another order. `workers` batches are computed at once, among
    which the runs are shared out.
    """

    def __init__(self, network: Callable[..., Tensor], most: int = MOST, patience: float = PATIENCE, workers: int = 1):
        self.network = network
        self._most, self._patience, self._workers = most, patience, workers
        self._lock = Lock()
        self._waiting: list[_Call] = []
        self._runs = 0
        self._busy = 0  # batches that are being computed

    @contextmanager
    def run(self) -> Iterator[None]:
        """While it is open one more run calls the network again and again."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            self._runs += more
            self._wake(self._waiting[:1])

    def __call__(self, *inputs: Tensor) -> Tensor:
        with turns.aside():
            return self._call(_Call(inputs, time.monotonic(), Condition(self._lock)))

    def _call(self, call: _Call) -> Tensor:
        with self._lock:
            self._waiting.append(call)
            while not call.done and not self._ready(call):
                call.changed.wait(self._patience if call in self._waiting else None)
            if call.done:
                return _outcome(call)
            batch = self._take(call)
            self._busy += 1
        try:
            with turns.turn():
                _compute(self.network, batch)
        finally:
            with self._lock:
                self._busy -= 1
                self._wake(batch + self._waiting[:1])
        return _outcome(call)

    @staticmethod
    def _wake(calls: list[_Call]) -> None:
        """Only these: if each of thirty woke all others, that would cost more than their steps."""
        for call in calls:
            call.changed.notify()

    @property
    def _share(self) -> int:
        """Calls of one batch where every run under way calls."""
        return -(-self._runs // self._workers)

    def _ready(self, call: _Call) -> bool:
        """Whether this thread computes now: nobody else does, and nobody is worth waiting for."""
        if self._busy >= self._workers or call not in self._waiting:
            return False
        all_here = len(self._waiting) >= min(self._share, self._most)
        return all_here or time.monotonic() - self._waiting[-1].since >= self._patience

    def _take(self, first: _Call) -> list[_Call]:
        """The call and those that waited longest beside it, as many as fit, out of those that wait."""
        batch, rows = [first], first.rows
        for call in self._waiting:
            same = all(a.shape[1:] == b.shape[1:] for a, b in zip(call.inputs, first.inputs, strict=True))
            fits = rows + call.rows <= self._most and len(batch) < max(1, self._share)
            if call is not first and same and fits:
                batch.append(call)
                rows += call.rows
        self._waiting = [call for call in self._waiting if call not in batch]
        return batch


def _compute(network: Callable[..., Tensor], batch: list[_Call]) -> None:
    """Fill in the output of every call of the batch, or the error that the network raises."""
    try:
        if len(batch) == 1:
            batch[0].output = network(*batch[0].inputs)
            return
        together = [torch.cat(part) for part in zip(*(call.inputs for call in batch), strict=True)]
        outputs = network(*together).split([call.rows for call in batch])
        for call, output in zip(batch, outputs, strict=True):
            call.output = output
    except Exception as error:
        for call in batch:
            call.error = error


def _outcome(call: _Call) -> Tensor:
    if call.error:
        raise call.error
    assert call.output is not None
    return call.output
