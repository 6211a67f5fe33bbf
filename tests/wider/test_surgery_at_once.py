"""What the switches' section says at once: while a link is on its way, while it computes, and on a phone."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
from playwright.sync_api import expect

from models.wider.surgery import LAYERS, Operation
from visuals.wider.surgery import words

CLASSES = ("lion", "tabby", "snail")

# px: the least space between the words of two heads, where both are on one line.
APART = """heads => {
  const words = heads.flatMap(head => {
    const inside = document.createRange();
    inside.selectNodeContents(head);
    return [...inside.getClientRects()].map(({ left, right, top }) => ({ head, left, right, top }));
  });
  const after = one => words.filter(other =>
    other.head !== one.head && other.left > one.left && Math.abs(other.top - one.top) < 5);
  return Math.min(...words.flatMap(one => after(one).map(other => other.left - one.right)));
}"""


@pytest.mark.parametrize(
    ("after", "said"), [((0.65, 0.25, 0.1), "lion: 70.0 → 65.0 %"), ((0.1, 0.8, 0.1), "lion: 70.0 → 10.0 %, now tabby")]
)
def test_the_effect_in_short(after, said):
    operation = Operation({"main": np.array([0.7, 0.2, 0.1])}, {"main": np.array(after)}, 1.0)
    assert words.effect(operation, CLASSES) == said


# --- in a browser ---


def test_until_a_link_is_followed_nothing_is_called_switched_on(new_page, url):
    page, held, free = new_page(), [], Event()
    # What the link sets is among these answers.
    page.route("**/gradio_api/run/**", lambda asked: asked.continue_() if free.is_set() else held.append(asked))
    page.goto(f"{url}?tab=wider&at=surgery&off=5b-1x1")
    page.wait_for_selector("#wider-surgery h2")
    expect(page.locator("#surgery-status")).to_be_attached()
    expect(page.locator("#surgery-status")).to_be_hidden()
    free.set()
    for asked in held:
        asked.continue_()
    expect(page.locator("#surgery-status")).to_contain_text("Without the 1×1 branch of 5b:")
    expect(page.locator("#surgery-status")).to_be_visible()


def test_what_has_been_pressed_is_computed_before_anything_is_said_of_it(opened):
    page = opened("surgery")
    expect(page.locator("#surgery-status")).to_contain_text("Nothing is switched off")
    page.wait_for_selector("[data-id='3a-1x1']")
    page.route("**/gradio_api/queue/join**", lambda request: None)
    page.locator("[data-id='3a-1x1']").click()
    expect(page.locator("#surgery-status")).to_have_text(words.COMPUTING)
    page.unroute("**/gradio_api/queue/join**")


def test_on_a_phone_the_effect_is_told_where_one_has_pressed(opened):
    page = opened("surgery", width=390, height=844)
    page.locator("[data-id='4a-5x5']").click()
    expect(page.locator("#surgery-status")).to_contain_text("Without the 5×5 branch of 4a")
    expect(page.locator("#surgery-switches .effect")).to_contain_text("lion: ")
    expect(page.locator("#surgery-switches .effect")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator("[data-id='4a-5r']").bounding_box()["width"] >= 32
    assert list(LAYERS) == ["1x1", "3x3", "5x5", "pool", "3r", "5r"]
    page.get_by_role("button", name="Switch everything on").click()
    expect(page.locator("#surgery-status")).to_contain_text("Nothing is switched off")
    expect(page.locator("#surgery-switches .effect")).to_have_text("")


@pytest.mark.parametrize(("width", "least"), [(1280, 8), (390, 4)])
def test_heads_of_columns_stand_apart(opened, width, least):
    page = opened("surgery", "&predict=off", width=width, height=844)
    page.click("#lost-part > button")
    expect(page.locator("#lost .mark")).to_have_count(1)
    assert page.locator("#surgery-switches tr:first-child button").evaluate_all(APART) >= least
    assert page.locator("#lost .plot text.title").evaluate_all(APART) >= least
