"""The live race, five seeds of it, and the live landscape."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace

import torch
from torch.nn import functional as F

from models.core.resnet import ResNet
from models.deeper import landscape, nets, photographs, race
from models.deeper.landscape import Landscape
from tests.bench.measuring import in_pairs, row, seconds, side_by_side
from visuals.deeper.landscape import section as landscape_section
from visuals.deeper.race import section as race_section
from visuals.deeper.race_settings import CONTROLS, RaceSettings, values_of


def bare_race() -> None:
    """The training of the page's default race as one would write it down: no events, no page, two nets at a time."""
    config = RaceSettings().race()
    x, y, test_x, test_y = nets.images(config.data)

    def train(lane: nets.Lane) -> None:
        network = ResNet(lane.depth, lane.skip, race.WIDTH, in_channels=1).to(memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(
            network.parameters(), config.learning_rate, race.MOMENTUM, weight_decay=race.WEIGHT_DECAY, fused=True
        )
        for step in range(1, config.steps + 1):
            batch = torch.randint(len(y), (race.BATCH,))
            loss = F.cross_entropy(network(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % race.TEST_EVERY == 0:
                nets.error(network, test_x, test_y)

    in_pairs(train, sorted(config.lanes, key=lambda lane: -lane.depth))


def race_through_the_callback() -> None:
    visitor = SimpleNamespace(session_hash="bench")
    for _ in race_section.live(visitor, None, *(values_of(RaceSettings())[name] for name in CONTROLS)):
        pass


def live_race() -> bool:
    took = side_by_side(7, page=lambda: seconds(race_through_the_callback), bare=lambda: seconds(bare_race))
    detail = f"{took['bare']:.1f} and {took['page']:.1f} s"
    ratio = took["bare"] / took["page"]
    met = row("bare training loop / live race through the callback", ratio, detail, at_least=0.9)
    return met & row("live race, in units of 30 s", took["page"] / 30, f"{took['page']:.1f} s", at_most=1.0)


def vectorised_seeds() -> bool:
    """What five seeds of a lane cost, as one race, against one."""

    alone = race.Race((nets.Lane(56, True),))

    def steps(what: race.Race, seeds: int) -> float:
        config = replace(what, steps=100, seeds=seeds)
        return seconds(lambda: list(race.race(config))) / config.steps

    took = side_by_side(3, five=lambda: steps(alone, 5), one=lambda: steps(alone, 1))
    detail = f"{1000 * took['five']:.0f} and {1000 * took['one']:.0f} ms a step of residual-56"
    met = row("five seeds of a lane / one seed", took["five"] / took["one"], detail, at_most=2.0)
    took = side_by_side(3, five=lambda: steps(RaceSettings().race(), 5), one=lambda: steps(RaceSettings().race(), 1))
    detail = f"{1000 * took['five']:.0f} and {1000 * took['one']:.0f} ms a step, both cores busy either way"
    row("five seeds of the default race's four lanes / one seed", took["five"] / took["one"], detail)
    return met


def bare_landscape(config: Landscape) -> None:
    """The same places as one would write it down: move every weight, evaluate the net, note the loss."""
    x, y = landscape.seen(nets.images(config.nets[0].data))

    def walk(trained: nets.Trained) -> None:
        network = nets.rebuild(trained)
        weights = [layer.weight for layer in landscape.filtered(network)]
        centre, moves = [w.detach().clone() for w in weights], landscape.directions(network, config.seed)
        for second, first in itertools.product(config.ticks, config.ticks):
            with torch.no_grad():
                for weight, c, d, e in zip(weights, centre, *moves, strict=True):
                    weight.copy_(c + first * d + second * e)
                F.cross_entropy(network(x), y).item()

    in_pairs(walk, config.nets)


def landscape_through_the_callback(config: Landscape) -> None:
    name = " and ".join(net.lane.name for net in config.nets)
    visitor = SimpleNamespace(session_hash="bench")
    for _ in landscape_section.live(name, config.size, config.reach, config.seed, visitor):
        pass


def live_landscape() -> bool:
    pair = (nets.recorded(name, photographs.NAME) for name in ("plain-20", "residual-20"))
    config = Landscape(tuple(pair), landscape.SIZES[0])
    took = side_by_side(
        3,
        page=lambda: seconds(lambda: landscape_through_the_callback(config)),
        bare=lambda: seconds(lambda: bare_landscape(config)),
    )
    pace = {side: 2 * config.size**2 / took[side] for side in took}
    whole = 2 * config.size**2 / pace["page"]
    detail = f"{pace['page']:.1f} and {pace['bare']:.1f} places/s; two of 11 x 11 in {whole:.0f} s"
    met = row("live landscape's places a second / bare loop's", pace["page"] / pace["bare"], detail, at_least=0.9)
    return met & row(
        "two landscapes of 11 x 11 at this pace, in units of 60 s", whole / 60, f"{whole:.0f} s", at_most=1.0
    )
