"""The landscape section: what it says, and what it refuses."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from models.core import artifacts
from models.deeper import photographs
from models.deeper.landscape import Landscape
from visuals.components.surfaces import Surface, surfaces
from visuals.deeper.landscape import section, words
from visuals.deeper.landscape.words import agreement, all_recorded, number, of_one, verdict
from visuals.deeper.nets import of_digits, of_photographs

NETS = of_photographs()
PLAIN_8, RESIDUAL_8 = NETS[:2]
SMALL = Landscape((PLAIN_8, RESIDUAL_8), size=11, reach=0.5, seed=4)


def arrays(plain: np.ndarray, residual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    loss = np.stack([plain, residual])
    return loss, np.zeros_like(loss)


@pytest.mark.parametrize(
    ("plain", "residual", "said"),
    [
        (30, 60, "More of the plane beats guessing around residual-8: its hollow is wider."),
        (60, 30, "More of the plane beats guessing around plain-8: its hollow is wider."),
        (50, 55, "About as much of the plane beats guessing around both: their hollows are about equally wide."),
        (0, 0, "Neither net is anywhere better than guessing"),
    ],
)
def test_the_sentence_about_width_is_true_whatever_comes_out(plain, residual, said):
    """`plain` and `residual`: at how many of 121 places the loss is below that of guessing."""
    surfaces_of = [np.where(np.arange(121).reshape(11, 11) < below, 0.1, 50.0) for below in (plain, residual)]
    assert said in verdict(SMALL, *arrays(*surfaces_of))[-1]


def test_the_sentence_about_one_net_has_its_numbers():
    loss, error = np.full((11, 11), 4.0), np.full((11, 11), 90.0)
    loss[5, 5], error[5, 5] = 0.125, 3.0
    loss[0], loss[-1] = 1e7, np.inf  # half of the rim
    said = of_one(PLAIN_8, 0.5, loss, error)
    assert said.startswith("plain-8 stands at a loss of 0.125 (3 % wrong)")
    assert "at distance 0.5, the median is 1.0 · 10⁷" in said
    assert "on 0.8 % of the plane" in said  # 1 of 121
    loss[5, 5] = 2.0
    assert "it has hardly learned" in of_one(PLAIN_8, 0.5, loss, error)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0012345, "0.00123"),
        (14.63, "14.6"),
        (0.59, "0.590"),
        (11.0, "11.0"),
        (51446.0, "51,446"),
        (2.06e11, "2.1 · 10¹¹"),
        (math.inf, "no finite number"),
    ],
)
def test_losses_in_words(value, said):
    assert number(value) == said


def test_pairs_differ_in_the_shortcut_alone():
    without_norm = replace(PLAIN_8, lane=replace(PLAIN_8.lane, norm=False))
    recorded = [f"plain-{depth} and residual-{depth}" for depth in photographs.DEPTHS]
    assert list(section.two(NETS)) == recorded
    assert list(section.two((*NETS, *of_digits()[:2]))) == [*recorded, "plain-8 and residual-8, from your race"]
    assert section.two((without_norm, RESIDUAL_8)) == {}


@pytest.mark.parametrize(
    ("wider", "said"),
    [
        ({8: 0, 20: 1}, "With 20 layers the residual net's hollow is wider than the plain one's; with 8 layers"),
        ({8: -1, 20: -1}, "With 8 and 20 layers the residual net's hollow is narrower than the plain one's."),
        ({8: 0}, "With 8 layers the residual net's hollow is about as wide as the plain one's."),
    ],
)
def test_how_wide_the_hollows_are_is_said_whatever_comes_out(wider, said):
    assert agreement(wider).startswith(said)


def test_all_recorded_planes_are_told_by_their_numbers():
    flat, deep = np.full((11, 11), 50.0), np.full((11, 11), 50.0)
    flat[5, :], deep[5, 5], deep[0, 0] = 0.1, 0.1, 2e7  # a hollow of 11 places, and one of one
    said = all_recorded({"plain-8": deep, "residual-8": flat})
    assert said["HIGHEST"] == "2.0 · 10⁷ around plain-8 and 50.0 around residual-8"
    assert said["SHARES"] == "0.8 % around plain-8 and 9.1 % around residual-8"
    assert said["PLACES"] == "11 × 11"
    assert "wider" in said["AGREES"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"size": 12}, "odd number of places"),
        ({"size": 11.5}, "whole number from 11 to 31"),
        ({"size": None}, "whole number from 11 to 31"),
        ({"reach": None}, "Distance must be a number"),
        ({"reach": 9}, "Distance must be a number from 0.1 to 2"),
        ({"seed": -1}, "Seed of the directions must be a"),
        ({"seed": float("nan")}, "Seed of the directions must be a whole number"),
        ({"name": "plain-9 and residual-9"}, "from the list"),
        ({"name": None}, "from the list"),
    ],
)
def test_impossible_controls_get_a_sentence(given, sentence):
    controls = {"name": "plain-8 and residual-8", "size": 11, "reach": 1, "seed": 0} | given
    with pytest.raises(ValueError, match=sentence):
        section.config_of(NETS, **controls)


def test_the_recorded_surfaces_in_words_and_picture_are_those_of_the_run():
    run, certificate = artifacts.load_run(section.RUN), artifacts.certificate(section.RUN)
    names, middle = certificate.config["axes"]["net"], certificate.config["size"] // 2
    pair = NETS[-2:]
    value = section.recorded_picture(pair, run=1)
    said = words.recorded_outcome(*section.recorded_of(pair))
    for net, drawn in zip(pair, value["surfaces"], strict=True):
        loss = run["loss"][names.index(net.lane.name)]
        assert drawn["name"] == net.lane.name
        np.testing.assert_allclose(np.array(drawn["heights"], float), loss, rtol=1e-5)
        assert net.lane.name in said
        assert f"<td>{number(loss[middle, middle])}</td>" in said
        assert f"<td>{number(np.median(np.r_[loss[0], loss[-1], loss[1:-1, 0], loss[1:-1, -1]]))}</td>" in said


def test_what_json_cannot_hold_is_told_apart():
    heights = np.array([[np.nan, np.inf, 1 / 3], [0, 1, 2], [3, 4, 5]])
    surface = Surface("a", "black", heights, np.full((3, 3), np.nan))
    value = surfaces(1, "", np.array([-1, 0, 1]), (surface,), ("x", "y", "loss"), "", 5)
    assert json.loads(json.dumps(value, allow_nan=False))["surfaces"][0]["heights"][0] == [None, "inf", 0.333333]
