"""Every section of the page in a real browser: it opens, fits every width, is accessible, and asks no other host.

Errors, and requests to other hosts, are watched by the fixtures in conftest.py.
"""

from __future__ import annotations

import re
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import app
from models.core.runtime import hardware
from visuals.page.section import Section

LOADED_AT = {"light": 1440, "dark": 390}  # px: a desk and a phone both load the page first
WIDTHS = (1280, 390, 1440)  # px, in turn; in light, as colours take no room
# px that the page is too wide, once what is drawn anew for a new width has been drawn: in the frame after the next.
OVERFLOW = """async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}"""

# (rule, part of the element's HTML) of all that axe finds by its rules, or by some of them.
VIOLATIONS = """rules => axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html])))"""
# What axe finds in Gradio's own markup and cannot be mended from outside: (rule, part of the element's HTML) to reason.
GRADIO_S_OWN = {
    ("image-redundant-alt", 'alt="Settings"'): "the icon in the footer has the word beside it as its text",
}


PLACES = [(lesson.name, section) for lesson in app.LESSONS for section in lesson.sections]
MOST_BYTES, MOST_ELEMENTS = 120_000, 1500  # of the page's HTML, compressed; on the page once a lesson is opened

CONTRAST = """radio => {
  const styles = [getComputedStyle(radio).borderTopColor, getComputedStyle(radio.closest('label')).backgroundColor];
  const [dark, light] = styles.map(colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255);
    const [r, g, b] = parts.map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b + .05;
  }).sort((a, b) => a - b);
  return light / dark;
}"""


def open_section(page: Page, tab: str, section: Section) -> Locator:
    """Goes to a section of the open page by the rail; returns its panel, which is the only one in sight."""
    if not page.locator("#rail ol a[aria-current]").get_attribute("href").startswith(f"?tab={tab}&"):
        page.click(f"#rail .lessons a[href^='?tab={tab}&']")
    page.click(f"#rail ol a[href$='at={section.name}']")
    panel = page.locator(f"#{tab}-{section.name}")
    expect(panel.get_by_role("heading", level=2).first).to_have_text(section.heading or section.title)
    expect(page.locator("#lessons .no-tabs > .tabitem:visible")).to_have_count(1)
    return panel


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds but is not Gradio's own. The script stays in the page, which has not to read it again."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(VIOLATIONS, list(rules) or None)
    allowed = GRADIO_S_OWN.keys()
    return [f"{rule}: {html}" for rule, html in found if not any(rule == r and part in html for r, part in allowed)]


@pytest.mark.parametrize("scheme", LOADED_AT)
@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_every_section_fits_every_width_and_is_accessible(new_page, url, lesson, scheme):
    loaded = LOADED_AT[scheme]
    page = new_page(width=loaded, color_scheme=scheme)
    page.goto(f"{url}?tab={lesson.name}")
    tab = lesson.name
    for section in lesson.sections:
        panel = open_section(page, tab, section)
        expect(panel.locator("[role=alert]:visible")).to_have_count(0)
        assert ("dark" in (page.get_attribute("body", "class") or "").split()) == (scheme == "dark")
        assert not (found := violations(page)), f"{tab} {section.name}, {loaded} px wide:\n" + "\n".join(found)
        assert page.evaluate(OVERFLOW) <= 0, f"{tab} {section.name}, {loaded} px wide"
        for width in WIDTHS if scheme == "light" else ():
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(OVERFLOW) <= 0, f"{tab} {section.name}, {width} px wide"


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_each_lesson_opens_light_with_one_obvious_button_and_lines_that_can_be_read(page, url, lesson):
    """No paragraph of prose in sight is wider than 70 digits' width. The header names the page and the device."""
    page.goto(f"{url}?tab={lesson.name}")
    expect(page).to_have_title(app.TITLE)
    expect(page.get_by_role("heading", level=1)).to_have_text(app.TITLE)
    expect(page.locator(".badge")).to_have_text(hardware())
    panel = page.locator(f"#{lesson.name}-{lesson.sections[0].name}")
    expect(panel.locator("button.primary:visible")).to_have_count(1)
    expect(panel.locator(".truth").first).to_be_visible()
    widest = panel.evaluate(
        """panel => Math.max(...[...panel.querySelectorAll('.prose p')].filter(p => p.clientWidth).map(p => {
            const probe = Object.assign(document.createElement('span'), {style: 'position:absolute;width:1ch'});
            p.append(probe);
            const characters = p.clientWidth / probe.getBoundingClientRect().width;
            probe.remove();
            return characters;
        }))"""
    )
    assert 0 < widest <= 71
    assert page.evaluate("document.querySelectorAll('*').length") <= MOST_ELEMENTS
    for other in lesson.sections[1:]:
        assert page.locator(f"#{lesson.name}-{other.name} *").count() == 0, f"{other.name} is not open"


@pytest.mark.parametrize("scheme", LOADED_AT)
def test_a_choice_that_is_not_taken_is_seen(new_page, url, scheme):
    """Its border has a contrast of 3 to 1 at least (WCAG 2.2, 1.4.11)."""
    page = new_page(color_scheme=scheme)
    page.goto(f"{url}?tab=noisier")
    radio = page.locator("#noisier-network").get_by_label("CIFAR-10 photographs")
    expect(radio).to_be_visible()
    assert radio.evaluate(CONTRAST) >= 3


def test_the_page_itself_is_light(url):
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.read()) <= MOST_BYTES


def test_a_browser_in_another_language_is_told_that_the_page_is_in_english(new_page, url):
    page = new_page(locale="de-DE")
    page.goto(url)
    expect(page.get_by_role("button", name="Einstellungen")).to_be_visible()  # gradio's own word: it has chosen
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_every_lesson_and_section_is_reached_by_keyboard(page, url):
    page.goto(url)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 720})
        for lesson in app.LESSONS[::-1]:
            entry = page.locator(f"#rail .lessons a[href^='?tab={lesson.name}&']")
            expect(entry).to_be_visible()
            page.get_by_role("heading", level=1).click()  # back to the top
            for _ in range(20):
                page.keyboard.press("Tab")
                if entry.evaluate("link => link === document.activeElement"):
                    break
            page.keyboard.press("Enter")
            expect(page.locator(f"#{lesson.name}-{lesson.sections[0].name} h2").first).to_be_focused()


def test_the_triangle_of_a_fold_stays_in_its_box_where_the_title_has_two_lines(new_page, url):
    page = new_page(390, 844)
    page.goto(f"{url}?tab=noisier&at=guidance")
    fold = page.locator("button.label-wrap:visible", has_text="For the curious")
    expect(fold).to_be_visible()
    title, triangle = (fold.locator(part).bounding_box() for part in ("span >> nth=0", ".icon"))
    assert title["height"] > 30
    assert triangle["width"] < 24  # turned, it is as wide as it was high: one line


def test_lessons_are_numbered_and_places_named_once():
    assert all(re.match(rf"{number} \w+$", lesson.title) for number, lesson in enumerate(app.LESSONS, start=1))
    assert len({(tab, section.name) for tab, section in PLACES}) == len(PLACES)


def test_a_link_opens_its_lesson_and_an_unknown_one_the_first(page, url):
    for asked, opened in (("noisier", "3 Noisier"), ("<b>", "1 Deeper")):
        page.goto(f"{url}?tab={asked}")
        expect(page.locator("#rail .lessons a[aria-current=true]")).to_have_text(opened)
