"""Where and how things are computed: device, precision, threads, and ZeroGPU where it exists."""

from __future__ import annotations

import ctypes
import math
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, wraps
from inspect import isgeneratorfunction
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar, cast

import torch
from torch import nn

from models.core import cluster

F = TypeVar("F", bound=Callable)
N = TypeVar("N", bound=nn.Module)
IN_WORDS = {0.5: "half a core", 1: "1 core"}

_turn = threading.RLock()  # of the one step that runs on an Apple GPU
_lent: list[bool] = []  # filled in a worker that a ZeroGPU Space has lent a GPU to


def fastest(threads: bool = False) -> torch.device:
    """The fastest device of this machine: CUDA, else Apple's MPS, else the CPU.

    `threads`: the fastest that several threads can use at once; on MPS they would end the process.
    """
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available() and not threads:
        return torch.device("mps")
    return torch.device("cpu")


def device(threads: bool = False) -> torch.device:
    """Where this process computes: the fastest device, on a ZeroGPU Space only while its GPU is lent."""
    return torch.device("cpu") if lends_gpu() and not _lent else fastest(threads)


def placed(network: N) -> N:
    """The network itself, moved to `device()` where it is not there yet."""
    on, where = next(network.parameters()).device, device()
    return network if on.type == where.type else network.to(where)


def double(x: torch.Tensor) -> torch.Tensor:
    """As float64, where the device has it; else on the CPU."""
    return (x if x.device.type in ("cpu", "cuda") else x.cpu()).double()


def finish(on: torch.device) -> None:
    """Wait for what a GPU has been told to do; a CPU has done it."""
    if on.type in ("cuda", "mps"):
        getattr(torch, on.type).synchronize()


def give_back_memory() -> None:
    """Hand what is free back to the system: the C library of Linux keeps it for the thread that has used it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def hardware(on: torch.device | str | None = None, threads: bool = False) -> str:
    """A device in words, for the page and for certificates: "CPU, 2 cores", "CPU, half a core" or the GPU's name.

    Without `on` where experiments are computed: on a cluster, else on the fastest device (see `fastest`); what is
    computed elsewhere says where.
    """
    if on is None and cluster.named():
        return "Ray cluster"
    kind = torch.device(on or fastest(threads)).type
    if kind == "cuda":
        return torch.cuda.get_device_name()
    if kind == "mps":
        return f"Apple GPU ({platform.machine()})"
    share = round(processors(), 2)
    return f"CPU, {IN_WORDS.get(share, f'{share:g} cores')}"


def cores() -> int:
    """How many threads this process can keep busy: the cores that it may use, a part of one counted as one."""
    return math.ceil(processors())


@cache
def processors(root: Path = Path("/")) -> float:
    """The seconds of CPU time that this process may use in a second: its cores, or the less that a container gives.

    Read once: with many visitors at once, each of whom is told, the files took as long as many an answer.
    """
    present = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(present, *_quotas(root))


def _quotas(root: Path) -> list[float]:
    """The limits of the control groups that this process is in, and of those around them (Linux, both versions)."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return [math.inf]
    found = [math.inf]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        inside = PurePosixPath(path.lstrip("/"))
        found += [
            _quota(root / "sys/fs/cgroup" / ("cpu" if controllers else "") / group)
            for group in (inside, *inside.parents)
        ]
    return found


def _quota(group: Path) -> float:
    """What one group may use. A container may see its own group's files in the place of the outermost one's."""
    for names in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
        try:
            quota, period = " ".join((group / name).read_text() for name in names).split()
        except (OSError, ValueError):
            continue
        return math.inf if quota in ("max", "-1") else int(quota) / int(period)
    return math.inf


def use_threads() -> None:
    """One CPU thread for a computation.

    The live networks are too small to gain from a second, and in a class many runs share the cores.
    """
    torch.set_num_threads(1)


def channels_last(network: N) -> N:
    """The network, with its weights in the memory order in which convolutions are fastest."""
    return network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue], torch's types lack it


def autocast(on: torch.device) -> torch.autocast:
    """bfloat16 arithmetic where the device has it natively (measured: 1.9 times as fast on such a CPU), else none."""
    native = {"cuda": torch.cuda.is_bf16_supported, "cpu": lambda: torch.cpu.get_capabilities().get("avx512_bf16")}
    return torch.autocast(on.type, torch.bfloat16, enabled=bool(native.get(on.type, lambda: False)()))


def lends_gpu() -> bool:
    """Whether this is a ZeroGPU Space, where accelerated functions run in other processes, and wait for a GPU first."""
    return bool(os.environ.get("SPACES_ZERO_GPU"))


def elsewhere() -> bool:
    """Whether accelerated functions run in other processes than this one."""
    return lends_gpu() or cluster.named()


def accelerated(seconds: int | Callable[..., int]) -> Callable[[F], F]:
    """Decorator of a generator function that computes on `device()`, wherever that is.

    Where a Ray cluster is named, it runs there: see models.core.cluster.
    On a ZeroGPU Space it runs on a GPU lent for at most `seconds`, which may depend on its arguments, in a forked
    worker: arguments and yielded events are pickled, globals are not shared. On an Apple GPU no two of its steps run
    at once. Elsewhere it stays as it is.
    """
    if cluster.named():
        return cluster.streamed
    if device().type == "mps":
        return _in_turns
    if not lends_gpu():
        return lambda function: function
    try:
        import spaces
    except (ImportError, RuntimeError):  # it is not installed; or it asks for a home, and there is none
        return lambda function: function
    return lambda function: cast("F", spaces.GPU(duration=seconds)(_borrowing(function)))


def quick(function: F) -> F:
    """Decorator of a function, or a generator function, that runs a few passes on `device()` and gives plain values.

    To borrow a GPU for it would take longer than it does: on a ZeroGPU Space it stays on the CPU. On an Apple GPU it
    waits for what else runs there.
    """
    if device().type != "mps":
        return function
    if isgeneratorfunction(function):
        return _in_turns(function)

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with _turn:
            return function(*args, **kwargs)

    return cast("F", run)


def _borrowing(function: F) -> F:
    """The same generator function, for a worker that has a GPU: there `device()` is that."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Iterator[Any]:
        _lent.append(True)
        yield from function(*args, **kwargs)

    return cast("F", run)


def _in_turns(function: F) -> F:
    """The same generator function, each step of which waits for all others: on MPS, passes in several threads at once
    end the process. What it yields are plain values, so nothing of the device is in use between two steps.
    """

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with closing(function(*args, **kwargs)) as events:
            while True:
                with _turn:
                    event = next(events, _turn)
                if event is _turn:
                    return
                yield event

    return cast("F", run)
