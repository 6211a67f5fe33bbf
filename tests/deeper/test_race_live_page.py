"""The live race in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models.deeper.race import Race
from tests.conftest import PATIENCE, end_of, expect_the_end, unfold
from tests.deeper.racing import (
    POINTS,
    guess,
    open_settings,
    race,
    small,
    start,
    status,
    wait_for_new_run,
    wait_for_status,
)
from visuals.deeper.lanes import LANES
from visuals.deeper.race import section, words
from visuals.deeper.race_settings import RaceSettings
from visuals.page.settings import query


@pytest.fixture(scope="module")
def url(lesson_url):
    return lesson_url


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.wait_for_selector(f"#race figure[data-points='{2 * POINTS}']")
    return page


def test_the_button_first_asks_for_a_guess_and_at_the_second_press_trains_without_one(tab):
    tab.get_by_label("plain-56").and_(tab.locator("#race-predict input[type=number]")).fill("70")
    tab.click("#race-go")
    wait_for_status(tab, "First say in the card what you expect of the nets with 56 layers, or skip it")
    tab.wait_for_selector("#race-predict [data-state=urged]")
    assert tab.locator("#race-predict input[type=number]").first.input_value() == "70"  # nothing is lost
    before = tab.get_attribute("#race figure", "data-run")
    assert before == "1"
    tab.click("#race-go")
    wait_for_new_run(tab, before)
    assert "No guess made." in tab.inner_text("#race-predict")
    tab.click("#race-stop")


def test_a_guess_after_the_first_press_goes_onto_the_live_chart(tab):
    tab.click("#race-go")
    tab.wait_for_selector("#race-predict [data-state=urged]")
    guess(tab, {"plain-56": "3", "residual-56": "40"})
    tab.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    before = tab.get_attribute("#race figure", "data-run")
    tab.click("#race-go")
    wait_for_new_run(tab, before)
    assert "your guess: plain-56" in tab.text_content("#race svg[role=img]")
    tab.click("#race-stop")


def test_a_late_guess_reaches_the_live_race_and_its_sentence(page, url):
    settings = RaceSettings(lanes=("plain-8", "plain-56"), seed=3)
    page.goto(f"{url}?{query('deeper', 'race', settings)}")
    page.wait_for_selector("#race-predict:has-text('Lock in')")
    page.click("#race-predict button:has-text('Skip')")
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    before = page.get_attribute("#race figure", "data-run")
    page.click("#race-go")
    run = wait_for_new_run(page, before, points=8)
    page.click("#race-predict button:has-text('Guess after all')")
    guess(page, {"plain-56": "3", "residual-56": "40"})  # while it trains
    page.wait_for_selector("#race text:has-text('your guess: plain-56, 3.0 %')")
    wait_for_status(page, "after 200 steps")
    assert page.get_attribute("#race figure", "data-run") == run
    assert "You guessed 3 % for plain-56" in status(page)
    assert "residual-56" not in status(page)  # does not race
    page.click("#race-predict button:has-text('Guess again')")
    guess(page, {"plain-56": "98", "residual-56": "40"})  # afterwards
    wait_for_status(page, "You guessed 98 % for plain-56")
    assert page.text_content("#race svg[role=img]").count("your guess") == 1
    expect(page.locator("#race figure")).to_have_attribute("data-points", str(2 * POINTS))


def test_the_last_sentence_of_a_live_race_has_the_numbers_of_the_race(page, url):
    before, points = start(page, url, lanes=small(14), steps=60, seed=11), 4 * (60 + 3)
    wait_for_new_run(page, before)
    wait_for_status(page, "after 60 steps")
    expect(page.locator("#race figure")).to_have_attribute("data-points", str(points))
    assert "measured now" in status(page)

    config = Race(tuple(LANES[lane] for lane in small(14)), steps=60, seed=11)
    last = {point.lane: point for point in race(config)}
    assert words.verdict(words.result_of(config, last)) in status(page)
    for kind, found in (("training", "train_error"), ("test", "test_error")):
        shown = [float(n) for n in re.findall(rf"{kind}\s+([\d.]+) %", page.inner_text("#race .legend"))]
        assert shown == [round(getattr(last[lane], found)[0], 1) for lane in range(4)]
    # The gap is that of the new race.
    unfold(page, "race-gap")
    page.wait_for_selector("#gap-said p:has-text('plain-14 minus that of plain-8')")
    assert "from one seed" in page.inner_text("#gap-said")
    # The layers at the last step are those of the same race, also in the section that is opened only now.
    expect(page.locator("#race-columns [data-step]")).to_have_attribute("data-step", "60")
    first, end = (last[3].layers.gradient[k] for k in (0, -1))
    told = page.get_attribute("#race-columns canvas", "aria-label").split("residual-14 ")[1]
    assert [float(n) for n in re.findall(r"[\d.]+(?= in the)", told)] == pytest.approx([first, end], rel=0.01)
    expect(page.locator("#deeper-nets")).to_contain_text(
        "from your race: plain-8, plain-14, residual-8 and residual-14"
    )
    page.get_by_role("link", name="Vanishing gradients").first.click()
    unfold(page, "layers-fold")
    expect(page.locator("#layers-gradient .moment output")).to_have_text("60")
    shown = page.inner_text("#layers-gradient .legend li:has-text('residual-14') b")
    assert float(shown) == pytest.approx(end, rel=0.01)


def test_the_same_link_gives_the_same_curves_to_the_last_digit(new_page, url, tmp_path):
    def curves() -> str:
        page = new_page()
        wait_for_new_run(
            page, start(page, url, lanes=("plain-8", "residual-14-nobn-xavier"), steps=20, seed=123, seeds=2)
        )
        wait_for_status(page, "after 20 steps")
        with page.expect_download() as download:
            page.click("#race .downloads button:has-text('CSV')")
        return Path(download.value.path()).read_text(encoding="utf-8")

    first = curves()
    assert first.count("\n") > 20
    assert curves() == first


def test_stop_keeps_what_was_measured(page, url):
    wait_for_new_run(page, start(page, url, seed=1), points=8)
    page.click("#race-stop")
    wait_for_status(page, "Stopped")
    expect_the_end(section.latest, page)
    step = int(re.search(r"Stopped after step (\d+)", status(page))[1])
    assert 2 <= step < 200
    page.wait_for_function(
        "step => Math.max(...[...document.querySelectorAll('#race polyline')].map(l => l.points.length)) === step",
        arg=step,
    )


def test_a_second_click_supersedes_the_first_race(page, url, monkeypatch):
    ended = end_of(monkeypatch, section, "race")
    first = wait_for_new_run(page, start(page, url, seed=1), points=8)
    open_settings(page)
    page.fill("#race-seed input", "2")
    page.click("#race-go")
    second = wait_for_new_run(page, first)
    assert ended.wait(PATIENCE / 1000), "the first race goes on"
    assert section.latest.running  # the second
    expect(page.locator("#race-status")).to_contain_text("seed 2")
    page.click("#race-stop")
    expect_the_end(section.latest, page)
    assert page.get_attribute("#race figure", "data-run") == second


def test_two_visitors_race_at_once_without_seeing_each_other(new_page, url):
    lanes = {"plain-14": new_page(), "residual-20": new_page()}
    before = {lane: start(page, url, lanes=(lane,), steps=60, seed=7) for lane, page in lanes.items()}
    for lane, page in lanes.items():
        wait_for_new_run(page, before[lane])
        wait_for_status(page, "after 60 steps")
        assert f"{lane} gets" in status(page)
        assert page.locator("#race .legend li").count() == 2


def test_a_net_that_diverges_is_marked_and_the_others_go_on(page, url):
    wait_for_new_run(page, start(page, url, lanes=("residual-56-nobn", "residual-8"), steps=20, seed=1))
    wait_for_status(page, "after 20 steps")
    assert "residual-56, no batch norm has diverged" in status(page)
    assert "residual-8 gets" in status(page)
    assert page.locator("#race svg .cross").count() >= 1


def test_leaving_ends_the_race(browser, page, url):
    leaving = browser.new_context()
    visitor = leaving.new_page()
    wait_for_new_run(visitor, start(visitor, url, seed=1, steps=1000), points=8)
    assert section.latest.running
    leaving.close()
    page.goto(url)
    expect_the_end(section.latest, page)


def test_an_impossible_seed_gets_a_sentence_and_leaves_the_chart(tab):
    open_settings(tab)
    tab.fill("#race-seed input", "-3")
    tab.click("#race-go")
    tab.wait_for_selector("#race-status .notice")
    assert "First seed must be a number from 0" in status(tab)
    assert tab.get_attribute("#race figure", "data-points") == str(2 * POINTS)
