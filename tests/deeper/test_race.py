"""The race: its order is the paper's, and the same configuration gives the same events to the last digit."""

from contextlib import nullcontext
from itertools import islice

import numpy as np
import pytest
import torch
from PIL import Image

from models.core import artifacts
from models.core.resnet import ResNet, unstacked
from models.core.rounds import AHEAD
from models.deeper import nets
from models.deeper import race as module
from models.deeper.nets import Lane, Trained, error, images, rebuild, settled
from models.deeper.race import BATCH, Point, Race, batches, begin, fit

PLAIN_8, PLAIN_56, RESIDUAL_8, RESIDUAL_56 = Race().lanes


@pytest.fixture(scope="module")
def recorded() -> dict[str, np.ndarray]:
    return artifacts.load_run("race-digits")


def race(config: Race) -> list[Point]:
    """The whole race's points."""
    return [event for event in module.race(config) if isinstance(event, Point)]


def last(points: list[Point], lane: int) -> Point:
    return [point for point in points if point.lane == lane][-1]


def test_live_race_has_the_order_of_the_paper():
    """Section 4.1's claim, trained here and now: the deeper plain net has the higher training error."""
    points = race(Race((PLAIN_8, PLAIN_56, RESIDUAL_56), steps=140, seed=7))
    plain_8, plain_56, residual_56 = (last(points, lane).train_error[0] for lane in range(3))
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
    config = artifacts.certificate("race-digits").config
    axes = config["axes"]
    depth = axes["depth"].index(14)
    lanes = tuple(Lane(14, skip) for skip in axes["skip"])
    for point in islice(module.race(Race(lanes, config["steps"], seeds=len(axes["seed"]))), 2 * 20):
        stored = recorded["train_error"][depth, point.lane, :, point.step - 1]
        assert point.train_error == pytest.approx(list(stored), abs=3)


@pytest.mark.parametrize("name", ["plain-8", "residual-8", "plain-20", "residual-20"])
def test_kept_nets_are_those_of_the_recorded_race(recorded, name):
    """Their error on all training images is about that of the last batches, while they still learned."""
    trained = nets.recorded(name)
    axes = artifacts.certificate("race-digits").config["axes"]
    stored = float(recorded["train_error"][axes["depth"].index(trained.lane.depth), int(trained.lane.skip), 0, -1])
    x, y, _, _ = images("digits")
    assert error(rebuild(trained), x, y) == pytest.approx(stored, abs=0.1 * stored + 2)


def test_a_settled_net_does_in_eval_mode_what_it_does_in_training():
    x, _, _, _ = images("digits")
    network = begin(Race((PLAIN_8,)), 0, range(1))
    before = network.eval()(x)
    settled(network, x)
    with torch.no_grad():
        torch.testing.assert_close(network.eval()(x), network.train()(x), rtol=0.02, atol=0.02)
        assert (network.eval()(x) - before).abs().max() > 0.1
    assert all(norm.momentum == 0.1 for _, norm in network.layers())


def test_certificate_repeats_what_the_arrays_say(recorded):
    metrics = artifacts.certificate("race-digits").metrics
    stored = recorded["train_error"][-1, 0, :, -1]
    np.testing.assert_allclose(metrics["plain-56"]["train_error"], stored, atol=0.006)


def test_same_configuration_gives_the_same_events():
    config = Race((Lane(14, False), Lane(14, True)), steps=21, seed=3)
    assert race(config) == race(config)
    assert race(config) != race(Race(config.lanes, 21, seed=4))


def test_a_lane_is_the_same_alone_and_among_others():
    together = [p for p in race(Race((PLAIN_8, RESIDUAL_8), steps=5, seed=1)) if p.lane == 1]
    alone = race(Race((RESIDUAL_8,), steps=5, seed=1))
    assert [p.train_error for p in together] == [p.train_error for p in alone]


def test_lanes_take_turns_and_test_at_the_marked_steps():
    points = race(Race((PLAIN_8, RESIDUAL_8), steps=25))
    assert [(p.step, p.lane) for p in points] == [(s, lane) for s in range(1, 26) for lane in (0, 1)]
    assert {p.step for p in points if p.test_error is not None} == {20, 25}
    assert all(0 <= p.train_error[0] <= 100 for p in points)


def test_training_error_counts_the_mistakes_of_the_last_batches(monkeypatch):
    """A net that always answers "3" errs on whatever is not a 3."""
    answers = torch.eye(10)[3]
    monkeypatch.setattr(ResNet, "forward", lambda self, x: self.linear.bias * 0 + answers.expand(len(x), 10))
    config = Race((PLAIN_8,), steps=30)
    _, y, _, test_y = images("digits")
    wrong = torch.stack([(y[batch] != 3).sum() for batch in batches(len(y), config.steps, config.seed)]).double()
    monkeypatch.setattr(module, "watched", lambda network: nullcontext(()))
    monkeypatch.setattr(module, "gradients", lambda network: ())
    point = list(fit(begin(config, 0, range(1)), config))[-1]
    assert point.train_error == (pytest.approx(float(100 * wrong[10:].sum() / (20 * BATCH))),)
    assert point.test_error == (pytest.approx(float(100 * (test_y != 3).double().mean())),)


def test_every_pass_sees_every_image_at_most_once():
    drawn = list(batches(1297, steps=40, seed=0))
    assert all(len(batch) == BATCH for batch in drawn)
    for one_pass in (drawn[:20], drawn[20:]):
        assert len(torch.cat(one_pass).unique()) == 20 * BATCH
    assert not torch.equal(torch.cat(drawn[:20]), torch.cat(drawn[20:]))


def test_a_lane_that_diverges_says_so_and_the_other_goes_on():
    """Without batch norm the signals of a deep residual net grow from block to block, until the loss is no number."""
    exploding = Lane(56, True, norm=False)
    *points, trained = module.race(Race((exploding, RESIDUAL_8), steps=12))
    assert trained.lane == RESIDUAL_8  # of the other no net is left
    of_first = [p for p in points if p.lane == 0]
    assert of_first[-1].diverged
    assert not any(p.diverged for p in of_first[:-1])
    assert of_first[-1].step < 12
    assert [p.step for p in points if p.lane == 1] == list(range(1, 13))


def test_one_seed_that_diverges_leaves_the_others_alone():
    config = Race((PLAIN_8,), steps=3, seeds=2)
    together = begin(config, 0, range(2))
    with torch.no_grad():
        together.linear.bias[0] = torch.inf  # of the first net
    points, alone = list(fit(together, config)), list(fit(begin(config, 0, range(1, 2)), config, seeds=range(1, 2)))
    assert [p.train_error[0] for p in points] == [None] * 3
    assert [p.train_error[1] for p in points] == [p.train_error[0] for p in alone]
    assert not points[-1].diverged


def test_seeds_train_together_as_they_do_alone():
    """Five seeds as vectorised networks against five nets by themselves; rounding grows with every step."""
    config = Race((Lane(14, True),), steps=4, seed=3, seeds=5)
    together, seeds = begin(config, 0, range(3, 8)), range(3, 8)
    points = list(fit(together, config, 0, seeds))
    for k, network in enumerate(unstacked(together)):
        alone = begin(config, 0, range(3 + k, 4 + k))
        assert [p.train_error[0] for p in fit(alone, config, 0, range(3 + k, 4 + k))] == pytest.approx(
            [p.train_error[k] for p in points], abs=0.8
        )
        for name, value in alone.state_dict().items():
            torch.testing.assert_close(network.state_dict()[name], value, rtol=1e-2, atol=2e-3)


def test_a_race_of_five_seeds_is_in_their_order():
    config = Race((PLAIN_8, RESIDUAL_8), steps=2, seed=4, seeds=5)
    points = race(config)
    assert [(p.step, p.lane, len(p.train_error)) for p in points] == [(1, 0, 5), (1, 1, 5), (2, 0, 5), (2, 1, 5)]
    for k in (0, 4):
        assert race(Race(config.lanes, 1, seed=4 + k))[0].train_error[0] == pytest.approx(
            points[0].train_error[k], abs=1.6
        )


def test_signal_and_gradient_are_those_of_the_first_seed_layer_by_layer():
    """The first step again by hand, with the outputs and gradients taken by autograd alone."""
    config = Race((Lane(14, True),), steps=1, seed=6)
    found = next(fit(begin(config, 0, range(6, 7)), config)).layers
    network = begin(config, 0, range(6, 7)).train()
    x, y, _, _ = images("digits")
    (batch,) = batches(len(y), 1, 6)
    outputs = {}
    for name, part in network.named_modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.register_forward_hook(lambda _, __, out, name=name: outputs.__setitem__(name, out.detach().clone()))
    loss = torch.nn.functional.cross_entropy(network(x[batch]), y[batch])
    weights = [p for p in network.parameters() if p.dim() == 4]
    assert len(weights) == len(outputs) == len(found.signal) == 13
    assert list(found.signal) == pytest.approx([out.double().std().item() for out in outputs.values()], rel=1e-4)
    expected = [g.norm().item() for g in torch.autograd.grad(loss, weights)]
    assert list(found.gradient) == pytest.approx(expected, rel=1e-3)


def test_layers_are_looked_at_every_ten_steps():
    points = race(Race((PLAIN_8,), steps=23, seeds=2))
    assert [p.step for p in points if p.layers] == [1, 10, 20, 23]
    assert all(len(p.layers.gradient) == 7 for p in points if p.layers)


def test_the_end_brings_the_trained_nets_of_the_first_seed():
    config = Race((PLAIN_8, RESIDUAL_8), steps=20, seed=2, seeds=2)
    *points, plain, residual = module.race(config)
    assert isinstance(plain, Trained)
    assert (plain.lane, residual.lane, plain.seed) == (*config.lanes, 2)
    network = begin(config, 1, range(2, 4))
    alone = list(fit(network, config, 1, range(2, 4)))
    assert [p.train_error for p in alone] == [p.train_error for p in points if p.lane == 1]
    for name, value in next(unstacked(network)).state_dict().items():
        if "bn" not in name or name.endswith(("weight", "bias")):  # the statistics are taken anew
            np.testing.assert_array_equal(residual.state[name], value.numpy())


@pytest.fixture
def small_cifar10(tmp_path, monkeypatch):
    """A folder like that of CIFAR-10, with 80 + 20 pictures of noise; the class is the brightness."""
    rng = np.random.default_rng(0)
    for part, count in (("train", 8), ("test", 2)):
        for label in range(10):
            folder = tmp_path / part / f"class{label}"
            folder.mkdir(parents=True)
            for k in range(count):
                picture = rng.integers(0, 30, (32, 32, 3)) + 22 * label
                Image.fromarray(picture.astype(np.uint8)).save(folder / f"{k}.png")
    monkeypatch.setenv("CIFAR10_DIR", str(tmp_path))
    images.cache_clear()
    yield
    images.cache_clear()


def test_a_race_on_cifar10_takes_its_colour_pictures_from_a_folder(small_cifar10):
    x, y, test_x, _ = images("cifar10")
    assert (x.shape, test_x.shape) == ((80, 3, 32, 32), (20, 3, 32, 32))
    assert torch.corrcoef(torch.stack((x.mean((1, 2, 3)), y.float())))[0, 1] > 0.99  # a picture keeps its label
    *points, trained = module.race(Race((RESIDUAL_8,), steps=3, data="cifar10"))
    assert [p.step for p in points] == [1, 2, 3]
    assert rebuild(trained)(test_x).shape == (20, 10)


def test_teams_that_work_ahead_of_each_other_meet_in_every_round():
    config = Race((PLAIN_8,), steps=6, seed=4, seeds=5)
    assert module.teams(config) == [range(4, 7), range(7, 9)]
    alone = [fit(begin(config, 0, seeds), config, 0, seeds) for seeds in module.teams(config)]
    expected = [sum((part.train_error for part in parts), ()) for parts in zip(*alone, strict=True)]
    assert [point.train_error for point in race(config)] == expected


def test_closing_ends_the_race(monkeypatch):
    steps = []
    forward = ResNet.forward
    monkeypatch.setattr(ResNet, "forward", lambda net, x: (steps.append(1), forward(net, x))[1])
    running = module.race(Race((PLAIN_8, RESIDUAL_8)))
    next(running)
    running.close()
    begun = len(steps)
    assert 2 <= begun <= 2 * (1 + AHEAD)
    assert list(running) == []
    assert len(steps) == begun


@pytest.mark.parametrize("passes", [True, False])
def test_a_net_is_watched_no_longer_than_asked(passes):
    network = begin(Race((PLAIN_8,)), 0, range(1))
    x = torch.zeros(2, 1 if passes else 2, 8, 8)
    with nullcontext() if passes else pytest.raises(RuntimeError), module.watched(network) as seen:
        network(x)
    assert len(seen) == (7 if passes else 0)
    assert not any(norm._forward_hooks for _, norm in network.layers())
