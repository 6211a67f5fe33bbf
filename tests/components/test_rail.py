"""The rail: one section on the screen, found by link, key and address, and by the browser's back button."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.components.rails import EVERY, expect_open, rail_link, with_rail


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with with_rail() as address:
        yield address


@pytest.fixture
def opened(page, url):
    page.goto(url)
    expect_open(page, "one", "first")
    return page


def test_a_link_opens_its_section_alone_and_the_address_and_the_heading_follow(opened, url):
    assert opened.locator("#rail ol a").all_inner_texts() == ["First\n✓", "Second", "Third"]
    opened.evaluate("window.scrollTo(0, 1500)")
    rail_link(opened, "Second").click()
    expect_open(opened, "one", "second")
    expect(opened).to_have_url(f"{url}?tab=one&at=second")
    expect(opened.locator("#one-second h2")).to_be_focused()
    expect(opened.locator("#one-second h2")).to_be_in_viewport()
    assert opened.evaluate("window.scrollY") == 0
    rail_link(opened, "2 Two").click()
    expect_open(opened, "two", "fourth")
    expect(opened.locator("#two-fourth h2")).to_be_focused()


def test_the_back_button_goes_the_way_back(opened, url):
    for name, place in (("Third", ("one", "third")), ("2 Two", ("two", "fourth")), ("Fifth", ("two", "fifth"))):
        rail_link(opened, name).click()
        expect_open(opened, *place)
    for place in (("two", "fourth"), ("one", "third"), ("one", "first")):
        opened.go_back()
        expect_open(opened, *place)
    opened.go_forward()
    expect_open(opened, "one", "third")
    expect(opened).to_have_url(f"{url}?tab=one&at=third")


def test_what_was_never_opened_is_not_in_the_page(opened):
    assert [at for tab, at in EVERY if opened.locator(f"#{tab}-{at} h2").count()] == ["first"]
    rail_link(opened, "Third").click()
    expect_open(opened, "one", "third")
    assert [at for tab, at in EVERY if opened.locator(f"#{tab}-{at} h2").count()] == ["first", "third"]


def test_keys_lead_through_all_sections_and_stop_at_the_ends(opened):
    opened.keyboard.press("Alt+PageUp")  # there is none before
    for place in EVERY[1:]:
        opened.keyboard.press("Alt+PageDown")
        expect_open(opened, *place)
    opened.keyboard.press("Alt+PageDown")
    opened.keyboard.press("Alt+PageUp")
    expect_open(opened, *EVERY[-2])
    opened.keyboard.press("PageDown")  # alone it scrolls
    expect_open(opened, *EVERY[-2])


def test_the_pager_names_the_sections_beside(opened):
    pager = opened.locator("#pager")
    expect(pager.locator("a")).to_have_count(1)
    pager.get_by_role("link", name=re.compile("Second")).click()
    expect_open(opened, "one", "second")
    rail_link(opened, "Third").click()
    pager.get_by_role("link", name=re.compile("Fourth")).click()
    expect_open(opened, "two", "fourth")
    pager.get_by_role("link", name=re.compile("Third")).click()
    expect_open(opened, "one", "third")


def test_an_address_opens_its_section_or_the_first(page, url):
    for query, place in (
        ("tab=two&at=fifth", ("two", "fifth")),
        ("tab=two", ("two", "fourth")),
        ("tab=one&at=nowhere", ("one", "first")),
        ("tab=two&at=second", ("two", "fourth")),  # it is in the other lesson
        ("tab=__proto__&at=constructor", ("one", "first")),
        ("at=third", ("one", "third")),
    ):
        page.goto(f"{url}?{query}")
        expect_open(page, *place)


def test_visited_sections_are_marked_also_after_a_reload(opened, url):
    rail_link(opened, "Third").click()
    expect_open(opened, "one", "third")
    opened.goto(f"{url}?tab=one&at=second")
    expect_open(opened, "one", "second")
    expect(opened.locator("#rail ol a")).to_have_text(["First✓", "Second✓", "Third✓"])
    rail_link(opened, "2 Two").click()
    expect(opened.locator("#rail ol a")).to_have_text(["Fourth✓", "Fifth"])


def test_a_section_that_waits_is_marked_once_it_is_shown(opened, url):
    opened.goto(f"{url}?tab=two&at=fifth")
    expect_open(opened, "two", "fifth")
    expect(opened.locator("#rail ol a")).to_have_text(["Fourth", "Fifth"])
    opened.get_by_role("button", name="Show it without a guess").click()
    expect(opened.locator("#rail ol a")).to_have_text(["Fourth", "Fifth✓"])


def test_nothing_breaks_where_the_browser_keeps_nothing(page, url):
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new Error('not allowed'); } })"
    )
    page.goto(url)
    expect_open(page, "one", "first")
    rail_link(page, "Second").click()
    expect_open(page, "one", "second")


def test_another_part_of_the_page_can_open_a_section(opened):
    opened.evaluate("document.dispatchEvent(new CustomEvent('open-section', { detail: { tab: 'two', at: 'fifth' } }))")
    expect_open(opened, "two", "fifth")


def test_a_section_opens_at_once_where_motion_is_not_wanted(new_page, url):
    page = new_page(reduced_motion="reduce")
    page.goto(f"{url}?tab=one&at=third")
    expect_open(page, "one", "third")
    moving = (
        "document.getAnimations().filter(a => document.querySelector('#rail, #pager').contains(a.effect.target)).length"
    )
    rail_link(page, "First").click()
    expect_open(page, "one", "first")
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_a_finger_finds_every_link(new_page, url, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(width, color_scheme=scheme)
    page.goto(f"{url}?tab=one&at=third")
    expect_open(page, "one", "third")
    found = Axe().run(page, context={"include": [["#rail"], ["#pager"]]}).response["violations"]
    assert [violation["id"] for violation in found] == []
    for link in page.locator("#rail a, #pager a").all():
        box = link.bounding_box()
        assert box["height"] >= 24
        assert box["width"] >= 24
    expect(page.locator("#rail ol [aria-current=page]")).to_be_in_viewport(ratio=1)
    page.evaluate("window.scrollTo(0, 1500)")
    expect(page.locator("#rail ol [aria-current=page]")).to_be_in_viewport(ratio=0.9)  # it stays in sight
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
