"""What the player asks for: of its visitor's own newest run, or nothing."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.core import artifacts
from models.noisier import denoise, images
from visuals.noisier.journey import kept as answers
from visuals.noisier.journey import section
from visuals.noisier.journey.kept import Kept


def visitor(name: str) -> SimpleNamespace:
    return SimpleNamespace(session_hash=name)


def missing(name: str, **data):
    """What the visitor of this name gets for frames that their player has missed."""
    return answers.missing(section.newest.of(visitor(name)), {"run": 7, "start": 2, "end": 5} | data)


def panels(name: str, **data):
    """And for the other panels of one of several pictures."""
    return answers.panels(section.newest.of(visitor(name)), data)


@pytest.fixture(scope="module")
def kept():
    recorded = section.recorded()
    kept = Kept(7, recorded.journey, recorded.recipe, recorded.frames[:50])  # of a run under way
    section.newest.keep(visitor("ann"), kept)
    yield kept
    section.newest.forget(visitor("ann"))


def test_the_missing_frames_are_sent_at_their_places(kept):
    again = missing("ann")
    assert (again["run"], again["start"], again["total"]) == (7, 2, 92)
    assert [frame["t"] for frame in again["frames"]] == [frame.t for frame in kept.frames[2:5]]
    assert base64.b64decode(again["frames"][0]["xt"]) == kept.frames[2].xt.tobytes()


def test_of_the_end_of_a_run_under_way_comes_what_there_is(kept):
    again = missing("ann", start=48, end=92)
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
    assert missing("ann", **data) is None


@pytest.fixture(scope="module")
def four():
    """A run of four pictures, and the same chain's numbers."""
    journey = denoise.Journey(steps=5, samples=4, seed=3)
    start = artifacts.load_run("journey-mnist")["samples"][0]
    kept = Kept(8, journey, "", [e for e in denoise.travel(journey, start) if isinstance(e, denoise.Frame)])
    section.newest.keep(visitor("eve"), kept)
    yield kept
    section.newest.forget(visitor("eve"))


def test_one_of_four_pictures_gets_the_other_panels(four):
    sent = panels("eve", run=8, sample=2)
    assert (sent["run"], sent["sample"], sent["channels"]) == (8, 2, 1)
    other = denoise.one_noise(four.journey, 1)
    for shown_panels, moment in zip(sent["frames"], four.frames, strict=True):
        shown = {name: np.frombuffer(base64.b64decode(text), np.uint8) for name, text in shown_panels.items()}
        eps = images.to_image(torch.from_numpy(moment.floats.eps[2]), reach=3.0)
        np.testing.assert_array_equal(shown["eps"], eps.ravel())
        if moment.way == "there":
            alpha_bar = denoise.TRAINED_ON.alpha_bar[moment.t]
            closed = alpha_bar**0.5 * torch.from_numpy(moment.floats.x0[2]) + (1 - alpha_bar) ** 0.5 * other[2]
            difference = shown["closed"].astype(int) - images.to_image(closed).ravel()
            assert abs(difference).max() <= 1  # rounding
            assert shown["before"].size == 0
        elif moment.t:
            before = images.to_image(torch.from_numpy(moment.floats.before[2]))
            np.testing.assert_array_equal(shown["before"], before.ravel())


@pytest.mark.parametrize("data", [{"run": 7}, {"sample": 4}, {"sample": -1}, {"sample": True}, {"sample": None}])
def test_panels_of_no_picture_are_not_sent(four, data):
    assert panels("eve", **({"run": 8, "sample": 0} | data)) is None
    assert panels("bob", run=8, sample=0) is None


def test_nobody_gets_the_frames_of_another_visitor(kept):
    assert missing("bob") is None
