"""The player's one timeline, and frames as they arrive."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.components.player.playing import AT, BACK, LATER, ONE, THERE, canvas, give, go, missed, rgb, saved

# --- one timeline ---


def test_buttons_and_keys_step_jump_and_stay_inside(opened):
    opened.focus("#player .player")
    for key, index in (("Home", 0), ("ArrowLeft", 0), ("ArrowRight", 1), ("End", 13), ("ArrowRight", 13)):
        opened.keyboard.press(key)
        assert opened.evaluate(AT) == index, key
    for button, index in (("first", 0), ("after", 1), ("after", 2), ("bar .before", 1), ("last", 13)):
        opened.click(f"#player .{button}")
        assert opened.evaluate(AT) == index, button
    assert opened.get_attribute("#player input[type=range]", "aria-valuetext") == "removing noise, t = 0"


def test_space_plays_from_the_start_to_the_end_and_pauses(opened):
    opened.select_option("#player select", "2")
    opened.focus("#player .player")
    opened.keyboard.press(" ")
    assert opened.inner_text("#player .play") == "Pause"
    expect(opened.locator("#player .play")).to_have_text("Play")
    assert opened.evaluate(AT) == THERE + BACK - 1
    opened.select_option("#player select", "0.25")
    opened.focus("#player .player")
    opened.keyboard.press(" ")
    opened.wait_for_function(f"{AT} >= 1")  # a busy page may skip a frame
    opened.keyboard.press(" ")
    assert opened.inner_text("#player .play") == "Play"
    assert opened.evaluate(AT) < THERE + BACK - 1


def test_the_film_is_a_timeline_to_drag_on(opened):
    box = opened.locator("#player .strip").bounding_box()
    x = lambda index: box["x"] + (index / 13 * 17 + 0.5) / 18 * box["width"]  # noqa: E731
    y = box["y"] + box["height"] / 2
    opened.mouse.move(x(3), y)
    opened.mouse.down()
    assert opened.evaluate(AT) == 3
    opened.mouse.move(x(9), y)
    opened.wait_for_function(f"{AT} === 9")
    mark = opened.locator("#player .mark").bounding_box()
    assert mark["x"] + mark["width"] / 2 == pytest.approx(x(9), abs=1)
    opened.mouse.move(box["x"] - 500, y)
    opened.wait_for_function(f"{AT} === 0")
    opened.mouse.up()
    film = canvas(opened, "strip")
    assert film.shape == (32, 18 * 32, 3)
    np.testing.assert_array_equal(film[:, :32], rgb(ONE[0].xt[0]))
    np.testing.assert_array_equal(film[:, -32:], rgb(ONE[-1].xt[0]))


SCRUB = """async () => {
  const slider = document.querySelector('#player input[type=range]'), c = document.querySelector('#player canvas.xt');
  const corner = n => c.getContext('2d').getImageData(n, n, 1, 1).data[0];
  const shown = [], next = () => new Promise(requestAnimationFrame);
  for (let k = 0; k < 120; k++) {
    await next();
    slider.value = k % 14;
    slider.dispatchEvent(new Event('input'));
    shown.push(corner(0) * 256 + corner(31));
  }
  return shown;
}"""


def test_scrubbing_paints_one_picture_in_every_frame_of_the_screen_and_asks_nothing_of_the_server(opened):
    requests = []
    opened.on("request", lambda request: requests.append(request.url))
    shown = opened.evaluate(SCRUB)
    corners = [int(f.xt[0, 0, 0, 0]) * 256 + int(f.xt[0, 31, 31, 0]) for f in ONE]
    assert shown == [corners[k % 14] for k in range(120)]
    assert requests == []


# --- frames that arrive ---


def test_the_keys_that_step_work_on_the_buttons_too_and_space_presses_the_button(opened):
    opened.click("#player .first")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        opened.keyboard.press(key)
    assert opened.evaluate(AT) == 1
    opened.keyboard.press(" ")
    opened.wait_for_function(f"{AT} === 0")
    assert opened.inner_text("#player .play") == "Play"


def test_an_end_that_did_not_arrive_is_asked_for_after_a_silence(opened):
    missed.clear()
    give(opened, "first-half", 40, 7)
    opened.wait_for_selector("#player .player[data-run='40'][data-frames='14']")
    assert missed == [(40, 7, 14)]
    opened.wait_for_function(f"{AT} === 13")  # it plays to its end
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(LATER[13].xt[0]))


def test_a_run_plays_as_it_arrives_and_waits_for_what_is_missing(opened):
    give(opened, "first-half", 40, 7)
    opened.wait_for_function(f"{AT} === 6")
    assert opened.inner_text("#player .play") == "Pause"
    assert (canvas(opened, "strip")[:, -32:] == 0).all()  # nothing has arrived for it
    give(opened, "second-half", 40)
    opened.wait_for_function(f"{AT} === 13")
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(LATER[-1].xt[0]))


def test_a_new_run_shows_its_own_frames_alone_and_late_ones_of_the_old_are_ignored(opened):
    give(opened, "first-half", 40, 7)
    opened.click("#late")
    opened.click("#second-half")  # arrives after it
    opened.wait_for_selector("#player .player[data-run='40'][data-frames='14']")
    for index in (8, 12):
        go(opened, index)
        np.testing.assert_array_equal(canvas(opened, "xt"), rgb(LATER[index].xt[0]))
    opened.click("#coloured")  # a run before: nothing changes
    opened.click("#late")
    opened.focus("#player .player")
    opened.keyboard.press("Home")
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(LATER[0].xt[0]))


def test_frames_that_did_not_arrive_are_asked_for(opened):
    missed.clear()
    opened.click("#second-half")
    opened.wait_for_selector("#player .player[data-run='40'][data-frames='14']")
    assert missed == [(40, 0, 7)]
    go(opened, 3)
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(LATER[3].xt[0]))
    assert saved(opened, "CSV")[1].count(b"\n") == 15


def test_with_reduced_motion_nothing_plays_by_itself_and_the_end_is_shown(new_page, url):
    page = new_page(reduced_motion="reduce")
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    give(page, "first-half", 40, 7)
    assert page.inner_text("#player .play") == "Play"
    give(page, "second-half", 40)
    assert page.inner_text("#player .play") == "Play"
    assert page.evaluate(AT) == 13
