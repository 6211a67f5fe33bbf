"""Runs experiments as a ZeroGPU Space does: each in a forked process, with arguments and events pickled.

    python -m tests.in_fork < requests > answers

A process of its own forks, because one that serves a page or has used a GPU cannot safely do so. It computes nothing
itself, and serves all tests of a session.
"""

from __future__ import annotations

import importlib
import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from inspect import isgenerator
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

PATIENCE = 300  # s to wait for the next event


def run(function: Callable, *args: Any) -> list[Any]:
    """The events of function(*args), or its one result, from a forked process."""
    pickle.dump((function.__module__, function.__qualname__, pickle.dumps(args)), forking().stdin)
    forking().stdin.flush()
    failed, received = pickle.load(forking().stdout)
    assert not failed, "the forked process failed; it says why on stderr"
    return received


@cache
def forking() -> subprocess.Popen:
    """The process that forks; it ends with this one, whose end closes its input."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.in_fork"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parent.parent,
    )


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


def forked(module: str, name: str, request: bytes) -> tuple[bool, list[Any]]:
    """Whether it failed, and what came."""
    importlib.import_module(module)  # as on a Space, the process that forks has imported everything,
    pickle.loads(request)  # also what the arguments need
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    worker = context.Process(target=work, args=(module, name, request, send))
    worker.start()
    send.close()
    received = []
    try:
        while receive.poll(PATIENCE):
            received.append(pickle.loads(receive.recv_bytes()))
    except EOFError:  # it has said all
        worker.join(PATIENCE)
    worker.kill()  # where it stands still
    worker.join()
    return worker.exitcode != 0, received


def main() -> None:
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(forked(*request), answers)
        answers.flush()


if __name__ == "__main__":
    main()
