"""Everybody a seed, in real browsers: thirty phones, two of which are looked at, and the projector."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from tests.classroom.seeding import errors, until
from tests.classroom.test_classroom_page import LARGE, MORE, SMALL, TOO_HIGH
from tests.test_page import OVERFLOW, violations
from visuals.classroom.seeds import SEEDS


def test_a_class_measures_whether_the_gap_is_more_than_chance(lead, phone, url, races):
    teacher = lead()
    one = phone(teacher)
    expect(one.locator(".said")).to_contain_text("You are in")
    code = teacher.locator("header .code").text_content()
    for k in range(SEEDS - 1):
        httpx.put(f"{url}rooms/{code}/learner", headers={"Learner": f"{k:032x}"}).raise_for_status()
    expect(teacher.locator(".door .joined")).to_have_text(f"{SEEDS} have joined")
    teacher.select_option("select", "seeds/20")
    expect(teacher.locator(".takes")).to_contain_text("about 2 minutes")
    teacher.click("footer .commit")
    expect(teacher.locator("footer .commit")).to_have_text("Stop")
    expect(one.locator(".said")).to_have_text("It is being trained now.")
    one.reload()
    expect(one.locator(".question")).to_have_text("Your seed is 1")
    expect(one.locator(".said")).to_have_text("It is being trained now.")

    teacher.click("footer .commit")
    expect(teacher.locator(".told-of")).to_contain_text(f"Stopped: 0 of {SEEDS}")
    expect(one.locator(".said")).to_contain_text("your teacher has stopped the race")
    races.go_on.set()
    until(lambda: len(races.left) == 2)
    teacher.get_by_role("button", name="Go on").click()
    expect(teacher.locator(".seeds .pair")).to_have_count(SEEDS)
    expect(teacher.locator(".told-of")).to_contain_text("unlikely to be chance")
    expect(one.locator(".said")).to_contain_text(f"plain-20 gets {errors(1)[0]:.1f} %")
    expect(one.locator(".outcome")).to_contain_text(f"in {SEEDS} of {SEEDS} seeds")
    for page in (teacher, one):
        assert violations(page) == []
        assert page.evaluate(OVERFLOW) <= 0
    assert teacher.evaluate(SMALL, LARGE) == []
    assert teacher.evaluate(TOO_HIGH) == [0, 0]
    teacher.get_by_text(MORE).click()
    with teacher.expect_popup() as opened:
        teacher.get_by_role("link", name="this lesson").click()
    expect(opened.value.locator(".answers .seeds .pair")).to_have_count(SEEDS)
    expect(opened.value.locator(".answers")).to_contain_text("unlikely to be chance")
