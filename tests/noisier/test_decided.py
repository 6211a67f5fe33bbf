"""Splitting a chain at x_t, and guidance: the same noise, and new noise, where they should be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.core import artifacts
from models.noisier import guidance, reverse_chains
from models.noisier.decided import CONTINUATIONS, FREEZE, RULE, STEPS, Frozen, Split, from_picture, split
from models.noisier.denoise import TRAINED_ON, network, predictor
from models.noisier.diffusion.process import q_sample
from models.noisier.diffusion.sampling import ddim_step, sample
from models.noisier.diffusion.schedule import respace
from models.noisier.guidance import SCALES, Strip, strip
from models.noisier.images import to_image, to_tensor
from models.noisier.reverse_chains import Row

SMALL = Split(seed=5, steps=20)


@pytest.fixture(scope="module")
def events() -> list[Row | Frozen]:
    return list(split(SMALL))


def finished(events) -> list[Row]:
    return [event for event in events if isinstance(event, Row) and event.finished]


def test_a_row_begins_with_what_the_chain_held_at_its_time(events):
    rng = torch.Generator().manual_seed(SMALL.seed)
    unet = network("mnist")
    predict = predictor(unet, torch.tensor([unet.num_classes]), 1.0)
    xT = torch.randn(1, 1, 32, 32, generator=rng)
    held = {step.t: step for step in sample(respace(TRAINED_ON, SMALL.steps), predict, xT, rng, RULE)}
    frozen = [event for event in events if isinstance(event, Frozen)]
    assert [event.t for event in frozen] == list(FREEZE)
    for event in frozen:
        np.testing.assert_array_equal(event.xt, to_image(held[event.t].xt[0]))
        assert event.signal == pytest.approx(TRAINED_ON.alpha_bar[event.t].item() ** 0.5)
    own = finished(events)[0]
    np.testing.assert_array_equal(own.pictures[0], to_image(held[min(held)].x_before[0]))


def test_only_the_steps_that_are_left_are_taken_and_every_way_on_is_its_own(events):
    own, *rows = finished(events)
    assert own.steps == 20
    assert [row.steps for row in rows] == [20, 15, 10, 5]
    for row in rows:
        assert len({picture.tobytes() for picture in row.pictures}) == CONTINUATIONS
        assert len(row.seen) == CONTINUATIONS
    apart = [reverse_chains.variety(row.pictures) for row in rows]
    assert apart[3] < apart[2] < apart[0]


@pytest.mark.parametrize("steps", STEPS)
def test_every_time_that_can_be_chosen_is_one_of_the_chain(steps):
    assert set(range(50, 1001, 50)) <= set(respace(TRAINED_ON, steps).times.tolist())


def test_a_picture_with_little_noise_comes_back():
    picture = artifacts.load_run("journey-mnist")["samples"][4]
    config = replace(SMALL, times=(100, 900))
    found = list(from_picture(config, picture))
    x0 = to_tensor(picture)[None]
    eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(SMALL.seed))
    np.testing.assert_array_equal(found[0].xt, to_image(q_sample(TRAINED_ON, x0, 100, eps)[0]))
    near, far = finished(found)
    assert reverse_chains.rmse(near.pictures, picture) < 25 < 50 < reverse_chains.rmse(far.pictures, picture)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"network": None}, "network"),
        ({"seed": 1_000_000}, "seed"),
        ({"steps": 50}, "Steps"),
        ({"steps": [20]}, "Steps"),
        ({"times": ()}, "time t"),
        ({"times": (0,)}, "time t"),
        ({"times": (75,)}, "time t"),
        ({"times": (1050,)}, "time t"),
    ],
)
def test_what_cannot_be_split_is_refused_in_a_sentence(wrong, says):
    with pytest.raises(ValueError, match=rf"{says}.*\.$"):
        replace(SMALL, **wrong)


def test_the_recorded_shares_are_those_of_its_chains():
    for name in ("mnist", "cifar10"):
        run, certificate = artifacts.load_run(f"decided-{name}"), artifacts.certificate(f"decided-{name}")
        for column, t in enumerate(run["curve_times"]):
            stated = certificate.metrics[str(t)]
            assert stated["class_kept"] == pytest.approx(100 * run["kept"][:, column].mean(), abs=0.06)
            assert stated["rmse_between"] == pytest.approx(run["variety"][:, column].mean(), abs=0.06)
        assert len(run["kept"]) == certificate.config["chains"]


def test_a_recorded_chain_is_the_one_that_is_computed_now():
    run, certificate = artifacts.load_run("decided-mnist"), artifacts.certificate("decided-mnist")
    own, *rows = finished(split(Split("mnist", certificate.seed, certificate.config["steps"])))
    assert np.abs(own.pictures[0].astype(float) - run["chain_pictures"][0, 0]).mean() < 2
    assert np.abs(rows[3].pictures.astype(float) - run["pictures"][3]).mean() < 2


# --- guidance ---


def test_a_row_is_ddim_at_its_scale_from_the_same_noise():
    config = Strip(label=4, steps=10, seed=9, count=2)
    rows = finished(strip(config))
    assert len(rows) == len(SCALES)
    unet = network("mnist")
    for scale in (0, 1, 3):
        rng = torch.Generator().manual_seed(9)
        xT = torch.randn(2, 1, 32, 32, generator=rng)
        predict = predictor(unet, torch.tensor([4, 4]), float(scale))
        *_, last = sample(respace(TRAINED_ON, 10), predict, xT, rng, ddim_step)
        expected = np.stack([to_image(x) for x in last.x_before])
        assert np.abs(rows[SCALES.index(scale)].pictures.astype(int) - expected).max() <= 1


def test_measures_of_a_strip():
    pictures = np.array([0, 255, 100, 100], np.uint8).reshape(1, 2, 2, 1)
    assert guidance.at_the_ends(pictures) == 0.5
    noise = np.random.default_rng(1).normal(128, 20, (6, 32, 32, 3)).astype(np.uint8)
    assert guidance.relative_variety(noise) == pytest.approx(2**0.5, rel=0.01)
    assert guidance.relative_variety(np.repeat(noise[:1], 3, axis=0)) == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"network": "x"}, "network"),
        ({"label": 10}, "class"),
        ({"label": None}, "class"),
        ({"steps": 26}, "Steps"),
        ({"count": 1}, "pictures"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_what_cannot_be_guided_is_refused_in_a_sentence(wrong, says):
    with pytest.raises(ValueError, match=rf"{says}.*\.$"):
        replace(Strip(), **wrong)


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_recorded_guidance_makes_the_class_clearer(name):
    metrics = artifacts.certificate(f"guidance-{name}").metrics
    assert metrics["0"]["read_as_asked"] < 30 < metrics["1"]["read_as_asked"] < metrics["3"]["read_as_asked"] + 0.1
    assert metrics["8"]["contrast"] > metrics["1"]["contrast"]
    assert metrics["8"]["relative_variety"] < metrics["1"]["relative_variety"]
