"""The experiment of tab 3: there by Eq. 2, back by the sampler, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import artifacts, denoise
from models.denoise import Journey, travel
from models.diffusion import ddim_step, p_sample, respace, sample
from models.resnet import ResNet
from models.train.quality import generate

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
    np.testing.assert_array_equal(there[0].xt, start)
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
    assert denoise.frames_of(Journey(steps=steps)) == (41 + back, 41)
    assert len(denoise._shown(steps + 1, denoise.FRAMES_BACK)) == back
    assert {0, steps} <= denoise._shown(steps + 1, denoise.FRAMES_BACK)


def test_the_same_journey_gives_the_same_pictures_and_another_seed_others(frames, start):
    for ours, again in zip(frames, travel(SHORT, start), strict=True):
        np.testing.assert_array_equal(ours.xt, again.xt)
    *_, other = travel(Journey(steps=10, seed=5), start)
    assert not np.array_equal(frames[-1].xt, other.xt)


@pytest.mark.parametrize(("sampler", "rule"), [("ddpm", p_sample), ("ddim", ddim_step)])
def test_the_way_back_is_the_sampler_called_directly(start, sampler, rule):
    journey = Journey(steps=6, sampler=sampler, guidance=2.0, label=5)
    rng = torch.Generator().manual_seed(journey.seed)
    xt = denoise.to_tensor(start)[None]
    for beta in torch.linspace(1e-4, 0.02, 1000):
        xt = (1 - beta).sqrt() * xt + beta.sqrt() * torch.randn(xt.shape, generator=rng)
    predict = denoise.predictor(denoise.network("mnist"), torch.tensor([5]), 2.0)
    *_, last = sample(respace(denoise.TRAINED_ON, 6), predict, xt, rng, rule)
    *_, frame = travel(journey, start)
    difference = frame.xt.astype(int) - denoise.to_image(last.x_before[0])
    assert np.abs(difference).max() <= 1


def test_closing_the_journey_stops_the_network_within_one_step(start):
    calls = []
    hook = denoise.network("mnist").register_forward_hook(lambda *_: calls.append(1))
    journey = travel(Journey(steps=1000), start)
    for frame in journey:
        if frame.way == "back":
            break
    journey.close()
    hook.remove()
    assert len(calls) == 1


def test_a_recorded_journey_is_the_one_that_is_computed_now():
    for name in denoise.NETWORKS:
        run, config = artifacts.load_run(f"journey-{name}"), dict(artifacts.certificate(f"journey-{name}").config)
        start = run["samples"][config.pop("start")]
        now = list(travel(Journey(**config), start))
        recorded = denoise.unstack(run)
        assert [(f.way, f.t) for f in now] == [(f.way, f.t) for f in recorded]
        # other processors add in another order, and 50 steps carry the difference on
        assert np.abs(now[-1].xt.astype(float) - recorded[-1].xt).mean() < 2


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
