"""The landscape section in a real browser."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from models.deeper import landscape as module
from models.deeper import photographs
from models.deeper.landscape import Landscape, landscape
from tests.deeper.surveying import (
    NO_WEBGL,
    RECORDED,
    as_written,
    at_the_surfaces,
    cameras,
    choose,
    compute,
    status,
    wait_for_new_run,
    wait_for_status,
    with_contours,
)
from tests.small_page import served
from visuals.components.surfaces import Surface, surfaces
from visuals.deeper import shared
from visuals.deeper.landscape import section
from visuals.deeper.landscape.words import number
from visuals.deeper.nets import of_photographs

NETS = of_photographs()
PLAIN_8, RESIDUAL_8 = NETS[:2]
SMALL = Landscape((PLAIN_8, RESIDUAL_8), size=11, reach=0.5, seed=4)
DEEPEST = "plain-{0} and residual-{0}".format(photographs.DEPTHS[-1])


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    broken = np.full((11, 11), 2.0)
    broken[:, 8:] = np.inf
    cut = np.full((11, 11), 3.0)
    cut[0] = 1e6
    shown = tuple(Surface(n, "#0072B2", h, np.zeros((11, 11))) for n, h in (("first", broken), ("second", cut)))
    with gr.Blocks(analytics_enabled=False) as page:
        section.build(shared.Shared(gr.State(0)))
        value = surfaces(1, "Broken.", SMALL.ticks, shown, ("x", "y", "loss"), "wrong", 5)
        section.Surfaces(value, elem_id="broken")
    with served(page) as address:
        yield address


@pytest.fixture
def drawn(page, url):
    return at_the_surfaces(page, url)


def test_opens_on_the_recorded_surfaces_with_equal_axes_which_turn_together_and_stay_so_with_new_values(drawn):
    assert "recorded" in status(drawn)
    assert re.search(r"plain-20\s+residual-20", status(drawn))
    layout = "document.querySelector('#landscape .drawing')._fullLayout"
    for axis in ("xaxis", "yaxis", "zaxis"):
        first, second = (drawn.evaluate(f"{layout}.{scene}.{axis}.range") for scene in ("scene", "scene2"))
        assert first == pytest.approx(second)
    label = drawn.get_attribute("#landscape .drawing", "aria-label")
    assert label.startswith("Loss around plain-20 and residual-20 in two random directions. plain-20 stands at")

    start, other = cameras(drawn)
    assert start == pytest.approx(other)
    drawn.focus("#landscape [data-move=left]")
    drawn.keyboard.press("Enter")
    drawn.wait_for_function(
        """before => Math.abs(document.querySelector('#landscape .drawing')._fullLayout.scene._scene.getCamera().eye.x
        - before) > .05""",
        arg=start["x"],
    )
    turned = cameras(drawn)
    assert turned[0] == pytest.approx(turned[1])
    before = drawn.get_attribute("#landscape figure", "data-run")
    choose(drawn, "plain-20 and residual-20")
    wait_for_new_run(drawn, before, RECORDED)
    assert cameras(drawn)[0] == pytest.approx(turned[0])
    wait_for_status(drawn, "plain-20")
    wait_for_status(drawn, "recorded")

    box = drawn.locator("#landscape .drawing").bounding_box()
    x, y = box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"]
    drawn.mouse.move(x, y)
    drawn.mouse.down()
    drawn.mouse.move(x + 80, y - 30, steps=4)
    drawn.mouse.up()
    drawn.wait_for_function(
        """before => { const layout = document.querySelector('#landscape .drawing')._fullLayout;
        const [a, b] = ['scene', 'scene2'].map(s => layout[s]._scene.getCamera().eye);
        return Math.abs(a.x - before.x) > .05 && ['x', 'y', 'z'].every(k => Math.abs(a[k] - b[k]) < 1e-6); }""",
        arg=turned[0],
    )


def test_plotly_is_fetched_from_this_server_and_only_when_the_surfaces_come_into_view(page, url):
    page.add_init_script(NO_WEBGL)
    page.add_init_script("addEventListener('DOMContentLoaded', () => { document.body.style.paddingTop = '3000px'; })")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(url)
    page.wait_for_selector("#landscape-status .truth")
    page.wait_for_selector("#landscape .note:not(:empty)", state="attached")
    assert not any(address.endswith("plotly.min.js") for address in fetched)
    page.locator("#landscape figure").scroll_into_view_if_needed()
    page.wait_for_selector(f"#landscape figure[data-points='{RECORDED}']")
    assert len([address for address in fetched if address.endswith("plotly.min.js")]) == 1


def test_a_live_run_ends_with_the_numbers_of_the_generator_in_the_table(page, url, monkeypatch):
    drawn = with_contours(page, url)
    monkeypatch.setattr(module, "LARGE_IMAGES", 32)  # for the sake of time
    before = compute(drawn, "plain-8 and residual-8", SMALL.size, SMALL.reach, SMALL.seed)
    wait_for_new_run(drawn, before, 242)
    drawn.wait_for_selector("#landscape-status .measured")
    wait_for_status(drawn, "242 evaluations")
    drawn.click("#landscape summary")
    drawn.wait_for_selector("#landscape table:nth-of-type(2) tbody tr:nth-of-type(11)")
    loss = np.full((2, 11, 11), np.nan)
    for event in landscape(SMALL):
        loss[event.net, event.row, event.column] = event.loss
    for net in range(2):
        table = drawn.locator("#landscape table").nth(net)
        assert table.locator("caption").inner_text().startswith(SMALL.nets[net].lane.name)
        cells = [as_written(cell) for cell in table.locator("tbody td").all_inner_texts()]
        np.testing.assert_allclose(cells, loss[net].ravel(), rtol=6e-3)  # three digits
        assert number(loss[net, 5, 5]) in status(drawn)

    with drawn.expect_download() as download:
        drawn.click("#landscape .downloads button:has-text('CSV')")
    head, *rows = csv.reader(io.StringIO(Path(download.value.path()).read_text()))
    assert head == ["net", "first direction α", "second direction β", "loss", "wrong answers in %"]
    assert rows[1][:3] == ["plain-8", "-0.4", "-0.5"]
    np.testing.assert_allclose([float(row[3]) for row in rows], loss.ravel(), rtol=1e-5)


def test_stop_keeps_what_was_computed(drawn):
    before = compute(drawn, DEEPEST, 31, 1, 3)
    wait_for_new_run(drawn, before, 4)
    wait_for_status(drawn, r"\d+ of 1,922 places, about \d+ s left")
    for axis in ("xaxis", "yaxis", "zaxis"):  # equal as well while one surface is ahead of the other
        layout = "document.querySelector('#landscape .drawing')._fullLayout"
        first, second = (drawn.evaluate(f"{layout}.{scene}.{axis}.range") for scene in ("scene", "scene2"))
        assert first == pytest.approx([0, 5.1] if axis == "zaxis" else [-1, 1])
        assert second == pytest.approx(first)
    drawn.click("#landscape-stop")
    wait_for_status(drawn, "Stopped after")
    done = re.search(r"Stopped after (\d+) of 1,922", status(drawn)).group(1)
    drawn.wait_for_selector(f"#landscape figure[data-points='{done}']")


def test_an_impossible_seed_gets_a_sentence_and_leaves_the_surfaces(page, url):
    drawn = with_contours(page, url)
    compute(drawn, section.LandscapeSettings().surfaces, 11, 1, -5)
    wait_for_status(drawn, "Seed of the directions must be a")
    assert drawn.get_attribute("#landscape figure", "data-points") == str(RECORDED)


def test_losses_that_are_not_finite_are_drawn_at_the_top_and_said(page, url):
    page.add_init_script(NO_WEBGL)
    page.goto(url)
    page.locator("#broken figure").scroll_into_view_if_needed()
    page.wait_for_selector("#broken figure[data-points='242']")
    note = page.inner_text("#broken .note")
    assert "At 33 places the loss is not a finite number; they are drawn at the upper end." in note
    assert "11 of 242 places have a loss above 5 and are cut off there." in note
    drawn = "document.querySelector('#broken .drawing').data[0].z[0]"
    assert page.evaluate(drawn) == [2] * 8 + [5] * 3
    page.click("#broken [data-scale=log]")
    page.wait_for_selector("#broken figure[data-scale=log]")
    assert page.evaluate(drawn) == pytest.approx([math.log10(2)] * 8 + [6] * 3)
    assert "cut off" not in page.inner_text("#broken .note")
    page.click("#broken summary")
    expect(page.locator("#broken td", has_text="not finite")).to_have_count(33)


def test_pictures_of_both_views_can_be_saved(drawn):
    for view in ("surface", "contour"):
        drawn.click(f"#landscape [data-view={view}]")
        drawn.wait_for_selector(f"#landscape figure[data-view={view}]")
        files = {}
        for kind in ("PNG", "SVG"):
            with drawn.expect_download() as download:
                drawn.click(f"#landscape .downloads button:has-text('{kind}')")
            assert download.value.suggested_filename == f"plain-20-residual-20.{kind.lower()}"
            files[kind] = Path(download.value.path())
        picture = Image.open(files["PNG"]).convert("RGB")
        assert picture.width > 1200
        assert len(picture.getcolors(1 << 24)) > 500  # not an empty page
        assert "plain-20" in files["SVG"].read_text()


def test_without_webgl_there_are_contours_and_a_sentence(page, url):
    with_contours(page, url)
    assert page.get_attribute("#landscape figure", "data-view") == "contour"
    assert "no WebGL" in page.inner_text("#landscape .trouble")
    assert page.is_disabled("#landscape [data-view=surface]")


def test_on_a_phone_the_surfaces_stand_one_below_the_other(new_page, url):
    page = at_the_surfaces(new_page(390, 844), url)
    first, second = (
        page.evaluate(f"document.querySelector('#landscape .drawing')._fullLayout.{scene}.domain")
        for scene in ("scene", "scene2")
    )
    assert first["x"] == second["x"]
    assert second["y"][1] < first["y"][0]
