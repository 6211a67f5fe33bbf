"""A teacher leads a room through the whole page, and a learner follows on another one."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_a_learner_follows_the_teacher_to_a_question_a_section_and_a_run(new_page, url, tmp_path, monkeypatch):
    monkeypatch.setenv("CLASSROOM_DIR", str(tmp_path))
    projector, learner = new_page(), new_page()
    projector.goto(f"{url}class/lead")
    expect(projector.locator("header .code")).to_have_text(re.compile(r"^\w{4}$"))
    code = projector.locator("header .code").text_content()
    learner.goto(f"{url}?tab=noisier&at=journey&room={code}")
    expect(projector.locator(".door .joined")).to_have_text("1 has joined")

    projector.select_option("select", "deeper/race")
    projector.get_by_role("button", name="Ask", exact=True).click()
    question = learner.frame_locator("iframe.of-room").locator(".guess")
    expect(question).to_be_visible()
    for button in ("Close", "Reveal"):
        projector.get_by_role("button", name=button, exact=True).click()

    room = learner.frame_locator("iframe.of-room")
    expect(room.locator(".outcome")).to_be_visible()
    expect(room.locator(".whole")).to_be_hidden()
    expect(learner.locator("html")).to_have_attribute("data-answered-deeper", "skipped")

    teacher = projector.context.new_page()
    teacher.goto(f"{url}?tab=noisier&at=guidance")
    teacher.get_by_role("button", name=f"Send this section to room {code}").click()
    expect(learner.locator("#noisier-guidance h2")).to_be_visible()
    expect(learner.locator("iframe.of-room")).to_have_count(0)
    teacher.click("#rail ol a[href*='at=journey']")
    expect(learner.locator("#noisier-journey h2")).to_be_visible()
    teacher.click("#journey-go")
    expect(learner.locator("#journey-status .truth.measured")).to_be_visible()
