"""The inside of blocks on the page: maps, responses and drops say what the functions give."""

from __future__ import annotations

import re

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models.blocks import Drop, drop, drops, look, responses
from models.race import images, rebuild
from tests.small_page import served
from visuals.degradation import blocks as section
from visuals.degradation import blocks_figures as figures
from visuals.degradation.blocks import choice, every_drop, fit_controls, look_inside, respond, to_choose
from visuals.degradation.race import kept

NETS = kept()
PAIR = NETS[2:4]  # 20 layers


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        section.build(gr.State(NETS))
    with served(page, tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture(scope="module")
def test_set():
    _, _, x, y = images("digits")
    return x, y


# --- what is shown ---


def test_nets_are_paired_by_what_they_share():
    assert {name: [net.lane.name for net in pair] for name, pair in figures.pairs(NETS[::-1]).items()} == {
        "8 layers": ["plain-8", "residual-8"],
        "20 layers": ["plain-20", "residual-20"],
        "56 layers": ["plain-56", "residual-56"],
    }
    assert list(figures.pairs(NETS[:1])) == ["8 layers"]


def test_maps_are_those_of_the_block_on_one_scale(test_set):
    additions = [look(rebuild(net), test_set[0][3], 4) for net in PAIR]
    value = figures.maps(PAIR, additions, 4, "test image 4, a 2")
    plain, residual = value["rows"]
    assert [panel["title"] for panel in plain["panels"]] == ["x", "F(x)"]
    assert [panel["title"] for panel in residual["panels"]] == ["x", "F(x)", "F(x) + x"]
    x, f, h = (np.array(panel["values"]).reshape(panel["shape"]) for panel in residual["panels"])
    np.testing.assert_allclose(f, additions[1].residual, atol=6e-4)
    np.testing.assert_allclose(x + f, h, atol=2e-3)
    everything = np.abs(np.concatenate([p["values"] for row in value["rows"] for p in row["panels"]]))
    assert 0.96 < (everything <= value["limit"]).mean() < 0.98
    assert residual["panels"][1]["caption"] == f"16 maps of 4 × 4, from −{-f.min():.2f} to {f.max():.2f}"


def test_sizes_in_words_are_root_mean_squares(test_set):
    additions = [look(rebuild(net), test_set[0][0], 1) for net in PAIR]
    said = figures.sizes(PAIR, additions, 1, 9, "test image 1, a 3")
    numbers = [float(n) for n in re.findall(r"\d+\.\d\d", said)]
    expected = [np.sqrt((maps.astype(float) ** 2).mean()) for a in additions for maps in (a.x, a.residual)]
    assert numbers == pytest.approx(expected, abs=0.006)
    assert said.startswith("Test image 1, a 3, in block 2 of 9.")


def test_drops_in_words_and_chart_are_those_of_the_nets(test_set):
    *_, value = every_drop(PAIR)
    for net in PAIR:
        lost = list(drops(rebuild(net), *test_set))
        points = dict(map(tuple, value["new"][net.lane.name]["points"]))
        assert list(points) == list(range(1, 10))
        assert points[4] is None  # the second stage begins here
        assert points[5] == pytest.approx(lost[4].after)
        assert next(v["at"] for v in value["levels"] if net.lane.name in v["label"]) == pytest.approx(lost[0].before)
    said = figures.drop_sentence(PAIR, [Drop(4, 2.8, 76.8), Drop(4, 0.6, 1.6)], 500)
    assert "block 5, of 500 test images plain-20 gets 76.8 % wrong instead of 2.8 % and residual-20 gets 1.6 %" in said
    assert "cannot be dropped" in figures.drop_sentence(PAIR, [Drop(3, 2.8, None), Drop(3, 0.6, None)], 500)


def test_the_residual_net_survives_what_breaks_the_plain_one(test_set):
    """What the prose says of the recorded nets with 20 layers."""
    losses = ([d.after - d.before for d in drops(rebuild(net), *test_set) if d.after is not None] for net in PAIR)
    plain, residual = losses
    assert min(plain) > 50
    assert sorted(residual)[-2] < 10  # all but the first block
    assert residual[0] == max(residual)


def test_responses_are_drawn_in_order_or_ranked(test_set):
    said, value = respond(NETS, "as the signal passes")
    _, ranked = respond(NETS, "the strongest first")
    for net in NETS:
        expected = responses(rebuild(net), test_set[0])
        points = [y for _, y in value["new"][net.lane.name]["points"]]
        assert points == pytest.approx(expected.tolist(), abs=6e-4)
        assert [y for _, y in ranked["new"][net.lane.name]["points"]] == sorted(points, reverse=True)
        assert f"{net.lane.name} {expected.mean():.2f}" in said
    assert "With 56 layers the residual net responds less than the plain one" in said


def test_controls_follow_the_nets_at_hand():
    pair, pictures, block = fit_controls(NETS, "20 layers", 5)
    assert (pair["value"], block["maximum"], block["value"]) == ("20 layers", 9, 5)
    assert len(pictures["pictures"]) == len(pictures["names"]) == 12
    pair, _, block = fit_controls(NETS[:2], "20 layers", 5)
    assert (pair["choices"], pair["value"], block["maximum"], block["value"]) == (
        ["8 layers"],
        "8 layers",
        3,
        3,
    )


@pytest.mark.parametrize(
    ("pair", "pictures", "block", "sentence"),
    [
        ("99 layers", {"chosen": 0}, 1, "not at hand"),
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
        choice(NETS, pair, pictures, block)
    maps, said, lost = look_inside(NETS, pair, pictures, block)
    assert 'role="alert"' in said
    assert sentence in said
    assert "value" not in maps
    assert "value" not in lost


def test_pictures_are_the_first_test_images(test_set):
    value = to_choose(PAIR)
    assert value["names"][:2] == [f"test image {k + 1}, a {int(test_set[1][k])}" for k in (0, 1)]


# --- in the browser ---


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.wait_for_selector("#inside-maps canvas")
    return page


def wait_for(page, where: str, text: str) -> str:
    expect(page.locator(where)).to_contain_text(text)
    return page.inner_text(where)


def expected(pair, image: int, number: int, test_set) -> tuple[str, str]:
    """What must be said of this block (counted from 0): sizes, and the loss of the block."""
    x, y = test_set
    networks = [rebuild(net) for net in pair]
    blocks, name = len(networks[0].blocks), f"test image {image + 1}, a {int(y[image])}"
    sizes = figures.sizes(pair, [look(n, x[image], number) for n in networks], number, blocks, name)
    return sizes, figures.drop_sentence(pair, [drop(n, number, x, y) for n in networks], 500)


def test_opens_on_the_nets_that_have_learned(tab, test_set):
    sizes, lost = expected(PAIR, 0, 4, test_set)
    assert sizes in tab.inner_text("#inside-status")
    assert lost in tab.inner_text("#drops-status")
    assert tab.locator("#inside-maps canvas").count() == 5
    assert tab.get_attribute("#drops figure", "data-points") == "18"
    assert tab.get_attribute("#responses figure", "data-points") == str(2 * (7 + 19 + 55))


def test_another_image_and_another_block_by_keyboard(tab, test_set):
    tab.locator("#inside-image button").nth(3).focus()
    tab.keyboard.press("Enter")
    sizes, _ = expected(PAIR, 3, 4, test_set)
    assert sizes in wait_for(tab, "#inside-status", "Test image 4")
    tab.locator("#inside-block input[type=range]").focus()
    tab.keyboard.press("ArrowRight")
    sizes, lost = expected(PAIR, 3, 5, test_set)
    assert sizes in wait_for(tab, "#inside-status", "in block 6 of 9")
    assert lost in tab.inner_text("#drops-status")
    tab.keyboard.press("ArrowRight")
    wait_for(tab, "#drops-status", "cannot be dropped")


def test_another_pair_brings_its_blocks_maps_and_drops(tab, test_set):
    tab.locator("#inside-pair label").get_by_text("8 layers", exact=True).click()
    sizes, _ = expected(NETS[:2], 0, 2, test_set)
    assert sizes in wait_for(tab, "#inside-status", "in block 3 of 3")
    tab.wait_for_selector("#drops figure[data-points='6']")
    assert "plain-8" in tab.inner_text("#drops .legend")


def test_a_pixel_is_read_in_every_map_and_the_sum_is_right(tab):
    """By keyboard: the first pixel of the residual net's x, then one to the right and one below."""
    tab.locator("#inside-maps canvas").nth(2).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    said = wait_for(tab, "#inside-maps .reading", "Map 1, row 2, column 2.")
    net = said.split("residual-20: ")[1].replace("−", "-")
    x, f, h = (float(n) for n in re.findall(r"= (-?\d+\.\d\d)", net))
    assert x + f == pytest.approx(h, abs=0.011)
    assert "plain-20: x = " in said


def test_maps_can_be_saved_with_their_numbers(tab, tmp_path):
    with tab.expect_download() as waiting:
        tab.locator("#inside-maps .downloads button", has_text="CSV").click()
    waiting.value.save_as(tmp_path / "maps.csv")
    rows = (tmp_path / "maps.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "net,part,map,row,column,value"
    assert len(rows) == 1 + 5 * 16 * 4 * 4
    with tab.expect_download() as waiting:
        tab.locator("#inside-maps .downloads button", has_text="SVG").click()
    waiting.value.save_as(tmp_path / "maps.svg")
    assert (tmp_path / "maps.svg").read_text(encoding="utf-8").count("<rect") == 1 + 5 * 16 * 4 * 4


def test_maps_have_their_numbers_as_a_table(tab, tmp_path):
    tab.locator("#inside-maps summary").click()
    tab.wait_for_selector("#inside-maps .table td")
    rows = tab.locator("#inside-maps .table tr").all_inner_texts()
    assert len(rows) == 1 + 5 * 16 * 4
    with tab.expect_download() as waiting:
        tab.locator("#inside-maps .downloads button", has_text="CSV").click()
    waiting.value.save_as(tmp_path / "maps.csv")
    saved = [line.split(",") for line in (tmp_path / "maps.csv").read_text(encoding="utf-8").splitlines()[1:]]
    for row, pixels in ((1, saved[:4]), (len(rows) - 1, saved[-4:])):
        net, part, number, line, *values = rows[row].replace("−", "-").split("\t")
        assert [net, part, number, line] == pixels[0][:4]
        shown = [float(value) for value in " ".join(values).split()]
        assert shown == pytest.approx([float(pixel[5]) for pixel in pixels], abs=0.006)


def test_the_ranked_responses(tab):
    tab.locator("#responses-order label").get_by_text("the strongest first", exact=True).click()
    expect(tab.locator("#responses svg[role=img]")).to_contain_text("the strongest first")
