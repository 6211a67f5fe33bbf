"""GPUs that are lent for a run (ZeroGPU), and those that one thread at a time may use (Apple's)."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.core import runtime
from models.deeper import construction, landscape, race
from models.noisier import plane
from models.wider import surgery
from tests.elsewhere import available
from tests.experiments import NET


def test_without_zerogpu_a_function_stays_as_it_is(monkeypatch):
    def f():
        pass

    assert runtime.accelerated(seconds=5)(f) is f
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", None)  # not installed
    assert runtime.accelerated(seconds=5)(f) is f


def test_on_zerogpu_a_run_borrows_the_gpu_and_a_pass_does_not(monkeypatch):
    available(monkeypatch, cuda=True, mps=False)
    asked = []
    fake = SimpleNamespace(GPU=lambda duration: lambda function: asked.append(duration) or function)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", fake)
    monkeypatch.setattr(runtime, "_lent", [])

    def where(steps: int) -> Iterator[str]:
        yield from [runtime.device().type] * steps

    quick, borrowing = runtime.quick(where), runtime.accelerated(seconds=5)(where)
    assert asked == [5]
    assert list(quick(2)) == ["cpu"] * 2
    assert list(borrowing(3)) == ["cuda"] * 3  # in a worker of its own, which alone has the GPU


@pytest.mark.parametrize(
    ("lent", "small", "large"),
    [
        (race.lent, (race.Race(steps=20),), (race.Race(steps=1000, seeds=3),)),
        (construction.lent, (construction.Construction(NET, 14, steps=20),), (construction.Construction(NET, 56),)),
        (landscape.lent, (landscape.Landscape((NET,), size=11),), (landscape.Landscape((NET,) * 4, size=31),)),
        (surgery.lent, (np.zeros((1, 64)), None), (np.zeros((400, 64)), None)),
        (plane.lent, (plane.Plane(steps=100),), (plane.Plane(steps=4000),)),
    ],
)
def test_a_gpu_is_borrowed_for_as_long_as_the_settings_take(lent, small, large):
    assert 10 <= lent(*small) < lent(*large) <= 120
    assert isinstance(lent(*large), int)


def test_on_an_apple_gpu_a_pass_waits_for_its_turn(monkeypatch):
    monkeypatch.setattr(runtime, "device", lambda: torch.device("mps"))
    at_once, most = [], []

    def one() -> None:
        at_once.append(1)
        time.sleep(0.001)  # lets another thread run
        most.append(len(at_once))
        at_once.pop()

    def steps() -> Iterator[None]:
        for _ in range(5):
            yield one()

    passed, run = runtime.quick(one), runtime.quick(steps)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(passed) for _ in range(10)] + [pool.submit(list, run()) for _ in range(2)]
        for each in waiting:
            each.result()
    assert max(most) == 1


def test_on_an_apple_gpu_no_two_steps_run_at_once(monkeypatch):
    """Of different experiments in different threads, either. Elsewhere they do, as many as there are threads."""
    monkeypatch.setattr(runtime, "device", lambda: torch.device("mps"))
    at_once, most, closed = [], [], []

    def steps(count: int, *, name: str) -> Iterator[int]:
        try:
            for number in range(count):
                at_once.append(name)
                time.sleep(0.001)  # lets another thread run
                most.append(len(at_once))
                at_once.remove(name)
                yield number
        finally:
            closed.append(name)

    first, second = (runtime.accelerated(seconds=5)(steps) for _ in range(2))
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(list, which(20, name=str(n))) for n, which in enumerate((first, second, first, second))]
    assert [run.result() for run in runs] == [list(range(20))] * 4
    assert max(most) == 1
    running = first(20, name="left")
    next(running)
    running.close()
    assert closed[-1] == "left"


def test_on_an_apple_gpu_an_error_ends_the_turn(monkeypatch):
    monkeypatch.setattr(runtime, "device", lambda: torch.device("mps"))

    @runtime.accelerated(seconds=5)
    def fails() -> Iterator[int]:
        yield 1
        raise ValueError("as it happens")

    for _ in range(2):
        with pytest.raises(ValueError, match="as it happens"):
            list(fails())
