"""What every component has in common: it is fetched, again if need be, and leaves nothing behind when it goes."""

from __future__ import annotations

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.conftest import PATIENCE
from tests.looks import PHONE, small_letters, small_targets, swipe
from tests.small_page import served
from visuals.components import base
from visuals.components.base import publish
from visuals.components.chart import Axis, Chart, Series, chart
from visuals.components.pad import Pad
from visuals.components.surfaces import Surface, Surfaces, surfaces
from visuals.page.files import Later

# Notes what scripts hang on the window and the document, which observers watch, and how many frames others than the
# scripts of gradio ask for: these go on for ever, on an empty page, too.
NOTED = """
window.hung = [];
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (kind, listener, options) {
  if (this === window || this === document) hung.push({ kind, signal: options?.signal });
  return add.call(this, kind, listener, options);
};
window.watching = new Set();
for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver']) {
  const Original = window[name];
  window[name] = class extends Original {
    observe(...what) { watching.add(this); return super.observe(...what); }
    disconnect() { watching.delete(this); return super.disconnect(); }
  };
}
window.frames_asked = 0;
const ask = window.requestAnimationFrame;
window.requestAnimationFrame = then => {
  if (!new Error().stack.includes('/assets/')) frames_asked++;
  return ask(then);
};
"""
RESTED = """() => new Promise(rested => {
  const before = frames_asked;
  setTimeout(() => rested(frames_asked === before), 500);
})"""
EYE = "document.querySelector('#hills .drawing')._fullLayout.scene._scene.getCamera().eye"
FAR = f"Math.hypot({EYE}.x, {EYE}.y, {EYE}.z)"
OURS = "hung.filter(one => ['moment-of-run', 'timechange', 'beforeprint'].includes(one.kind))"


def curves(points: int = 100) -> dict:
    series = (Series("a", "a curve", "black"),)
    return chart(
        1, "Curves: long.", Axis("step", 0, 100), Axis("error", 0, 1), series, {"a": [(k, 0.5) for k in range(points)]}
    )


def hills() -> dict:
    ticks = np.linspace(-1, 1, 5)
    heights = ticks[:, None] ** 2 + ticks**2
    shown = tuple(Surface(name, "var(--role-plain)", heights, heights * 10) for name in ("plain", "residual"))
    return surfaces(1, "Hills.", ticks, shown, ("direction 1", "direction 2", "loss"), "error", 4)


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        with gr.Column() as place:
            Chart(curves(), elem_id="chart")
            Pad({"edge": 1, "most": 10, "points": []}, elem_id="pad")
            Surfaces(hills(), elem_id="hills")
        with gr.Tabs():
            gr.Tab("First")
            with gr.Tab("Second"):
                words = gr.HTML(**base.words(Later(lambda: "<p>What the page opens on.</p>")), elem_id="words")
        with gr.Accordion("More", open=False, elem_id="more"):
            gr.HTML(**base.words(Later(lambda: "<p>What is unfolded.</p>")), elem_id="unfolded")
        told = gr.HTML(elem_id="told")
        answers = ("<p>What was asked for.</p>", "Told.")
        gr.Button("ask", elem_id="ask").click(lambda: answers, None, [words, told])
        gr.HTML('<div style="height: 2000px"></div>')
        gr.Button("go", elem_id="go").click(lambda: gr.update(visible=False), None, place)
    publish(page)
    with served(page) as address:
        yield address


@pytest.fixture
def page(browser):
    """A page that may complain: what it asks for is refused."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    page.context.close()


@pytest.mark.parametrize("part", ["**/values/*.json", "**/chart/chart.js*"])
def test_what_cannot_be_fetched_says_so_and_can_be_asked_for_again(page, url, part):
    page.route(part, lambda route: route.abort())
    page.goto(url)
    words, again = page.locator("#chart [role=alert]"), page.locator("#chart").get_by_role("button", name="Try again")
    expect(words).to_contain_text("could not be loaded")
    again.click()
    expect(again).to_be_enabled()  # it was refused once more
    page.unroute(part)
    again.click()
    expect(page.locator("#chart figure[data-points='100']")).to_be_visible()
    expect(page.locator("#chart [role=alert]")).to_have_count(0)


def test_a_component_that_has_gone_listens_and_watches_no_more(page, url):
    page.add_init_script(NOTED)
    page.goto(url)
    expect(page.locator("#chart figure[data-points='100']")).to_be_visible()
    page.locator("#hills .drawing").scroll_into_view_if_needed()
    expect(page.locator("#hills figure[data-view=surface]")).to_be_visible()
    assert page.evaluate(f"{OURS}.length") >= 3
    assert page.evaluate(f"{OURS}.every(one => one.signal && !one.signal.aborted)")
    before = page.evaluate("watching.size")
    page.click("#go")
    expect(page.locator("#chart")).to_have_count(0)
    page.wait_for_function(f"{OURS}.every(one => one.signal.aborted)")
    assert page.evaluate("watching.size") <= before - 6  # those of the chart, the pad and the surfaces
    asked = page.evaluate(
        """() => { const before = frames_asked;
        document.body.classList.toggle('dark');
        document.dispatchEvent(new CustomEvent('timechange', { detail: { t: 1 } }));
        window.dispatchEvent(new CustomEvent('moment-of-run', { detail: { run: 1, moment: 0 } }));
        return frames_asked - before; }"""
    )
    assert asked == 0


def test_words_that_come_before_the_next_frame_stay(page, url):
    """In the frame after a place was unfolded, gradio brings back what it began with."""
    page.goto(url)
    page.evaluate("""() => { const ask = window.requestAnimationFrame;
        window.requestAnimationFrame = then => ask(() => setTimeout(() => ask(then), 500)); }""")
    page.locator("#more > button").click()
    expect(page.locator("#unfolded")).to_have_text("What is unfolded.")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.locator("#unfolded")).to_have_text("What is unfolded.")


def test_nothing_asks_for_frames_while_nothing_changes(page, url):
    page.add_init_script(NOTED)
    page.goto(url)
    expect(page.locator("#chart figure[data-points='100']")).to_be_visible()
    page.locator("#hills .drawing").scroll_into_view_if_needed()
    expect(page.locator("#hills figure[data-view=surface]")).to_be_visible()
    page.wait_for_function(RESTED)
    box = page.locator("#hills .drawing").bounding_box()
    before = page.evaluate("frames_asked")
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.wait_for_function(f"frames_asked > {before}")  # under the pointer it draws again


def test_the_wheel_scrolls_the_page_over_a_surface_until_it_is_pressed(page, url):
    page.goto(url)
    drawing = page.locator("#hills .drawing")
    drawing.scroll_into_view_if_needed()
    expect(page.locator("#hills figure[data-view=surface]")).to_be_visible()
    box = drawing.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    start = page.evaluate("scrollY")
    page.mouse.wheel(0, 60)
    page.wait_for_function(f"scrollY >= {start} + 50")
    box = drawing.bounding_box()
    middle = (box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.click(*middle)
    expect(drawing).to_have_class("drawing js-plotly-plot pressed")
    at = page.evaluate("scrollY")
    before = page.evaluate(FAR)
    page.mouse.wheel(0, 60)
    page.wait_for_function(f"Math.abs({FAR} - {before}) > 0.01")  # it comes nearer or goes farther
    assert page.evaluate("scrollY") == at
    page.mouse.click(5, 5)
    expect(drawing).not_to_have_class("drawing js-plotly-plot pressed")


def test_a_finger_scrolls_over_a_surface(browser, url):
    page = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.locator("#hills .drawing").scroll_into_view_if_needed()
    expect(page.locator("#hills figure[data-points='50']")).to_be_visible()
    start = page.evaluate("scrollY")
    swipe(page, page.locator("#hills .drawing"), across=0, down=-200)
    page.wait_for_function(f"scrollY > {start} + 50")
    assert small_letters(page, "#chart", PHONE) == []
    assert [small_targets(page, where) for where in ("#chart", "#pad", "#hills")] == [[], [], []]
    page.context.close()


def test_words_that_are_computed_late_do_not_replace_an_answer(page, url):
    """Neither where they are on the screen, nor in a tab that is opened after the answer has come."""
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/values/" in request.url else None)
    page.goto(url)
    page.click("#ask")
    expect(page.locator("#told")).to_have_text("Told.")
    before = len(asked)
    page.get_by_role("tab", name="Second").click()
    expect(page.locator("#words")).to_have_text("What was asked for.")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert len(asked) == before


def test_words_that_are_computed_late_come_into_their_place(page, url):
    page.goto(url)
    page.get_by_role("tab", name="Second").click()
    expect(page.locator("#words")).to_have_text("What the page opens on.")
