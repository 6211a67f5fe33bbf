"""Diffusion in the plane: the network learns the score that is known exactly, and its points become the cloud."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from models.core import artifacts
from models.noisier import plane as module
from models.noisier.diffusion.process import q_sample
from models.noisier.plane import (
    ARROWS,
    BACK,
    OWN,
    PARTICLES,
    PREVIEW,
    REACH,
    SCHEDULE,
    SHOWN,
    Flow,
    Learned,
    Net,
    Plane,
    Returned,
    field,
    lattice,
    learn,
    train,
)
from models.noisier.plane.clouds import CLOUDS
from tests import in_fork

SHORT = Plane("rings", steps=100, seed=3)


@pytest.fixture(scope="module")
def events() -> list[Learned | Returned | Flow]:
    return list(learn(Plane("moons", steps=400)))


@pytest.fixture(scope="module")
def network() -> Net:
    rng = torch.Generator().manual_seed(0)
    net = Net(rng)
    for _ in train(net, Plane("grid", steps=500), rng):
        pass
    return net


def exact_eps(xt: torch.Tensor, t: int) -> torch.Tensor:
    """The best prediction for the cloud "grid", from the density of x_t by automatic differentiation.

    25 Gaussians stay 25 Gaussians: their means shrink by sqrt(alpha_bar), and noise adds to their variance. The best
    eps is -sqrt(1 - alpha_bar) times the gradient of the log density.
    """
    alpha_bar = SCHEDULE.alpha_bar[t]
    heaps = 0.7 * torch.cartesian_prod(torch.arange(-2.0, 3.0), torch.arange(-2.0, 3.0)).double()
    spread = (alpha_bar * 0.06**2 + 1 - alpha_bar).sqrt()
    parts = Independent(Normal(alpha_bar.sqrt() * heaps, spread.expand(25, 2)), 1)
    density = MixtureSameFamily(Categorical(torch.ones(25)), parts)
    places = xt.double().requires_grad_()
    (score,) = torch.autograd.grad(density.log_prob(places).sum(), places)
    return (-(1 - alpha_bar).sqrt() * score).float()


# --- learning ---


@pytest.mark.parametrize(("t", "most"), [(800, 0.02), (400, 0.02), (200, 0.1)])
def test_the_field_is_that_of_the_exact_score(network, t, most):
    """Over points as they come at time t: the share of the exact field's square that the network's misses."""
    rng = torch.Generator().manual_seed(7)
    x0 = CLOUDS["grid"](2000, rng)
    xt = q_sample(SCHEDULE, x0, t, torch.randn(2000, 2, generator=rng))
    exact = exact_eps(xt, t)
    with torch.no_grad():
        predicted = network(xt, torch.full((2000,), t))
    assert (predicted - exact).square().sum() / exact.square().sum() < most


def test_the_arrows_are_the_network_s_at_the_places_of_the_lattice(network):
    places = lattice()
    assert places.shape == (ARROWS**2, 2)
    gap = 2 * REACH / (ARROWS + 1)
    torch.testing.assert_close(places[0], torch.tensor([gap - REACH, gap - REACH]))
    torch.testing.assert_close(places[1] - places[0], torch.tensor([gap, 0.0]))  # along a row first
    exact = exact_eps(places, 800)
    inside = places.norm(dim=1) < 1.5
    torch.testing.assert_close(field(network, 800)[inside], exact[inside], atol=0.25, rtol=0)


def test_the_generated_cloud_is_nearly_as_near_as_a_true_one(events):
    distances = events[-1].distances
    assert distances["noise"] > 4 * distances["true"]
    for sampler in ("ddpm", "ddim"):
        gone = (distances["noise"] - distances[sampler]) / (distances["noise"] - distances["true"])
        assert gone > 0.6


# --- events ---


def test_every_step_is_an_event_and_previews_come_from_one_noise(events):
    learned = [event for event in events if isinstance(event, Learned)]
    assert [event.step for event in learned] == list(range(1, 401))
    assert [event.step for event in learned if event.preview is not None] == [100, 200, 300, 400]
    assert np.mean([e.loss for e in learned[-50:]]) < 0.5 * np.mean([e.loss for e in learned[:10]])
    returned = [(event.sampler, event.step) for event in events if isinstance(event, Returned)]
    assert returned == [(name, step) for name in ("ddpm", "ddim") for step in range(1, BACK.steps + 1)]


def test_the_way_back_starts_where_the_way_there_ended(events):
    flow = events[-1]
    assert flow.there.shape == flow.ddpm.shape == flow.ddim.shape == (len(SHOWN), PARTICLES, 2)
    assert np.array_equal(flow.ddpm[0], flow.there[-1])
    assert np.array_equal(flow.ddim[0], flow.there[-1])
    assert list(range(0, 1001, 20)) == SHOWN
    assert flow.eps.shape == (len(SHOWN), ARROWS**2, 2)
    assert not flow.eps[0].any()


@pytest.mark.parametrize("frame", [10, 25, 50])
def test_points_on_their_way_there_are_spread_as_eq_4_says(events, frame):
    alpha_bar = SCHEDULE.alpha_bar[SHOWN[frame]].item()
    flow = events[-1]
    noise = (flow.there[frame] - math.sqrt(alpha_bar) * flow.there[0]) / math.sqrt(1 - alpha_bar)
    assert abs(noise.mean()) < 4 / math.sqrt(noise.size)
    assert noise.std() == pytest.approx(1, abs=4 / math.sqrt(2 * noise.size))


def test_closing_ends_it_before_the_next_call_of_the_network(monkeypatch):
    calls, forward = [], Net.forward
    monkeypatch.setattr(Net, "forward", lambda *args: (calls.append(1), forward(*args))[1])
    running = learn(SHORT)
    for _ in range(7):
        next(running)
    assert len(calls) == 7
    running.close()
    assert len(calls) == 7


def test_no_two_calls_of_the_network_without_an_event_between(monkeypatch):
    """While it learns, in a preview, on the ways back and for the arrows: whoever stops it waits for one call."""
    calls, forward = [], Net.forward
    monkeypatch.setattr(Net, "forward", lambda *args: (calls.append(1), forward(*args))[1])
    counts = [0, *(len(calls) for _ in learn(SHORT))]
    assert max(after - before for before, after in pairwise(counts)) == 1
    assert counts[-1] == SHORT.steps + PREVIEW.steps + 2 * BACK.steps + len(SHOWN) - 1


def test_a_forked_process_with_the_same_seed_gives_the_same_events_and_another_seed_others():
    own, theirs = list(learn(SHORT)), in_fork.run(learn, SHORT)
    assert [type(event) for event in theirs] == [type(event) for event in own]
    assert [e.loss for e in theirs if isinstance(e, Learned)] == [e.loss for e in own if isinstance(e, Learned)]
    for name in ("there", "ddpm", "ddim", "eps"):
        assert np.array_equal(getattr(theirs[-1], name), getattr(own[-1], name))
    assert theirs[-1].distances == own[-1].distances
    assert next(learn(replace(SHORT, seed=4))).loss != own[0].loss


def test_a_drawing_is_learned(monkeypatch):
    monkeypatch.setattr(module, "JUDGED", PARTICLES)
    line = tuple((x / 20, 1.0) for x in range(-20, 21))
    *_, flow = learn(Plane(OWN, steps=300, points=line))
    assert abs(np.median(flow.ddim[-1][:, 1]) - 1) < 0.1
    assert flow.distances["ddim"] < 0.4 * flow.distances["noise"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"shape": "torus"}, "cloud must be one of moons, spiral"),
        ({"steps": 50}, "100 to 4,000 steps"),
        ({"steps": 150.5}, "a whole number"),
        ({"seed": -1}, "seed must be"),
        ({"seed": True}, "seed must be"),
        ({"shape": OWN}, "Draw 20 to 600 points; there are 0 now"),
        ({"shape": OWN, "points": ((0.0, 0.0),) * 601}, "there are 601 now"),
        ({"shape": OWN, "points": ((0.0, 2.5),) * 30}, "two numbers from -2 to 2"),
        ({"shape": OWN, "points": ((0.0, math.nan),) * 30}, "two numbers"),
        ({"shape": OWN, "points": ((0.0,),) * 30}, "two numbers"),
        ({"shape": OWN, "points": (("0", "1"),) * 30}, "two numbers"),
    ],
)
def test_impossible_clouds_are_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(SHORT, **wrong)


# --- the recorded one ---


def test_the_recorded_flow_is_that_of_the_default_settings():
    run, certificate = artifacts.load_run("plane-spiral"), artifacts.certificate("plane-spiral")
    config = Plane(**certificate.config)
    assert config == Plane()
    assert len(run["loss"]) == config.steps
    assert run["there"].shape == (len(SHOWN), PARTICLES, 2)
    first = next(module.learn(config))
    assert run["loss"][0] == pytest.approx(first.loss, rel=1e-4)
    spiral = CLOUDS["spiral"](PARTICLES, torch.Generator().manual_seed(1))
    nearest = torch.cdist(torch.from_numpy(run["ddim"][-1].astype(np.float32)), spiral).min(1).values
    assert nearest.median() < 0.1
