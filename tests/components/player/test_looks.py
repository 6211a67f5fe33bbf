"""How the player looks and sounds."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.components.player.playing import AT, give, go
from tests.looks import PHONE, small_letters, small_targets, swipe


@pytest.mark.parametrize(("width", "least"), [(1440, 384), (1280, 384), (390, 300)])
def test_the_main_picture_is_large_and_the_page_does_not_scroll_sideways(new_page, url, width, least):
    page = new_page(width)
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    assert page.locator("#player canvas.xt").bounding_box()["width"] >= least
    assert page.evaluate("getComputedStyle(document.querySelector('#player canvas.xt')).imageRendering") == "pixelated"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_full_screen_and_back(opened):
    opened.set_viewport_size({"width": 1280, "height": 720})
    opened.get_by_role("button", name="Full screen").click()
    opened.wait_for_function("document.fullscreenElement?.classList.contains('player')")
    opened.wait_for_function("document.fullscreenElement.scrollHeight <= innerHeight")  # nothing is cut off
    opened.wait_for_function("document.activeElement.classList.contains('player')")
    opened.keyboard.press("Home")
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate(AT) == 1
    opened.keyboard.press(" ")  # plays, and does not leave
    opened.wait_for_function(f"{AT} > 2")
    assert opened.evaluate("document.fullscreenElement !== null")
    opened.get_by_role("button", name="Leave full screen").click()
    opened.wait_for_function("document.fullscreenElement === null")
    opened.evaluate("() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('refused')); }")
    opened.get_by_role("button", name="Full screen").click()
    opened.wait_for_selector("#player .trouble >> text=does not allow full screen")


def test_without_full_screen_there_is_no_button_for_it(page, url):
    page.add_init_script("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    assert page.locator("#player .enlarge").is_hidden()


def test_a_screen_reader_hears_where_the_cursor_rests_not_what_it_passes(opened):
    expect(opened.locator("#player .said")).to_have_text("removing noise, t = 0")  # where it opens
    opened.evaluate(
        """() => { window.heard = []; const said = document.querySelector('#player .said');
        new MutationObserver(() => window.heard.push(said.textContent)).observe(said, { childList: true }); }"""
    )
    opened.click("#player .play")
    expect(opened.locator("#player .play")).to_have_text("Play")
    opened.wait_for_function("window.heard.length > 0")
    assert opened.evaluate("window.heard") == ["removing noise, t = 0"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_player(new_page, url, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    page.click("#player summary")
    go(page, 2)
    for name, run in ((None, 0), ("four", 20)):
        if name:
            give(page, name, run)
            page.click("#player canvas.xt", position={"x": 30, "y": 30})
        page.wait_for_selector("#player .table td")
        found = Axe().run(page, context="#player").response["violations"]
        assert [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found] == []


def test_a_finger_scrolls_over_the_film_and_scrubs_sideways(new_page, url):
    page = new_page(390, 500, has_touch=True, is_mobile=True)
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    strip, at = page.locator("#player .strip"), page.evaluate(AT)
    before = page.evaluate("scrollY")
    swipe(page, strip, across=5, down=-120)
    page.wait_for_function(f"scrollY > {before}")
    assert page.evaluate(AT) == at
    swipe(page, strip, across=60, down=5)
    page.wait_for_function(f"{AT} !== {at}")
    assert small_letters(page, "#player", PHONE) == []
    assert small_targets(page, "#player") == []
