"""Tab 1 in a real browser: the recorded race, the live one, the link and the layers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models import artifacts
from models import race as module
from models.race import Point, Race
from tests.conftest import PATIENCE, end_of, expect_the_end
from tests.small_page import with_one_tab
from visuals.degradation import race as section
from visuals.degradation.state import LANES, State
from visuals.links import query

POINTS = 200 + 10  # training errors and test errors of a lane


def race(config: Race) -> list[Point]:
    return [event for event in module.race(config) if isinstance(event, Point)]


def address(url: str, **settings) -> str:
    """The link to a race, without the question."""
    return f"{url}?{query(State(predict=False, **settings), 'deeper')}"


def open_settings(page) -> None:
    """The settings of the race, ready to be changed: gradio sets them once more in the frame after they are seen."""
    page.click("#race-settings button.label-wrap")
    page.wait_for_selector("#race-seed input")
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )


def small(depth: int) -> tuple[str, ...]:
    return ("plain-8", f"plain-{depth}", "residual-8", f"residual-{depth}")


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with with_one_tab("deeper", tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.wait_for_selector(f"#race figure[data-points='{2 * POINTS}']")
    return page


def start(page, url: str, **settings) -> str:
    """Open a race by its link and press the button; returns the number of the run on screen before."""
    page.goto(address(url, **settings))
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    before = page.get_attribute("#race figure", "data-run")
    page.click("#race-go")
    return before


def wait_for_new_run(page, before: str, points: int = 1) -> str:
    page.wait_for_function(
        """([run, points]) => { const d = document.querySelector('#race figure')?.dataset;
        return d && d.run !== run && +d.points >= points; }""",
        arg=[before, points],
        timeout=120_000,
    )
    return page.get_attribute("#race figure", "data-run")


def status(page) -> str:
    return page.inner_text("#race-status")


def wait_for_status(page, text: str) -> None:
    expect(page.locator("#race-status")).to_contain_text(text, timeout=240_000)


def guess(page, guesses: dict[str, str]) -> None:
    """Fill in the card."""
    for name, value in guesses.items():
        page.get_by_label(name).and_(page.locator("#race-predict input[type=number]")).fill(value)
    page.click("#race-predict button:has-text('Lock in')")


def test_opens_on_the_shallow_nets_and_shows_the_deep_ones_with_the_guess(tab):
    assert "recorded" in status(tab)
    assert tab.locator("#race polyline").count() == 4
    assert "plain-56" not in tab.inner_text("#race .legend")
    guess(tab, {"plain-56": "3", "residual-56": "40"})
    tab.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    wait_for_status(tab, "You guessed 3 % for plain-56")
    assert "points too low" in status(tab)
    assert "your guess: plain-56" in tab.text_content("#race svg[role=img]")
    assert tab.locator("#race polyline").count() == 8


def test_skipping_the_question_shows_everything(tab):
    tab.click("#race-predict button:has-text('Skip')")
    tab.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    assert "guess" not in tab.text_content("#race svg[role=img]")


def test_the_button_first_asks_for_a_guess_and_at_the_second_press_trains_without_one(tab):
    tab.get_by_label("plain-56").and_(tab.locator("#race-predict input[type=number]")).fill("70")
    tab.click("#race-go")
    wait_for_status(tab, "First say in the card what you expect of the nets with 56 layers, or skip it")
    tab.wait_for_selector("#race-predict [data-state=urged]")
    assert tab.locator("#race-predict input[type=number]").first.input_value() == "70"  # nothing is lost
    before = tab.get_attribute("#race figure", "data-run")
    assert before == "2"
    tab.click("#race-go")
    wait_for_new_run(tab, before)
    assert "No guess made." in tab.inner_text("#race-predict")
    tab.click("#race-stop")


def test_a_guess_after_the_first_press_goes_onto_the_live_chart(tab):
    tab.click("#race-go")
    tab.wait_for_selector("#race-predict [data-state=urged]")
    guess(tab, {"plain-56": "3", "residual-56": "40"})
    tab.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    tab.click("#race-go")
    wait_for_new_run(tab, "4")
    assert "your guess: plain-56" in tab.text_content("#race svg[role=img]")
    tab.click("#race-stop")


def test_a_late_guess_reaches_the_live_race_and_its_sentence(page, url):
    settings = State(lanes=("plain-8", "plain-56"), seed=3)
    page.goto(f"{url}?{query(settings, 'deeper')}")
    page.wait_for_selector("#race-predict:has-text('Lock in')")
    page.click("#race-predict button:has-text('Skip')")
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    page.click("#race-go")
    run = wait_for_new_run(page, "4", points=8)
    page.click("#race-predict button:has-text('Guess after all')")
    guess(page, {"plain-56": "3", "residual-56": "40"})  # while it trains
    page.wait_for_selector("#race text:has-text('your guess: plain-56, 3.0 %')")
    wait_for_status(page, "After 200")
    assert page.get_attribute("#race figure", "data-run") == run
    assert "You guessed 3 % for plain-56" in status(page)
    assert "residual-56" not in status(page)  # does not race
    page.click("#race-predict button:has-text('Guess again')")
    guess(page, {"plain-56": "98", "residual-56": "40"})  # afterwards
    wait_for_status(page, "You guessed 98 % for plain-56")
    assert page.text_content("#race svg[role=img]").count("your guess") == 1
    expect(page.locator("#race figure")).to_have_attribute("data-points", str(2 * POINTS))


def test_live_race_streams_and_its_last_sentence_has_the_numbers_of_the_race(page, url):
    before, points = start(page, url, lanes=small(14), steps=60, seed=11), 4 * (60 + 3)
    wait_for_new_run(page, before)
    assert int(page.get_attribute("#race figure", "data-points")) < points  # it is seen while it grows
    expect(page.locator("#race-status")).to_contain_text(re.compile(r"step \d+ of 60, about \d+ s left"))
    wait_for_status(page, "After 60")
    expect(page.locator("#race figure")).to_have_attribute("data-points", str(points))
    assert "measured now" in status(page)

    config = Race(tuple(LANES[lane] for lane in small(14)), steps=60, seed=11)
    last = {point.lane: point for point in race(config)}
    said = [float(n) for n in re.findall(r"([\d.]+) %", status(page))]
    assert said == [round(last[lane].train_error[0], 1) for lane in range(4)]
    tests = [float(n) for n in re.findall(r"test\s+([\d.]+) %", page.inner_text("#race .legend"))]
    assert tests == [round(last[lane].test_error[0], 1) for lane in range(4)]
    # The layers at the last step are those of the same race.
    assert page.inner_text("#layers-gradient .moment output") == "60"
    shown = page.inner_text("#layers-gradient .legend li:has-text('residual-14') b")
    assert float(shown) == pytest.approx(last[3].layers.gradient[-1], rel=0.01)
    # And the gap is that of the new race.
    page.click("#race-gap button.label-wrap")
    page.wait_for_selector("#gap-said p:has-text('plain-14 minus that of plain-8')")
    assert "from one seed" in page.inner_text("#gap-said")


def test_the_same_link_gives_the_same_curves_to_the_last_digit(new_page, url, tmp_path):
    def curves() -> str:
        page = new_page()
        wait_for_new_run(
            page, start(page, url, lanes=("plain-8", "residual-14-nobn-xavier"), steps=20, seed=123, seeds=2)
        )
        wait_for_status(page, "After 20")
        with page.expect_download() as download:
            page.click("#race .downloads button:has-text('CSV')")
        return Path(download.value.path()).read_text(encoding="utf-8")

    first = curves()
    assert first.count("\n") > 20
    assert curves() == first


def test_the_copied_link_restores_the_settings(new_page, url):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    settings = State(
        False, ("residual-20-nobn", "plain-14"), 60, 7, 4, 0.05, shallow="residual-20", deep="44", rate="0.01",
        inside="56 layers", image=3, block=12, surfaces="plain-20 and residual-20", grid="13", distance=0.5,
        directions=8, first=4, second=3, order="the strongest first",
    )  # fmt: skip
    page.goto(f"{url}?{query(settings, 'deeper')}")
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    open_settings(page)
    page.fill("#race-seed input", "99")
    page.click("#race-link button")
    page.wait_for_selector("#race-link [role=status]:has-text('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{url}?{query(replace(settings, seed=99), 'deeper')}"

    other = new_page()
    other.goto(copied)
    other.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    open_settings(other)
    assert other.input_value("#race-seed input") == "99"
    assert other.input_value("#race-rate input") == "0.05"
    assert other.locator("#lane-1 input:checked").input_value() == "residual"
    assert other.locator("#lane-3 input:checked").input_value() == "no net"
    assert not other.locator("#race-settings .lane").first.locator("input[type=checkbox]").is_checked()
    expect(other.locator("#inside-status")).to_contain_text("in block 12 of 27")
    assert other.inner_text("#inside-status").startswith("Test image 3")
    expect(other.locator("#landscape-status")).to_contain_text("residual-20")
    assert other.input_value("#landscape-seed input") == "8"
    other.click("#race-gap button.label-wrap")
    other.wait_for_selector("#gap-said p:has-text('residual-56 minus that of residual-8')")
    assert other.locator("#responses-order input:checked").input_value() == "the strongest first"
    ranked = "document.querySelector('#responses svg[role=img]').textContent.includes('the strongest first')"
    other.wait_for_function(ranked)
    assert other.locator("#construction-depth input:checked").input_value() == "44"


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
    ended = end_of(monkeypatch, section, "run_race")
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
        wait_for_status(page, "After 60")
        assert f"{lane} gets" in status(page)
        assert page.locator("#race .legend li").count() == 2


def test_a_net_that_diverges_is_marked_and_the_others_go_on(page, url):
    wait_for_new_run(page, start(page, url, lanes=("residual-56-nobn", "residual-8"), steps=20, seed=1))
    wait_for_status(page, "After 20")
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
    assert "seed must be between 0 and" in status(tab)
    assert tab.get_attribute("#race figure", "data-points") == str(2 * POINTS)


def test_a_link_with_impossible_values_says_so_and_works(page, url):
    page.goto(f"{url}?tab=deeper&seeds=99&learning_rate=nan&lanes=plain-8,<script>&predict=off")
    page.wait_for_selector("#race-status .notice")
    assert page.locator("#race-status .notice").count() == 3
    assert "<script>" not in page.inner_text("#race-status")
    open_settings(page)
    assert page.input_value("#race-seeds input[type=number]") == "5"


def test_curves_can_be_read_by_keyboard_and_as_a_table(page, url):
    page.goto(address(url))
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    slider = page.locator("#race .reading input[type=range]")
    slider.focus()
    assert page.inner_text("#race .reading output") == "step 200"
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#race .reading output")).to_have_text("step 197")
    run = artifacts.load_run("races-digits")
    expected = run["train_error"][-1, 0, :, 196].mean()
    row = page.locator("#race .legend li", has_text="plain-56 training")
    assert float(row.locator("b").inner_text().split()[0]) == pytest.approx(expected, abs=0.051)

    page.locator("#race summary").click()
    page.wait_for_selector("#race tbody tr:nth-child(200)")
    cells = page.locator("#race tbody tr:nth-child(197)").locator("th, td").all_inner_texts()
    assert cells[0] == "197"
    assert f"{expected:.1f} %" in cells

    page.check("#race .seeds input")
    page.wait_for_selector("#race thead th:has-text('plain-56 training, seed 4')")
    column = page.locator("#race thead th").all_inner_texts().index("plain-56 training, seed 4")
    cell = page.locator("#race tbody tr:nth-child(200)").locator("th, td").nth(column)
    assert float(cell.inner_text().split()[0]) == pytest.approx(run["train_error"][-1, 0, 4, 199], abs=0.051)


def test_the_layers_are_scrubbed_through_the_training(tab):
    run = artifacts.load_run("races-signal")
    slider = tab.locator("#layers-signal .moment input")
    slider.focus()
    tab.keyboard.press("Home")
    expect(tab.locator("#layers-signal .moment output")).to_have_text("1")
    shown = tab.inner_text("#layers-signal .legend li:has-text('plain-56') >> nth=0")
    assert float(re.findall(r"[\d.]+(?:e-\d+)?$", shown.strip())[0]) == pytest.approx(run["0 signal"][0, -1], rel=0.01)
    assert tab.locator("#layers-signal polyline").count() == 4


def test_hovering_reads_the_curves_at_the_pointer(tab):
    box = tab.locator("#race svg[role=img]").bounding_box()
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    tab.wait_for_selector("#race svg .cursor", state="attached")
    assert tab.inner_text("#race .reading output") not in ("", "step 200")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(new_page, url, scheme):
    page = new_page(390, 844, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#race figure[data-points]")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
