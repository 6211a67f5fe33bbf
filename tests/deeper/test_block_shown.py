"""The inside of blocks: maps, responses and drops say what the functions give, and what was recorded."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from models.core import artifacts
from models.deeper import photographs
from models.deeper.block import Drop, drops, look, responses
from models.deeper.nets import images, rebuild
from models.deeper.race import Race
from visuals.deeper import nets, shared
from visuals.deeper.block import recorded, section, view, words
from visuals.deeper.block.section import (
    alike,
    choice_of,
    every_drop,
    fit_controls,
    look_inside,
    lost_now,
    respond,
    responding,
    to_choose,
)
from visuals.deeper.nets import Raced, of_digits, of_photographs
from visuals.page import style

NETS = of_photographs()
PAIR = nets.pairs(NETS)["20 layers"]
OWN = of_digits()  # as a race leaves them
VISITOR = SimpleNamespace(session_hash="of these tests")


@pytest.fixture
def raced():
    """A visitor whose race has left nets with 8 and 20 layers."""
    nets.RACED.keep(VISITOR, Raced(Race(), {}, OWN))
    yield VISITOR
    nets.RACED.forget(VISITOR)


@pytest.fixture(scope="module")
def test_set():
    _, _, x, y = images(photographs.NAME)
    return x, y


# --- the nets at hand ---


def test_nets_are_paired_by_what_they_share_and_by_where_they_come_from():
    found = nets.pairs((*OWN[:2], *NETS[::-1]))
    assert list(found) == [*(f"{depth} layers" for depth in photographs.DEPTHS), "8 layers, from your race"]
    assert [net.lane.name for net in found["20 layers"]] == ["plain-20", "residual-20"]
    assert found["8 layers, from your race"] == OWN[:2]
    assert list(nets.pairs(NETS[:1])) == ["8 layers"]


def test_a_race_s_own_nets_join_the_recorded_ones_until_the_visitor_leaves():
    recorded, of_races = of_photographs(), of_digits()  # as they are now: a test before may have had them read again
    own = replace(of_races[0], seed=7)
    nets.RACED.keep(VISITOR, Raced(Race(), {}, (own,)))
    assert shared.at_hand(VISITOR) == (*recorded, own)
    assert shared.to_train_on(VISITOR) == (*of_races[2:], own)  # none that would be compared with a net of another race
    assert "from your race</b>: plain-8" in shared.own_nets(VISITOR)
    nets.RACED.forget(VISITOR)
    assert shared.at_hand(VISITOR) == recorded
    assert shared.to_train_on(VISITOR) == of_races


def test_controls_follow_the_nets_at_hand(raced):
    pair, pictures, block = fit_controls("20 layers", 5, VISITOR)
    assert (pair["value"], block["maximum"], block["value"]) == ("20 layers", 9, 5)
    assert len(pictures["pictures"]) == len(pictures["names"]) == 12
    assert pair["choices"][-2:] == ["8 layers, from your race", "20 layers, from your race"]
    pair, pictures, block = fit_controls("8 layers, from your race", 9, VISITOR)
    assert (pair["value"], block["maximum"], block["value"]) == ("8 layers, from your race", 3, 3)
    assert re.fullmatch(r"test image 1, an? \d", pictures["names"][0])
    pair, _, block = fit_controls("14 layers", 9, VISITOR)
    assert (pair["value"], block["maximum"], block["value"]) == ("8 layers", 3, 3)


def test_pictures_are_the_first_test_images_as_they_are(test_set):
    value, kinds = to_choose(PAIR), artifacts.certificate(photographs.RUN).config["classes"]
    for label, name in zip(test_set[1].tolist(), value["names"], strict=True):
        assert re.fullmatch(rf"test image \d+, an? {kinds[label]}", name)
    shown = artifacts.load_run(photographs.RUN)["test_x"]
    assert value["pictures"] == [section.data_url(np.moveaxis(x, 0, -1)) for x in shown]


# --- maps ---


def test_maps_are_those_of_the_block_on_one_scale(test_set):
    additions = [look(rebuild(net), test_set[0][3], 4) for net in PAIR]
    value = view.maps(PAIR, additions, 4, "test image 4, a cat")
    plain, residual = value["rows"]
    assert [panel["title"] for panel in plain["panels"]] == ["x", "F(x)"]
    assert [panel["title"] for panel in residual["panels"]] == ["x", "F(x)", "F(x) + x"]
    x, f, h = (np.array(panel["values"]).reshape(panel["shape"]) for panel in residual["panels"])
    np.testing.assert_allclose(f, additions[1].residual, atol=6e-4)
    np.testing.assert_allclose(x + f, h, atol=2e-3)
    everything = np.abs(np.concatenate([p["values"] for row in value["rows"] for p in row["panels"]]))
    assert 0.96 < (everything <= value["limit"]).mean() < 0.98
    assert residual["panels"][1]["caption"] == f"−{-f.min():.2f} to {f.max():.2f}"


def test_sizes_in_words_are_root_mean_squares(test_set):
    additions = [look(rebuild(net), test_set[0][0], 1) for net in PAIR]
    said = words.sizes(PAIR, additions, 1, 9, "test image 1, a frog")
    numbers = [float(n) for n in re.findall(r"\d+\.\d\d", said)]
    expected = [np.sqrt((a.residual.astype(float) ** 2).mean() / (a.x.astype(float) ** 2).mean()) for a in additions]
    assert numbers == pytest.approx(expected, abs=0.006)
    assert said.startswith("Test image 1, a frog, in block 2 of 9.")


# --- what a net loses with a block ---


def test_drops_in_words_and_chart_are_the_recorded_ones():
    run, count = artifacts.load_run(recorded.RUN), recorded.certificate().config["images"]
    *_, value = every_drop(PAIR, 1)
    for net in PAIR:
        name = net.lane.name
        points = dict(map(tuple, value["new"][name]["points"]))
        assert list(points) == list(range(1, 10))
        assert points[4] is None  # the second stage begins here
        assert points[5] == pytest.approx(float(run[f"{name} after"][4]), abs=1e-3)
        assert next(v["at"] for v in value["levels"] if name in v["label"]) == pytest.approx(
            float(run[f"{name} whole"])
        )
        assert f"{name} gets {run[f'{name} after'][4]:.1f} % wrong" in lost_now(PAIR, 4, style.measured)
    assert f"of {count:,} test images" in lost_now(PAIR, 4, style.measured)


def test_drops_of_own_nets_are_measured():
    own = OWN[2:]
    *_, value = every_drop(own, 1)
    x, y = images("digits")[2:]
    for net in own:
        lost = list(drops(rebuild(net), x, y))
        assert dict(map(tuple, value["new"][net.lane.name]["points"]))[5] == pytest.approx(lost[4].after)
        assert f"{net.lane.name} gets {lost[4].after:.1f} % wrong" in lost_now(own, 4, style.measured)
    assert "measured now" in lost_now(own, 4, style.measured)


def test_a_loss_in_words():
    said = words.drop_sentence(PAIR, [Drop(4, 12.8, 76.8), Drop(4, 10.6, 21.6)], 1000)
    assert (
        "block 5, of 1,000 test images: plain-20 gets 76.8 % wrong instead of 12.8 %. residual-20 gets 21.6 %" in said
    )
    assert "cannot be dropped" in words.drop_sentence(PAIR, [Drop(3, 2.8, None), Drop(3, 0.6, None)], 500)
    lost = [[Drop(0, 10, 80), Drop(1, 10, None), Drop(2, 10, 90), Drop(3, 10, 85)], [Drop(0, 9, 12), Drop(1, 9, 30)]]
    assert words.any_block(PAIR, lost) == (
        "With any one block gone, plain-20 gets 80 to 90 % wrong. The median is 85 %. "
        "residual-20 gets 12 to 30 % wrong. The median is 21 %."
    )


def test_the_residual_net_loses_less_than_the_plain_one():
    """Veit et al.; with every block that can go."""
    plain, residual = (np.array([d.after for d in recorded.drops(net) if d.after is not None]) for net in PAIR)
    assert np.median(residual) < np.median(plain)


# --- responses ---


def test_responses_are_drawn_in_order_or_ranked():
    said, value = responding(NETS, "as the signal passes", style.measured, 1)
    _, ranked = responding(NETS, "the strongest first", style.measured, 2)
    run = artifacts.load_run(recorded.RUN)
    for net in NETS:
        points = [y for _, y in value["new"][net.lane.name]["points"]]
        assert points == pytest.approx(run[f"{net.lane.name} responses"].tolist(), abs=6e-4)
        assert [y for _, y in ranked["new"][net.lane.name]["points"]] == sorted(points, reverse=True)
    assert "With 20 layers the residual net responds" in said


def test_responses_are_of_nets_that_learned_from_the_same_images(raced):
    _, value = respond("8 layers, from your race", "as the signal passes", raced)
    assert [series["id"] for series in value["series"]] == [net.lane.name for net in OWN]
    expected = responses(rebuild(OWN[0]), images("digits")[2])
    assert [y for _, y in value["new"]["plain-8"]["points"]] == pytest.approx(expected.tolist(), abs=6e-4)
    assert alike((*NETS, *OWN), PAIR) == NETS


@pytest.mark.parametrize(
    ("plain", "residual", "how"), [(1.0, 0.5, "less than"), (0.5, 1, "more than"), (1, 0.97, "about")]
)
def test_which_net_responds_less_is_said_whatever_comes_out(plain, residual, how):
    said = words.response_sentence(PAIR, [np.full(19, plain), np.full(19, residual)])
    assert said.startswith(f"With 20 layers the residual net responds {how}")


def test_whether_deeper_residual_nets_respond_less_is_said():
    of = [np.full(7, value) for value in (1.0, 0.8, 1.0, 0.4)]
    assert "residual-20 responds less than residual-8." in words.response_sentence(OWN, of)


# --- bad input ---


@pytest.mark.parametrize(
    ("pair", "pictures", "block", "sentence"),
    [
        ("99 layers", {"chosen": 0}, 1, "not at hand"),
        ("20 layers, from your race", {"chosen": 0}, 1, "not at hand"),
        (None, {"chosen": 0}, 1, "not at hand"),
        ("20 layers", {"chosen": 12}, 1, "choose one of the 12 test images"),
        ("20 layers", {"chosen": -1}, 1, "choose one of the 12 test images"),
        ("20 layers", {"chosen": "0"}, 1, "choose one of the 12 test images"),
        ("20 layers", {"chosen": None}, 1, "choose one of the 12 test images"),
        ("20 layers", [0], 1, "choose one of the 12 test images"),
        ("20 layers", {"chosen": 0}, 0, "from 1 to 9"),
        ("20 layers", {"chosen": 0}, 10, "from 1 to 9"),
        ("20 layers", {"chosen": 0}, 1.5, "from 1 to 9"),
        ("20 layers", {"chosen": 0}, None, "from 1 to 9"),
    ],
)
def test_impossible_choices_get_a_sentence_and_nothing_else_changes(pair, pictures, block, sentence):
    with pytest.raises(ValueError, match=sentence):
        choice_of(NETS, pair, pictures, block)
    maps, said, lost = look_inside(pair, pictures, block, VISITOR)
    assert 'role="alert"' in said
    assert sentence in said
    assert "value" not in maps
    assert "value" not in lost
