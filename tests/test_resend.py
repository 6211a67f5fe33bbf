"""Frames that a page did not get: its visitor's own, of the newest run, or nothing."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import gradio as gr
import pytest

from visuals.diffusion import equation, resend


def visitor(name: str) -> SimpleNamespace:
    return SimpleNamespace(session_hash=name)


def asked(**data) -> SimpleNamespace:
    return SimpleNamespace(**({"run": 7, "start": 2, "end": 5} | data))


@pytest.fixture(scope="module")
def kept():
    recorded = equation.recorded()
    kept = equation.Kept(7, recorded.journey, recorded.recipe, recorded.frames[:50])  # of a run under way
    equation.newest.keep(visitor("ann"), kept)
    yield kept
    equation.newest.forget(visitor("ann"))


def test_the_missing_frames_are_sent_at_their_places(kept):
    again = resend.resend(asked(), visitor("ann"))
    assert (again["run"], again["start"], again["total"]) == (7, 2, 92)
    assert [frame["t"] for frame in again["frames"]] == [frame.t for frame in kept.frames[2:5]]
    assert base64.b64decode(again["frames"][0]["xt"]) == kept.frames[2].xt.tobytes()


def test_of_the_end_of_a_run_under_way_comes_what_there_is(kept):
    again = resend.resend(asked(start=48, end=92), visitor("ann"))
    assert [frame["t"] for frame in again["frames"]] == [frame.t for frame in kept.frames[48:50]]
    assert again["recipe"] == kept.recipe


@pytest.mark.parametrize(
    "data",
    [
        {"run": 6},
        {"run": None},
        {"start": -1},
        {"start": 5},
        {"start": "2"},
        {"start": True},
        {"start": 50, "end": 92},
        {"end": None},
        {"end": 3.0},
        {"end": [5]},
    ],
)
def test_what_is_not_there_is_not_sent(kept, data):
    assert resend.resend(asked(**data), visitor("ann")) == gr.skip()


def test_nobody_gets_the_frames_of_another_visitor(kept):
    assert resend.resend(asked(), visitor("bob")) == gr.skip()
