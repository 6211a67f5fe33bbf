"""The rail: one section on the screen, found by link, key and address, and by the browser's back button."""

from __future__ import annotations

import re

import gradio as gr
import pytest
from playwright.sync_api import expect

from app import HEAD
from tests.small_page import served
from visuals.components.base import publish
from visuals.components.predict import Amount, Asks, Outcome, Predict, card
from visuals.page import lesson
from visuals.page.lesson import Lesson
from visuals.page.section import Section

SECTIONS = {"one": ("first", "second", "third"), "two": ("fourth", "fifth")}
TABS = {"one": "1 One", "two": "2 Two"}
EVERY = [(tab, at) for tab, sections in SECTIONS.items() for at in sections]
HIGH = '<div style="height: 3000px">%s</div>'


def asking(shared: object) -> None:
    """A section with a question and a main button, which counts how often it was pressed."""
    gr.HTML("fourth")
    Predict(card("How high?", (Amount("net", "net"),)))
    go, ran = gr.Button("Run", variant="primary"), gr.HTML("", elem_id="ran")
    go.click(None, None, ran, js="() => 'It ran.'")


def section(name: str) -> Section:
    if name == "fourth":
        return Section(name, "Fourth", asking, asks=Asks("How high?", (), lambda: Outcome({}, "")))
    return Section(name, name.capitalize(), lambda shared: gr.HTML(HIGH % name) and None, waits=name == "fifth")


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        gr.HTML(HEAD)
        lesson.build(page, [Lesson(tab, TABS[tab], [section(at) for at in ats]) for tab, ats in SECTIONS.items()])
    publish(page)
    with served(page) as address:
        yield address


def expect_open(page, tab: str, at: str) -> None:
    """This section is on the screen, alone, the rail says so, and so does the address."""
    expect(page.locator(f"#{tab}-{at} h2")).to_be_visible()
    for other in EVERY:
        if other != (tab, at):
            expect(page.locator("#{}-{}".format(*other))).not_to_be_visible()
    expect(page.locator("#rail ol [aria-current=page]")).to_have_text(re.compile(at.capitalize()))
    expect(page.locator("#rail .lessons [aria-current=true]")).to_have_text(TABS[tab])


def rail_link(page, name: str):
    return page.locator("#rail a", has_text=name)


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


def test_on_a_projector_the_section_stands_alone_in_large_letters_until_escape(page, url):
    page.goto(f"{url}?tab=one&at=first&present=on")
    expect_open(page, "one", "first")
    expect(page.locator("#rail")).to_be_hidden()
    heading = page.locator("#one-first h2")
    assert heading.evaluate("node => node.currentCSSZoom * parseFloat(getComputedStyle(node).fontSize)") >= 30
    page.keyboard.press("PageDown")
    expect_open(page, "one", "second")
    expect(page).to_have_url(f"{url}?tab=one&at=second&present=on")
    page.keyboard.press("ArrowLeft")
    expect_open(page, "one", "first")
    page.keyboard.press("b")
    expect(heading).to_be_hidden()
    page.keyboard.press("b")
    expect(heading).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#rail")).to_be_visible()
    expect(page).to_have_url(f"{url}?tab=one&at=first")


def test_on_a_projector_keys_run_the_section_show_its_question_and_reveal_what_came_out(page, url):
    page.goto(f"{url}?tab=two&at=fourth&present=on")
    card, line = page.locator(".predict form"), page.locator(".predict .line")
    expect(card.locator(".question")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#ran")).to_have_text("It ran.")
    expect(card.locator(".asked")).to_be_hidden()
    page.keyboard.press("g")
    expect(card.locator(".asked")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card.locator(".asked")).to_be_hidden()
    expect(page.locator("#rail")).to_be_hidden()  # this Escape was for the card
    page.keyboard.press("Enter")
    expect(line).to_contain_text("No guess made.")


def test_on_a_projector_a_key_shows_everybody_s_guesses_in_the_room_that_this_browser_leads(page, url):
    page.add_init_script("localStorage.setItem('room', JSON.stringify({ code: 'BCDF', secret: 's' }))")
    page.route("**/class/lead", lambda route: route.fulfill(body="<p>23 of 27 in</p>", content_type="text/html"))
    page.goto(f"{url}?tab=two&at=fourth&present=on")
    room = page.frame_locator("iframe.of-room")
    for key in ("g", "Escape"):
        expect(page.locator("iframe.of-room")).to_have_count(0)
        page.keyboard.press("g")
        expect(room.get_by_text("23 of 27 in")).to_be_visible()
        room.locator("body").press(key)
    expect(page.locator("iframe.of-room")).to_have_count(0)
    expect(page.locator("#rail")).to_be_hidden()


def test_the_open_section_is_sent_to_the_room_that_this_browser_leads(page, url):
    page.add_init_script("localStorage.setItem('room', JSON.stringify({ code: 'BCDF', secret: 's' }))")
    sent: list = []

    def hear(route) -> None:
        sent.append(route.request)
        route.fulfill(status=204)

    page.route("**/class/rooms/BCDF/place", hear)
    page.goto(url)
    page.get_by_role("button", name="Send this section to room BCDF").click()
    expect(page.locator(".to-room")).to_have_text("Sent")
    assert sent[0].headers["leader"] == "s"
    assert sent[0].post_data_json == {"query": "?tab=one&at=first"}
    rail_link(page, "Second").click()
    expect(page.get_by_role("button", name="Send this section to room BCDF")).to_be_visible()


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
