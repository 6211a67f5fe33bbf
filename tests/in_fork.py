"""Runs an experiment as a ZeroGPU Space does: in a forked process, with arguments and events pickled.

    python -m tests.in_fork < request > events

A process of its own forks, because one that serves a page or has used a GPU cannot safely do so.
"""

from __future__ import annotations

import importlib
import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from inspect import isgenerator
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def run(function: Callable, *args: Any) -> list[Any]:
    """The events of function(*args), or its one result, from a forked process."""
    request = pickle.dumps((function.__module__, function.__qualname__, args))
    done = subprocess.run(
        [sys.executable, "-m", "tests.in_fork"],
        input=request,
        capture_output=True,
        cwd=Path(__file__).resolve().parent.parent,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


def events(result: Any) -> list[Any]:
    return list(result) if isgenerator(result) else [result]


def first(count: int, function: Callable) -> Iterator[Any]:
    """The first events of a long experiment, which is then closed."""
    running = function()
    yield from islice(running, count)
    running.close()


def work(module: str, name: str, request: bytes, out: Connection) -> None:
    import torch

    torch.set_num_threads(1)
    for event in events(getattr(importlib.import_module(module), name)(*pickle.loads(request))):
        out.send_bytes(pickle.dumps(event))
    out.close()


def main() -> None:
    module, name, args = pickle.load(sys.stdin.buffer)
    importlib.import_module(module)  # as on a Space, the process that forks has imported everything
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    worker = context.Process(target=work, args=(module, name, pickle.dumps(args), send))
    worker.start()
    send.close()
    received = []
    try:
        while True:
            received.append(pickle.loads(receive.recv_bytes()))
    except EOFError:
        worker.join()
    pickle.dump(received, sys.stdout.buffer)
    sys.exit(worker.exitcode)


if __name__ == "__main__":
    main()
