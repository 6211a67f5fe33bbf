"""Where and how things are computed: device, precision, threads, and ZeroGPU where it exists."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from typing import TypeVar

import torch

F = TypeVar("F", bound=Callable)


def device() -> torch.device:
    """The fastest device of this machine: CUDA, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def hardware(on: torch.device | str | None = None) -> str:
    """A device in words, for the page and for certificates: "CPU, 2 cores" or the GPU's name.

    Without `on` the fastest device; what is computed elsewhere by design says where.
    """
    kind = torch.device(on or device()).type
    if kind == "cuda":
        return torch.cuda.get_device_name()
    if kind == "mps":
        return f"Apple GPU ({platform.machine()})"
    return f"CPU, {cores()} cores"


def cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_threads(count: int = 1) -> None:
    """CPU threads of one computation.

    One by default: the live networks are too small to gain from a second, and in a class many runs share the cores.
    """
    torch.set_num_threads(count)


def autocast(on: torch.device) -> torch.autocast:
    """bfloat16 arithmetic where the device has it natively (measured: 1.9 times as fast on such a CPU), else none."""
    native = {"cuda": torch.cuda.is_bf16_supported, "cpu": torch.cpu._is_avx512_bf16_supported}
    return torch.autocast(on.type, torch.bfloat16, enabled=native.get(on.type, lambda: False)())


def accelerated(seconds: int) -> Callable[[F], F]:
    """Decorator: on a ZeroGPU Space, run the function on a GPU lent for at most `seconds`; elsewhere, as it is.

    There the function runs in a forked worker: arguments and yielded events are pickled, globals are not shared.
    """
    try:
        import spaces
    except ImportError:
        return lambda function: function
    return spaces.GPU(duration=seconds)
