"""Where things are computed, and that experiments are as good in a forked process as here."""

from __future__ import annotations

import os
import platform
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.core import artifacts, runtime
from models.core.rounds import AHEAD
from models.deeper import block, landscape, race
from models.noisier import denoise
from models.train.deeper import construction as train_construction
from models.train.deeper import landscape as train_landscape
from models.train.deeper import race as train_race
from models.train.deeper import signal as train_signal
from tests import in_fork
from tests.elsewhere import available
from tests.experiments import EXPERIMENTS, NET, PICTURE
from visuals.deeper.block.section import measured_on
from visuals.deeper.landscape.words import live_outcome
from visuals.page import style
from visuals.wider import passes
from visuals.wider.see import section as see

# after how many events each is closed, and how many steps it may have begun by then
CLOSED = {
    "race": (1, 2 * (1 + AHEAD)),  # what both lanes may be ahead of their round
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
    if name == "pass":  # its time is measured
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
    monkeypatch.setattr(block, "rest", lambda network, x, first: steps.append(first) or x.new_zeros(len(x), 32, 1, 1))
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
    assert runtime.hardware("cpu").startswith("CPU, ")  # whatever else there is


V2, V1 = "0::/group/inner\n", "4:memory:/group\n2:cpuacct,cpu:/group/inner\n0::/\n"
PARTS = {  # by what they allow: the files that say so
    0.5: (V2, {"group/inner/cpu.max": "50000 100000\n"}),
    0.25: (V2, {"group/inner/cpu.max": "max 100000\n", "group/cpu.max": "25000 100000"}),  # of the group around it
    0.75: (V2, {"cpu.max": "75000 100000"}),  # from inside, a container's group looks like the outermost
    0.1: (V1, {"cpu/group/inner/cpu.cfs_quota_us": "10000\n", "cpu/group/inner/cpu.cfs_period_us": "100000\n"}),
    0.2: (V1, {"cpu/cpu.cfs_quota_us": "2000\n", "cpu/cpu.cfs_period_us": "10000\n"}),
    1: (V1, {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}),  # of one core, all
}


@pytest.mark.parametrize("part", PARTS)
def test_a_container_may_have_less_than_a_core(monkeypatch, tmp_path, part):
    groups, files = PARTS[part]
    for name, content in {"proc/self/cgroup": groups, **{f"sys/fs/cgroup/{n}": c for n, c in files.items()}}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert runtime.processors(tmp_path) == part


def test_another_system_says_how_many_cores_it_has(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert runtime.processors(tmp_path) == 8


@pytest.mark.parametrize(
    ("share", "cores", "words"),
    [(0.5, 1, "half a core"), (1.0, 1, "1 core"), (1.5, 2, "1.5 cores"), (0.25, 1, "0.25 cores"), (2, 2, "2 cores")],
)
def test_what_a_container_gives_is_said_and_kept_to(monkeypatch, share, cores, words):
    monkeypatch.setattr(runtime, "processors", lambda: share)
    assert runtime.cores() == cores
    assert runtime.hardware("cpu") == f"CPU, {words}"


KINDS = {  # of a machine: what it has, and whether it is a ZeroGPU Space
    "a GPU": (True, False, False),
    "an Apple GPU": (False, True, False),
    "a GPU that is lent": (True, False, True),
}
IN_WORDS = {"a GPU": "NVIDIA H200", "an Apple GPU": "Apple GPU", "a GPU that is lent": "NVIDIA H200"}


@pytest.fixture(params=KINDS)
def machine(request, monkeypatch) -> str:
    cuda, mps, lent = KINDS[request.param]
    available(monkeypatch, cuda, mps)
    monkeypatch.setattr(runtime, "placed", lambda network: network)  # here it has none of them
    if lent:
        monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    return request.param


def test_labels_say_where_it_was_computed(machine):
    """A pass or two never borrows a GPU, and threads do not share Apple's."""
    heights = np.ones((2, 11, 11))
    chosen = passes.Chosen("own", np.repeat(PICTURE, 3, axis=2), events_here("pass")[0])
    quick = see.shown(chosen, style.measured)[1], style.measured(measured_on((NET,)))
    in_threads = live_outcome(landscape.Landscape((NET, NET), size=11), heights, heights, seconds=1)
    for label in quick:
        assert ("CPU, " if machine == "a GPU that is lent" else IN_WORDS[machine]) in label
    assert ("CPU, " if machine == "an Apple GPU" else IN_WORDS[machine]) in in_threads


def test_certificates_say_where_it_was_computed(machine, monkeypatch):
    written = []
    monkeypatch.setattr(artifacts, "save_run", lambda name, arrays, certificate: written.append(certificate))
    monkeypatch.setattr(artifacts, "save_weights", lambda name, net, x, certificate, dtype: written.append(certificate))
    monkeypatch.setattr(train_landscape, "landscape", lambda config: ())
    points = [race.Point(lane, 1, (50.0,), layers=race.Layers((1.0,), (1.0,))) for lane in range(4)]
    monkeypatch.setattr(race, "race", lambda config: points)
    train_landscape.record(size=11, reach=1.0)
    train_construction.write(np.zeros((2, 2, 5, 2, 1)), np.zeros((2, 5, 6)), 1.0)
    train_race.keep(NET, 1.0)
    monkeypatch.setattr("sys.argv", ["signal"])
    train_signal.main()
    train_race.record_layers()
    points.clear()
    train_race.record_digits()
    assert len(written) == 6
    words = "CPU, " if machine == "an Apple GPU" else IN_WORDS[machine]  # all of them work in threads
    assert all(certificate.hardware.startswith(words) for certificate in written)


@pytest.mark.parametrize("native", [True, False])
def test_half_precision_only_where_it_is_native(monkeypatch, native):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": native})
    with runtime.autocast(torch.device("cpu")):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if native else torch.float32)


def test_threads_hold_in_every_thread_that_serves_a_visitor():
    before = torch.get_num_threads()
    try:
        runtime.use_threads()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(torch.get_num_threads).result() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library of Linux keeps what is free")
def test_free_memory_goes_back_to_the_system():
    def held() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    pieces = [bytearray(2000) for _ in range(100_000)]
    spread = pieces[::100]  # what stays keeps the rest from going back by itself
    del pieces
    before = held()
    runtime.give_back_memory()
    assert held() < before - 100e6, f"of {len(spread)} pieces"
