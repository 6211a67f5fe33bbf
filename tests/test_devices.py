"""Every experiment computes on the device that it is told, and gives there what it gives on the CPU.

Without a GPU a device of the tests' own stands for one: see elsewhere.py. On a GPU the same is asked of that.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from models.core import runtime
from tests import elsewhere, in_fork
from tests.experiments import EXPERIMENTS, PARTS

ALL = EXPERIMENTS | PARTS
MODELS = Path(__file__).resolve().parent.parent / "models"
MEASURED = {"milliseconds"}  # times, which are never the same
THEIR_OWN = {  # decorated functions without an experiment of their own
    "_timed": "measures times, on networks that are made where they are used",
    "rounds": "measures times and memory",
    "recognise": "a part of decided, samplers, guidance and counterfactuals",
    "features": "a part of neighbours",
}


def events(name: str) -> list[Any]:
    """Of an experiment with arguments of its own: nets are moved."""
    function, *args = ALL[name]
    return in_fork.events(function(*copy.deepcopy(args)))


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Every array and number in events, with its place."""
    if is_dataclass(value):
        for field in fields(value):
            if field.name not in MEASURED:
                yield from numbers(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from numbers(item, f"{path}[{key}]")
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from numbers(item, f"{path}[{place}]")
    elif value is not None and not isinstance(value, str):
        yield path, np.asarray(value)


def assert_alike(one: list[Any], other: list[Any], rtol: float, atol: float) -> None:
    """`atol` is a share of the largest number of an array. Pixels may differ by one grey level: they are rounded."""
    first, second = dict(numbers(one)), dict(numbers(other))
    assert first.keys() == second.keys()
    for path, values in first.items():
        assert second[path].dtype == values.dtype, path
        exact = values.astype(np.float64)
        reach = np.abs(exact[np.isfinite(exact)]).max(initial=0)
        least = 1 if values.dtype == np.uint8 else atol * max(reach, 1e-12)
        np.testing.assert_allclose(second[path].astype(np.float64), exact, rtol, least, err_msg=path)


@pytest.mark.parametrize("name", ALL)
def test_an_experiment_computes_where_it_is_told_and_gives_the_same(name):
    expected = events(name)
    assert expected
    with elsewhere.used() as layers:
        found = events(name)
    if name != "evidence":  # which adds up what a pass has kept
        assert layers["here"] > 0
    assert layers["cpu"] == 0, "a network was computed on the CPU"
    assert_alike(expected, found, rtol=1e-4, atol=1e-6)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", ALL)
def test_an_experiment_on_a_gpu_gives_what_it_gives_on_the_cpu(name, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    with monkeypatch.context() as patch:
        patch.setattr(runtime, "device", lambda threads=False: torch.device("cpu"))
        expected = events(name)
    assert_alike(expected, events(name), rtol=1e-2, atol=1e-2)


def decorated() -> set[str]:
    """The functions of models/ that `runtime` is told of."""
    found = set()
    for path in MODELS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                marks = {ast.unparse(mark).partition("(")[0] for mark in node.decorator_list}
                found |= {node.name} if marks & {"runtime.accelerated", "runtime.quick"} else set()
    return found


def test_no_experiment_is_left_out():
    assert decorated() == {function.__name__ for function, *_ in ALL.values()} - {
        "search",
        "answers",
        "evidence",
    } | set(THEIR_OWN)


# --- What the tests' own device notices -----------------------------------------------------------------------


def batch_left_behind() -> None:
    nn.Linear(3, 2).to(runtime.device())(torch.ones(4, 3))


def net_left_behind() -> None:
    nn.Linear(3, 2)(torch.ones(4, 3).to(runtime.device()))


def read_without_a_copy() -> None:
    torch.ones(3).to(runtime.device()).numpy()


def random_numbers_of_the_cpu() -> None:
    torch.randn(3, device=runtime.device(), generator=torch.Generator().manual_seed(0))


def labels_left_behind() -> None:
    nn.functional.cross_entropy(torch.ones(4, 3).to(runtime.device()), torch.zeros(4, dtype=torch.long))


@pytest.mark.parametrize(
    "forgotten",
    [batch_left_behind, net_left_behind, read_without_a_copy, random_numbers_of_the_cpu, labels_left_behind],
)
def test_what_is_left_behind_is_noticed(forgotten):
    forgotten()  # a CPU has it all at hand
    with elsewhere.used(), pytest.raises((RuntimeError, TypeError)):
        forgotten()


def test_a_network_that_was_never_moved_is_noticed():
    network, x = nn.Conv2d(1, 1, 3), torch.ones(1, 1, 5, 5)
    with elsewhere.used() as layers:
        network(x)
        assert layers["cpu"] == 1
        network.to(runtime.device())(x.to(runtime.device()))
        assert layers["here"] == 1


@pytest.mark.parametrize("make", [torch.ones, partial(torch.full, fill_value=2.0), torch.empty])
def test_there_is_no_float64(make):
    with elsewhere.used(), pytest.raises(TypeError, match="float64"):
        make((2,), device=runtime.device(), dtype=torch.float64)


def test_it_trains_a_net_as_the_cpu_does():
    def trained() -> list[float]:
        torch.manual_seed(0)
        network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(36, 2))
        network = runtime.placed(network)
        x = torch.randn(8, 1, 5, 5).to(runtime.device())
        y = torch.tensor([0, 1] * 4, device=runtime.device())
        optimizer, losses = torch.optim.SGD(network.parameters(), 0.1, 0.9, fused=True), []
        for _ in range(5):
            loss = nn.functional.cross_entropy(network(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    expected = trained()
    with elsewhere.used():
        assert trained() == pytest.approx(expected, rel=1e-5)
    assert expected[-1] < expected[0]
