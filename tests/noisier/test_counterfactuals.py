"""The sampler with one thing wrong: each is the right way but for what its name says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.core import artifacts
from models.noisier import counterfactuals, reverse_chains
from models.noisier.counterfactuals import RIGHT, WAYS, Comparison, compare, schedule_of
from models.noisier.denoise import TRAINED_ON, network, predictor
from models.noisier.diffusion.sampling import p_sample
from models.noisier.diffusion.schedule import respace
from models.noisier.images import to_image

SMALL = Comparison(asked=(1, 7, None), steps=8, seed=3)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return artifacts.load_run("journey-mnist")["samples"][7]


@pytest.fixture(scope="module")
def rows(picture) -> dict[str, np.ndarray]:
    return {SMALL.ways[row.row]: row.pictures for row in compare(SMALL, picture) if row.finished}


def by_hand(way: str) -> torch.Tensor:
    """The samples of a way, written as one loop of Algorithm 2; (3, 1, 32, 32) before they are made pictures of."""
    rng, last = (torch.Generator().manual_seed(SMALL.seed) for _ in range(2))
    x = torch.randn(3, 1, 32, 32, generator=rng)
    schedule = schedule_of(way, SMALL.steps)
    predict = predictor(network("mnist"), torch.tensor([1, 7, 10]), 1.0)
    with torch.no_grad():
        for s in range(SMALL.steps, 0, -1):
            eps = predict(x, torch.full((3,), int(schedule.times[s])))
            mean = p_sample(schedule, x, s, eps, torch.zeros_like(x))
            z = torch.randn(x.shape, generator=rng) if s > 1 else torch.zeros_like(x)
            if way == "noise at the end" and s == 1:
                z = torch.randn(x.shape, generator=last)
            sigma = 0 if way == "no noise" else schedule.beta[s].sqrt().float()
            x = mean + sigma * z
    return x


@pytest.mark.parametrize("way", [RIGHT, "no noise", "noise at the end", "cut", "same betas"])
def test_a_way_is_algorithm_2_with_one_change(rows, way):
    expected = np.stack([to_image(x) for x in by_hand(way)])
    assert np.abs(rows[way].astype(int) - expected).max() <= 1


def test_noise_at_the_last_step_has_the_standard_deviation_sqrt_beta_1():
    added = (by_hand("noise at the end") - by_hand(RIGHT)).std().item()
    assert added == pytest.approx(respace(TRAINED_ON, SMALL.steps).beta[1].sqrt().item(), rel=0.05)
    assert TRAINED_ON.beta[1].sqrt() * 127.5 == pytest.approx(1.275, abs=1e-3)  # grey levels in 1,000 steps


@pytest.mark.parametrize(
    ("way", "steps", "left"),
    [
        ("same betas", 250, 0.080),
        ("same betas", 50, 0.60),
        ("cut", 250, 0.52409),
        ("cut", 50, 0.97102),
        (RIGHT, 50, 4e-5),
    ],
)
def test_how_much_of_a_picture_should_be_left_where_the_chain_starts(way, steps, left):
    assert schedule_of(way, steps).alpha_bar[-1].item() == pytest.approx(left, rel=0.01)


@pytest.mark.parametrize("way", ["cut", "same betas"])
def test_in_1000_steps_nothing_is_cut(way):
    schedule = schedule_of(way, 1000)
    torch.testing.assert_close(schedule.alpha_bar, TRAINED_ON.alpha_bar)
    assert torch.equal(schedule.times, TRAINED_ON.times)


def test_with_the_same_betas_the_network_is_told_the_time_of_its_noise_level():
    schedule = schedule_of("same betas", 50)
    told = TRAINED_ON.alpha_bar[schedule.times]
    assert (told - schedule.alpha_bar).abs().max() < 0.002
    assert schedule.times[1:].min() >= 1


def test_the_oracle_comes_back_to_its_picture_from_any_noise(rows, picture):
    np.testing.assert_array_equal(rows["oracle"], np.stack([picture] * 3))


def test_an_odd_way_does_not_change_the_right_one(rows, picture):
    alone = list(compare(replace(SMALL, ways=(RIGHT,)), picture))
    np.testing.assert_array_equal(alone[-1].pictures, rows[RIGHT])
    assert [row.done for row in alone] == list(range(1, 9))


def test_measures_are_those_of_loops():
    pictures = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 1), dtype=np.uint8)
    a, b, c = pictures.astype(float)
    pairs = [np.sqrt(((x - y) ** 2).mean()) for x, y in ((a, b), (a, c), (b, c))]
    assert reverse_chains.variety(pictures) == pytest.approx(np.mean(pairs))
    right = [abs(p[i, j] - p[i, j + 1]) for p in (a, b, c) for i in range(4) for j in range(3)]
    below = [abs(p[i, j] - p[i + 1, j]) for p in (a, b, c) for i in range(3) for j in range(4)]
    assert reverse_chains.roughness(pictures) == pytest.approx(np.mean(right + below))
    assert reverse_chains.contrast(pictures) == pytest.approx(np.mean([a.std(), b.std(), c.std()]))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"network": "imagenet"}, "network"),
        ({"asked": (3, 10)}, "class"),
        ({"asked": ()}, "chains"),
        ({"steps": 4}, "Steps"),
        ({"steps": 50.0}, "Steps"),
        ({"ways": ("faster",)}, "from the list"),
        ({"steps": 1000, "ways": ("right", "cut")}, "are the right way"),
        ({"steps": 1000}, "are the right way"),
        ({"ways": ()}, "from the list"),
        ({"seed": -1}, "seed"),
        ({"seed": True}, "seed"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(wrong, says):
    with pytest.raises(ValueError, match=rf"{says}.*\.$"):
        replace(SMALL, **wrong)


def test_a_picture_of_another_shape_is_refused(picture):
    with pytest.raises(ValueError, match="picture must be"):
        next(compare(replace(SMALL, network="cifar10"), picture))


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_the_recorded_rows_are_those_of_the_network(name):
    """The ways of few steps are computed anew; other processors add in another order."""
    run, certificate = artifacts.load_run(f"counterfactuals-{name}"), artifacts.certificate(f"counterfactuals-{name}")
    assert run["pictures"].shape[:2] == (len(WAYS), 8)
    np.testing.assert_array_equal(run["pictures"][WAYS.index("oracle")], np.stack([run["picture"]] * 8))
    judged = counterfactuals.reverse_chains.readings(name, run["pictures"][0])
    assert [seen for seen, _ in judged] == run["classes"][0].tolist()
    metrics = certificate.metrics
    assert metrics["cut"]["read_as_asked"] < metrics[RIGHT]["read_as_asked"] / 2
    assert metrics["noise at the end"]["roughness"] > metrics[RIGHT]["roughness"]
    assert metrics["oracle"]["variety"] == 0
