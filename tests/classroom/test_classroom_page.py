"""A lesson in real browsers: a teacher, and phones that come late, drop out, or are reloaded."""

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

import app
from tests.looks import small_targets
from tests.test_page import OVERFLOW, violations

MOST_BYTES = 40_000  # of the learner's page, with all that it fetches until its question is there
MORE = "Save, print, keys"
LARGE = 24  # px: the smallest letters on a projector of 1280 x 720
RACE, BRANCH, TIMES = "deeper/race", "wider/surgery", "noisier/decided"

SMALL = """least => [...document.querySelectorAll('body *')]
    .filter(node => node.checkVisibility({ visibilityProperty: true }) && !node.closest('select'))
    .filter(node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()))
    .filter(node => parseFloat(getComputedStyle(node).fontSize) < least)
    .map(node => node.outerHTML)"""
# px by which the projector's page is too high, or what stands between its two bars.
TOO_HIGH = """() => [document.documentElement, document.querySelector('main')]
    .map(node => node.scrollHeight - node.clientHeight)"""


def ask(teacher: Page, question: str) -> None:
    teacher.select_option("select", question)
    step(teacher, "Ask", "ask")


def step(teacher: Page, button: str, phase: str) -> None:
    teacher.get_by_role("button", name=button, exact=True).click()
    expect(teacher.locator("body")).to_have_attribute("data-phase", phase)


def guess(page: Page, *values: int) -> None:
    numbers = page.locator(".asked input[type=number]")
    expect(numbers).to_have_count(len(values))
    for number, value in zip(numbers.all(), values, strict=True):
        number.fill(str(value))
    page.click(".guess .commit")
    expect(page.locator(".said")).to_contain_text("Your guess")


def test_a_lesson_with_three_phones(lead, phone, server):
    """One is reloaded, one drops out while its guess is on the way, one comes late; meanwhile the server restarts."""
    teacher = lead()
    one, two = phone(teacher), phone(teacher)
    for each in (one, two):
        expect(each.locator(".said")).to_contain_text("You are in")
    expect(teacher.locator(".door .joined")).to_have_text("2 have joined")
    ask(teacher, RACE)
    expect(teacher.locator(".in")).to_have_text("0 of 2 in")
    expect(teacher.locator("figure")).to_have_count(0)

    guess(one, 70, 3)
    expect(teacher.locator(".in")).to_have_text("1 of 2 in")
    one.reload()
    expect(one.locator(".said")).to_contain_text("plain-56 70")
    expect(one.locator(".guess")).to_be_hidden()

    expect(two.locator(".guess")).to_be_visible()
    two.context.set_offline(True)
    guess(two, 20, 30)
    expect(two.locator(".notice")).to_contain_text("No connection")
    server.stop()
    expect(teacher.locator(".notice")).to_contain_text("No connection")
    expect(one.locator(".notice")).to_contain_text("No connection")
    server.start()
    two.context.set_offline(False)
    expect(teacher.locator(".in")).to_have_text("2 of 2 in")
    expect(two.locator(".notice")).to_be_hidden()

    late = phone(teacher)
    expect(late.locator(".guess")).to_be_visible()
    expect(teacher.locator(".in")).to_have_text("2 of 3 in")
    step(teacher, "Close", "closed")
    expect(late.locator(".said")).to_contain_text("You made no guess")
    expect(late.locator(".outcome")).to_be_hidden()
    expect(teacher.locator("figure circle")).to_have_count(4)
    expect(teacher.locator("figure text.found")).to_have_count(0)

    step(teacher, "Reveal", "reveal")
    for page in (teacher, one, late):
        expect(page.locator("figure text.found").first).to_have_text("outcome 71 %")
        expect(page.locator("figure circle")).to_have_count(4)
        expect(page.locator(".truth.recorded")).to_be_visible()
    expect(one.locator("figure text.mine").first).to_have_text("you 70 %")
    expect(late.locator("figure text.mine")).to_have_count(0)
    expect(one.locator(".whole a")).to_have_attribute("href", re.compile(r"^\.\./\?tab=deeper&at=race&room=\w{4}$"))
    ask(teacher, BRANCH)
    one.get_by_label("5×5").check()
    one.click(".guess .commit")
    expect(teacher.locator(".in")).to_have_text("1 of 3 in")


def test_a_guess_that_comes_too_late_is_told_so_and_does_not_count(lead, phone):
    teacher = lead()
    page = phone(teacher)
    ask(teacher, RACE)
    expect(page.locator(".guess")).to_be_visible()
    page.context.set_offline(True)
    guess(page, 70, 3)
    step(teacher, "Close", "closed")
    page.context.set_offline(False)
    expect(page.locator(".said")).to_contain_text("came after the question was closed")
    expect(teacher.locator("figure circle")).to_have_count(0)
    step(teacher, "Reveal", "reveal")


def test_a_guess_can_be_changed_until_the_question_is_closed(lead, phone):
    teacher = lead()
    page = phone(teacher)
    ask(teacher, RACE)
    guess(page, 70, 3)
    page.click(".again")
    expect(page.locator(".asked input[type=number]").first).to_have_value("70")
    with page.expect_response(lambda answer: answer.url.endswith("/guess") and answer.status == 204):
        guess(page, 50, 4)  # so soon after the first one it may be sent twice
    expect(page.locator(".said")).to_contain_text("plain-56 50")
    page.reload()
    expect(page.locator(".said")).to_contain_text("plain-56 50")
    step(teacher, "Close", "closed")
    expect(teacher.locator("text.median").first).to_have_text("median 50 %")
    step(teacher, "Reveal", "reveal")
    with teacher.expect_popup() as opened:
        teacher.get_by_text(MORE).click()
        teacher.get_by_role("link", name="this lesson").click()
    handout = opened.value
    expect(handout.locator(".asked-here text.median").first).to_have_text("median 50 %")
    expect(handout.locator(".answers")).to_contain_text("Recorded run: race-digits")
    expect(handout.locator(".asked-here text.found")).to_have_count(0)  # the answers have a page of their own
    assert violations(handout) == []


def test_what_is_typed_and_not_sent_outlives_a_reload(lead, phone):
    teacher = lead()
    page = phone(teacher)
    ask(teacher, RACE)
    numbers = page.locator(".asked input[type=number]")
    numbers.first.fill("70")
    page.reload()
    expect(numbers.first).to_have_value("70")
    expect(numbers.last).to_have_value("")
    guess(page, 70, 3)
    page.click(".again")
    numbers.last.fill("4")
    page.reload()
    expect(numbers.last).to_have_value("4")
    guess(page, 70, 4)
    page.reload()
    expect(page.locator(".said")).to_contain_text("residual-56 4")
    expect(page.locator(".guess")).to_be_hidden()
    step(teacher, "Close", "closed")
    step(teacher, "Reveal", "reveal")


def test_the_teacher_leads_by_keys_goes_on_after_a_reload_and_ends_the_room(lead, phone, url):
    teacher = lead()
    page = phone(teacher)
    expect(page.locator(".said")).to_contain_text("You are in")
    commit, chosen = teacher.locator("footer .commit"), teacher.locator("select option:checked")
    teacher.keyboard.press("PageDown")
    expect(commit).to_be_focused()
    for key, phase in (("Enter", "ask"), ("PageDown", "closed"), ("Enter", "reveal")):
        teacher.keyboard.press(key)
        expect(teacher.locator("body")).to_have_attribute("data-phase", phase)
    expect(teacher.locator("select option").first).to_have_text(re.compile("^✓ "))
    expect(chosen).not_to_have_text(re.compile("^✓ "))
    expect(commit).not_to_be_focused()  # so that Enter asks nothing
    teacher.keyboard.press("ArrowRight")
    expect(commit).to_be_focused()
    teacher.keyboard.press("ArrowRight")
    expect(teacher.locator("body")).to_have_attribute("data-phase", "ask")
    expect(page.locator(".guess")).to_be_visible()
    teacher.get_by_role("button", name="Take it back").click()
    expect(page.locator(".said")).to_contain_text("You are in")
    ask(teacher, RACE)
    step(teacher, "Close", "closed")
    step(teacher, "Reveal", "reveal")
    code = teacher.locator("header .code").text_content()
    teacher.reload()
    expect(teacher.locator("body")).to_have_attribute("data-phase", "reveal")
    expect(teacher.locator("header .code")).to_have_text(code)
    teacher.get_by_text(MORE).click()
    with teacher.expect_download() as download:
        teacher.get_by_role("button", name="Save the lesson").click()
    assert download.value.suggested_filename == f"lesson-{code}.zip"
    assert {"guesses.csv", "links.csv", "question-1.svg", "question-3.svg"} == set(
        ZipFile(download.value.path()).namelist()
    )
    teacher.once("dialog", lambda dialog: dialog.accept())
    teacher.get_by_role("button", name="End the room").click()
    expect(page.locator(".said")).to_have_text("This room has closed.")
    expect(page.locator(".whole a")).to_be_visible()
    teacher.get_by_role("button", name="Open a room").click()
    expect(teacher.locator(".door .code")).not_to_have_text(code)


def test_two_tabs_of_a_browser_are_one_learner_who_guesses_once(lead, phone):
    teacher = lead()
    page = phone(teacher)
    other = page.context.new_page()
    other.goto(page.url)
    ask(teacher, RACE)
    expect(other.locator(".guess")).to_be_visible()
    guess(page, 70, 3)
    expect(other.locator(".said")).to_contain_text("plain-56 70")
    expect(other.locator(".guess")).to_be_hidden()
    step(teacher, "Close", "closed")
    step(teacher, "Reveal", "reveal")


def test_a_code_is_typed_and_a_wrong_one_is_told(lead, new_page, url):
    teacher = lead()
    code = teacher.locator("header .code").text_content()
    page = new_page(390, 760)
    page.goto(url)
    page.get_by_label("The four letters on the projector").fill("BCDF" if code != "BCDF" else "BCDH")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".notice")).to_contain_text("no room with this code")
    page.get_by_label("The four letters on the projector").fill(code.lower())
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".said")).to_contain_text("You are in")


def test_the_learner_s_page_is_light(lead, new_page, url):
    teacher = lead()
    ask(teacher, RACE)
    page, found = new_page(390, 760), []
    page.on("response", lambda answer: found.append(answer))
    page.goto(url + teacher.locator("header .code").text_content())
    expect(page.locator(".guess")).to_be_visible()
    sizes = {answer.url: len(answer.body()) for answer in found if answer.status == 200}
    assert len(sizes) >= 7
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    step(teacher, "Close", "closed")
    step(teacher, "Reveal", "reveal")


@pytest.mark.parametrize("question", [RACE, BRANCH, TIMES])
def test_both_pages_are_accessible_and_large_enough_in_every_phase(lead, phone, question):
    teacher = lead()
    page = phone(teacher)
    expect(page.locator(".said")).to_contain_text("You are in")
    for button, phase in (("", "lobby"), ("Ask", "ask"), ("Close", "closed"), ("Reveal", "reveal")):
        if button == "Ask":
            ask(teacher, question)
            expect(page.locator(".guess")).to_be_visible()
        elif button:
            step(teacher, button, phase)
        expect(page.locator(".outcome")).to_be_visible(visible=phase == "reveal")
        for each in (teacher, page):
            for scheme, rules in (("dark", ["color-contrast"]), ("light", [])):  # dark are only the colours
                each.emulate_media(color_scheme=scheme)
                assert violations(each, *rules) == [], (phase, scheme)
            assert each.evaluate(OVERFLOW) <= 0, phase
            assert small_targets(each, "body") == [], phase
        if phase == "reveal":
            teacher.select_option("select", "seeds/20")  # how long that takes is told, too
            teacher.focus("footer .commit")
            expect(teacher.locator(".takes")).to_be_visible()
        assert teacher.evaluate(SMALL, LARGE) == [], phase
        assert teacher.evaluate(TOO_HIGH) == [0, 0], phase


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_a_tab_s_exercises_are_one_page_on_paper_and_their_answers_another(new_page, url, lesson):
    page = new_page()
    page.goto(f"{url}handout?tab={lesson.name}")
    exercises = page.locator(".asked-here article")
    expect(exercises.locator(".axes svg")).to_have_count(4)
    for code in exercises.locator("img").all():
        expect(code).to_have_js_property("complete", True)
        assert code.evaluate("image => image.naturalWidth") > 0
    assert violations(page) == []
    page.emulate_media(media="print")
    assert page.locator(".answers article").count() == 4
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 2
