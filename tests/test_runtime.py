"""Where things are computed, and that experiments are as good in a forked process as here."""

from __future__ import annotations

import sys
from dataclasses import astuple, is_dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from models import (
    artifacts,
    blocks,
    construction,
    counterfactual,
    decided,
    denoise,
    guidance,
    insight,
    landscape,
    race,
    runtime,
    side_by_side,
)
from models.train import construction as train_construction
from models.train import landscape as train_landscape
from models.train import resnet as train_resnet
from tests import in_fork
from visuals.degradation import blocks as inside_a_block
from visuals.degradation.landscape_sentences import live_outcome
from visuals.inception import figures

RACE = race.Race((race.Lane(8, False), race.Lane(8, True)), steps=3)
NET = race.plain_values(race.begin(RACE, 0, range(1)), RACE, 0)  # untrained: an experiment has to work with any
PICTURE = np.arange(32 * 32, dtype=np.uint8).reshape(32, 32, 1)

# every function that a tab runs on a button, with small arguments
EXPERIMENTS = {
    "race": (race.race, RACE),
    "construct": (construction.construct, construction.Construction(NET, 14, steps=2)),
    "inside": (blocks.look, race.rebuild(NET), race.images("digits")[2][3], 1),
    "drops": (blocks.drops, race.rebuild(NET), *race.images("digits")[2:]),
    "landscape": (landscape.landscape, landscape.Landscape((NET,), size=11)),
    "denoise": (denoise.travel, denoise.Journey("mnist", steps=5), PICTURE),
    "samplers": (side_by_side.compare, side_by_side.Comparison(count=1), (("dpm++", 3), ("ddpm", 2))),
    "counterfactuals": (counterfactual.compare, counterfactual.Comparison(asked=(1,), steps=5), PICTURE),
    "decided": (decided.split, decided.Split(steps=20, times=(100,))),
    "noised": (decided.from_picture, decided.Split(steps=20, times=(100,)), PICTURE),
    "guidance": (guidance.strip, guidance.Strip(steps=10, count=2)),
    "look": (insight.look, np.repeat(PICTURE, 3, axis=2)),
}
# after how many events each is closed, and how many steps it may have begun by then
CLOSED = {
    "race": (1, 2 * (1 + race.AHEAD)),  # what both lanes may be ahead of their round
    "construct": (2, 2),  # the check; both nets of a round
    "drops": (1, 1),
    "landscape": (1, landscape.WORKERS + 1),
    "denoise": (denoise.frames_of(denoise.Journey(steps=5))[1] + 1, 1),  # the way there runs no network
    "samplers": (1, 1),
    "counterfactuals": (1, 1),
    "decided": (1, 1),
    "noised": (2, 1),  # x_t comes first
    "guidance": (1, 1),
}


def plain(value: Any) -> Any:
    """Arrays as lists, dataclasses as tuples: what can be compared with ==."""
    if is_dataclass(value):
        return plain(astuple(value))
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@cache
def events_here(name: str) -> list[Any]:
    function, *args = EXPERIMENTS[name]
    return in_fork.events(function(*args))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_the_same_in_a_forked_process(name):
    function, *args = EXPERIMENTS[name]
    here, there = events_here(name), in_fork.run(function, *args)
    assert len(here) > 0
    if name == "look":  # its time is measured
        here, there = ([{**vars(event), "milliseconds": 0} for event in part] for part in (here, there))
    assert plain(here) == plain(there)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_events_are_plain_values(name):
    """No tensor leaves models/: it would carry its storage, and on a GPU a device, into another process."""

    def tensors(value: Any) -> bool:
        if is_dataclass(value):
            return any(tensors(item) for item in vars(value).values())
        if isinstance(value, dict):
            return any(tensors(item) for item in value.values())
        return any(map(tensors, value)) if isinstance(value, (list, tuple)) else isinstance(value, torch.Tensor)

    assert not tensors(events_here(name))


@pytest.mark.parametrize("name", CLOSED)
def test_an_experiment_computes_only_what_is_asked_for(name, monkeypatch):
    """Closing ends it within one step: no optimizer and no network runs any more."""
    steps = []
    monkeypatch.setattr(torch.optim.SGD, "step", lambda self: steps.append(self))
    monkeypatch.setattr(denoise.UNet, "forward", lambda self, x, t, y: steps.append(self) or torch.zeros_like(x))
    monkeypatch.setattr(landscape.Walker, "measure", lambda *place: steps.append(place) or (1.0, 0.0))
    monkeypatch.setattr(blocks, "rest", lambda network, x, first: steps.append(first) or x.new_zeros(len(x), 32, 1, 1))
    function, *args = EXPERIMENTS[name]
    events, most = CLOSED[name]
    running = function(*args)
    for _ in range(events):
        next(running)
    running.close()
    begun = len(steps)
    assert 1 <= begun <= most
    assert list(running) == []
    assert len(steps) == begun


def available(monkeypatch, cuda: bool, mps: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H200")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "device", "words"),
    [
        (True, False, "cuda", "NVIDIA H200"),
        (True, True, "cuda", "NVIDIA H200"),
        (False, True, "mps", "Apple GPU"),
        (False, False, "cpu", "CPU, "),
    ],
)
def test_the_fastest_device_is_chosen_and_named(monkeypatch, cuda, mps, device, words):
    available(monkeypatch, cuda, mps)
    assert runtime.device() == torch.device(device)
    assert runtime.hardware().startswith(words)
    assert runtime.hardware("cpu") == f"CPU, {runtime.cores()} cores"  # whatever else there is


def test_what_runs_on_the_cpu_by_design_says_so_beside_a_gpu(monkeypatch):
    available(monkeypatch, cuda=True, mps=False)
    config = landscape.Landscape((NET, NET), size=11)
    heights = np.ones((2, 11, 11))
    for label in (
        figures.predictions(insight.look(np.repeat(PICTURE, 3, axis=2))),
        inside_a_block.measured((NET,)),
        live_outcome(config, heights, heights, seconds=1),
    ):
        assert "CPU, " in label
        assert "NVIDIA" not in label


def test_certificates_of_what_runs_on_the_cpu_by_design_say_so_beside_a_gpu(monkeypatch):
    available(monkeypatch, cuda=True, mps=False)
    written = []
    monkeypatch.setattr(artifacts, "save_run", lambda name, arrays, certificate: written.append(certificate))
    monkeypatch.setattr(artifacts, "save_weights", lambda name, net, x, certificate, dtype: written.append(certificate))
    monkeypatch.setattr(train_landscape, "landscape", lambda config: ())
    points = [race.Point(lane, 1, (50.0,), layers=race.Layers((1.0,), (1.0,))) for lane in range(4)]
    monkeypatch.setattr(race, "race", lambda config: points)
    train_landscape.record(size=11, reach=1.0)
    train_construction.write(np.zeros((2, 2, 5, 2, 1)), np.zeros((2, 5, 6)), 1.0)
    train_resnet.keep(NET, 1.0)
    train_resnet.record_signal()
    points.clear()
    train_resnet.record_digits()
    assert len(written) == 5
    assert all(certificate.hardware.startswith("CPU, ") for certificate in written)


@pytest.mark.parametrize("native", [True, False])
def test_half_precision_only_where_it_is_native(monkeypatch, native):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    with runtime.autocast(torch.device("cpu")):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if native else torch.float32)


def test_threads_hold_in_every_thread_that_serves_a_visitor():
    from concurrent.futures import ThreadPoolExecutor

    before = torch.get_num_threads()
    try:
        runtime.use_threads()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(torch.get_num_threads).result() == 1
    finally:
        torch.set_num_threads(before)


def test_without_zerogpu_a_function_stays_as_it_is(monkeypatch):
    def f():
        pass

    assert runtime.accelerated(seconds=5)(f) is f
    monkeypatch.setitem(sys.modules, "spaces", None)  # not installed
    assert runtime.accelerated(seconds=5)(f) is f


def test_on_zerogpu_the_gpu_is_asked_for_so_many_seconds(monkeypatch):
    lent = []
    fake = SimpleNamespace(GPU=lambda duration: lambda function: lent.append((function, duration)) or function)
    monkeypatch.setitem(sys.modules, "spaces", fake)
    runtime.accelerated(seconds=5)(len)
    assert lent == [(len, 5)]
