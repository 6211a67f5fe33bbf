"""On a Ray cluster experiments are what they are in this process."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.core import cluster, runtime
from tests.experiments import EXPERIMENTS
from tests.on_cluster import NOT_STARTED, RUN
from tests.test_runtime import plain
from visuals.page.live import LatestRun, stream
from visuals.page.shared_runs import SharedRuns

HERE = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """What came of the runs on a cluster of two nodes."""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-m", "tests.on_cluster"], stdout=subprocess.PIPE, cwd=HERE)
        if done.returncode != NOT_STARTED:
            done.check_returncode()
            return pickle.loads(done.stdout)
    pytest.skip("Ray could not start two nodes on this machine")


@pytest.mark.parametrize("name", RUN)
def test_an_experiment_has_the_same_events(answers, name):
    function, *args = EXPERIMENTS[name]
    assert plain(answers[name]) == plain(list(function(*args)))


def test_two_runs_are_computed_side_by_side_and_end_when_they_are_left(answers):
    assert len(answers["processes"]) == 2
    assert answers["ended"]


def test_a_run_whose_worker_dies_is_lost_and_can_be_started_again(answers):
    assert answers["after its death"] == "lost"
    assert answers["again"] == [0, 1, 2]


def test_an_experiment_s_own_error_comes_through(answers):
    assert answers["error"] == "a sentence"


# --- in this process ---


def test_without_an_address_an_experiment_stays_as_it_is_and_ray_is_not_imported(monkeypatch):
    def f():
        pass

    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert runtime.accelerated(seconds=5)(f) is f
    assert "ray" not in sys.modules


def test_with_an_address_it_is_computed_there_and_waits_for_no_turn_here(monkeypatch):
    def f() -> Iterator[int]:
        yield 1

    monkeypatch.setenv("RAY_ADDRESS", "192.0.2.1:6379")
    monkeypatch.setitem(sys.modules, "ray", None)  # not installed
    run = runtime.accelerated(seconds=5)(f)
    assert runtime.elsewhere()
    assert runtime.hardware() == "Ray cluster"
    assert runtime.hardware("cpu").startswith("CPU")
    with pytest.raises(cluster.Lost):
        next(run())


class Counted:
    """The view of a run that is lost."""

    done = 0.5

    def start(self) -> tuple[Any, ...]:
        return 1, 2

    def add(self, event: int) -> None:
        pass

    def news(self) -> tuple[Any, ...]:
        return 1, 2

    whole = news

    def progress(self, seconds_left: float) -> str:
        return "half"

    def outcome(self, seconds: float) -> str:
        return "all"

    def stopped(self) -> str:
        return "stopped"


def test_a_lost_run_is_told_in_a_sentence_and_leaves_what_is_shown():
    def lost() -> Iterator[int]:
        yield 1
        raise cluster.Lost

    visitor: Any = type("Request", (), {"session_hash": "anna"})()
    run = LatestRun().follow(visitor, SharedRuns().follow("lost", lost))
    *_, last = stream(run, Counted())
    assert str(cluster.Lost()) in last[-1]
    assert all(value["__type__"] == "update" and len(value) == 1 for value in last[:-1])
