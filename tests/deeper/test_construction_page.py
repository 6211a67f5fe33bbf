"""The construction argument in a real browser: recorded, and live."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import gradio as gr
import pytest
from playwright.sync_api import expect

from models.core import artifacts
from models.deeper.construction import Construction, construct
from tests.small_page import served
from visuals.deeper import LESSON
from visuals.deeper.construction import section, words
from visuals.deeper.construction.card import WORSE
from visuals.deeper.construction.section import RUN
from visuals.deeper.nets import of_digits
from visuals.page import lesson

NETS = of_digits()
RESIDUAL_8 = NETS[1]
SHORT = partial(Construction, steps=50)


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        lesson.build(page, [replace(LESSON, sections=(section.SECTION,))])
    with served(page) as address:
        yield address


@pytest.fixture(scope="module")
def run():
    return artifacts.load_run(RUN), artifacts.certificate(RUN)


@pytest.fixture
def tab(page, url):
    page.goto(url)
    return guess(page)


def guess(page):
    """The recorded curves appear: steps 0 to 200 of two nets."""
    page.locator("#construction-predict label").get_by_text(WORSE, exact=True).click()
    page.locator("#construction-predict .commit").click()
    page.wait_for_selector("#construction figure[data-points='402']")
    return page


def status(page) -> str:
    return page.inner_text("#construction-status")


def choose(page, group: str, value: str) -> None:
    if group != "rate":
        page.click(f"#construction-{group} input")
        page.get_by_role("option", name=value, exact=True).click()
        return
    page.locator(f"#construction-{group} label").get_by_text(value, exact=True).click()


def started(page, before: str) -> str:
    """Press the button; the number of the run, once its first points are there."""
    page.click("#construction-go")
    page.wait_for_function(
        """run => { const d = document.querySelector('#construction figure')?.dataset;
        return d && d.run !== run && +d.points >= 4; }""",
        arg=before,
    )
    return page.get_attribute("#construction figure", "data-run")


def test_the_recorded_result_appears_with_the_guess(page, url, run):
    page.goto(url)
    expect(page.locator("#construction figure")).to_have_attribute("data-points", "2")
    expect(page.locator("#construction-status")).to_contain_text("We added 48 layers to plain-8")
    tab = guess(page)
    expect(tab.locator("#construction-status")).to_contain_text("You guessed right.")
    assert "recorded" in status(tab)
    tab.get_by_role("button", name="All recorded runs in numbers").click()
    expect(tab.locator("#construction-table")).to_contain_text(words.lesson(run[1]))
    assert tab.locator("#construction polyline").count() == 2


def test_a_guess_outlives_a_reload(tab):
    tab.reload()
    expect(tab.locator("#construction figure")).to_have_attribute("data-points", "402")
    expect(tab.locator("#construction-predict .line")).to_contain_text(f"after training: {WORSE}")
    expect(tab.locator("#construction-status")).to_contain_text("You guessed right.")


def test_where_the_lesson_no_longer_asks_the_outcome_is_there(page, url):
    page.goto(url)
    expect(page.locator("#construction figure")).to_have_attribute("data-points", "2")
    page.click("#deeper-asks input")
    page.get_by_role("option", name="shows the outcome at once").click()
    expect(page.locator("#construction figure")).to_have_attribute("data-points", "402")
    expect(page.locator("#construction-status")).to_contain_text("Good weights were there, and training left them")


def test_a_live_run_says_what_the_experiment_gives(tab, monkeypatch):
    monkeypatch.setattr(section, "Construction", SHORT)
    choose(tab, "net", "residual-8")
    choose(tab, "depth", "14")
    choose(tab, "rate", "0.01")
    tab.click("#construction-go")
    expect(tab.locator("#construction-status")).to_contain_text("measured now", timeout=240_000)
    expect(tab.locator("#construction figure")).to_have_attribute("data-points", "102")
    check, *points = construct(SHORT(RESIDUAL_8, 14, learning_rate=0.01))
    assert words.compared(RESIDUAL_8.lane, 14, check) in status(tab)
    said = [float(n) for n in re.findall(r"gets ([\d.]+) %", status(tab))]
    assert said == [round(points[-2 + k].train_error[0], 1) for k in (0, 1)]
    legend = [float(n) for n in re.findall(r"([\d.]+) %", tab.inner_text("#construction .legend"))]
    assert legend == said


def test_stop_keeps_what_was_measured(tab):
    started(tab, tab.get_attribute("#construction figure", "data-run"))
    tab.click("#construction-stop")
    expect(tab.locator("#construction-status")).to_contain_text("Stopped after step")
    step = int(re.search(r"Stopped after step (\d+)", status(tab))[1])
    assert step < 200
    points = re.compile(f"^({2 * step + 1}|{2 * step + 2})$")  # the second net's last point may not have come
    expect(tab.locator("#construction figure")).to_have_attribute("data-points", points)


def test_a_depth_that_is_not_deeper_gets_a_sentence(tab):
    choose(tab, "net", "plain-20")
    choose(tab, "depth", "14")
    tab.click("#construction-go")
    tab.wait_for_selector("#construction-status .notice")
    assert "more than the 20 layers of the shallow one, not 14" in status(tab)
    assert tab.get_attribute("#construction figure", "data-points") == "402"
