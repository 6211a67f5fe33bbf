"""Every tab of the page in a real browser: it opens, fits every width, is accessible, and asks no other host.

Errors, and requests to other hosts, are watched by the fixtures in conftest.py.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

import gradio as gr
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import app
from models.runtime import hardware

WIDTHS = {"light": (1440, 1280, 390), "dark": (390, 1280, 1440)}  # a desk and a phone both load the page first
# px that the page is too wide, once what is drawn anew for a new width has been drawn: in the frame after the next.
OVERFLOW = """async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}"""

# What axe finds in Gradio's own markup and cannot be mended from outside: (rule, part of the element's HTML) to reason.
GRADIO_S_OWN = {
    ("image-redundant-alt", 'alt="Settings"'): "the icon in the footer has the word beside it as its text",
}


def open_tab(page: Page, tab) -> Locator:
    """Chooses a tab of the open page; returns its panel, ready for use."""
    page.get_by_role("tab", name=tab.TITLE).click()
    panel = page.locator("[role=tabpanel]:visible")
    expect(panel.locator("button.primary").first).to_be_visible()
    expect(panel.locator(".truth").first).to_be_visible()
    return panel


def violations(page: Page) -> list[str]:
    """What axe finds but is not Gradio's own."""
    found = [(v["id"], node["html"]) for v in Axe().run(page).response["violations"] for node in v["nodes"]]
    allowed = GRADIO_S_OWN.keys()
    return [f"{rule}: {html}" for rule, html in found if not any(rule == r and part in html for r, part in allowed)]


@pytest.mark.parametrize("scheme", WIDTHS)
def test_each_tab_fits_every_width_and_is_accessible(new_page, url, scheme):
    first, *others = WIDTHS[scheme]
    page = new_page(width=first, color_scheme=scheme)
    page.goto(url)
    for name, tab in app.TABS.items():
        open_tab(page, tab)
        assert ("dark" in (page.get_attribute("body", "class") or "").split()) == (scheme == "dark")
        assert not (found := violations(page)), f"{name}, {first} px wide:\n" + "\n".join(found)
        for width in (first, *others, first):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(OVERFLOW) <= 0, f"{name}, {width} px wide"


def test_each_tab_opens_on_a_result_with_one_obvious_button_and_lines_that_can_be_read(page, url):
    """No paragraph of prose in sight is wider than 70 digits' width. The header names the page and the device."""
    page.goto(url)
    expect(page).to_have_title(app.TITLE)
    expect(page.get_by_role("heading", level=1)).to_have_text(app.TITLE)
    expect(page.locator(".badge")).to_have_text(hardware())
    for name, tab in app.TABS.items():
        panel = open_tab(page, tab)
        expect(panel.locator("button.primary:visible")).to_have_count(1)
        expect(panel.locator(".truth.recorded").first).to_be_visible()
        expect(panel.locator("[role=alert]:visible")).to_have_count(0)
        widest = panel.evaluate(
            """panel => Math.max(...[...panel.querySelectorAll('.prose p')].filter(p => p.clientWidth).map(p => {
                const probe = Object.assign(document.createElement('span'), {style: 'position:absolute;width:1ch'});
                p.append(probe);
                const characters = p.clientWidth / probe.getBoundingClientRect().width;
                probe.remove();
                return characters;
            }))"""
        )
        assert 0 < widest <= 71, name


def test_an_address_without_a_tab_leaves_the_chosen_one_alone():
    """Its answer may come after the visitor's first click on a busy machine, or while another page is built."""
    with gr.Blocks() as other:
        none, wider, unknown = (
            app.linked_tab(SimpleNamespace(query_params=params)) for params in ({}, {"tab": "wider"}, {"tab": "x"})
        )
    assert none == gr.skip()
    assert (wider["selected"], unknown["selected"]) == ("wider", "deeper")
    assert other.children == []


def test_each_tab_is_in_sight_and_reached_by_keyboard(page, url):
    page.goto(url)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 720})
        for tab in app.TABS.values():
            expect(page.get_by_role("tab", name=tab.TITLE)).to_be_visible()
        for tab in list(app.TABS.values())[::-1]:
            page.get_by_role("heading", level=1).click()  # back to the top
            for _ in range(20):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement.innerText") == tab.TITLE:
                    break
            page.keyboard.press("Enter")
            expect(page.get_by_role("tab", name=tab.TITLE)).to_have_attribute("aria-selected", "true")
            expect(page.locator("[role=tabpanel]:visible button.primary").first).to_be_visible()


def test_the_address_names_no_tab_twice():
    assert len({tab.TITLE for tab in app.TABS.values()}) == len(app.TABS)
    assert all(re.match(rf"{number} \w+$", tab.TITLE) for number, tab in enumerate(app.TABS.values(), start=1))


def test_a_link_opens_its_tab_and_an_unknown_one_the_first(page, url):
    for asked, opened in (("noisier", "3 Noisier"), ("<b>", "1 Deeper")):
        page.goto(f"{url}?tab={asked}")
        page.wait_for_selector(f"button[role=tab][aria-selected=true]:has-text('{opened}')")
