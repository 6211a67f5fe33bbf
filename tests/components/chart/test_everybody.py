"""A chart for every eye, finger, reader and sheet of paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.looks import DESKTOP, PHONE, small_letters, small_targets


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_chart(new_page, url, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(color_scheme=scheme)
    page.goto(url)
    for where in ("#chart", "#log"):
        page.locator(f"{where} summary").click()
        page.wait_for_selector(f"{where} tbody tr")
    assert [violation["id"] for violation in Axe().run(page, context=".chart").response["violations"]] == []


@pytest.mark.parametrize(("width", "least"), [(1280, DESKTOP), (390, PHONE)])
def test_letters_can_be_read_and_a_finger_finds_what_can_be_pressed(new_page, url, width, least):
    page = new_page(width)
    page.goto(url)
    for where in ("#chart", "#log", "#moments"):
        expect(page.locator(f"{where} figure")).to_have_attribute("data-points", re.compile("."))
        assert small_letters(page, where, least) == []
        assert small_targets(page, where) == []


def test_a_reader_hears_which_chart_a_slider_reads_and_nothing_that_it_did_not_ask_for(drawn):
    names = [drawn.locator(f"{where} .reading input").get_attribute("aria-label") for where in ("#chart", "#log")]
    assert names == ["Read the curves at: Errors by step", "Read the curves at: Small numbers"]
    assert drawn.locator("#moments .moment input").get_attribute("aria-label") == "step: By layer"
    assert {node.get_attribute("aria-live") for node in drawn.locator("output").all()} == {"off"}


@pytest.mark.parametrize("width", [700, 1280])
def test_no_name_at_a_curves_end_is_cut_off(new_page, url, width):
    page = new_page(width)
    page.goto(url)
    for button, run in (("#long", 5), ("#digits", 6)):
        page.click(button)
        page.wait_for_selector(f"#chart figure[data-run='{run}']")
        beyond = page.locator("#chart .plot svg").evaluate(
            """svg => [...svg.querySelectorAll('text')].filter(text => text.getBoundingClientRect().right
            > svg.getBoundingClientRect().right).map(text => text.textContent)"""
        )
        assert beyond == [], button


def test_on_paper_the_picture_is_as_wide_as_paper_and_without_sliders(drawn):
    drawn.emulate_media(media="print")
    drawn.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert drawn.locator("#chart .plot svg").get_attribute("viewBox").startswith("0 0 640 ")
    assert drawn.locator("#chart input[type=range]").first.is_hidden()
    drawn.emulate_media(media="screen")
    drawn.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(drawn.locator("#chart .plot svg")).not_to_have_attribute("viewBox", re.compile("^0 0 640 "))
