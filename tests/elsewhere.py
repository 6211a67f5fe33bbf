"""A device that no machine lacks: it computes as the CPU does, and remembers which tensors were put on it.

It refuses what a GPU refuses: to compute with tensors of two devices, to be read without a copy, random numbers from
the CPU's generators, and, as Apple's, float64. `network_calls` counts where layers were computed, so that an experiment
that was never moved is found, too.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from models.core import runtime
from models.deeper import nets
from models.noisier import denoise, judge
from models.wider import activations

PLACE = torch.device("meta")  # torch knows it everywhere, and nothing else uses it here
LAYERS = ("conv2d", "convolution", "linear", "addmm", "native_batch_norm")  # in float64 it is no network
OPTIMIZERS = importlib.import_module("torch.optim.optimizer")  # torch.optim hides it
CACHES = (nets._on, denoise._network, judge._judge, denoise.batched, activations._load)


class Elsewhere(Tensor):
    """A tensor on the device; its numbers are in a tensor on the CPU."""

    _numbers: Tensor

    @staticmethod
    def __new__(cls, inner: Tensor) -> Elsewhere:
        if inner.dtype == torch.float64:
            raise TypeError("this device has no float64")
        with torch.inference_mode(False):  # a view made in inference mode may be of a tensor that was not
            outer = Tensor._make_wrapper_subclass(
                cls,
                inner.size(),
                strides=inner.stride(),
                storage_offset=inner.storage_offset(),
                dtype=inner.dtype,
                device=PLACE,
                requires_grad=inner.requires_grad,
            )
        outer._numbers = inner.detach()
        return outer

    def __repr__(self, **_: Any) -> str:
        return f"Elsewhere({self._numbers})"

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            copied = Elsewhere(self._numbers.clone())
            if isinstance(self, torch.nn.Parameter):
                copied = torch.nn.Parameter(copied, self.requires_grad)
            memo[id(self)] = copied
        return memo[id(self)]

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if func == Tensor.data.__set__:  # what a net's weights are replaced by
            args[0]._numbers = args[1]._numbers
        if func is Tensor.tolist:
            return args[0].detach().cpu().tolist()
        if func is Tensor.new_tensor:
            return Elsewhere(args[0]._numbers.new_tensor(*args[1:], **(kwargs or {})))
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        return computed(func, args, kwargs or {})


calls: Counter[str] = Counter()  # of layers, by the device that they were computed on


def computed(func: Any, args: tuple, kwargs: dict) -> Any:
    """One operation of torch, on the CPU or here."""
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
    here = [leaf for leaf in tensors if isinstance(leaf, Elsewhere)]
    asked = kwargs.get("device")
    name = func.overloadpacket.__name__
    moves = name in ("_to_copy", "copy_")
    if here and not moves:
        strangers = [leaf for leaf in tensors if not isinstance(leaf, Elsewhere) and leaf.dim() > 0]
        if strangers and not (name == "index" and not set(map(id, strangers)) & {id(args[0])}):
            raise RuntimeError(f"{name}: expected all tensors to be on the same device, some are on the CPU")
    if any(isinstance(leaf, torch.Generator) for leaf in tree_leaves((args, kwargs))) and (here or asked == PLACE):
        raise RuntimeError(f"{name}: expected a generator of this device, found one of the CPU")
    if name in LAYERS and not any(leaf.dtype == torch.float64 for leaf in tensors):
        calls["here" if here else "cpu"] += 1
    if asked is not None:
        kwargs = kwargs | {"device": torch.device("cpu")}
    inner = {id(leaf._numbers): leaf for leaf in here}
    found = func(*tree_map(opened, args), **tree_map(opened, kwargs))
    if not (asked == PLACE or (here and asked is None)):
        return found
    return tree_map(lambda leaf: closed(leaf, inner), found)


def opened(leaf: Any) -> Any:
    return leaf._numbers if isinstance(leaf, Elsewhere) else leaf


def closed(leaf: Any, inner: dict[int, Elsewhere]) -> Any:
    """What came out, on the device; what was changed in its place is the same tensor as before."""
    if not isinstance(leaf, Tensor) or isinstance(leaf, Elsewhere):
        return leaf
    return inner[id(leaf)] if id(leaf) in inner else Elsewhere(leaf)


class Making(TorchFunctionMode):
    """Sees the tensors that are made from plain values, of which torch tells no dispatcher."""

    def __torch_function__(self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.tensor and kwargs.get("device") == PLACE:
            return Elsewhere(func(*args, **kwargs | {"device": "cpu"}))
        return func(*args, **kwargs)


class Watching(TorchDispatchMode):
    """Sees what is put on the device, and what is computed on the CPU."""

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        return computed(func, args, kwargs or {})


def watch(in_thread: local) -> None:
    """In the threads of an experiment, once each; they end with it."""
    if not hasattr(in_thread, "watched"):
        in_thread.watched = True
        Making().__enter__()
        Watching().__enter__()


def available(monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool) -> None:
    """This machine is taken for one that has these GPUs. It still cannot compute on them."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H200")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@contextmanager
def used() -> Iterator[Counter[str]]:
    """While it is open, `runtime.device()` is this device; gives the counts of layers."""
    threads, in_thread = runtime.use_threads, local()
    in_thread.watched = True  # this one is below
    for cache in CACHES:
        cache.cache_clear()
    calls.clear()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runtime, "device", lambda threads=False: PLACE)
            patch.setattr(runtime, "use_threads", lambda: (threads(), watch(in_thread)))
            patch.setattr(OPTIMIZERS, "_get_fused_kernels_supported_devices", lambda: ["cpu", PLACE.type])
            with Making(), Watching():
                yield calls
    finally:
        for cache in CACHES:
            cache.cache_clear()
