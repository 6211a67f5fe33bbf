"""The experiment of tab 3: there by Eq. 2, back by the sampler, the same for the same seed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch

from models.core import artifacts
from models.core.resnet import ResNet
from models.noisier import denoise, images
from models.noisier.denoise import Floats, Journey, travel
from models.noisier.diffusion.process import q_step
from models.noisier.diffusion.sampling import DPMSolver, ddim_step, p_sample, sample
from models.noisier.diffusion.schedule import respace
from models.noisier.replay import stack, unstack
from models.train.noisier.quality import generate
from visuals.components.player import message

SHORT = Journey(steps=10, seed=4)


@pytest.fixture(scope="module")
def start() -> np.ndarray:
    return artifacts.load_run("journey-mnist")["samples"][7]


@pytest.fixture(scope="module")
def frames(start) -> list[denoise.Frame]:
    return list(travel(SHORT, start))


def test_the_way_back_starts_at_the_noise_that_the_way_there_ended_with(frames, start):
    there = [frame for frame in frames if frame.way == "there"]
    back = [frame for frame in frames if frame.way == "back"]
    assert (there[0].t, there[-1].t, back[0].t, back[-1].t) == (0, 1000, 1000, 0)
    np.testing.assert_array_equal(there[0].xt, start[None])
    np.testing.assert_array_equal(there[-1].xt, back[0].xt)


def test_every_frame_is_its_share_of_picture_and_noise(frames):
    for frame in frames:
        assert frame.signal**2 + frame.noise**2 == pytest.approx(1)
        x0, eps = frame.x0 / 127.5 - 1, (frame.eps / 127.5 - 1) * 3
        inside = (frame.eps > 0) & (frame.eps < 255) & (frame.xt > 0) & (frame.xt < 255)
        if frame.way == "back":  # there the network's x0 is clipped, and Eq. 15 holds only where it was not
            inside &= (frame.x0 > 0) & (frame.x0 < 255)
        mixed = (frame.signal * x0 + frame.noise * eps + 1) * 127.5
        assert np.abs(mixed - frame.xt)[inside].max(initial=0) < 3  # all three pictures are rounded to 256 levels


@pytest.mark.parametrize(("steps", "back"), [(5, 6), (50, 51), (108, 109), (109, 109), (1000, 109)])
def test_every_step_has_a_frame_and_the_longest_run_stays_small(steps, back):
    there, shown = denoise.timeline(Journey(steps=steps))
    assert denoise.frames_of(Journey(steps=steps)) == (41 + back, 41)
    assert (len(there), there[0], there[-1]) == (41, 0, 1000)
    assert (len(shown), shown[0], shown[-1]) == (back, 0, steps)


@pytest.mark.parametrize("samples", denoise.SAMPLES)
@pytest.mark.parametrize("network", denoise.NETWORKS)
def test_no_run_is_larger_than_150_frames_and_2_mb(network, samples):
    """The longest run's messages as JSON, counted with one frame of each way, as all frames of a way are as large."""
    journey = Journey(network, steps=1000, samples=samples)
    total, turn = denoise.frames_of(journey)
    channels = denoise.network(network).config["channels"]
    values = np.zeros((samples, channels, 32, 32), np.float32)
    floats = Floats(*[values] * 6)
    there = denoise.frame("there", 1000, 1000, 0.5, floats, torch.zeros(values.shape))
    back = denoise.frame("back", 1000, 1000, 0.5, floats)
    sizes = [len(json.dumps(message(1, total, turn, 0, [frame], play=True))) for frame in (there, back)]
    assert 10 <= total <= 150
    assert turn >= 4
    assert turn * sizes[0] + (total - turn) * sizes[1] < 2_000_000


@pytest.mark.parametrize("samples", [4, 16])
def test_several_pictures_start_at_one_and_go_their_own_ways(start, samples):
    frames = list(travel(Journey(steps=5, samples=samples, label=None), start))
    assert all(frame.xt.shape == frame.x0.shape == (samples, 32, 32, 1) for frame in frames)
    assert all(frame.eps is None and frame.before is None and frame.closed is None for frame in frames)
    assert (frames[0].xt == start).all()
    assert len({picture.tobytes() for picture in frames[-1].xt}) == samples
    assert len(frames) == denoise.frames_of(Journey(steps=5, samples=samples))[0]


def test_each_frame_leads_to_the_next(frames):
    """x_{t-1} of a step is x_t of the step after it; on the way there, what Eq. 2 started from."""
    back = [frame for frame in frames if frame.way == "back"]
    for now, after in pairwise(back):
        np.testing.assert_array_equal(now.floats.before, after.floats.xt)
        np.testing.assert_array_equal(now.before, after.xt)
    assert back[-1].before is None
    for frame in (frame for frame in frames if frame.way == "there" and frame.t):
        before, z = map(torch.from_numpy, (frame.floats.before, frame.floats.z))
        np.testing.assert_array_equal(q_step(denoise.TRAINED_ON, before, frame.t, z).numpy(), frame.floats.xt)
        assert frame.before is None


@pytest.mark.parametrize("view", denoise.VIEWS)
def test_the_closed_form_has_its_own_noise_and_the_same_factors(start, view):
    journey = Journey(steps=5, view=view)
    there = [frame for frame in travel(journey, start) if frame.way == "there"]
    noise = denoise.one_noise(journey, 1)
    for frame in there:
        alpha_bar = denoise.VIEWS[view].alpha_bar[frame.t]
        factors = alpha_bar.sqrt().item(), (1 - alpha_bar).sqrt().item()
        assert (frame.signal, frame.noise) == pytest.approx(factors)
        x0 = images.to_tensor(start)[None]
        xt = (alpha_bar.sqrt() * x0 + (1 - alpha_bar).sqrt() * noise).float()
        assert np.abs(images.to_image(xt[0]).astype(int) - frame.closed[0]).max() <= 1
    # independent of the chain: of 1,024 pixels the correlation is below four standard errors
    assert abs(np.corrcoef(noise.flatten(), there[-1].floats.eps.flatten())[0, 1]) < 4 / 32


def test_the_way_there_on_another_schedule_ends_at_noise_too(start):
    linear, cosine = (list(travel(Journey(steps=5, view=view), start)) for view in denoise.VIEWS)
    ends = [next(frame for frame in way if frame.way == "there" and frame.t == 1000) for way in (linear, cosine)]
    assert all(0.9 < frame.floats.xt.std() < 1.1 for frame in ends)
    back = [[(frame.t, frame.signal) for frame in way if frame.way == "back"] for way in (linear, cosine)]
    assert back[0] == back[1]


def test_the_same_journey_gives_the_same_pictures_and_another_seed_others(frames, start):
    for ours, again in zip(frames, travel(SHORT, start), strict=True):
        np.testing.assert_array_equal(ours.xt, again.xt)
    *_, other = travel(Journey(steps=10, seed=5), start)
    assert not np.array_equal(frames[-1].xt, other.xt)


RULES = [
    ({"sampler": "ddpm"}, p_sample),
    ({"sampler": "ddpm", "sigma": "beta_tilde"}, partial(p_sample, sigma="beta_tilde")),
    ({"sampler": "ddim"}, ddim_step),
    ({"sampler": "ddim", "eta": 0.5}, partial(ddim_step, eta=0.5)),
    ({"sampler": "dpm++"}, DPMSolver()),
]


@pytest.mark.parametrize(("choice", "rule"), RULES, ids=[" ".join(map(str, choice.values())) for choice, _ in RULES])
def test_the_way_back_is_the_sampler_called_directly(start, choice, rule):
    journey = Journey(steps=6, guidance=2.0, label=5, **choice)
    rng = torch.Generator().manual_seed(journey.seed)
    xt = images.to_tensor(start)[None]
    for beta in torch.linspace(1e-4, 0.02, 1000):
        xt = (1 - beta).sqrt() * xt + beta.sqrt() * torch.randn(xt.shape, generator=rng)
    predict = denoise.predictor(denoise.network("mnist"), torch.tensor([5]), 2.0)
    *_, last = sample(respace(denoise.TRAINED_ON, 6), predict, xt, rng, rule)
    *_, frame = travel(journey, start)
    difference = frame.xt[0].astype(int) - images.to_image(last.x_before[0])
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize(("frames_seen", "calls_made"), [(1, 0), (41, 0), (42, 1), (44, 3)])
def test_closing_the_journey_stops_the_network_within_one_step(start, frames_seen, calls_made):
    calls = []
    hook = denoise.network("mnist").register_forward_hook(lambda *_: calls.append(1))
    journey = travel(Journey(steps=50), start)
    for _ in range(frames_seen):
        next(journey)
    journey.close()
    hook.remove()
    assert len(calls) == calls_made


def test_the_recorded_journey_is_the_one_that_is_computed_now():
    run, config = artifacts.load_run("journey-mnist"), dict(artifacts.certificate("journey-mnist").config)
    start = run["samples"][config.pop("start")]
    now, recorded = list(travel(Journey(**config), start)), unstack(run)
    assert config == asdict(Journey())
    assert [(f.way, f.t) for f in now] == [(f.way, f.t) for f in recorded]
    assert [f.signal for f in now] == pytest.approx([f.signal for f in recorded])
    for ours, theirs in zip(now[:41], recorded[:41], strict=True):
        np.testing.assert_array_equal(ours.closed, theirs.closed)
    # other processors add in another order, and 50 steps carry the difference on
    assert np.abs(now[-1].xt.astype(float) - recorded[-1].xt).mean() < 2


def test_a_run_that_is_kept_comes_back_as_it_was(frames):
    for ours, again in zip(frames, unstack(stack(frames)), strict=True):
        for name in ("way", "step", "t"):
            assert getattr(ours, name) == getattr(again, name)
        for name in ("xt", "x0", "eps", "before", "closed"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(again, name))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"network": "imagenet"}, "network"),
        ({"label": 10}, "class"),
        ({"label": 1.5}, "class"),
        ({"sampler": "euler"}, "sampler"),
        ({"steps": 4}, "Steps"),
        ({"steps": 1001}, "Steps"),
        ({"steps": True}, "Steps"),
        ({"guidance": float("nan")}, "Guidance"),
        ({"guidance": "high"}, "Guidance"),
        ({"seed": -1}, "seed"),
        ({"seed": None}, "seed"),
        ({"samples": 2}, "pictures"),
        ({"samples": True}, "pictures"),
        ({"eta": 1.5}, "Eta"),
        ({"eta": None}, "Eta"),
        ({"sigma": "learned"}, "Sigma"),
        ({"sigma": ["beta"]}, "Sigma"),
        ({"view": "square"}, "schedule"),
        ({"network": ["mnist"]}, "network"),
        ({"sampler": {}}, "sampler"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(wrong, says):
    with pytest.raises(ValueError, match=rf"{says}.*\.$"):
        Journey(**wrong)


def test_a_start_of_another_shape_is_refused(start):
    with pytest.raises(ValueError, match="start"):
        next(travel(Journey(network="cifar10"), start))


def test_shipped_digits_are_read_as_the_class_that_was_asked_for():
    config = dict(artifacts.certificate("classifier-mnist").config)
    config.pop("classes")
    judge = artifacts.load_weights("classifier-mnist", ResNet(**config))
    images, asked = generate(denoise.network("mnist"), 20, torch.zeros(1, 1, 32, 32), seed=1)
    with torch.no_grad():
        right = (judge(images).argmax(1) == asked).sum()
    assert right >= 18
    metrics = artifacts.certificate("ddpm-mnist").metrics
    assert metrics["class_accuracy"] >= 97
    assert metrics["parameters"] < 2_000_000


def test_journeys_at_the_same_time_show_what_each_shows_alone(start):
    """Their calls of the network may be one batch, whose sums come in another order: at most one grey level."""
    journeys = [Journey("mnist", steps=8, seed=seed) for seed in range(4)]

    def ends(journey: Journey) -> np.ndarray:
        *_, last = travel(journey, start)
        return last.xt.astype(int)

    alone = [ends(journey) for journey in journeys]
    with ThreadPoolExecutor(len(journeys)) as pool:
        together = list(pool.map(ends, journeys))
    for one, other in zip(alone, together, strict=True):
        assert np.abs(one - other).max() <= 1
