"""Clouds of points: where they lie, and their distance against a second implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from models.noisier.plane.clouds import BLUR, CLOUDS, distance, drawn


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", CLOUDS)
def test_clouds_are_around_the_middle_and_drawn_by_their_generator(name):
    points = CLOUDS[name](5000, rng())
    assert points.shape == (5000, 2)
    assert points.abs().max() < 2.1
    assert points.mean(0).abs().max() < 0.3
    assert 0.3 < points.std() < 1.3
    assert torch.equal(points, CLOUDS[name](5000, rng()))
    assert not torch.equal(points, CLOUDS[name](5000, rng(1)))


def test_clouds_have_the_shapes_of_their_names():
    radius = CLOUDS["rings"](20_000, rng()).norm(dim=1)
    assert ((radius - 1.5).abs() < 0.2).double().mean() == pytest.approx(0.75, abs=0.02)
    assert ((radius - 0.5).abs() < 0.2).double().mean() == pytest.approx(0.25, abs=0.02)
    heaps = (CLOUDS["grid"](20_000, rng()) / 0.7).round()
    _, counts = heaps.unique(dim=0, return_counts=True)
    assert len(counts) == 25
    assert counts.min() > 600
    spiral = CLOUDS["spiral"](20_000, rng())
    turned = 4 * math.pi * spiral.norm(dim=1) / 1.6 - torch.atan2(spiral[:, 1], spiral[:, 0])
    outer = spiral.norm(dim=1) > 0.8  # where the blur is small beside the distance of the turns
    assert ((turned[outer] / (2 * math.pi) + 0.5) % 1 - 0.5).abs().median() < 0.05


def test_an_n_has_its_diagonal_from_upper_left_to_lower_right():
    x, y = CLOUDS["letter"](5000, rng()).T
    inner = x.abs() < 0.5  # between the two uprights
    assert np.corrcoef(x[inner], y[inner])[0, 1] < -0.8


def test_drawn_points_are_blurred_and_equally_likely():
    points = ((-1.0, 0.0), (1.0, 0.5))
    cloud = drawn(points)(10_000, rng())
    left = cloud[:, 0] < 0
    assert left.double().mean() == pytest.approx(0.5, abs=0.02)
    torch.testing.assert_close(cloud[left].mean(0), torch.tensor(points[0]), atol=0.003, rtol=0)
    assert cloud[left].std(0).tolist() == pytest.approx([BLUR, BLUR], rel=0.05)


def test_the_distance_is_the_mean_of_distances_along_directions():
    a, b = CLOUDS["moons"](300, rng()), CLOUDS["grid"](300, rng(1))
    angles = math.pi * np.arange(64) / 64
    along = [np.array([math.cos(angle), math.sin(angle)]) for angle in angles]
    expected = np.mean([wasserstein_distance(a.numpy() @ d, b.numpy() @ d) for d in along])
    assert distance(a, b) == pytest.approx(expected, rel=1e-4)
    assert distance(a, a) == 0


def test_a_shifted_cloud_is_as_far_as_it_was_shifted():
    """The mean of |cos| over all directions is 2 / pi."""
    a = CLOUDS["rings"](500, rng())
    assert distance(a, a + torch.tensor([3.0, 4.0])) == pytest.approx(5 * 2 / math.pi, rel=1e-3)


def test_clouds_of_different_size_are_not_compared():
    with pytest.raises(ValueError, match="equal size"):
        distance(torch.zeros(3, 2), torch.zeros(4, 2))
