"""Runs experiments on a Ray cluster of two nodes on this machine: python -m tests.on_cluster > answers

In a process of its own: what Ray starts ends with it, and it asks the machine for names that a page must not ask for.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

NOT_STARTED = 77
PATIENCE = 120  # s for a run to end on the cluster
NODE = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
RUN = ("race", "landscape", "denoise", "guidance")  # of EXPERIMENTS: of each way in which they compute


def steps(log: str) -> Iterator[tuple[int, int]]:
    """A run without an end, which notes that it has ended: the process, and the number of the step."""
    try:
        for number in count():
            yield os.getpid(), number
            time.sleep(0.01)  # a step
    finally:
        Path(log).write_text(f"ended after {number}")


def fails() -> Iterator[int]:
    yield 1
    raise ValueError("a sentence")


def found(folder: Path) -> Iterator[tuple[str, Any]]:
    """What came of each run."""
    from models.core import cluster
    from tests.experiments import EXPERIMENTS

    for name in RUN:
        function, *args = EXPERIMENTS[name]
        yield name, list(cluster.streamed(function)(*args))

    at_once = [cluster.streamed(steps)(str(folder / str(k))) for k in range(2)]
    yield "processes", {next(run)[0] for run in at_once}
    for run in at_once:
        run.close()
    until = time.monotonic() + PATIENCE
    while not (ended := all((folder / str(k)).exists() for k in range(2))) and time.monotonic() < until:
        time.sleep(0.05)
    yield "ended", ended

    dies = cluster.streamed(steps)(str(folder / "dies"))
    process, _ = next(dies)
    os.kill(process, signal.SIGKILL)
    try:
        yield "after its death", len(list(dies))
    except cluster.Lost:
        yield "after its death", "lost"
    again = cluster.streamed(steps)(str(folder / "again"))
    yield "again", [number for _, number in islice(again, 3)]
    again.close()

    try:
        list(cluster.streamed(fails)())
    except ValueError as error:
        yield "error", str(error)


def main() -> None:
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    import ray
    from ray.cluster_utils import Cluster

    try:
        started = Cluster(initialize_head=True, head_node_args=NODE | {"include_dashboard": False})
        started.add_node(**NODE)
    except Exception as error:  # Ray gives a node 30 s to start, whatever else the machine has to do
        print(error)
        sys.exit(NOT_STARTED)
    os.environ["RAY_ADDRESS"] = str(started.address)
    with TemporaryDirectory() as folder:
        pickle.dump(dict(found(Path(folder))), answers)
        answers.flush()
    ray.shutdown()
    started.shutdown()


if __name__ == "__main__":
    from tests import on_cluster  # by the name under which the workers know what is above

    on_cluster.main()
