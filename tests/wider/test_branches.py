"""Branches: what is drawn and said of maps, receptive fields and normalisation, and what a browser may send."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from models.wider import activations
from models.wider.receptive import fields
from visuals.components.pictures import data_url
from visuals.wider import passes
from visuals.wider.branches import section, stem, view, words
from visuals.wider.examples import EXAMPLES, picture
from visuals.wider.network_map import network_map

VISITOR = SimpleNamespace(session_hash="visitor")


@pytest.fixture(scope="module")
def lion() -> activations.Pass:
    return passes.of_example("lion", "tiny").run


def test_the_strip_has_every_channel_in_the_order_of_the_concatenation(lion):
    value = view.feature_maps(lion, "4b", ("3x3", 0))
    strip = np.concatenate([np.frombuffer(b64decode(branch["strip"]), np.uint8) for branch in value["branches"]])
    means = lion.outputs["4b"].mean((1, 2))
    np.testing.assert_allclose(strip, 255 * np.sqrt(means / means.max()), atol=0.51)
    assert [branch["share"] for branch in value["branches"]] == ["31.2 %", "43.8 %", "12.5 %", "12.5 %"]


def test_pixels_of_half_are_the_fewest_that_hold_it():
    influence = np.array([[4.0, 0.0], [1.0, 3.0]])
    assert words.pixels_of_half(influence) == 1
    assert words.pixels_of_half(np.ones((4, 4))) == 8
    assert words.pixels_of_half(np.eye(3)) == 2


def test_the_sentence_about_a_field_has_its_numbers(lion):
    active = lion.outputs["3a"][:, 0, 0] > 0
    channel = next(int(k) for k in lion.maps("3a")["1x1"].channels if active[k])
    said = view.field(lion, "3a", ("1x1", channel), (0, 0))["effective"]["says"]
    half, share = re.search(
        r"^Half of the influence comes from (\d+) pixels, ([\d.]+) % of those that it", said
    ).groups()
    assert 100 * int(half) / 400 == pytest.approx(float(share), abs=0.05)  # 27 - 7 a side lie in it
    rank = next(k for k, map in enumerate(lion.maps("4a")["3x3"].pixels) if map[2, 2] == 0)
    off = int(lion.maps("4a")["3x3"].channels[rank])
    if lion.outputs["4a"][192 + off, 2, 2] == 0:
        assert "ReLU has switched it off" in view.field(lion, "4a", ("3x3", off), (2, 2))["effective"]["says"]


def test_frames_that_coincide_or_leave_the_picture_are_told(lion):
    said = {name: view.field(lion, name, ("1x1", 0), (1, 1))["frames"] for name in ("3a", "5b")}
    assert said["3a"] == "3×3 and pool coincide."
    assert said["5b"].endswith(
        "pool coincide. All four are larger than the picture: their frames are cut off at the edge."
    )
    sizes = {"1×1": 90, "3×3": 98, "5×5": 99, "pool": 98}
    assert "3×3, 5×5 and pool are larger" in words.frames(sizes, 96)
    assert "5×5 is larger than the picture: its frame is cut off" in words.frames(sizes, 98)


@pytest.mark.parametrize("times", [1, activations.PIXELS])
def test_normalisation_shrinks_by_what_the_sentence_says(lion, times):
    """With AlexNet's constants, and with those for our pixels: alpha times 58²."""
    x = lion.outputs["pool1"]
    y = lion.outputs["lrn1"] if times == 1 else activations.normalised_for_our_pixels(x)
    square = np.pad(x.astype(float) ** 2, ((2, 2), (0, 0), (0, 0)))
    scale = 1 + times**2 * 1e-4 / 5 * sum(square[k : k + 64] for k in range(5))
    np.testing.assert_allclose(y, x / scale**0.75, rtol=1e-5)
    mean, most = 100 * (1 - (x / scale**0.75).sum() / x.sum()), 100 * (1 - scale**-0.75).max()
    said = section.norms_sentence(lion)
    here = f"Normalisation 1 shrinks its input by {mean:.2g} % on average;"
    assert (here if times == 1 else f"for our pixels it would be {mean:.2g} %.") in said
    if times > 1:
        assert mean > 25  # enough to be seen
        assert most > 75
        assert [panel["title"] for panel in stem.norms(lion)["rows"][0]["panels"]][
            2
        ] == "after, constants for our pixels"


def both(module, maps, field) -> tuple[dict, dict]:
    """Maps and field of a module: the maps come first, and once more with the field."""
    (first, nothing), (maps, shown) = section.show_module("lion", "tiny", module, maps, field, VISITOR)
    assert nothing == gr.skip()
    assert first == maps
    return maps, shown


def test_the_maps_do_not_wait_for_the_gradient(lion, monkeypatch):
    monkeypatch.setattr(activations, "influence", lambda *_: pytest.fail("the maps wait"))
    maps, _ = next(section.show_module("lion", "tiny", "4c", None, None, VISITOR))
    assert maps["name"] == "4c"


def test_the_stem_follows_its_strongest_channels_through_the_poolings(lion):
    shown = stem.figures_of(lion)["figures"]
    for (before, after), convolution in zip((shown[1:3], shown[3:]), ("conv1", "conv2"), strict=True):
        order = np.argsort(-lion.outputs[convolution].mean((1, 2)), kind="stable")[:4]
        for figure in (before, after):
            assert f"channels {', '.join(map(str, order))};" in figure["caption"]
            assert len(figure["pictures"]) == 4
        largest = lion.outputs[convolution][order].max()
        pooled = lion.outputs[f"pool{convolution[-1]}"][order[0]]
        assert after["pictures"][0] == data_url(np.rint(255 * np.minimum(1, pooled / largest)).astype(np.uint8))


def test_many_of_the_late_channels_find_nothing_in_a_photograph():
    """About two thirds of those of 5a and half of those of 5b, as the words say."""
    photographs = [name for name, example in EXAMPLES.items() if not example.drawn]
    for module, share in (("5a", 2 / 3), ("5b", 1 / 2)):
        maps = [activations.run(picture(name)).outputs[module] for name in photographs]
        black = [(found.max((1, 2)) == 0).mean() for found in maps]
        assert np.mean(black) == pytest.approx(share, abs=0.06)
        assert np.ptp(black) < 0.25


HOSTILE = [None, "x", 3, [], {}, {"chosen": None}, {"chosen": "9z"}, {"chosen": ["3a"]}, {"chosen": {"a": []}}]


@pytest.mark.parametrize("value", HOSTILE, ids=str)
def test_anything_from_the_browser_is_a_choice_or_the_first_one(lion, value):
    strongest = int(lion.maps("3a")["3x3"].channels[0])
    assert section.channel_of(lion, "3a", value) == ("3x3", strongest)
    assert section.position_of(lion, "3a", ("3x3", 0), value) is None
    maps, shown = both(value if isinstance(value, str) else "9z", value, value)
    assert (maps["name"], shown["module"]) == ("3a", "3a")


@pytest.mark.parametrize("channel", [-1, 128, 1.0, True, "1", None])
def test_a_channel_that_is_not_there_is_the_strongest(lion, channel):
    maps = {"known": "tiny", "name": "3a", "chosen": {"branch": "3x3", "channel": channel}}
    assert section.channel_of(lion, "3a", maps) == ("3x3", int(lion.maps("3a")["3x3"].channels[0]))


def test_the_open_channel_stays_in_its_module_and_network(lion):
    maps = {"known": "tiny", "name": "3a", "chosen": {"branch": "3x3", "channel": 5}}
    strongest = {name: int(lion.maps(name)["3x3"].channels[0]) for name in ("3a", "3b")}
    assert section.channel_of(lion, "3a", maps) == ("3x3", 5)
    assert section.channel_of(lion, "3b", maps) == ("3x3", strongest["3b"])
    assert section.channel_of(lion, "3a", maps | {"known": "imagenet"}) == ("3x3", strongest["3a"])


def test_a_channel_that_finds_nothing_in_another_picture_gives_way_there(lion):
    found = lion.maps("5b")["3x3"]
    silent, speaks = int(found.channels[found.maxima == 0][0]), int(found.channels[1])
    assert found.maxima[0] > 0
    other = view.field(activations.run(picture("temple")), "5b", ("3x3", silent))
    for channel, kept in ((silent, int(found.channels[0])), (speaks, speaks)):
        maps = {"known": "tiny", "name": "5b", "chosen": {"branch": "3x3", "channel": channel}}
        assert section.channel_of(lion, "5b", maps, other) == ("3x3", kept)
    maps = {"known": "tiny", "name": "5b", "chosen": {"branch": "3x3", "channel": silent}}
    here = view.field(lion, "5b", ("3x3", int(found.channels[0])))
    assert section.channel_of(lion, "5b", maps, here) == ("3x3", silent)  # opened beside this picture


@pytest.mark.parametrize("at", [[-1, 0], [0, 12], [0], [0, 0, 0], "00", [True, 0], [1.0, 0], None])
def test_a_position_that_is_not_there_is_none(lion, at):
    shown = {"known": "tiny", "module": "3a", "branch": "3x3", "channel": 5}
    assert section.position_of(lion, "3a", ("3x3", 5), shown | {"at": at}) is None
    assert section.position_of(lion, "3a", ("3x3", 5), shown | {"at": [11, 0]}) == (11, 0)
    assert section.position_of(lion, "3a", ("3x3", 6), shown | {"at": [11, 0]}) is None


def test_what_is_on_the_page_is_not_sent_again(lion):
    values = [json.loads(json.dumps(value)) for value in both("3b", None, None)]
    assert list(section.show_module("lion", "tiny", "3b", *values, VISITOR)) == [(gr.skip(), gr.skip())]
    values[1]["at"] = [0, 0]
    ((maps, shown),) = section.show_module("lion", "tiny", "3b", *values, VISITOR)
    assert maps == gr.skip()
    assert shown["effective"]["at"] == [0, 0]


def test_another_network_s_windows_follow_from_its_fields(lion, monkeypatch):
    """torchvision's 5x5 branch has 3x3 filters, its last max pooling 2x2 positions, and it does not normalise."""
    other = replace(activations.trained(), fields=fields(widest=3, last_pool=2))
    monkeypatch.setitem(activations.NETWORKS, "other", lambda: other)
    outputs = {name: value for name, value in lion.outputs.items() if not name.startswith("lrn")}
    seen = replace(lion, network="other", outputs=outputs, logits={"main": lion.logits["main"]})
    stages = {stage["name"]: stage for stage in network_map(seen)["stages"]}
    assert stages["4b"]["branches"][2]["steps"][1] == ("3×3 convolution", "64 channels")
    assert "2×2 max pooling" in stages["pool4"]["says"]
    assert "no local response normalisation" in section.norms_sentence(seen)
    assert stem.norms(seen)["rows"] == []
    assert stem.figures_of(seen) == stem.figures_of(lion)
    ours = {stage["name"]: stage for stage in network_map(lion)["stages"]}
    assert ours["4b"]["branches"][2]["steps"][1] == ("5×5 convolution", "64 channels")
    assert "3×3 max pooling" in ours["pool4"]["says"]
    activations._load.cache_clear()
