"""The way through the page in class: on a projector, leading a room, and following one."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.components.rails import expect_open, rail_link, with_rail

QUESTION = {"key": "two/fourth", "question": "How high?", "own": False}
# The section's main button asks for a guess first, as that of the race does.
ASKS_FIRST = """() => {
  globalThis.presses = 0;
  document.addEventListener('click', ({ target }) => {
    if (!target.closest('#fourth-go')) return;
    globalThis.presses++;
    const card = document.querySelector('.predict');
    if (card.dataset.state === 'open') card.dataset.state = 'urged';
    document.dispatchEvent(new CustomEvent('run-ended', { detail: 'fourth-go' }));
  });
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with with_rail() as address:
        yield address


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
    expect_open(page, "two", "fourth")
    expect(page.get_by_role("button", name="Run")).to_be_visible()  # which the key presses
    page.keyboard.press("r")
    expect(page.locator("#ran")).to_have_text("It ran.")
    expect(card.locator(".asked")).to_be_hidden()
    for event, running in (("run-begun", "Running"), ("run-ended", "none")):
        page.evaluate(f"document.dispatchEvent(new CustomEvent('{event}', {{ detail: 'fourth-go' }}))")
        assert running in page.evaluate("getComputedStyle(document.body, '::after').content")
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
    expect_open(page, "two", "fourth")
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
    expect(page.locator(".to-room")).to_have_text("Room BCDF follows: stop")
    assert sent[0].headers["leader"] == "s"
    assert sent[0].post_data_json == {"query": "?tab=one&at=first"}
    with page.expect_request("**/place") as second:
        rail_link(page, "Second").click()
    assert second.value.post_data_json == {"query": "?tab=one&at=second"}
    page.get_by_role("button", name="Room BCDF follows: stop").click()
    expect(page.get_by_role("button", name="Send this section to room BCDF")).to_be_visible()
    rail_link(page, "Third").click()
    expect_open(page, "one", "third")
    assert len(sent) == 2


def test_a_run_is_sent_to_the_room_that_follows(page, url):
    page.add_init_script("localStorage.setItem('room', JSON.stringify({ code: 'BCDF', secret: 's' }))")
    page.route("**/class/rooms/BCDF/place", lambda route: route.fulfill(status=204))
    page.goto(f"{url}?tab=two&at=fourth")
    with page.expect_request("**/place"):
        page.get_by_role("button", name="Send this section to room BCDF").click()
    expect(page.locator(".to-room")).to_have_text("Room BCDF follows: stop")
    with page.expect_request("**/place") as sent:
        page.evaluate("document.dispatchEvent(new CustomEvent('run-begun', { detail: 'fourth-go' }))")
    assert re.fullmatch(r"\?tab=two&at=fourth&run=\d+", run := sent.value.post_data_json["query"])
    with page.expect_request("**/place") as ended:
        page.evaluate("document.dispatchEvent(new CustomEvent('run-ended', { detail: 'fourth-go' }))")
    assert ended.value.post_data_json == {"query": f"{run}&ran=on"}
    with page.expect_request("**/place") as other:
        rail_link(page, "Fifth").click()
    assert other.value.post_data_json == {"query": "?tab=two&at=fifth"}
    with page.expect_request("**/place") as back:
        rail_link(page, "Fourth").click()
    assert back.value.post_data_json == {"query": f"{run}&ran=on"}


def test_what_the_room_has_revealed_waits_no_longer_on_the_page_of_who_leads_it(page, url):
    page.add_init_script(f"""localStorage.setItem('room', JSON.stringify({{ code: 'BCDF', secret: 's' }}));
        const questions = [{json.dumps(QUESTION)}];
        localStorage.setItem('revealed', JSON.stringify({{ code: 'BCDF', at: Date.now(), questions }}));""")
    page.goto(f"{url}?tab=two&at=fifth")
    expect(page.locator("html")).to_have_attribute("data-answered-two", "skipped")
    rail_link(page, "Fourth").click()
    expect(page.locator(".predict .line")).to_contain_text("No guess made.")


class Room:
    """A room's news, as its server tells them to whoever follows it."""

    def __init__(self, page):
        self.state: dict = {"news": 0}
        page.route("**/class/rooms/BCDF/**", self._answer)
        page.route("**/class/BCDF", lambda route: route.fulfill(body="<p>How high?</p>", content_type="text/html"))

    def tell(self, phase: str, link: str = "", run: str | None = None, ran: bool = False, **more: object) -> None:
        place = {"place": {"link": link, "run": run, "ran": ran}} if link else {}
        self.state = {"news": self.state["news"] + 1, "phase": phase, "round": 1} | place | more

    def _answer(self, route) -> None:
        since = re.search(r"since=(\d+)", route.request.url)
        if since and int(since[1]) < self.state["news"]:
            route.fulfill(json=self.state)
        else:
            route.fulfill(status=204)


def test_the_lesson_is_followed_left_and_come_back_to(page, url):
    room = Room(page)
    page.goto(f"{url}?room=BCDF")
    bar = page.get_by_role("region", name="The lesson")
    expect(bar).to_have_text("Following the lesson Leave")
    room.tell("lobby", "?tab=one&at=third")
    expect_open(page, "one", "third")
    expect(page).to_have_url(f"{url}?tab=one&at=third&room=BCDF")
    box = bar.bounding_box()
    assert box
    assert box["y"] + box["height"] == page.viewport_size["height"]  # in sight, however long the page is
    bar.get_by_role("button", name="Leave").click()
    expect(page).to_have_url(f"{url}?tab=one&at=third")
    rail_link(page, "First").click()
    with page.expect_response(lambda answer: "news" in answer.url and answer.status == 200):
        room.tell("lobby", "?tab=one&at=second")
    expect_open(page, "one", "first")
    bar.get_by_role("button", name="Back to the lesson").click()
    expect_open(page, "one", "second")
    page.reload()
    expect_open(page, "one", "second")
    expect(bar).to_have_text("Following the lesson Leave")


def test_while_the_room_asks_nothing_else_is_on_the_page_of_who_follows(page, url):
    room = Room(page)
    room.tell("ask", "?tab=two&at=fifth&predict=off")
    page.goto(f"{url}?tab=one&at=first&room=BCDF")
    expect(page.frame_locator("iframe.of-room").get_by_text("How high?")).to_be_visible()
    room.tell("closed")
    expect(page.locator("iframe.of-room")).to_be_visible()
    expect_open(page, "one", "first")
    room.tell("reveal", "?tab=two&at=fourth")
    expect_open(page, "two", "fourth")
    expect(page.locator("iframe.of-room")).to_have_count(0)


def test_what_came_out_stays_until_the_teacher_leads_on_and_answers_the_question_here(page, url):
    room = Room(page)
    room.tell("reveal", question=QUESTION, mine={"net": 30})
    page.goto(f"{url}?tab=two&at=fifth&room=BCDF")
    result = page.frame_locator("iframe.of-room").get_by_text("How high?")
    bar = page.get_by_role("region", name="The lesson")
    expect(result).to_be_visible()
    bar.get_by_role("button", name="To the page").click()
    expect(page.locator("iframe.of-room")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-answered-two", "given")
    bar.get_by_role("button", name="To the result").click()
    expect(result).to_be_visible()
    room.tell("reveal", "?tab=two&at=fourth", question=QUESTION, mine={"net": 30})
    expect(page.locator(".predict .line")).to_contain_text("Your guess: net 30 %")
    expect(page.locator("iframe.of-room")).to_have_count(0)
    room.tell("seeds")
    expect(result).to_be_visible()


def test_a_run_waits_for_a_guess_that_is_under_way_and_takes_it_once_it_has_ended(page, url):
    room = Room(page)
    page.goto(f"{url}?tab=two&at=fourth&room=BCDF")
    number, bar = page.locator(".predict input[type=number]"), page.get_by_role("region", name="The lesson")
    number.fill("30")
    page.evaluate(ASKS_FIRST)
    room.tell("lobby", "?tab=two&at=fourth", "1")
    expect(bar).to_contain_text("It comes here once you have guessed.")
    expect(number).to_have_value("30")
    assert page.evaluate("presses") == 1
    room.tell("lobby", "?tab=two&at=fourth", "1", ran=True)
    expect(page.locator(".predict .line")).to_contain_text("Your guess: net 30 %")
    expect(bar).to_have_text("Following the lesson Leave")
    assert page.evaluate("presses") == 2


def test_a_run_is_followed_with_its_settings(page, url):
    room = Room(page)
    room.tell("lobby", "?tab=two&at=fourth&predict=off", "1")
    page.goto(f"{url}?room=BCDF")
    expect(page.locator("#ran")).to_have_text("It ran.")
    expect(page).to_have_url(f"{url}?tab=two&at=fourth&predict=off&room=BCDF")
