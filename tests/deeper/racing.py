"""What the browser tests of the race share: its address, and waiting for what it shows."""

from __future__ import annotations

from playwright.sync_api import expect

from models.deeper import race as module
from models.deeper.race import Point, Race
from tests.conftest import unfold
from visuals.deeper.race_settings import RaceSettings
from visuals.page.settings import query

POINTS = 200 + 10  # training errors and test errors of a lane


def race(config: Race) -> list[Point]:
    return [event for event in module.race(config) if isinstance(event, Point)]


def address(url: str, **settings) -> str:
    """The link to a race, without the question."""
    return f"{url}?{query('deeper', 'race', RaceSettings(**settings), asks=False)}"


def open_settings(page) -> None:
    """The settings of the race, ready to be changed."""
    unfold(page, "race-settings")
    page.wait_for_selector("#race-seed input")


def small(depth: int) -> tuple[str, ...]:
    return ("plain-8", f"plain-{depth}", "residual-8", f"residual-{depth}")


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
