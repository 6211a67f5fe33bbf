"""The forward process measured on one picture: histograms, the last term of the bound, and two ways that are one."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import chi2, norm

from models.core import artifacts
from models.noisier.diffusion import process
from models.noisier.diffusion.process import q_sample
from models.noisier.forward import (
    BINS,
    COMPARED,
    DRAWS,
    LINEAR,
    LOOKED_AT,
    SCHEDULES,
    Compared,
    both_ways,
    bound_of_chance,
    crossing,
    histograms,
    scores,
)
from tests import in_fork


def picture(channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (32, 32, channels), dtype=np.uint8)


def test_signal_and_noise_are_equal_between_259_and_260():
    assert crossing(SCHEDULES["linear"]) == 259
    for schedule in SCHEDULES.values():
        t = crossing(schedule)
        assert schedule.snr[t] >= 1 > schedule.snr[t + 1]


@pytest.mark.parametrize("channels", [1, 3])
def test_histograms_are_those_of_the_mixture_of_gaussians(channels):
    """A pixel of value v is N(sqrt(alpha_bar) v, 1 - alpha_bar): all pixels together are the mean of these."""
    image = picture(channels)
    measured, values = histograms(image, seed=0), image.ravel() / 127.5 - 1
    assert measured.density.shape == (len(LOOKED_AT), len(BINS) - 1)
    for place in (0, 5, len(LOOKED_AT) - 1):
        alpha_bar = LINEAR.alpha_bar[LOOKED_AT[place]].item()
        below = norm.cdf(BINS[:, None], math.sqrt(alpha_bar) * values, math.sqrt(1 - alpha_bar)).mean(1)
        np.testing.assert_allclose(measured.density[place], np.diff(below) / np.diff(BINS), atol=0.02)
        assert measured.mean[place] == pytest.approx(math.sqrt(alpha_bar) * values.mean(), abs=0.02)
    assert measured.std[-1] == pytest.approx(1, abs=0.02)


def test_what_is_left_is_the_divergence_written_once_more():
    image = picture()
    values, alpha_bar = image.ravel() / 127.5 - 1, LINEAR.alpha_bar[-1].item()
    nats = 0.5 * (alpha_bar * values**2 + (1 - alpha_bar) - 1 - math.log(1 - alpha_bar))
    left = histograms(image, seed=0).left
    assert left["linear"] == pytest.approx(nats.mean() / math.log(2), rel=1e-4)
    assert left["cosine"] < 1e-3 * left["linear"]


def test_both_ways_give_one_distribution():
    events = list(both_ways(picture(), seed=1))
    assert [event.t for event in events] == list(range(1, 1001))
    compared = [event for event in events if event.scores]
    assert [event.t for event in compared] == list(COMPARED)
    found = np.array([event.scores for event in compared])
    assert np.abs(found).max() < bound_of_chance(found.size)
    assert found.std() == pytest.approx(1, abs=0.35)  # neither all alike nor wild
    last = compared[-1]
    for mean, std in (last.steps, last.closed):
        assert mean == pytest.approx(0, abs=0.02)
        assert std == pytest.approx(1, abs=0.02)
    assert last.steps != last.closed  # with noises of their own


@pytest.mark.parametrize("change", ["mean", "spread", "single pixels"])
def test_a_difference_is_found(change):
    """Each of the three scores finds what the others are blind to."""
    rng, t = torch.Generator().manual_seed(0), 500
    x0 = torch.zeros(DRAWS, 1, 32, 32)
    one, other = (q_sample(LINEAR, x0, t, torch.randn(x0.shape, generator=rng)) for _ in range(2))
    pattern = torch.ones(32, 32)
    pattern[::2] = -1
    changed = {"mean": one + 0.03, "spread": 1.03 * one, "single pixels": one + 0.1 * pattern}[change]
    place = ["mean", "spread", "single pixels"].index(change)
    assert abs(scores(changed, other, x0, t)[place]) > 4
    assert max(map(abs, scores(one, other, x0, t))) < 4


def test_the_score_of_single_pixels_is_that_of_the_chi_squared_distribution():
    rng, t = torch.Generator().manual_seed(3), 300
    x0 = torch.rand(1, 1, 32, 32, generator=rng).expand(DRAWS, 1, 32, 32)
    one, other = (q_sample(LINEAR, x0, t, torch.randn(x0.shape, generator=rng)) for _ in range(2))
    noise_variance = 1 - LINEAR.alpha_bar[t].item()
    squares = (one.mean(0) - other.mean(0)).square().sum().item() * DRAWS / (2 * noise_variance)
    expected = norm.isf(chi2.sf(squares, 32 * 32))
    assert scores(one, other, x0, t)[2] == pytest.approx(expected, abs=0.01)


def test_closing_ends_it_within_one_step(monkeypatch):
    steps, noise_like = [], process.noise_like  # which every step draws
    monkeypatch.setattr(process, "noise_like", lambda *args: (steps.append(1), noise_like(*args))[1])
    running = both_ways(picture(), seed=0)
    for _ in range(30):
        next(running)
    running.close()
    assert len(steps) == 30


def test_a_forked_process_gives_the_same_events():
    theirs = in_fork.run(both_ways, picture(), 4)
    assert theirs == list(both_ways(picture(), 4))
    assert isinstance(theirs[0], Compared)


@pytest.mark.parametrize(
    "wrong", [np.zeros((32, 32), np.uint8), np.zeros((28, 28, 1), np.uint8), np.zeros((32, 32, 1))]
)
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(ValueError, match="must be 32 x 32"):
        histograms(wrong, 0)
    with pytest.raises(ValueError, match="must be 32 x 32"):
        next(both_ways(wrong, 0))


# --- the recorded bound ---


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_the_recorded_bound_is_that_of_the_shipped_network(name):
    run, certificate = artifacts.load_run(f"bound-{name}"), artifacts.certificate(f"bound-{name}")
    shipped = artifacts.certificate(f"ddpm-{name}")
    assert certificate.config["weights"] == shipped.sha256
    assert certificate.metrics["bits_per_dim"] == pytest.approx(shipped.metrics["bits_per_dim"], abs=0.002)
    bits = certificate.metrics["bits_per_dim"]
    assert run["bits"].sum() == pytest.approx(bits["L_1:T-1"], abs=1e-3)
    assert run["decoder"].mean() == pytest.approx(bits["L_0"], abs=1e-3)
    assert run["rmse"].shape == run["bits"].shape == (1001,)
    assert (np.diff(run["rmse"][1::100]) > -1).all()  # the more noise, the larger the error
