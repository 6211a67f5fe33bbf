"""What the landscape's browser tests do on its page, and what they read off its picture and table."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from models.core import artifacts
from tests.conftest import unfold
from visuals.deeper.landscape.section import RUN

RECORDED = 2 * artifacts.certificate(RUN).config["size"] ** 2  # places of a pair
NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : real.call(this, kind, ...rest); };"""


def as_written(cell: str) -> float:
    """8.52·10⁻⁴ is 8.52e-4."""
    front, _, exponent = cell.partition("·10")
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(front) * 10 ** int(exponent.translate(digits) or 0)


def cameras(page) -> list[dict]:
    return page.evaluate(
        """() => { const drawing = document.querySelector('#landscape .drawing');
        return ['scene', 'scene2'].map(s => drawing._fullLayout[s]._scene.getCamera().eye); }"""
    )


def at_the_surfaces(page, url: str, points: int = RECORDED):
    page.goto(url)
    page.locator("#landscape figure").scroll_into_view_if_needed()
    page.wait_for_selector(f"#landscape figure[data-points='{points}']")
    return page


def with_contours(page, url):
    """For what does not depend on the drawing: surfaces take long where there is no GPU."""
    page.add_init_script(NO_WEBGL)
    return at_the_surfaces(page, url)


def control(page, name: str, value: object) -> None:
    """A number box hears nothing in the moment in which its fold opens."""
    box = page.locator(f"#landscape-{name} input[type=number]")
    slider = page.locator(f"#landscape-{name} input[type=range]")
    for _ in range(20):
        box.fill(str(value))
        box.press("Tab")
        if not slider.count() or slider.input_value() == str(value):
            break
    assert not slider.count() or slider.input_value() == str(value)


def choose(page, pair: str) -> None:
    page.click("#landscape-pair input")
    page.get_by_role("option", name=pair).click()


def compute(page, pair: str, size: int, reach: float, seed: int) -> str:
    """Set the controls and press the button; the number of the run on screen before."""
    if page.input_value("#landscape-pair input") != pair:
        choose(page, pair)
    if not page.locator("#landscape-seed input").is_visible():
        unfold(page, "landscape-settings")
    for name, value in {"size": size, "reach": reach, "seed": seed}.items():
        control(page, name, value)
    before = page.get_attribute("#landscape figure", "data-run")
    page.click("#landscape-go")
    return before


def wait_for_new_run(page, before: str, points: int) -> None:
    page.wait_for_function(
        """([run, points]) => { const d = document.querySelector('#landscape figure')?.dataset;
        return d && d.run !== run && +d.points >= points; }""",
        arg=[before, points],
        timeout=300_000,
    )


def status(page) -> str:
    return page.inner_text("#landscape-status")


def wait_for_status(page, pattern: str) -> None:
    """Surfaces and status are drawn one after the other."""
    expect(page.locator("#landscape-status")).to_contain_text(re.compile(pattern))
