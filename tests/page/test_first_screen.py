"""What stands on the page before gradio is there: the section's pictures and words, where gradio will put them."""

from __future__ import annotations

import re

import pytest

import app
from visuals.page.opening import OPENINGS, first_screen
from visuals.page.style import CSS

GRADIO = "**/assets/index-*.js"
TOLERANCE = 8  # pixels
PLACES = [(lesson.name, section.name) for lesson in app.LESSONS for section in lesson.sections]
# Of what an element shows that has a twin: where it is. What only holds other parts is as high as they are.
SEEN = "element => element.checkVisibility({ visibilityProperty: true })"
BOXES = f"""selector => Object.fromEntries([...document.querySelectorAll(selector)].filter({SEEN})
  .filter(element => element.querySelector('canvas, svg, img, a')).map(element => {{
    const {{ left, top, width }} = element.getBoundingClientRect();
    return [element.dataset.twin ?? element.id, [left, top, width]];
  }}))"""
NOTED = "window.noted = new Set(); document.addEventListener('component-drawn', ({ target }) => noted.add(target))"
DRAWN = f"""() => {{
  const shown = [...document.querySelectorAll('#first-screen [data-drawn]')].filter({SEEN});
  return shown.length > 1 && shown.every(element => noted.has(element));
}}"""
WITH_LETTERS = "() => Promise.all([...document.fonts].map(font => font.load())).then(() => true)"
NEAR = f"""([first, selector, tolerance]) => {{
  const then = ({BOXES})(selector), both = Object.keys(first).filter(name => name in then);
  return both.length > 2 && both.every(name => first[name].every((x, k) => Math.abs(x - then[name][k]) <= tolerance));
}}"""
TAKEN_AWAY = "() => !document.getElementById('first-screen')"


@pytest.fixture
def page(browser, watch):
    opened = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    opened.add_init_script(NOTED)
    yield watch(opened)
    opened.close()


@pytest.mark.parametrize(("tab", "at"), [(lesson.name, lesson.sections[0].name) for lesson in app.LESSONS])
def test_the_pictures_stand_where_gradio_puts_them(page, url, tab, at):
    held = []
    page.route(GRADIO, lambda request: held.append(request))
    page.goto(f"{url}?tab={tab}&at={at}", wait_until="commit")
    page.wait_for_function(DRAWN)
    page.evaluate(WITH_LETTERS)
    first = page.evaluate(BOXES, "#first-screen .block[data-twin]")
    heading = page.locator("#first-screen h2").text_content()
    for request in held:
        request.continue_()
    page.unroute(GRADIO)
    page.wait_for_function(TAKEN_AWAY)
    page.wait_for_function(NEAR, arg=[first, "#stage .component, #rail, #head", TOLERANCE])
    assert page.locator(f"#{tab}-{at} h2").text_content() == heading


def test_of_the_journey_comes_first_what_is_seen_of_it(page, url):
    """The film is complete, and the same as later; the other panels of its moments follow."""
    held, fetched = [], []
    page.route(GRADIO, lambda request: held.append(request))
    page.on("requestfinished", lambda request: fetched.append(request) if "/values/" in request.url else None)
    page.goto(f"{url}?tab=noisier", wait_until="commit")
    page.wait_for_function(DRAWN)
    film = page.locator("#first-screen .strip").evaluate("film => film.toDataURL()")
    early = sum(request.sizes()["responseBodySize"] for request in fetched)
    for request in held:
        request.continue_()
    page.unroute(GRADIO)
    page.wait_for_function("film => document.querySelector('#player .strip')?.toDataURL() === film", arg=film)
    assert 4 * early < sum(request.sizes()["responseBodySize"] for request in fetched)


@pytest.mark.parametrize(("tab", "at"), PLACES)
def test_every_section_has_one_with_its_heading(whole_page, tab, at):
    section = next(s for lesson in app.LESSONS if lesson.name == tab for s in lesson.sections if s.name == at)
    screen = OPENINGS[whole_page].first_screen({"tab": tab, "at": at}, "gradio.js")
    assert f"<h2>{section.heading or section.title}</h2>" in screen
    assert screen.count("<h2>") == 1
    assert "None" not in screen


@pytest.mark.parametrize(("link", "marked"), [({}, "MNIST digits"), ({"network": "cifar10"}, "CIFAR-10 photographs")])
def test_a_choice_is_marked_before_gradio_is_there(whole_page, link, marked):
    """While the page came, none of the networks looked chosen."""
    screen = OPENINGS[whole_page].first_screen({"tab": "noisier", "at": "samplers"} | link, "gradio.js")
    assert re.findall(r'<span class="chosen">([^<]*)</span>', screen) == [marked]


def test_nothing_on_it_can_be_reached_and_gradio_waits_for_its_pictures(page, url):
    page.add_init_script("""window.begun = [];
    document.addEventListener('component-drawn', ({ target }) => {
      if (target.closest('#first-screen')) begun.push(customElements.get('gradio-app') !== undefined);
    });""")
    page.route(GRADIO, lambda request: None)
    page.goto(f"{url}?tab=deeper", wait_until="commit")
    page.wait_for_function(DRAWN)
    assert set(page.evaluate("begun")) == {False}
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement === document.body")
    assert page.locator("#first-screen [aria-current=page]").text_content() == "The race"


def test_gradio_begins_where_the_screen_s_script_cannot_be_fetched(browser, url):
    page = browser.new_page()
    page.route("**/first_screen.js", lambda request: request.fulfill(status=503, content_type="text/javascript"))
    page.goto(f"{url}?tab=wider", wait_until="commit")
    page.wait_for_selector("#wider-map svg")
    assert page.evaluate(TAKEN_AWAY)
    page.close()


def test_a_component_that_never_comes_does_not_keep_the_screen(page, url):
    """As where a link has set something by which gradio hides it before it was drawn."""
    page.add_init_script("""document.addEventListener('component-drawn', event => {
      if (event.target.closest('#race')) event.stopImmediatePropagation();
    }, true)""")
    page.goto(f"{url}?tab=deeper", wait_until="commit")
    page.wait_for_function(TAKEN_AWAY)
    page.wait_for_selector("#race svg, #race canvas")


def test_on_a_projector_there_is_none(page, url):
    page.goto(f"{url}?tab=deeper&present=on", wait_until="commit")
    page.wait_for_selector("#race-columns canvas, #race-columns svg", state="attached")
    assert page.evaluate(TAKEN_AWAY)


def test_words_are_html_and_formulas_keep_their_room():
    html = first_screen.markdown("A *net* of $n$ layers.\n\n$$y = F(x) + x$$")
    assert "<em>net</em>" in html
    assert '<span class="formula">$n$</span>' in html
    assert '<span class="formula">$$y = F(x) + x$$</span>' in html


def test_rules_by_id_hold_for_twins_and_colours_stay():
    assert ":is(#lesson, [data-twin=lesson])" in CSS
    assert "[data-twin=b91c1c]" not in CSS
