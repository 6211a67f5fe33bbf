"""What the player asks for: of its visitor's own newest run, or nothing."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
import torch

from models import artifacts, denoise
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


@pytest.fixture(scope="module")
def four():
    """A run of four pictures, and the same chain's numbers."""
    journey = denoise.Journey(steps=5, samples=4, seed=3)
    start = artifacts.load_run("journey-mnist")["samples"][0]
    kept = equation.Kept(8, journey, "", [e for e in denoise.travel(journey, start) if isinstance(e, denoise.Frame)])
    equation.newest.keep(visitor("eve"), kept)
    yield kept
    equation.newest.forget(visitor("eve"))


def test_one_of_four_pictures_gets_the_other_panels(four):
    sent = resend.panels(asked(run=8, sample=2), visitor("eve"))
    assert (sent["run"], sent["sample"], sent["channels"]) == (8, 2, 1)
    other = denoise.one_noise(four.journey, 1)
    for panels, moment in zip(sent["frames"], four.frames, strict=True):
        shown = {name: np.frombuffer(base64.b64decode(text), np.uint8) for name, text in panels.items()}
        eps = denoise.to_image(torch.from_numpy(moment.floats.eps[2]), reach=3.0)
        np.testing.assert_array_equal(shown["eps"], eps.ravel())
        if moment.way == "there":
            alpha_bar = denoise.TRAINED_ON.alpha_bar[moment.t]
            closed = alpha_bar**0.5 * torch.from_numpy(moment.floats.x0[2]) + (1 - alpha_bar) ** 0.5 * other[2]
            difference = shown["closed"].astype(int) - denoise.to_image(closed).ravel()
            assert abs(difference).max() <= 1  # rounding
            assert shown["before"].size == 0
        elif moment.t:
            before = denoise.to_image(torch.from_numpy(moment.floats.before[2]))
            np.testing.assert_array_equal(shown["before"], before.ravel())


@pytest.mark.parametrize("data", [{"run": 7}, {"sample": 4}, {"sample": -1}, {"sample": True}, {"sample": None}])
def test_panels_of_no_picture_are_not_sent(four, data):
    assert resend.panels(asked(**({"run": 8, "sample": 0} | data)), visitor("eve")) == gr.skip()
    assert resend.panels(asked(run=8, sample=0), visitor("bob")) == gr.skip()


def test_nobody_gets_the_frames_of_another_visitor(kept):
    assert resend.resend(asked(), visitor("bob")) == gr.skip()
