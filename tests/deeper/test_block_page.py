"""The inside of blocks in a real browser."""

from __future__ import annotations

import re

import gradio as gr
import pytest
from playwright.sync_api import expect

from models.deeper import photographs
from models.deeper.block import look
from models.deeper.nets import images, rebuild
from tests.conftest import unfold
from tests.small_page import served
from visuals.deeper import shared
from visuals.deeper.block import recorded, section, words
from visuals.deeper.block.section import names
from visuals.deeper.nets import of_photographs, pairs

PAIRS = pairs(of_photographs())
PAIR = PAIRS["20 layers"]


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        section.build(shared.Shared(gr.State(0)))
    with served(page) as address:
        yield address


@pytest.fixture(scope="module")
def test_set():
    _, _, x, y = images(photographs.NAME)
    return x, y


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.wait_for_selector("#inside-maps canvas")
    unfold(page, "drops-fold")
    page.wait_for_selector("#drops figure[data-points]")
    expect(page.locator("#drops-status .told").first).to_be_visible()
    return page


def wait_for(page, where: str, text: str) -> str:
    expect(page.locator(where)).to_contain_text(text)
    return page.inner_text(where)


def expected(pair, image: int, number: int, test_set) -> tuple[str, str]:
    """What must be said of this block (counted from 0): sizes, and the loss of the block."""
    x, _ = test_set
    networks = [rebuild(net) for net in pair]
    additions = [look(network, x[image], number) for network in networks]
    sizes = words.sizes(pair, additions, number, len(networks[0].blocks), names(pair)[image])
    lost = [recorded.drops(net)[number] for net in pair]
    return sizes, words.drop_sentence(pair, lost, recorded.certificate().config["images"])


def test_opens_on_the_nets_that_have_learned(tab, test_set):
    sizes, lost = expected(PAIR, 0, 4, test_set)
    assert sizes in tab.inner_text("#inside-status")
    assert lost in tab.inner_text("#drops-status")
    assert tab.locator("#inside-maps .panels canvas").count() == 5
    assert tab.get_attribute("#drops figure", "data-points") == "18"
    assert "measured earlier" in tab.inner_text("#inside-status")
    unfold(tab, "responses-fold")
    expect(tab.locator("#responses figure")).to_have_attribute(
        "data-points", str(2 * sum(depth - 1 for depth in photographs.DEPTHS))
    )


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
    sizes, _ = expected(PAIRS["8 layers"], 0, 2, test_set)
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


def test_the_map_that_is_pointed_at_is_large_in_every_panel(tab):
    lens = tab.locator("#inside-maps .lens")
    expect(lens).to_have_attribute("data-map", "1")
    expect(lens.locator("figcaption")).to_have_text(["plain-20: x", "F(x)", "residual-20: x", "F(x)", "F(x) + x"])
    before = lens.locator("canvas").last.evaluate("canvas => canvas.toDataURL()")
    panel = tab.locator("#inside-maps .panels canvas").last
    box = panel.bounding_box()
    panel.hover(position={"x": box["width"] * 7.5 / 8, "y": box["height"] * 3.5 / 4})
    expect(lens).to_have_attribute("data-map", "32")
    assert lens.locator("canvas").last.evaluate("canvas => canvas.toDataURL()") != before
    assert lens.locator("canvas").first.bounding_box()["width"] > 2 * box["width"] / 8


def test_maps_can_be_saved_with_their_numbers(tab, tmp_path):
    with tab.expect_download() as waiting:
        tab.locator("#inside-maps .downloads button", has_text="CSV").click()
    waiting.value.save_as(tmp_path / "maps.csv")
    rows = (tmp_path / "maps.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "net,part,map,row,column,value"
    assert len(rows) == 1 + 5 * 32 * 16 * 16
    with tab.expect_download() as waiting:
        tab.locator("#inside-maps .downloads button", has_text="SVG").click()
    waiting.value.save_as(tmp_path / "maps.svg")
    assert (tmp_path / "maps.svg").read_text(encoding="utf-8").count("<rect") == 1 + 5 * 32 * 16 * 16


def test_maps_have_their_numbers_as_a_table(tab, tmp_path):
    tab.locator("#inside-maps summary").click()
    tab.wait_for_selector("#inside-maps .table td")
    rows = tab.locator("#inside-maps .table tr").all_inner_texts()
    assert len(rows) == 1 + 5 * 32 * 16
    with tab.expect_download() as waiting:
        tab.locator("#inside-maps .downloads button", has_text="CSV").click()
    waiting.value.save_as(tmp_path / "maps.csv")
    saved = [line.split(",") for line in (tmp_path / "maps.csv").read_text(encoding="utf-8").splitlines()[1:]]
    for row, pixels in ((1, saved[:16]), (len(rows) - 1, saved[-16:])):
        net, part, number, line, *values = rows[row].replace("−", "-").split("\t")
        assert [net, part, number, line] == pixels[0][:4]
        shown = [float(value) for value in " ".join(values).split()]
        assert shown == pytest.approx([float(pixel[5]) for pixel in pixels], abs=0.006)


def test_the_ranked_responses(tab):
    unfold(tab, "responses-fold")
    tab.locator("#responses-order label").get_by_text("the strongest first", exact=True).click()
    expect(tab.locator("#responses svg[role=img]")).to_contain_text("the strongest first")
