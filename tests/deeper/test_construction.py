"""The construction argument: the deeper net computes what the shallow one does, and both deep nets then train."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from models.core.resnet import ResNet
from models.deeper import construction as module
from models.deeper.construction import ANEW, CONSTRUCTED, Check, Construction, construct, deepen
from models.deeper.nets import Lane, Trained, error, images, rebuild
from models.deeper.race import Point, Race, begin, fit, race

KINDS = [(skip, norm) for skip in (False, True) for norm in (False, True)]
kinds = pytest.mark.parametrize(("skip", "norm"), KINDS, ids=lambda on: "with" if on else "without")


def some_net(skip: bool, norm: bool, depth: int = 8) -> ResNet:
    """A net in float64 whose batch norms are not at their first values, as after training."""
    generator = torch.Generator().manual_seed(1)
    network = ResNet(depth, skip, 4, 1, generator=generator, norm=norm).double()
    for _, bn in network.layers():
        if norm:
            nn.init.uniform_(bn.weight, -1.5, 1.5, generator=generator)
            nn.init.normal_(bn.bias, generator=generator)
    network(torch.randn(64, 1, 8, 8, dtype=torch.float64, generator=generator))  # moves the running statistics
    return network.eval()


def digits(count: int) -> torch.Tensor:
    return images("digits")[0][:count].double()


@pytest.fixture(scope="module")
def trained() -> dict[bool, Trained]:
    """plain-8 and residual-8 after a short race, by `skip`."""
    events = race(Race((Lane(8, False), Lane(8, True)), steps=40, seed=3))
    return {event.lane.skip: event for event in events if isinstance(event, Trained)}


@kinds
@pytest.mark.parametrize("depth", [14, 26, 56])
def test_the_deeper_net_computes_the_same(skip, norm, depth):
    network = some_net(skip, norm)
    deeper = deepen(network, depth, digits(100))
    assert len(deeper.blocks) == (depth - 2) // 2
    assert deeper.config == network.config | {"depth": depth}
    new = torch.randn(200, 1, 8, 8, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(deeper(new), network(new), rtol=1e-11, atol=1e-11)


@kinds
def test_every_added_block_passes_on_what_it_gets_and_the_old_ones_are_the_shallow_net_s(skip, norm):
    network = some_net(skip, norm, depth=14)
    deeper = deepen(network, 26, digits(100))
    x = torch.rand(5, 16, 4, 4, dtype=torch.float64) * 9
    with torch.no_grad():
        for place, block in enumerate(deeper.blocks):
            stage, number = divmod(place, 4)
            if number >= 2:
                assert block.stride == 1
                maps = x if stage == 2 else x[:, : 4 * 2**stage]
                torch.testing.assert_close(block(maps), maps, rtol=1e-11, atol=1e-11)
                if skip:
                    assert block.residual(maps).abs().max() == 0
            else:
                old = network.blocks[2 * stage + number].state_dict()
                assert all(torch.equal(v, old[name]) for name, v in block.state_dict().items())


def test_the_shallow_net_stays_as_it_is():
    network = some_net(skip=False, norm=True)
    before = copy.deepcopy(network.state_dict())
    deepen(network, 20, digits(100))
    assert all(torch.equal(v, before[name]) for name, v in network.state_dict().items())


def test_statistics_of_the_added_layers_are_those_of_what_reaches_them():
    """By an implementation of its own: numpy over what a hook saw."""
    network = some_net(skip=False, norm=True)
    seen, x = {}, digits(300)
    network.blocks[0].register_forward_hook(lambda block, inputs, output: seen.update(maps=output.numpy()))
    with torch.no_grad():
        network(x)
    deeper = deepen(network, 14, x)
    for bn in (deeper.blocks[1].bn1, deeper.blocks[1].bn2):
        mean, var = seen["maps"].mean((0, 2, 3)), seen["maps"].var((0, 2, 3), ddof=1)
        torch.testing.assert_close(bn.running_mean, torch.from_numpy(mean))
        torch.testing.assert_close(bn.running_var, torch.from_numpy(var))
        torch.testing.assert_close(bn.bias, torch.from_numpy(mean))
        torch.testing.assert_close(bn.weight, torch.from_numpy(var + 1e-5).sqrt())


@pytest.mark.parametrize("skip", [False, True])
def test_training_mode_is_near_the_identity_but_only_the_residual_net_is_at_it(trained, skip):
    """The statistics of a batch of 64 are not those of all images; where F(x) = 0 they do not matter."""
    shallow = rebuild(trained[skip])
    x = images("digits")[0]
    deeper = deepen(shallow, 56, x).train()
    moved = 0.0
    maps = torch.relu(shallow.bn(shallow.conv(x[:64]))).detach()
    with torch.no_grad():
        maps = shallow.blocks[0](maps)
        after = maps
        for block in deeper.blocks[1:9]:
            after = block(after)
        moved = float((after - maps).abs().mean() / maps.abs().mean())
    assert moved == 0 if skip else 0 < moved < 0.2


@pytest.mark.parametrize("skip", [False, True])
def test_the_check_says_what_an_independent_one_finds(trained, skip):
    config = Construction(trained[skip], 20, steps=1)
    check = next(iter(construct(config)))
    x, y, test_x, _ = images("digits")
    shallow = rebuild(trained[skip])
    deeper = deepen(shallow, 20, x).eval()
    with torch.no_grad():
        everything = torch.cat([x, test_x])
        a, b = shallow(everything), deeper(everything)
        wrong = 100 * float((a[: len(y)].argmax(1) != y).double().mean())
    assert check.images == len(everything) == 1797
    assert check.largest == pytest.approx(float(a.abs().max()))
    assert check.difference == pytest.approx(float((a - b).abs().max()), abs=1e-6)
    assert check.difference < 1e-5 * check.largest
    assert check.shallow_error == check.constructed_error == pytest.approx(wrong)
    assert check.anew_error > 70  # it knows nothing


def test_both_deep_nets_train_with_the_batches_of_the_shallow_one(trained):
    config = Construction(trained[True], 14, steps=21, learning_rate=0.05)
    check, *points = construct(config)
    assert isinstance(check, Check)
    assert sorted((p.step, p.lane) for p in points) == [(s, lane) for s in range(1, 22) for lane in (0, 1)]
    as_race = Race((Lane(14, True),), 21, seed=3, learning_rate=0.05)
    anew = [p for p in race(as_race) if isinstance(p, Point)]
    assert [p.train_error for p in points if p.lane == ANEW] == [p.train_error for p in anew]
    deeper = deepen(rebuild(trained[True]), 14, images("digits")[0])
    alone = list(fit(deeper, as_race))
    assert [p.train_error for p in points if p.lane == CONSTRUCTED] == [p.train_error for p in alone]
    assert alone[0].train_error != anew[0].train_error


def test_a_net_that_diverges_stops_and_the_other_goes_on(trained, monkeypatch):
    real = module.begin

    def broken(*args):
        network = real(*args)
        nn.init.constant_(network.linear.bias, torch.inf)
        return network

    monkeypatch.setattr(module, "begin", broken)
    _, *points = construct(Construction(trained[True], 14, steps=3))
    assert [(p.step, p.diverged) for p in points if p.lane == ANEW] == [(1, True)]
    assert [p.step for p in points if p.lane == CONSTRUCTED] == [1, 2, 3]


def test_closing_ends_it_before_another_step(trained, monkeypatch):
    steps, backward = [], torch.Tensor.backward
    monkeypatch.setattr(torch.Tensor, "backward", lambda loss, *a, **k: (steps.append(1), backward(loss, *a, **k))[1])
    running = construct(Construction(trained[False], 14))
    next(running), next(running), next(running)
    running.close()
    assert len(steps) == 2  # one of each net


def test_the_same_configuration_gives_the_same_events(trained):
    config = Construction(trained[True], 14, steps=5)
    assert list(construct(config)) == list(construct(config))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"depth": 8}, "more than the 8 layers"),
        ({"depth": 15}, "depth must be one of"),
        ({"depth": 62}, "depth must be one of"),
        ({"steps": 0}, "steps must be"),
        ({"learning_rate": -1.0}, "learning rate must be"),
    ],
)
def test_impossible_constructions_are_refused(trained, wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        Construction(trained[False], **{"depth": 20} | wrong)


def test_the_start_of_both_is_as_in_the_race(trained):
    """Before its first step the net that starts anew is the race's, and its error is that of the check."""
    config = Construction(trained[False], 14, steps=1)
    x, y, *_ = images("digits")
    anew = begin(config.race(), 0, range(3, 4))
    assert next(iter(construct(config))).anew_error == error(anew, x, y)
    first = ResNet(14, False, 8, 1, generator=torch.Generator().manual_seed(3))
    assert torch.equal(first.blocks[3].conv1.weight, anew.blocks[3].conv1.weight)
