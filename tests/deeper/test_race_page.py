"""The race in a real browser: recorded, live, its columns, its link."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from models.core import artifacts
from tests.chromium import visited
from tests.conftest import unfold
from tests.deeper.racing import (
    POINTS,
    address,
    guess,
    open_settings,
    status,
    wait_for_status,
)
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


def test_where_the_lesson_no_longer_asks_the_deep_nets_are_there(tab):
    tab.click("#deeper-asks input")
    tab.get_by_role("option", name="shows the outcome at once").click()
    tab.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    wait_for_status(tab, "plain-56 trains worse than plain-8")


def test_the_copied_link_restores_the_settings(new_page, url):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    settings = RaceSettings(("residual-20-nobn", "plain-14"), 60, 7, 4, 0.05, first=4, second=3)
    page.goto(f"{url}?{query('deeper', 'race', settings, asks=False)}")
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    open_settings(page)
    page.fill("#race-seed input", "99")
    page.click("#deeper-link button")
    page.wait_for_selector("#deeper-link [role=status]:has-text('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{url}?{query('deeper', 'race', replace(settings, seed=99), asks=False)}"

    other = new_page()
    other.goto(copied)
    other.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    wait_for_status(other, "This link sets up a race of residual-20, no batch norm, plain-14")
    open_settings(other)
    assert other.input_value("#race-seed input") == "99"
    assert other.input_value("#race-rate input") == "0.05"
    assert other.locator("#lane-1 input:checked").input_value() == "residual"
    assert other.locator("#lane-3 input:checked").input_value() == "no net"
    assert not other.locator("#race-settings .lane").first.locator("input[type=checkbox]").is_checked()
    unfold(other, "race-gap")
    other.wait_for_selector("#gap-said p:has-text('residual-56 minus that of residual-8')")


def test_a_link_of_the_page_as_it_was_before_sets_what_it_names_in_every_section(page, url):
    page.goto(
        f"{url}?tab=deeper&predict=off&lanes=residual-20-nobn,plain-14&steps=60&seed=7&seeds=4&learning_rate=0.05"
        "&data=digits&first=4&second=3&shallow=residual-20&deep=44&rate=0.01&inside=56+layers&image=3&block=12"
        "&order=the+strongest+first&surfaces=plain-20+and+residual-20&grid=13&distance=0.5&directions=8"
    )
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    open_settings(page)
    assert page.input_value("#race-seed input") == "7"

    def at(section: str) -> None:
        page.evaluate(
            f"document.dispatchEvent(new CustomEvent('open-section', {{detail: {{tab: 'deeper', at: '{section}'}}}}))"
        )

    at("construction")
    expect(page.locator("#construction-depth input")).to_have_value("44")
    at("block")
    expect(page.locator("#inside-status")).to_contain_text("Test image 3")
    expect(page.locator("#inside-status")).to_contain_text("in block 12 of 27")
    unfold(page, "responses-fold")
    expect(page.locator("#responses svg[role=img]")).to_contain_text("the strongest first")
    at("landscape")
    unfold(page, "landscape-settings")
    expect(page.locator("#landscape-seed input")).to_have_value("8")


def test_a_link_that_asks_nothing_stands_against_a_guess_that_was_made_before(page, url):
    page.goto(url)
    guess(page, {"plain-56": "3", "residual-56": "40"})
    wait_for_status(page, "You guessed 3 % for plain-56")
    page.goto(f"{url}?{query('deeper', 'race', RaceSettings(steps=60), asks=False)}")
    wait_for_status(page, "This link sets up a race")
    expect(page.locator("#race-predict .predict")).to_be_hidden()
    assert "You guessed" not in status(page)


def test_a_link_with_impossible_values_says_so_and_works(page, url):
    page.goto(f"{url}?tab=deeper&seeds=99&learning_rate=nan&lanes=plain-8,<script>&predict=off")
    expect(page.locator("#deeper-notices .notice")).to_have_count(3)
    assert "<script>" not in page.inner_text("#deeper-notices")
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
    run = artifacts.load_run("race-digits")
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


def test_the_columns_follow_the_cursor_of_the_curves(page, url):
    page.goto(address(url))
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    columns = page.locator("#race-columns [data-step]")
    expect(columns).to_have_attribute("data-step", "200")
    page.locator("#race .reading input[type=range]").focus()
    page.keyboard.press("Home")
    expect(columns).to_have_attribute("data-step", "1")
    gradient = artifacts.load_run("race-layers")["1 gradient"][0]
    told = page.get_attribute("#race-columns canvas", "aria-label").split("plain-56 ")[1]
    shown = [float(n) for n in re.findall(r"[\d.]+(?= in the)", told)[:2]]
    assert shown == pytest.approx([gradient[0], gradient[-1]], rel=0.01)
    page.locator("#race-columns input").nth(1).check()
    expect(page.locator("#race-columns canvas")).to_have_attribute(
        "aria-label", re.compile("^signal by layer at step 1")
    )


def test_the_race_to_convergence_takes_the_place_of_the_short_one_and_back(page, url):
    page.goto(address(url))
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    page.locator("#race-which label").nth(1).click()
    page.wait_for_selector(f"#race figure[data-points='{4 * (300 + 150)}']")
    wait_for_status(page, "20 layers. plain-56 has learned, and has learned worse")
    expect(page.locator("#race-columns [data-step]")).to_have_attribute("data-step", "3000")
    page.locator("#race-which label").nth(0).click()
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    wait_for_status(page, "Errors after 200 steps")


def test_hovering_reads_the_curves_at_the_pointer(tab):
    box = tab.locator("#race svg[role=img]").bounding_box()
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    tab.wait_for_selector("#race svg .cursor", state="attached")
    assert tab.inner_text("#race .reading output") not in ("", "step 200")


def test_an_answer_holds_for_the_whole_visit_whatever_section_is_opened_next(page, url):
    page.goto(f"{url}?tab=deeper&at=mathematics")
    page.get_by_role("button", name="Show it without a guess").click()
    page.goto(f"{url}?tab=deeper&at=cifar10")
    expect(page.locator("#cifar10-said")).to_be_visible()
    page.goto(f"{url}?tab=deeper&at=race")
    page.get_by_role("button", name="Guess after all").click()
    page.goto(f"{url}?tab=deeper&at=cifar10")
    expect(page.locator("#deeper-cifar10 .until-guessed")).to_be_visible()
    expect(page.locator("#cifar10-said")).to_be_hidden()


def test_an_exercise_opens_the_race_in_the_same_browser_tab_and_sets_it_up(page, url):
    page.goto(f"{url}?tab=deeper&at=exercises")
    expect(page.locator("#deeper-exercises .until-guessed")).to_contain_text("Guess first: The race.")
    page.get_by_role("button", name="Show it without a guess").click()
    page.get_by_role("link", name="Set up plain nets of 8, 14, 20 and 32 layers, three seeds").click()
    wait_for_status(page, "This link sets up a race of plain-8, plain-14, plain-20, plain-32")
    assert visited(page.context) == [page]
    open_settings(page)
    assert page.input_value("#race-seeds input[type=number]") == "3"
