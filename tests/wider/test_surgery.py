"""Surgery: what is off is zero, everything else is as before, and the differences are those of plain passes."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from torch.nn import functional as F

from models.core import artifacts
from models.core.data import DataError
from models.wider import activations, surgery
from models.wider.googlenet import INCEPTIONS, normalise
from models.wider.surgery import LAYERS, MODULES, PARTS, Cut, Part, changes, operate, summary, without
from models.wider.validation import read_pictures
from tests import in_fork

KNOWN = activations.trained()
PICTURES = np.random.default_rng(1).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
LABELS = np.array([3, 0, 51])


def zeroed(*parts: Part) -> torch.nn.Module:
    """The network with weights and biases of these layers set to zero: after the ReLU that is zero too."""
    network = copy.deepcopy(KNOWN.network)
    with torch.no_grad():
        for part in parts:
            layer = network.get_submodule(f"inceptions.{part.module}.{LAYERS[part.name]}")
            layer.weight.zero_()
            layer.bias.zero_()
    return network


def x_of(pictures: np.ndarray) -> torch.Tensor:
    """Written once more, without the functions of the app."""
    whole = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    return normalise(F.interpolate(whole, 96, mode="bilinear", align_corners=False))


# --- switching off ---


@pytest.mark.parametrize("off", [(Part("3a", "1x1"),), (Part("4d", "5r"),), tuple(PARTS[k] for k in (1, 9, 26, 46))])
def test_a_part_that_is_off_is_one_without_weights(off):
    x = x_of(PICTURES)
    with torch.inference_mode():
        for got, expected in zip(without(KNOWN.network, off)(x), zeroed(*off)(x), strict=True):
            torch.testing.assert_close(got, expected)


def test_the_network_itself_is_not_touched_and_its_weights_are_not_copied():
    x = x_of(PICTURES[:1])
    with torch.inference_mode():
        before = KNOWN.network(x)
        operated = without(KNOWN.network, PARTS)
        torch.testing.assert_close(KNOWN.network(x), before, rtol=0, atol=0)
    assert {p.data_ptr() for p in operated.parameters()} == {p.data_ptr() for p in KNOWN.network.parameters()}


@pytest.mark.parametrize("name", LAYERS)
def test_only_the_branch_s_own_channels_change(name):
    """A branch is zero; without its reduction's output a branch is left with its biases, the same everywhere."""
    module = KNOWN.network.inceptions["4b"]
    x = torch.rand(2, 512, 6, 6)
    with torch.inference_mode():
        before, after = module.branches(x), without(KNOWN.network, [Part("4b", name)]).inceptions["4b"].branches(x)
    branch = {"3r": "3x3", "5r": "5x5"}.get(name, name)
    for other in before.keys() - {branch}:
        assert torch.equal(before[other], after[other])
    if name in before:
        assert after[branch].abs().max() == 0
    else:
        bias = module.get_submodule(f"conv{branch}").bias.relu()
        torch.testing.assert_close(after[branch], bias[None, :, None, None].expand_as(after[branch]))


@pytest.mark.parametrize("off", [(Part("4c", "3x3"), Part("5a", "pool")), (Part("3a", "5r"),), (Part("5b", "1x1"),)])
def test_an_operation_starts_from_the_maps_of_a_pass_and_ends_like_a_plain_one(off):
    picture = PICTURES[0]
    found = operate(activations.run(picture), off)
    with torch.inference_mode():
        before, after = KNOWN.network(x_of(picture[None])), zeroed(*off)(x_of(picture[None]))
    for head in before._fields:
        np.testing.assert_allclose(found.before[head], getattr(before, head)[0].softmax(0), atol=1e-6)
        np.testing.assert_allclose(found.after[head], getattr(after, head)[0].softmax(0), atol=1e-6)
    assert found.milliseconds > 0


def test_a_head_before_the_first_part_that_is_off_says_exactly_the_same():
    found = operate(activations.run(PICTURES[0]), (Part("4c", "3x3"), Part("5a", "pool")))
    np.testing.assert_array_equal(found.before["aux_4a"], found.after["aux_4a"])  # 4a comes before 4c
    assert not np.allclose(found.before["aux_4d"], found.after["aux_4d"])


def test_with_nothing_off_nothing_runs(monkeypatch):
    of = activations.run(PICTURES[0])
    monkeypatch.setattr(torch.nn.Module, "__call__", lambda *_: pytest.fail("a network runs"))
    found = operate(of, ())
    assert (found.before.keys(), found.milliseconds) == (found.after.keys(), 0)


# --- what is lost without a part ---


@pytest.mark.parametrize("labelled", [True, False])
def test_scores_are_those_of_whole_passes(labelled, monkeypatch):
    monkeypatch.setattr(surgery, "CHUNK", 2)
    events = list(changes(PICTURES, LABELS if labelled else None))
    assert [(event.start, event.part) for event in events] == [(k, part) for k in (0, 2) for part in PARTS]
    with torch.inference_mode():
        whole = KNOWN.network(x_of(PICTURES)).main.softmax(1)
    answers = whole.argmax(1)

    def score(p: torch.Tensor) -> torch.Tensor:
        return (p.argmax(1) == torch.from_numpy(LABELS)) if labelled else p[range(3), answers]

    for event in (e for e in events if e.part in (PARTS[0], PARTS[22], PARTS[35], PARTS[53])):
        here = slice(event.start, event.start + len(event.cut))
        with torch.inference_mode():
            cut = zeroed(event.part)(x_of(PICTURES)).main.softmax(1)
        np.testing.assert_allclose(event.whole, score(whole)[here], atol=1e-5)
        np.testing.assert_allclose(event.cut, score(cut)[here], atol=1e-5)


def test_closing_ends_it_within_one_part(monkeypatch):
    steps, onward = [], surgery.onward
    monkeypatch.setattr(surgery, "onward", lambda *args: (steps.append(1), onward(*args))[1])
    running = changes(PICTURES, None)
    next(running), next(running)
    running.close()
    assert len(steps) == 2
    assert not torch.is_inference_mode_enabled()


def test_a_forked_process_gives_the_same_events():
    """As on ZeroGPU: pictures and events are pickled, nothing else is shared."""
    there = in_fork.run(changes, PICTURES[:1], LABELS[:1])
    for event, same in zip(there, changes(PICTURES[:1], LABELS[:1]), strict=True):
        assert isinstance(event, Cut)
        assert (event.part, event.start) == (same.part, same.start)
        np.testing.assert_allclose([*event.whole, *event.cut], [*same.whole, *same.cut], atol=1e-6)


@pytest.mark.parametrize(
    ("pictures", "labels"),
    [
        (PICTURES[:0], None),
        (PICTURES.astype(float), None),
        (PICTURES[:, :32], None),
        (PICTURES[0], None),
        (PICTURES, LABELS[:2]),
    ],
)
def test_what_cannot_be_measured_is_refused(pictures, labels):
    with pytest.raises(ValueError, match=r"expected|as many labels"):
        next(changes(pictures, labels))


def test_the_interval_is_that_of_paired_differences():
    whole = np.array([1.0, 1, 0, 1, 0, 1, 1, 0])
    cut = np.full((9, 6, 8), np.nan)
    cut[2, 3] = [1, 0, 0, 0, 1, 1, 0, 0]
    cut[4, 1, :5] = [1, 0, 0, 0, 0]
    found = summary(whole, cut)
    assert (found.whole, found.pictures) == (5 / 8, 8)
    differences = cut[2, 3] - whole
    low, high = stats.t.interval(0.95, 7, differences.mean(), stats.sem(differences))
    assert (found.mean[2, 3], found.low[2, 3], found.high[2, 3]) == pytest.approx((-2 / 8, low, high))
    assert found.mean[4, 1] == pytest.approx(-2 / 5)  # of the five pictures that have been measured
    assert np.isnan(found.mean).sum() == 54 - 2
    cut[0, 0] = whole
    found = summary(whole, cut)
    assert found.mean[0, 0] == 0
    assert np.isnan(found.low[0, 0])  # eight pictures that do not change prove little


# --- the held-out pictures ---


@pytest.fixture
def small_folder(tmp_path):
    for k, name in enumerate(artifacts.certificate(activations.WEIGHTS).config["classes"]):
        folder = tmp_path / "val" / name
        folder.mkdir(parents=True)
        Image.fromarray(np.full((64, 64), k, np.uint8)).save(folder / "grey.png")
    return tmp_path


def test_held_out_pictures_come_with_the_network_s_own_numbers_of_their_classes(small_folder):
    found = read_pictures(small_folder)
    assert found.available == len(found.labels) == 52
    assert found.pictures.shape == (52, 64, 64, 3)
    np.testing.assert_array_equal(found.pictures[:, 5, 5, 1], found.labels)
    few = read_pictures(small_folder, 10)
    np.testing.assert_array_equal(few.labels, found.labels[:10])
    assert few.available == 52


def test_a_folder_that_is_not_whole_is_told(small_folder, tmp_path):
    (small_folder / "val" / "tabby" / "grey.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"grey\.png .* cannot be read"):
        read_pictures(small_folder)
    (small_folder / "val" / "tabby" / "grey.png").unlink()
    with pytest.raises(DataError, match="no pictures of tabby"):
        read_pictures(small_folder)
    Image.new("RGB", (32, 64)).save(small_folder / "val" / "tabby" / "small.png")
    with pytest.raises(DataError, match="not 64 x 64"):
        read_pictures(small_folder)


# --- the recorded run ---


def test_the_recorded_run_is_the_trained_network_s_and_its_metrics_are_its_arrays():
    run, certificate = artifacts.load_run("surgery"), artifacts.certificate("surgery")
    assert run["cut"].shape == (len(MODULES), len(LAYERS), 2600)
    trained = artifacts.certificate(activations.WEIGHTS).metrics
    assert 100 * run["whole"].mean() == pytest.approx(trained["main_top1"], abs=0.2)  # another machine's rounding
    assert 100 * run["whole"].mean() == pytest.approx(certificate.metrics["main_top1"], abs=0.006)
    for row, module in enumerate(MODULES):
        for column, name in enumerate(LAYERS):
            stated = certificate.metrics["main_top1_without"][module][name]
            assert 100 * run["cut"][row, column].mean() == pytest.approx(stated, abs=0.006)
    assert sorted(set(run["labels"].tolist())) == list(range(52))


def test_parts_are_named_once_and_fit_a_link():
    assert len({str(part) for part in PARTS}) == len(INCEPTIONS) * 6 == 54
    assert len(",".join(map(str, PARTS))) < 400
