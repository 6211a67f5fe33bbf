"""The player's pictures in a real browser, pixel for pixel."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import numpy as np
import pytest

from tests.components.player.playing import (
    BACK,
    COLOURED,
    FOUR,
    OF_ONE,
    ONE,
    SIXTEEN,
    THERE,
    alone_asked,
    canvas,
    caption,
    give,
    go,
    grid,
    probed,
    rgb,
    sent,
)
from visuals.components.player import PANELS

# --- the message ---


def test_a_message_holds_every_pixel_and_leaves_out_what_is_not_there():
    value = sent(7, FOUR[THERE:], start=THERE)
    assert (value["run"], value["samples"], value["channels"], value["start"]) == (7, 4, 3, THERE)
    for frame, found in zip(FOUR[THERE:], value["frames"], strict=True):
        for name in PANELS:
            picture = getattr(frame, name)
            assert base64.b64decode(found[name]) == (b"" if picture is None else picture.tobytes())
    single = SimpleNamespace(**(vars(ONE[1]) | {name: getattr(ONE[1], name) for name in PANELS}))
    single.xt = single.xt[0]  # (32, 32, 1) is one sample
    assert sent(1, [single])["samples"] == 1


# --- pictures ---


@pytest.mark.parametrize(("name", "run", "frames"), [(None, 0, ONE), ("coloured", 10, COLOURED)])
def test_the_panels_show_the_pixels_of_the_step_under_the_cursor(opened, name, run, frames):
    if name:
        give(opened, name, run)
    for index in (2, THERE + 3):
        go(opened, index)
        frame = frames[index]
        there = frame.way == "there"
        for panel, picture in {
            "xt": frame.xt,
            "eps": frame.eps,
            "x0": frame.x0,
            "other": frame.closed if there else frame.before,
        }.items():
            np.testing.assert_array_equal(canvas(opened, panel), rgb(picture[0]), err_msg=panel)
    assert "after this step, x₅₀₀" in caption(opened, "other")


def test_the_way_there_is_shown_step_by_step_or_in_one_go(opened):
    go(opened, 2)
    assert caption(opened, "xt") == "adding noise: t = 500 of 1000, x₅₀₀"
    assert "in one go (Eq. 4)" in caption(opened, "other")
    opened.get_by_role("button", name="in one go, Eq. 4").click()
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(ONE[2].closed[0]))
    np.testing.assert_array_equal(canvas(opened, "other"), rgb(ONE[2].xt[0]))
    assert caption(opened, "xt") == "noise in one go: t = 500 of 1000, x₅₀₀"
    assert "by steps (Eq. 2)" in caption(opened, "other")
    go(opened, THERE + 2)  # there is one way back only
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(ONE[THERE + 2].xt[0]))


def test_at_time_zero_the_captions_speak_of_pictures(opened):
    go(opened, 0)
    assert caption(opened, "xt") == "t = 0 of 1000: the picture, no noise yet"
    assert "no noise" in caption(opened, "eps")
    go(opened, THERE + BACK - 1)
    assert caption(opened, "xt") == "t = 0 of 1000: the new picture"
    assert "no step is left" in caption(opened, "other")
    assert "drawn by the network" in opened.inner_text("#player .formula")
    go(opened, 1)
    assert opened.inner_text("#player .formula") == "x₂₅₀ = 0.750 · x₀ + 0.250 · ε"


# --- several samples ---


@pytest.mark.parametrize(("name", "run", "frames"), [("four", 20, FOUR), ("sixteen", 30, SIXTEEN)])
def test_a_grid_shows_all_samples_and_a_chosen_one_fills_the_panels(opened, name, run, frames):
    give(opened, name, run)
    index, cells = THERE + 1, round(len(frames[0].xt) ** 0.5)
    go(opened, index)
    np.testing.assert_array_equal(canvas(opened, "xt"), grid(frames[index].xt))
    assert opened.locator("#player canvas.eps").is_hidden()
    side = opened.locator("#player canvas.xt").bounding_box()["width"]
    middle = (cells - 0.5) / cells * side
    opened.click("#player canvas.xt", position={"x": middle, "y": side / cells / 2})  # the last of the first row
    chosen = cells - 1
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(frames[index].xt[chosen]))
    np.testing.assert_array_equal(canvas(opened, "x0"), rgb(frames[index].x0[chosen]))
    opened.wait_for_selector("#player canvas.eps", state="visible")
    assert alone_asked[-1] == (run, chosen)
    of_one = OF_ONE[run][chosen % 2]
    np.testing.assert_array_equal(canvas(opened, "eps"), rgb(of_one[index].eps[0]))
    np.testing.assert_array_equal(canvas(opened, "other"), rgb(of_one[index].before[0]))
    go(opened, 2)
    np.testing.assert_array_equal(canvas(opened, "other"), rgb(of_one[2].closed[0]))
    opened.click("#player [data-form=closed]")
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(of_one[2].closed[0]))
    np.testing.assert_array_equal(canvas(opened, "other"), rgb(frames[2].xt[chosen]))
    go(opened, index)
    np.testing.assert_array_equal(canvas(opened, "grid"), grid(frames[index].xt))
    assert f"Sample {chosen + 1} of {cells**2}" in opened.inner_text("#player .samples")
    side = opened.locator("#player canvas.grid").bounding_box()["width"]
    opened.click("#player canvas.grid", position={"x": side / cells / 2, "y": side * (cells - 0.5) / cells})
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(frames[index].xt[cells * (cells - 1)]))
    opened.get_by_role("button", name="Show all").click()
    np.testing.assert_array_equal(canvas(opened, "xt"), grid(frames[index].xt))
    assert opened.locator("#player canvas.eps").is_hidden()


def test_of_two_quick_choices_the_second_gets_its_panels(opened):
    give(opened, "four", 20)
    go(opened, THERE + 1)
    cell = opened.locator("#player canvas.xt").bounding_box()["width"] / 4
    opened.click("#player canvas.xt", position={"x": cell, "y": cell})
    opened.evaluate("document.querySelector('#player .samples .all').click()")
    opened.click("#player canvas.xt", position={"x": 3 * cell, "y": cell})
    opened.wait_for_selector("#player canvas.eps", state="visible")
    assert alone_asked[-1] == (20, 1)
    np.testing.assert_array_equal(canvas(opened, "eps"), rgb(OF_ONE[20][1][THERE + 1].eps[0]))


def test_one_picture_of_a_stopped_run_gets_its_panels(opened):
    give(opened, "stopped", 50, frames=7)
    opened.click("#player canvas.xt", position={"x": 5, "y": 5})
    opened.wait_for_selector("#player canvas.eps", state="visible")
    assert alone_asked[-1] == (50, 0)
    np.testing.assert_array_equal(canvas(opened, "eps"), rgb(OF_ONE[50][0][6].eps[0]))


def test_samples_are_chosen_with_keys(opened):
    give(opened, "sixteen", 30)
    opened.focus("#player canvas.xt")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        opened.keyboard.press(key)
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(SIXTEEN[-1].xt[5]))
    opened.keyboard.press("Escape")
    np.testing.assert_array_equal(canvas(opened, "xt"), grid(SIXTEEN[-1].xt))


# --- one pixel ---


def marks(page) -> list[list[float]]:
    """Where the pixel's mark is in each panel, as [left, top, width] in pixels of the picture."""
    return page.evaluate(
        """() => [...document.querySelectorAll('#player .picture:has(canvas:not(.grid))')].map(p => {
        const [cell, box] = ['.cell', 'canvas'].map(name => p.querySelector(name).getBoundingClientRect());
        return [cell.left - box.left, cell.top - box.top, cell.width].map(n => 32 * n / box.width); })"""
    )


def asked_next(page, count: int) -> dict:
    page.wait_for_function("n => +document.querySelector('#told').textContent.match(/\\d+/)?.[0] >= n", arg=count + 1)
    return probed[-1]


def test_a_pixel_is_marked_in_all_panels_and_asked_for_when_it_is_chosen(opened):
    count, place = len(probed), {"run": 0, "sample": 0}
    go(opened, 3)
    side = opened.locator("#player canvas.xt").bounding_box()["width"] / 32
    opened.click("#player canvas.xt", position={"x": 20.5 * side, "y": 9.5 * side})
    assert asked_next(opened, count) == place | {"index": 3, "row": 9, "column": 20}
    assert marks(opened) == [pytest.approx([20, 9, 1], abs=0.05)] * 4
    small = opened.locator("#player canvas.eps").bounding_box()["width"] / 32
    opened.click("#player canvas.eps", position={"x": 0.5 * small, "y": 31.5 * small})
    assert asked_next(opened, count + 1) == place | {"index": 3, "row": 31, "column": 0}
    opened.focus("#player canvas.xt")
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown"):  # the last one ends at the edge
        opened.keyboard.press(key)
    asked = count + 2  # quick presses are one request, slow ones several
    while asked_next(opened, asked) != place | {"index": 3, "row": 31, "column": 1}:
        asked += 1
    assert asked < count + 6
    assert marks(opened) == [pytest.approx([1, 31, 1], abs=0.05)] * 4
    opened.click("#player .after")  # the mark stays
    assert marks(opened) == [pytest.approx([1, 31, 1], abs=0.05)] * 4
