"""What people need who see, print or press otherwise: forced colours, paper, and where the keyboard is."""

from __future__ import annotations

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.looks import small_targets
from tests.small_page import served
from visuals.components.pictures import Pictures, data_url
from visuals.components.player import Player, message
from visuals.components.predict import Amount, Predict, card
from visuals.page.style import told

GREY = np.full((32, 32, 1), 99, np.uint8)
STYLE = "(node, name) => getComputedStyle(node).getPropertyValue(name)"


class Frame:
    way, step, t, signal, noise, xt, x0, eps, before, closed = "there", 0, 500, 0.6, 0.8, GREY, GREY, GREY, None, None


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        Pictures({"pictures": [data_url(GREY)] * 3, "names": ["a", "b", "c"], "chosen": 1}, elem_id="pictures")
        Player(message(1, 2, 2, 0, [Frame(), Frame()], play=False), elem_id="player")
        Predict(card("How many?", (Amount("a", "of them"),)), elem_id="card")
        gr.Radio(["one", "two"], value="one", label="Which", elem_id="radio", interactive=True)
        gr.Slider(0, 10, label="How much", elem_id="slider", interactive=True)
        gr.Button("Press", elem_id="press").click(lambda: "pressed", None, gr.HTML(told("A sentence.", False)))
    with served(page) as address:
        yield address


def opened(new_page, url: str, **options):
    page = new_page(**options)
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='2']")
    page.wait_for_selector("#card [data-state=open]")
    expect(page.locator("#pictures button")).to_have_count(3)
    return page


def style(page, where: str, name: str) -> str:
    return page.locator(where).first.evaluate(STYLE, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_one_sees_what_is_chosen_what_can_be_pressed_and_how_much(new_page, url, scheme):
    page = opened(new_page, url, forced_colors="active", color_scheme=scheme)
    behind = style(page, "body", "background-color")
    assert style(page, "#pictures [aria-pressed=true]", "outline-style") == "solid"
    assert style(page, "#pictures [aria-pressed=false]", "outline-style") == "none"
    assert style(page, "#radio label.selected", "outline-style") == "solid"
    assert style(page, "#radio label:not(.selected)", "outline-style") == "none"
    assert style(page, "#radio input", "appearance") == "auto"
    assert style(page, "#press", "border-top-style") == "solid"
    assert style(page, "#player .factor.signal i", "background-color") not in (behind, "rgba(0, 0, 0, 0)")
    assert "gradient" in style(page, "#player .factor.noise i", "background-image")
    assert style(page, "#card input[type=range]", "forced-color-adjust") == "none"


def test_paper_is_light_and_holds_nothing_to_press(new_page, url):
    page = opened(new_page, url, color_scheme="dark")
    assert style(page, "body", "background-color") != "rgb(255, 255, 255)"
    page.emulate_media(media="print")
    assert style(page, "body", "background-color") == "rgb(255, 255, 255)"
    assert style(page, ".told", "color") == "rgb(17, 17, 17)"
    for where in ("#press", "#player .play", "#player input[type=range]", "#card input[type=range]"):
        assert page.locator(where).is_hidden()


def test_the_keyboard_shows_where_it_is_also_on_what_is_chosen(new_page, url):
    page = opened(new_page, url)
    page.keyboard.press("Tab")
    page.locator("#radio input:checked").focus()
    assert style(page, "#radio label.selected", "outline-style") == "solid"
    assert style(page, "#radio label:not(.selected)", "outline-style") == "none"


def test_a_finger_finds_also_what_gradio_makes(new_page, url):
    page = opened(new_page, url, width=390)
    assert [small_targets(page, where) for where in ("#radio", "#slider", "#pictures", "#card")] == [[], [], [], []]
