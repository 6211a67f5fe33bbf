"""A Ray cluster: where RAY_ADDRESS names one, experiments are computed there, and this process only hands on events.

It needs `requirements-cluster.txt`, beside this file, and the project in the same folder of every machine.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable)
GPU_SHARE = 0.25  # of a GPU for a run, where the cluster has some: four runs share one
ROOT = Path(__file__).resolve().parents[2]
_connecting = Lock()


class Lost(RuntimeError):
    """The cluster cannot be reached, or the worker that computed a run has died."""

    def __init__(self) -> None:
        super().__init__("The machine that computes this cannot be reached, or has gone. Start it anew.")


def named() -> bool:
    """Whether experiments are computed on a cluster."""
    return bool(os.environ.get("RAY_ADDRESS"))


def streamed(function: F) -> F:
    """The same generator function, computed by a worker of the cluster; arguments and events travel pickled.

    Closing it ends the work within one step. Raises Lost where the worker dies, and what the function itself raises.
    """

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Iterator[Any]:
        ray = _ray()
        events = _task().remote(function.__module__, function.__qualname__, args, kwargs)
        try:
            for event in events:
                yield ray.get(event)
        except ray.exceptions.RayTaskError as error:  # the function's own, with which Ray tells where it was raised
            raise error.cause from None
        except ray.exceptions.RayError as error:
            raise Lost from error
        finally:
            ray.cancel(events)

    setattr(run, "computed_here", function)  # noqa: B010, a type checker knows no such attribute
    return cast("F", run)


def _compute(module: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """In a worker: the function itself, which may have come with RAY_ADDRESS as well."""
    from models.core.runtime import use_threads

    use_threads()
    function = getattr(importlib.import_module(module), name)
    yield from getattr(function, "computed_here", function)(*args, **kwargs)


def _ray() -> Any:
    """Ray, connected to the cluster by whoever asks first. Raises Lost where there is none."""
    with _connecting:
        return _connected()


@cache
def _connected() -> Any:
    try:
        import ray
        from ray.exceptions import RayError
    except ImportError as error:
        raise Lost from error
    try:
        ray.init(runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}}, log_to_driver=False)
    except (ConnectionError, RayError) as error:
        raise Lost from error
    return ray


@cache
def _task() -> Any:
    ray = _ray()
    share = GPU_SHARE if ray.cluster_resources().get("GPU") else 0
    return ray.remote(num_returns="streaming", max_retries=0, num_cpus=1, num_gpus=share)(_compute)
