"""Try this, in a real browser: a link opens its section with the controls set, says so, and is marked afterwards."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from models.core import artifacts
from models.wider.googlenet import INCEPTIONS
from models.wider.heads import LINES, LOSSES, STATES
from visuals.wider import question
from visuals.wider.exercises.section import EXERCISES
from visuals.wider.exercises.words import WORDS


def test_each_exercise_opens_its_section_says_what_is_set_and_is_marked(opened):
    page = opened("exercises")
    page.get_by_role("button", name="Show it without a guess").click()
    page.click("#rail ol a[href$='at=surgery']")
    expect(page.locator("#wider-predict")).to_contain_text("No guess made.")  # its card comes later
    page.click("#rail ol a[href$='at=exercises']")
    links = page.locator("#wider-exercises .of-exercise a")
    expect(links).to_have_text([WORDS[name].label for name in EXERCISES])
    addresses = [link.get_attribute("href") for link in links.all()]
    assert [parse_qs(urlsplit(address).query)["at"] for address in addresses] == [[at] for at, _ in EXERCISES.values()]
    answers = page.get_by_role("button", name="Answer")
    expect(answers).to_have_count(len(EXERCISES))
    answers.first.click()
    lost = artifacts.certificate("surgery").metrics
    expect(page.locator("#wider-exercises")).to_contain_text(f"the network gets {lost['main_top1']:.1f} % right")
    expect(page.locator(".tried:visible")).to_have_count(0)
    links.nth(1).click()
    expect(page.locator("#surgery-status")).to_contain_text("Without the 1×1 branch of 5b:")
    said = page.locator("#wider-notices .set-by-link")
    expect(said).to_have_text("Set by the link: module: 5b; switched off: 1×1 branch of 5b. Back to the exercises")
    page.evaluate("window.here = true")
    said.get_by_role("link").click()
    expect(page.locator("#wider-exercises h2")).to_be_focused()
    assert page.evaluate("window.here")  # nothing was loaded anew
    expect(said).to_be_hidden()  # it was about the other section
    expect(page.locator("#exercise-late .tried")).to_be_visible()
    expect(page.locator(".tried:visible")).to_have_count(1)
    page.locator("#exercise-price a").click()
    page.locator("#cost-predict").get_by_role("button", name="Skip").click()  # this section has a question of its own
    page.wait_for_selector("#cost-module [data-widths^='832 7 384 ']")  # all widths of the module
    expect(said).to_contain_text("Set by the link: module: 5b.")


# --- without a browser ---


def test_what_the_answers_claim_is_true_of_the_recorded_runs():
    worth, heads = question.lost(), artifacts.certificate("heads").metrics["gradient_at_3a_all_over_main"]
    without = artifacts.certificate("surgery").metrics["main_top1_without"]
    assert max(worth, key=worth.get) == "1x1"  # the network relies most on it
    whole = artifacts.certificate("surgery").metrics["main_top1"]
    assert without["5b"]["1x1"] == pytest.approx(whole, abs=1)  # about as many
    assert without["5b"]["1x1"] > without["3a"]["1x1"] + 10
    assert heads["kaiming"] < 1.25  # hardly needed
    run = artifacts.load_run("heads")["gradients"].mean(1)[:, LOSSES.index("all"), LINES.index("3a")]
    assert run[STATES.index("kaiming")] / run[STATES.index("small")] > 1e6
    row = {row.name: row for row in INCEPTIONS}["5b"]
    assert max(row.n1x1, row.n3x3, row.n5x5, row.n_pool) == row.n1x1  # no branch is wider
