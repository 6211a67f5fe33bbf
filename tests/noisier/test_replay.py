"""A journey again from what its network said."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from models.core import artifacts
from models.noisier.denoise import Floats, Frame, Journey, travel
from models.noisier.replay import guesses, replay


def frames_of(events) -> list[Frame]:
    return [event for event in events if isinstance(event, Frame)]


def test_a_replay_is_the_run_without_its_network():
    start = artifacts.load_run("journey-mnist")["samples"][3]
    journey = Journey(sampler="ddim", steps=6, eta=0.5, seed=4, samples=4)
    live = frames_of(travel(journey, start))
    again = frames_of(replay(journey, start, guesses(live)))
    assert len(again) == len(live)
    for one, other in zip(live, again, strict=True):
        assert (one.way, one.step, one.t, one.signal) == (other.way, other.step, other.t, other.signal)
        for field in fields(Floats):
            np.testing.assert_array_equal(getattr(one.floats, field.name), getattr(other.floats, field.name))
        np.testing.assert_array_equal(one.xt, other.xt)


def test_the_recorded_photographs_are_what_the_network_says_now():
    run, config = artifacts.load_run("journey-cifar10"), dict(artifacts.certificate("journey-cifar10").config)
    start = run["samples"][config.pop("start")]
    recorded = frames_of(replay(Journey(**config), start, run["eps"]))
    live = frames_of(travel(Journey(**config), start))
    for one, other in zip(recorded, live, strict=True):
        # another processor rounds in another way, and the way back carries that on
        np.testing.assert_allclose(one.floats.xt, other.floats.xt, atol=0.05)
