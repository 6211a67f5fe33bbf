"""The landscape: directions as in Li et al. 2018, and heights that a plain evaluation of the moved net gives too."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from models.core import artifacts
from models.deeper import landscape as module
from models.deeper import photographs
from models.deeper.landscape import (
    Height,
    Landscape,
    directions,
    filter_normalised,
    filtered,
    landscape,
    seen,
    work,
)
from models.deeper.nets import Lane, images, plain_values, rebuild, recorded
from models.deeper.race import Race, begin

SMALL = Landscape((recorded("plain-8"), recorded("residual-8")), size=11, reach=0.8, seed=3)


def heights(config: Landscape) -> np.ndarray:
    """Losses (net, row, column)."""
    loss = np.full((len(config.nets), config.size, config.size), np.nan)
    for event in landscape(config):
        assert np.isnan(loss[event.net, event.row, event.column])  # every place once
        loss[event.net, event.row, event.column] = math.inf if event.loss is None else event.loss
    return loss


@pytest.fixture(scope="module")
def measured() -> np.ndarray:
    return heights(SMALL)


def moved(config: Landscape, net: int, first: float, second: float) -> tuple[float, float]:
    """Loss and error in % of the net itself, batch norm and all, its weights moved one after the other."""
    network = rebuild(config.nets[net])
    x, y = seen(images(config.nets[net].data))
    with torch.no_grad():
        for layer, d, e in zip(filtered(network), *directions(network, config.seed), strict=True):
            layer.weight += first * d + second * e
        logits = network(x)
    return F.cross_entropy(logits, y).item(), 100 * (logits.argmax(1) != y).double().mean().item()


# --- directions ---


def test_every_filter_of_a_direction_has_the_length_of_the_net_s_own_filter():
    """Written once more in loops over single numbers, as the formula of Li et al. reads."""
    network = rebuild(SMALL.nets[1])
    generator = torch.Generator().manual_seed(5)
    drawn = [torch.randn(layer.weight.shape, generator=generator) for layer in filtered(network)]
    first, _ = directions(network, seed=5)
    for layer, d, got in zip(filtered(network), drawn, first, strict=True):
        for theta_ij, d_ij, got_ij in zip(layer.weight.tolist(), d.tolist(), got.tolist(), strict=True):
            flat = [np.ravel(part) for part in (theta_ij, d_ij, got_ij)]
            length, random = (math.sqrt(sum(v * v for v in part)) for part in flat[:2])
            np.testing.assert_allclose(flat[2], [v / random * length for v in flat[1]], rtol=1e-4, atol=1e-8)


def test_a_filter_of_zeros_does_not_move():
    weight = torch.randn(4, 3, 3, 3)
    weight[2] = 0
    direction = filter_normalised(torch.randn(4, 3, 3, 3), weight)
    assert direction[2].abs().max() == 0
    assert direction.isfinite().all()


def test_all_filters_move_and_nothing_else():
    network = rebuild(SMALL.nets[0])
    names = {name for name, value in network.named_parameters() if value.dim() > 1}
    layers = filtered(network)
    assert {id(layer.weight) for layer in layers} == {id(dict(network.named_parameters())[name]) for name in names}
    assert len(layers) == 8


def test_the_two_directions_differ_and_nets_of_one_shape_share_the_random_numbers():
    plain, residual = (rebuild(net) for net in SMALL.nets)
    (first, second), (other, _) = directions(plain, 0), directions(residual, 0)
    cosine = F.cosine_similarity(first[3].flatten(), second[3].flatten(), dim=0)
    assert cosine.abs() < 0.2
    same = F.cosine_similarity(first[3].flatten(1), other[3].flatten(1), dim=1)
    torch.testing.assert_close(same, torch.ones_like(same))


# --- heights ---


def test_the_centre_is_the_net_s_own_loss(measured):
    for net in range(2):
        own, _ = moved(SMALL, net, 0, 0)
        assert measured[net, 5, 5] == pytest.approx(own, rel=1e-5)


@pytest.mark.parametrize("place", [(0, 0), (5, 9), (2, 6), (10, 3)])
@pytest.mark.parametrize("net", [0, 1])
def test_heights_are_those_of_the_net_moved_by_hand(measured, net, place):
    """Folded batch norm, batches and threads change nothing but the rounding; rows are the second direction."""
    row, column = place
    loss, _ = moved(SMALL, net, SMALL.ticks[column], SMALL.ticks[row])
    assert measured[net, row, column] == pytest.approx(loss, rel=1e-4)


def test_the_error_is_measured_too():
    event = next(event for event in landscape(SMALL) if (event.row, event.column) == (5, 8))
    _, error = moved(SMALL, event.net, SMALL.ticks[8], 0)
    assert event.error == pytest.approx(error, abs=0.1)  # one image may change its mind by rounding


def test_the_same_seed_gives_the_same_surface_to_the_last_digit_and_another_one_does_not(measured):
    for event in islice(landscape(SMALL), 66):  # three rows of both nets
        assert event.loss == measured[event.net, event.row, event.column]
    first = next(landscape(replace(SMALL, seed=4)))
    assert first.loss != measured[first.net, first.row, first.column]


def test_a_net_without_batch_norm_has_a_landscape():
    config = Race((Lane(8, skip=False, norm=False),), steps=1)
    net = plain_values(begin(config, 0, range(1)), config.lanes[0], config.data, config.seed)
    small = Landscape((net,), size=11)
    event = next(landscape(small))
    assert event.loss == pytest.approx(moved(small, 0, small.ticks[event.column], small.ticks[event.row])[0], rel=1e-4)


def test_rows_come_from_the_centre_outward_and_nets_in_turn(monkeypatch):
    monkeypatch.setattr(module.Walker, "measure", lambda *place: (1.0, 0.0))
    order = []
    for event in landscape(SMALL):
        if (event.net, event.row) not in order:
            order.append((event.net, event.row))
    assert order[:6] == [(0, 5), (1, 5), (0, 4), (1, 4), (0, 6), (1, 6)]
    assert len(order) == 22


def test_a_loss_that_is_not_finite_is_none_and_the_rest_goes_on():
    broken = SMALL.nets[0]
    state = broken.state | {"linear.weight": np.full_like(broken.state["linear.weight"], 1e38)}
    events = list(islice(landscape(Landscape((replace(broken, state=state), SMALL.nets[1]), size=11)), 66))
    assert {event.loss for event in events if event.net == 0} == {None}
    assert all(event.loss is not None for event in events if event.net == 1)
    assert [event.net for event in events].count(1) == 33


# --- running it ---


def test_closing_ends_it_before_more_than_what_was_under_way(monkeypatch):
    evaluations, measure = [], module.Walker.measure
    monkeypatch.setattr(module, "WORKERS", 2)
    monkeypatch.setattr(module.Walker, "measure", lambda *args: (evaluations.append(1), measure(*args))[1])
    running = landscape(SMALL)
    for _ in range(4):
        next(running)
    running.close()
    ended = len(evaluations)
    assert 4 <= ended <= 4 + 3  # one for each thread, and the one that waited may just have begun
    with pytest.raises(StopIteration):
        next(running)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_threads_changes_nothing(monkeypatch, measured, workers):
    monkeypatch.setattr(module, "WORKERS", workers)
    running = landscape(SMALL)
    first = [next(running) for _ in range(30)]
    running.close()
    assert [event.loss for event in first] == [measured[event.net, event.row, event.column] for event in first]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"nets": ()}, "1 to 4 nets"),
        ({"size": 12}, "odd number of places, 11 to 31, not 12"),
        ({"size": 33}, "odd number of places"),
        ({"reach": 0.0}, "distance must be between 0.1 and 2.0"),
        ({"reach": math.nan}, "distance must be"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 2**31}, "seed must be"),
    ],
)
def test_impossible_landscapes_are_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(SMALL, **wrong)


# --- the recorded one ---


@pytest.mark.parametrize("name", photographs.NETS)
def test_recorded_heights_are_those_of_the_recorded_nets(name):
    run, certificate = artifacts.load_run("landscape-cifar10"), artifacts.certificate("landscape-cifar10")
    names, size = certificate.config["axes"]["net"], certificate.config["size"]
    assert names == list(photographs.NETS)
    config = Landscape((recorded(name, photographs.NAME),), size, certificate.config["reach"], certificate.seed)
    assert run["loss"].shape == run["error"].shape == (len(names), size, size)
    assert not np.isnan(run["loss"]).any()
    net, middle = names.index(name), size // 2
    for row, column in ((middle, middle), (middle, middle + 1), (middle - 2, middle - 1), (1, size - 2)):
        loss, error = moved(config, 0, config.ticks[column], config.ticks[row])
        assert run["loss"][net, row, column] == pytest.approx(loss, rel=2e-3)
        assert run["error"][net, row, column] == pytest.approx(error, abs=0.5)
    assert certificate.metrics[name]["loss"] == pytest.approx(float(run["loss"][net, middle, middle]), abs=1e-4)


def test_of_photographs_only_some_are_looked_at():
    pixels = len(images("digits")[1]) * 8 * 8
    of_digits, of_photographs = (work((recorded("plain-8", of),), 11) for of in ("digits", photographs.NAME))
    assert of_digits == 11**2 * 8 * 8**2 * pixels
    assert of_photographs == 11**2 * 8 * 16**2 * module.LARGE_IMAGES * 32 * 32
    assert len(seen(images(photographs.NAME))[1]) == module.LARGE_IMAGES


def test_height_is_small_and_plain():
    event = next(landscape(SMALL))
    assert isinstance(event, Height)
    assert {type(value) for value in vars(event).values()} <= {int, float}
