"""The view for a projector: what every section shows there at 1280 x 720, measured in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import app
from tests.conftest import ASKS
from tests.stage import ANSWERED, SETTLED

HEIGHT = 720  # px of the screen
BODY, LABEL = 24, 18  # px of 720: the smallest letters of what is read as a text, and of everything else
PICTURE = 0.7  # of the screen's height: the least that the pictures take, with what belongs to them
LARGE = 70  # px: the least width of a sample that is compared with others
NO_PICTURE = {"exercises"}  # sections of words alone
SHOWN = ":is(svg, canvas, img, table):visible"  # what a part has to show

# [text, px] of all letters in sight that are too small. Formulas and indices set their own; where a number is from is a
# label.
SMALL = """(panel, [body, label]) => {
  const found = [], texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: place } = texts.currentNode;
    if (!data.trim() || place.closest('.katex, sub, .low, .heard, option')) continue;
    if (!place.checkVisibility({ visibilityProperty: true })) continue;
    const svg = place.closest('svg'), drawn = svg?.viewBox.baseVal, at = svg?.getBoundingClientRect();
    const scale = drawn?.width ? Math.min(at.width / drawn.width, at.height / drawn.height) : place.currentCSSZoom;
    const size = scale * parseFloat(getComputedStyle(place).fontSize);
    const least = !svg && place.closest('p, li') && !place.closest('.truth') ? body : label;
    if (size < least - .05) found.push([data.trim().slice(0, 40), size]);
  }
  return found;
}"""
# px between the upper and the lower end of the pictures, as far as they are on the screen.
HIGH = """panel => {
  const parts = 'svg, canvas, img, table, .drawing, .legend, .scale, figcaption, input[type=range]';
  const boxes = [...panel.querySelectorAll(parts)].filter(part => part.checkVisibility())
    .map(part => part.getBoundingClientRect()).filter(box => box.width && box.height);
  const top = Math.min(...boxes.map(box => box.top)), bottom = Math.max(...boxes.map(box => box.bottom));
  return Math.min(innerHeight, bottom) - Math.max(0, top);
}"""


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_on_a_projector_each_section_is_one_screen_with_large_letters_and_a_large_picture(page, url, lesson):
    page.goto(f"{url}?tab={lesson.name}&present=on")
    wrong = {}
    for section in lesson.sections:
        place = {"tab": lesson.name, "at": section.name}
        page.evaluate("at => document.dispatchEvent(new CustomEvent('open-section', { detail: at }))", place)
        panel = page.locator(f"#{lesson.name}-{section.name}")
        panel.get_by_role("heading", level=2).first.wait_for()
        for answered in (False, True):
            if answered and panel.locator(".predict form").is_visible():
                with page.expect_response(ASKS):
                    page.keyboard.press("Enter")
            panel.evaluate(ANSWERED, [lesson.name, answered])
            panel.evaluate(SETTLED)
            found = {"letters": panel.evaluate(SMALL, [BODY, LABEL])}
            found["too high"] = max(0, page.evaluate("document.documentElement.scrollHeight") - HEIGHT)
            if answered and section.name not in NO_PICTURE:
                found["too small"] = max(0, PICTURE * HEIGHT - panel.evaluate(HIGH))
            wrong |= {(section.name, answered, name): what for name, what in found.items() if what}
    assert not wrong, "\n".join(f"{place}: {what}" for place, what in wrong.items())


@pytest.mark.parametrize("section", ["journey", "decided", "numbers"])
def test_on_a_projector_each_part_that_is_offered_shows_something(page, url, section):
    page.goto(f"{url}?tab=noisier&at={section}&predict=off&present=on")
    parts = page.locator(f"#{section}-parts")
    panel, tabs = parts.locator("> [role=tabpanel]:visible"), parts.locator("> .tab-wrapper [role=tab]:visible")
    panel.wait_for()
    assert len(set(tabs.evaluate_all("all => all.map(each => each.getBoundingClientRect().top)"))) <= 1  # on one line
    for tab in tabs.all():
        tab.click()
        panel.locator(SHOWN).first.wait_for()
    if section == "journey":
        expect(page.locator("#equation")).to_be_visible()


def test_on_a_projector_the_equation_stands_where_settings_were_open(page, url):
    page.goto(f"{url}?tab=noisier&at=journey")
    page.locator("#journey-parts").get_by_role("tab", name="Sampler").click()
    expect(page.locator("#journey-steps")).to_be_visible()
    page.locator(".page-head .present").click()
    expect(page.locator("#equation")).to_be_visible()
    expect(page.locator("#journey-sampling")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#journey-steps")).to_be_visible()


def test_on_a_projector_nothing_is_left_of_a_card_once_it_is_answered(page, url):
    page.goto(f"{url}?tab=deeper&at=race&present=on")
    card = page.locator("#race-predict .predict")
    expect(card).to_be_visible()
    page.locator("#race-predict form").evaluate("form => form.querySelector('.skip').click()")
    expect(card).to_be_hidden()


def test_on_a_projector_the_samplers_pictures_are_large(page, url):
    page.goto(f"{url}?tab=noisier&at=samplers&present=on")
    pictures = page.locator("#samplers-album .row:visible .cell img")
    pictures.first.wait_for()
    assert min(pictures.evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")) >= LARGE
