"""One pass: what it reports is what the trained network computes, and it serves all views."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from models.core import artifacts
from models.wider import activations
from models.wider.activations import SEEN, Pass, Trained, influence, run, shrink, trained
from models.wider.googlenet import BRANCHES, INCEPTIONS, GoogLeNet, normalise
from models.wider.receptive import fields


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    """A soft random picture, wider than high."""
    rng = np.random.default_rng(0)
    small = Image.fromarray(rng.integers(0, 256, (9, 14, 3), np.uint8))
    return np.asarray(small.resize((280, 180), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def seen(image) -> Pass:
    return run(image)


@pytest.fixture(scope="module")
def stages(seen) -> dict[str, torch.Tensor]:
    """The trunk's outputs on the picture that was seen, computed here."""
    network = trained().network
    x = torch.from_numpy(seen.seen).permute(2, 0, 1)[None].float()
    x = normalise(F.interpolate(x, network.config["image_size"], mode="bilinear", align_corners=False))
    with torch.inference_mode():
        return {"picture": x} | dict(network.stages(x))


def test_five_likeliest_classes_of_every_head(seen, stages):
    network, classes = trained().network, trained().classes
    with torch.inference_mode():
        logits = network(stages["picture"])._asdict()
    assert list(seen.heads) == ["aux_4a", "aux_4d", "main"]
    for head, likeliest in seen.heads.items():
        shares = logits[head][0].softmax(0)
        order = shares.argsort(descending=True)[:5].tolist()
        assert [name for name, _ in likeliest] == [classes[i] for i in order]
        assert [p for _, p in likeliest] == pytest.approx(shares[order].tolist(), rel=1e-5)


def test_a_pass_keeps_what_is_shown_and_no_more(seen, stages):
    assert set(seen.outputs) == {row.name for row in INCEPTIONS} | set(activations.STEM)
    for name, output in seen.outputs.items():
        np.testing.assert_allclose(output, stages[name][0].numpy(), rtol=1e-5, atol=1e-6)


def test_another_network_is_looked_up_by_its_name(image, monkeypatch):
    """One that takes pictures as large as they can enter, without a smaller size before."""
    network = GoogLeNet(7, 128).eval()
    other = Trained(network, tuple("abcdefg"), None, normalise, INCEPTIONS, fields())
    monkeypatch.setitem(activations.NETWORKS, "other", lambda: other)
    found = run(image, "other")
    assert found.seen.shape == (128, 128, 3)
    assert len(found.classes) == 7
    assert {name for name, _ in found.heads["main"]} < set("abcdefg")
    assert found.shapes["3a"] == (256, 16, 16)
    assert found.maps("3a")["5x5"].pixels.shape == (32, 16, 16)
    assert influence(found, "3a", "pool", 0, (8, 8)).shape == (128, 128)
    activations._load.cache_clear()


def test_pictures_are_compared_as_objects(seen):
    """What a visitor's state notices as a change: a new pass, not new numbers in it."""
    assert seen == seen
    assert hash(seen) != hash(replace(seen))


@pytest.mark.parametrize("name", [row.name for row in INCEPTIONS])
def test_maps_are_those_of_the_module_s_own_branches(seen, stages, name):
    network = trained().network
    before = list(stages)[list(stages).index(name) - 1]
    with torch.inference_mode():
        branches = network.inceptions[name].branches(stages[before])
    assert tuple(seen.maps(name)) == BRANCHES
    for branch, maps in seen.maps(name).items():
        expected = branches[branch][0]
        np.testing.assert_allclose(maps.means, expected[maps.channels].mean((1, 2)), rtol=1e-4)
        np.testing.assert_allclose(maps.maxima, expected[maps.channels].amax((1, 2)), rtol=1e-4)
        assert maps.largest == pytest.approx(expected.max().item(), rel=1e-5)
        shown = maps.pixels.astype(float) * maps.largest / 255
        np.testing.assert_allclose(shown, expected[maps.channels].numpy(), atol=0.51 * maps.largest / 255)


def test_the_strongest_channel_comes_first_and_none_is_lost(seen):
    for row in INCEPTIONS:
        for maps in seen.maps(row.name).values():
            assert sorted(maps.channels) == list(range(len(maps.pixels)))
            assert (np.diff(maps.means) <= 0).all()


def test_shapes_are_measured_and_in_the_order_of_the_network(seen, stages):
    assert list(seen.shapes) == list(stages)
    assert seen.shapes["picture"] == (3, 96, 96)
    assert seen.shapes["4a"] == (512, 6, 6)
    assert seen.shapes["avgpool"] == (1024,)


def test_only_the_central_square_counts(image, seen):
    square = image[:, 50:230]
    np.testing.assert_array_equal(run(square).seen, seen.seen)
    assert seen.seen.shape == (SEEN, SEEN, 3)


def test_shrinking_averages_and_does_not_pick_single_pixels():
    stripes = np.zeros((640, 640, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(shrink(stripes).float().numpy() - 127.5).max() < 4  # the outermost pixels see half of a stripe more
    ramp = np.linspace(0, 255, 512).astype(np.uint8)[None, :, None].repeat(512, 0).repeat(3, 2)
    pillow = np.asarray(Image.fromarray(ramp).resize((SEEN, SEEN), Image.Resampling.BILINEAR))
    np.testing.assert_allclose(shrink(ramp)[0].permute(1, 2, 0).numpy(), pillow, atol=1)


def test_a_training_picture_goes_in_as_it_is():
    picture = np.random.default_rng(1).integers(0, 256, (SEEN, SEEN, 3), np.uint8)
    np.testing.assert_array_equal(run(picture).seen, picture)


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (3000, 20)])
def test_any_size_works(shape):
    result = run(np.full((*shape, 3), 200, np.uint8))
    assert sum(p for _, p in result.heads["main"]) <= 1 + 1e-6


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)],
)
def test_anything_but_an_rgb_picture_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        run(wrong)


def same(a: Pass, b: Pass) -> bool:
    """Equal in everything but the time it took."""
    a, b = (pickle.dumps((x.seen, x.logits, x.outputs, x.shapes)) for x in (a, b))
    return a == b


def test_the_same_picture_gives_the_same_run(image, seen):
    assert same(run(image), seen)


def one_thread(image: np.ndarray) -> Pass:
    torch.set_num_threads(1)
    return run(image)


def test_a_forked_process_gives_the_same_run(image, seen):
    """As on ZeroGPU: the picture and the pass are pickled, nothing else is shared."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        assert same(pool.submit(one_thread, image).result(timeout=60), seen)


def test_many_visitors_at_once_load_the_weights_once(image, seen, monkeypatch):
    loads = []
    load_weights = artifacts.load_weights
    monkeypatch.setattr(artifacts, "load_weights", lambda *a: loads.append(a) or load_weights(*a))
    activations._load.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        passes = list(pool.map(run, [image] * 8))
    assert len(loads) == 1
    assert all(same(each, seen) for each in passes)


def test_missing_weights_are_named(image, monkeypatch, tmp_path):
    monkeypatch.setattr(artifacts, "ASSETS", tmp_path)
    activations._load.cache_clear()
    with pytest.raises(artifacts.ArtifactError, match=r"googlenet"):
        run(image)
    monkeypatch.undo()
    activations._load.cache_clear()
    run(image)
