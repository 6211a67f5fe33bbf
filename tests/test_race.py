"""The race: its order is the paper's, and the same configuration gives the same events to the last digit."""

from itertools import islice

import numpy as np
import pytest
import torch

from models import artifacts
from models import race as module
from models.race import BATCH, Lane, Point, Race, batches, race
from models.resnet import ResNet
from tests import in_fork

PLAIN_8, PLAIN_56, RESIDUAL_8, RESIDUAL_56 = Race().lanes


@pytest.fixture(scope="module")
def recorded() -> dict[str, np.ndarray]:
    return artifacts.load_run("races-digits")


def last(points: list[Point], lane: int) -> Point:
    return [point for point in points if point.lane == lane][-1]


def test_live_race_has_the_order_of_the_paper():
    """Section 4.1's claim, trained here and now: the deeper plain net has the higher training error."""
    points = list(race(Race((PLAIN_8, PLAIN_56, RESIDUAL_56), seed=7)))
    plain_8, plain_56, residual_56 = (last(points, lane).train_error for lane in range(3))
    assert plain_56 > plain_8 + 30
    assert residual_56 < plain_56 - 30
    assert residual_56 < plain_8 + 5


@pytest.mark.parametrize("seed", range(5))
def test_recorded_races_have_the_order_of_the_paper(recorded, seed):
    train, test = recorded["train_error"][:, :, seed, -1], recorded["test_error"][:, :, seed, -1]  # (depth, skip)
    for errors in (train, test):
        assert errors[-1, 0] > errors[0, 0] + 30  # plain-56 against plain-8
        assert errors[-1, 1] < errors[0, 1] + 5  # residual-56 against residual-8
        assert abs(errors[0, 0] - errors[0, 1]) < 5  # at 8 layers the shortcut hardly matters


def test_recorded_race_is_the_live_one(recorded):
    """The first steps again, from the certificate's settings; other processors round differently."""
    config = artifacts.certificate("races-digits").config
    axes = config["axes"]
    depth = axes["depth"].index(14)
    lanes = tuple(Lane(14, skip) for skip in axes["skip"])
    for point in islice(race(Race(lanes, config["steps"], axes["seed"][2])), 20):
        stored = recorded["train_error"][depth, point.lane, 2, point.step - 1]
        assert point.train_error == pytest.approx(stored, abs=3)


def test_certificate_repeats_what_the_arrays_say(recorded):
    metrics = artifacts.certificate("races-digits").metrics
    stored = recorded["train_error"][-1, 0, :, -1]
    np.testing.assert_allclose(metrics["plain-56"]["train_error"], stored, atol=0.006)


def test_same_configuration_gives_the_same_events():
    config = Race((Lane(14, False), Lane(14, True)), steps=21, seed=3)
    assert list(race(config)) == list(race(config))
    assert list(race(config)) != list(race(Race(config.lanes, 21, seed=4)))


def test_a_lane_is_the_same_alone_and_among_others():
    together = [p for p in race(Race((PLAIN_8, RESIDUAL_8), steps=5, seed=1)) if p.lane == 1]
    alone = list(race(Race((RESIDUAL_8,), steps=5, seed=1)))
    assert [p.train_error for p in together] == [p.train_error for p in alone]


def test_lanes_take_turns_and_test_at_the_marked_steps():
    points = list(race(Race((PLAIN_8, RESIDUAL_8), steps=25)))
    assert [(p.step, p.lane) for p in points] == [(s, lane) for s in range(1, 26) for lane in (0, 1)]
    assert {p.step for p in points if p.test_error is not None} == {20, 25}
    assert all(0 <= p.train_error <= 100 for p in points)


def test_training_error_counts_the_mistakes_of_the_last_batches(monkeypatch):
    """A net that always answers "3" errs on whatever is not a 3."""
    answers = torch.eye(10)[3]
    monkeypatch.setattr(ResNet, "forward", lambda self, x: self.linear.bias * 0 + answers.expand(len(x), 10))
    config = Race((PLAIN_8,), steps=30)
    _, y, _, test_y = module._digits()
    wrong = torch.stack([(y[batch] != 3).sum() for batch in batches(len(y), config)]).double()
    point = list(race(config))[-1]
    assert point.train_error == pytest.approx(float(100 * wrong[10:].sum() / (20 * BATCH)))
    assert point.test_error == pytest.approx(float(100 * (test_y != 3).double().mean()))


def test_every_pass_sees_every_image_at_most_once():
    drawn = list(batches(1297, Race(steps=40)))
    assert all(len(batch) == BATCH for batch in drawn)
    for one_pass in (drawn[:20], drawn[20:]):
        assert len(torch.cat(one_pass).unique()) == 20 * BATCH
    assert not torch.equal(torch.cat(drawn[:20]), torch.cat(drawn[20:]))


def test_a_lane_that_diverges_says_so_and_the_other_goes_on(monkeypatch):
    forward = ResNet.forward
    monkeypatch.setattr(ResNet, "forward", lambda net, x: forward(net, x) * (1 if net.config["skip"] else torch.inf))
    points = list(race(Race((PLAIN_8, RESIDUAL_8), steps=4)))
    assert [p for p in points if p.lane == 0] == [Point(0, 1, None, diverged=True)]
    assert [p.step for p in points if p.lane == 1] == [1, 2, 3, 4]


def test_closing_ends_the_race_before_another_step(monkeypatch):
    steps = []
    forward = ResNet.forward
    monkeypatch.setattr(ResNet, "forward", lambda net, x: (steps.append(1), forward(net, x))[1])
    running = race(Race((PLAIN_8, RESIDUAL_8)))
    next(running)
    running.close()
    assert len(steps) == 1


def test_a_forked_process_gives_the_same_events():
    """As on ZeroGPU: configuration and events are pickled, nothing else is shared."""
    config = Race((PLAIN_8, RESIDUAL_8), steps=3, seed=2)
    assert in_fork.run(race, config) == list(race(config))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"lanes": ()}, "1 to 4 lanes"),
        ({"lanes": (*Race().lanes, PLAIN_8)}, "1 to 4 lanes"),
        ({"steps": 0}, "steps must be between 1 and 1000, not 0"),
        ({"steps": 1001}, "steps must be"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 2**31}, "seed must be"),
    ],
)
def test_impossible_races_are_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        Race(**wrong)


@pytest.mark.parametrize("depth", [2, 9, 62, 110, 5000])
def test_impossible_depths_are_refused(depth):
    with pytest.raises(ValueError, match="depth must be one of 8, 14, 20"):
        Lane(depth, skip=True)
