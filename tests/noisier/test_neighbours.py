"""The nearest training pictures: the search against brute force, and the recorded numbers against the arrays."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from models.core import artifacts, data
from models.core.resnet import ResNet
from models.noisier import images, neighbours
from models.noisier.denoise import NETWORKS
from models.noisier.neighbours import MIRRORED, SPACES, Album, Search, features, mean_squares, search

RECORDED = [pytest.param(name, space, id=f"{name} {space}") for name in NETWORKS for space in SPACES]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """So that an album of a few pictures has several parts, the last one smaller."""
    monkeypatch.setattr(neighbours, "PART", 4)


def some(network: str, count: int, seed: int = 0) -> Tensor:
    """(count, C, 32, 32) uint8, at random."""
    shape = (count, 1 if network == "mnist" else 3, 32, 32)
    return torch.randint(256, shape, generator=torch.Generator().manual_seed(seed)).to(torch.uint8)


def album(network: str, count: int = 10) -> Album:
    return Album(network, some(network, count), torch.arange(count) % 10)


def last(pictures: Tensor, within: Album, count: int = 1) -> Search:
    *_, found = search(pictures, within, count)
    return found


def in_space(network: str, space: str, pictures: Tensor) -> np.ndarray:
    return (pictures.flatten(1) if space == "pixels" else features(network, pictures)).numpy().astype(float)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("network", NETWORKS)
def test_the_search_finds_what_brute_force_finds(network, space):
    queries, within = some(network, 5, seed=1), album(network)
    pictures = torch.cat((within.pictures, within.pictures.flip(-1))) if MIRRORED[network] else within.pictures
    one, other = in_space(network, space, queries), in_space(network, space, pictures)
    distances = np.array([[np.sqrt(np.square(a - b).mean()) for b in other] for a in one])
    order = distances.argsort(1)[:, :3]
    found = getattr(last(queries, within, 3), space)
    np.testing.assert_array_equal(found.index + len(within) * found.mirrored, order)
    np.testing.assert_allclose(found.distance, np.take_along_axis(distances, order, 1), rtol=1e-5)
    np.testing.assert_array_equal(within.shown(found), pictures[order].permute(0, 1, 3, 4, 2))


def test_squares_of_grey_levels_are_not_rounded():
    """Two pictures that differ by one grey level in one of 3,072 values, where a float32 would lose it."""
    white = torch.full((1, 3072), 255, dtype=torch.uint8)
    almost = white.clone()
    almost[0, 0] = 254
    assert mean_squares(white, torch.cat((white, almost))).tolist() == [[0, 1 / 3072]]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_copy_is_found_at_distance_zero(network):
    within = album(network)
    found = last(within.pictures[[7, 2]], within)
    for space in SPACES:
        nearest = getattr(found, space)
        assert nearest.index.tolist() == [[7], [2]]
        assert not nearest.mirrored.any()
        np.testing.assert_allclose(nearest.distance, 0, atol=0 if space == "pixels" else 1e-5)


def test_a_mirrored_copy_is_found_where_training_mirrored():
    for network in NETWORKS:
        within = album(network)
        found = last(within.pictures[[9]].flip(-1), within)
        is_copy = [getattr(found, space).distance.item() < 1e-5 for space in SPACES]
        assert is_copy == [MIRRORED[network]] * 2
        assert found.pixels.mirrored.item() == MIRRORED[network]


@pytest.mark.parametrize("network", NETWORKS)
def test_features_are_what_the_last_layer_of_the_classifier_gets(network):
    """Against a classifier that is built anew, and its own logits."""
    config = {k: v for k, v in artifacts.certificate(f"classifier-{network}").config.items() if k != "classes"}
    judge = artifacts.load_weights(f"classifier-{network}", ResNet(**config))
    pictures, got = some(network, 3), []
    judge.linear.register_forward_pre_hook(lambda _, inputs: got.append(inputs[0]))
    with torch.no_grad():
        judge(torch.stack([images.to_tensor(p.permute(1, 2, 0).numpy()) for p in pictures]))
    torch.testing.assert_close(features(network, pictures), got[0], rtol=1e-4, atol=1e-5)


def test_the_search_goes_on_part_by_part_and_can_only_get_nearer():
    within = album("mnist")
    events = list(search(some("mnist", 2, seed=1), within, 3))
    assert [(event.done, event.of) for event in events] == [(4, 10), (8, 10), (10, 10)]
    for space in SPACES:
        nearest = [getattr(event, space).distance[:, 0] for event in events]
        assert all((after <= before).all() for before, after in pairwise(nearest))


def test_features_of_an_album_are_computed_once(monkeypatch):
    within = album("mnist")
    last(some("mnist", 1), within)
    calls = []
    real = neighbours.features
    monkeypatch.setattr(neighbours, "features", lambda *args: calls.append(1) or real(*args))
    last(some("mnist", 1), within)
    assert len(calls) == 1  # the query's


@pytest.fixture
def at_hand(monkeypatch):
    """CIFAR-10 of ten pictures on this machine."""
    small = data.ImageSet("CIFAR-10", (), some("cifar10", 10), torch.arange(10), some("cifar10", 1), torch.arange(1))
    monkeypatch.setattr(data, "cifar10_folder", lambda: None)
    monkeypatch.setattr(data, "cifar10", lambda _: small)
    neighbours.training_pictures.cache_clear()
    yield small
    neighbours.training_pictures.cache_clear()


def test_a_picture_of_the_visitor_has_its_neighbours_beside_it(at_hand):
    picture = at_hand.train_x[6].permute(1, 2, 0).numpy()
    *_, found = neighbours.beside("cifar10", picture, count=4)
    for row in (found.pixels, found.features):
        assert row.pictures.shape == (4, 32, 32, 3)
        np.testing.assert_array_equal(row.pictures[0], picture)
        assert row.labels[0] == 6
        assert row.distance[0] == pytest.approx(0, abs=1e-5)
        assert (np.diff(row.distance) >= 0).all()


@pytest.mark.parametrize("wrong", [np.zeros((32, 32, 1), np.uint8), np.zeros((32, 32, 3))])
def test_what_is_no_picture_is_refused_in_a_sentence(at_hand, wrong):
    with pytest.raises(ValueError, match=r"must be 32 x 32 with 3 channels of 0 to 255\.$"):
        next(neighbours.beside("cifar10", wrong))


# --- What was recorded ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("network", "space"), RECORDED)
def test_recorded_numbers_follow_from_the_arrays(network, space):
    run, metrics = artifacts.load_run(f"neighbours-{network}"), artifacts.certificate(f"neighbours-{network}").metrics
    told, own, test = metrics[space], np.sort(run[f"{space}_distance"]), np.sort(run[f"test_{space}_distance"])
    assert len(own) == metrics["samples"]
    assert len(test) == 10_000
    for told_of, values in ((told["of_samples"], own), (told["of_test"], test)):
        quantiles = np.interp((0, 0.05, 0.5), np.linspace(0, 1, len(values)), values)
        np.testing.assert_allclose(tuple(told_of.values()), quantiles, rtol=1e-3)
    limit, middle = np.interp((0.05, 0.5), np.linspace(0, 1, len(test)), test)
    assert told["nearer_than_closest_test"] == np.searchsorted(own, limit)
    assert told["nearer_than_median_test"] == np.searchsorted(own, middle)
    nearer = sum(a < b for a, b in zip(run[f"{space}_distance"], run[f"{space}_to_test"], strict=True))
    assert told["nearer_to_training_than_to_test"] == nearer
    agree = sum(label == i % 10 for i, label in enumerate(run[f"{space}_label"]))
    assert told["neighbour_of_the_class_asked"] == agree


@pytest.mark.parametrize("network", NETWORKS)
def test_recorded_pictures_are_at_the_recorded_distances(network):
    """The pictures are those that the numbers are about, and the first are the shipped samples, to a grey level."""
    run = artifacts.load_run(f"neighbours-{network}")
    shipped = artifacts.load_run(f"journey-{network}")["samples"]
    np.testing.assert_allclose(run["pictures"][:10].astype(int), shipped[:10], rtol=0, atol=1)
    for prefix, shown in (("", run["shown"]), ("test_", run["test_shown"])):
        for space in SPACES:
            own, beside = (
                in_space(network, space, torch.tensor(run[f"{prefix}{kind}"]).permute(0, 3, 1, 2))
                for kind in ("pictures", f"{space}_pictures")
            )
            distances = np.sqrt(np.square(own - beside).mean(1))
            np.testing.assert_allclose(distances, run[f"{prefix}{space}_distance"][shown], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("network", "space"), RECORDED)
def test_the_samples_nearest_to_training_are_shown(network, space):
    run = artifacts.load_run(f"neighbours-{network}")
    suspects = run["shown"][10:].reshape(len(SPACES), 3)[SPACES.index(space)]
    np.testing.assert_array_equal(suspects, run[f"{space}_distance"].argsort()[:3])


@pytest.mark.parametrize("network", NETWORKS)
def test_a_recorded_run_is_small(network):
    assert (artifacts.ASSETS / "runs" / f"neighbours-{network}.npz").stat().st_size < 300_000
