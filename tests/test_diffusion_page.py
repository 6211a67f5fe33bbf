"""Tab 3 in a real browser: what streams, what is drawn, and what happens when a visitor stops, errs or leaves."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image

from models import artifacts, denoise
from models.denoise import Journey, travel

PIXELS = """selector => { const c = document.querySelector(selector);
  return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; }"""
COMPLETE = "run => { const d = document.querySelector('#player .player').dataset; \
  return d.run !== run && d.frames === d.total; }"


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.get_by_role("tab", name="Noisier").click()
    page.wait_for_selector("#player .player[data-frames='92']")
    return page


def drawn(page, canvas: str) -> np.ndarray:
    """What a canvas of the player shows, (32, 32) grey."""
    return np.array(page.evaluate(PIXELS, f"#player canvas.{canvas}"), np.uint8).reshape(32, 32, 4)[..., 0]


def run(page) -> None:
    """Press the button and wait for the last frame."""
    before = page.get_attribute("#player .player", "data-run")
    page.click("#denoise")
    page.wait_for_function(COMPLETE, arg=before, timeout=120_000)


def times_on_screen(page) -> list[int]:
    """The time t of every frame, by stepping through the player from its start."""
    page.click("#player .first")
    times = []
    for _ in range(int(page.get_attribute("#player .player", "data-total"))):
        times.append(int(page.inner_text("#player .xt-caption").split("t = ")[1].split()[0]))
        page.click("#player .after")
    return times


def test_opens_on_the_recorded_journey(tab):
    recorded = artifacts.load_run("journey-mnist")
    np.testing.assert_array_equal(drawn(tab, "xt"), recorded["xt"][-1, ..., 0])
    assert "recorded" in tab.inner_text("#noisier-status")


def test_live_denoising_streams_every_step_and_ends_where_the_sampler_ends(tab):
    tab.fill("#noisier-seed input", "11")
    run(tab)
    start = artifacts.load_run("journey-mnist")["samples"][artifacts.certificate("journey-mnist").config["start"]]
    expected = list(travel(Journey(seed=11), start))
    assert times_on_screen(tab) == [frame.t for frame in expected]
    assert len([frame for frame in expected if frame.way == "back"]) == 51  # 50 steps and the result
    np.testing.assert_array_equal(drawn(tab, "xt"), expected[-1].xt[..., 0])
    tab.click("#player .before")
    np.testing.assert_array_equal(drawn(tab, "eps"), expected[-2].eps[..., 0])
    np.testing.assert_array_equal(drawn(tab, "x0"), expected[-2].x0[..., 0])

    seen, probability = denoise.recognise("mnist", expected[-1].xt)
    said = tab.inner_text("#noisier-status")
    assert f"reads the result as {seen} ({100 * probability:.1f} %)" in said
    assert "50 steps" in said
    assert "measured now" in said


def test_keys_step_jump_and_play(tab):
    at = lambda: int(tab.get_attribute("#player .player", "data-at"))  # noqa: E731
    tab.focus("#player .player")
    tab.keyboard.press("Home")
    assert at() == 0
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowLeft")
    assert at() == 1
    tab.keyboard.press(" ")
    tab.wait_for_function("Number(document.querySelector('#player .player').dataset.at) > 5")
    tab.keyboard.press(" ")
    assert tab.inner_text("#player .play") == "Play"
    tab.keyboard.press("End")
    assert at() == 91


def test_stopping_keeps_what_was_computed_and_the_next_run_works(tab):
    tab.fill("#noisier-steps input[type=number]", "1000")
    tab.press("#noisier-steps input[type=number]", "Enter")
    tab.click("#denoise")
    tab.wait_for_function(
        "Number(document.querySelector('#player .player').dataset.frames) < 150 && \
      document.querySelector('#player .player').dataset.total === '150'"
    )
    tab.click("#denoise-stop")
    tab.wait_for_selector("#noisier-status >> text=Stopped")
    kept = int(tab.get_attribute("#player .player", "data-frames"))
    assert 41 < kept < 150
    tab.click("#player .last")
    assert int(tab.get_attribute("#player .player", "data-at")) == kept - 1
    tab.fill("#noisier-steps input[type=number]", "5")
    tab.press("#noisier-steps input[type=number]", "Enter")
    run(tab)
    assert "5 steps" in tab.inner_text("#noisier-status")


def test_a_second_click_supersedes_the_first_run(tab):
    tab.fill("#noisier-steps input[type=number]", "200")
    tab.press("#noisier-steps input[type=number]", "Enter")
    tab.click("#denoise")
    tab.wait_for_function("document.querySelector('#player .player').dataset.total === '150'")
    tab.fill("#noisier-steps input[type=number]", "10")
    tab.press("#noisier-steps input[type=number]", "Enter")
    run(tab)
    assert tab.get_attribute("#player .player", "data-total") == "52"
    assert "10 steps" in tab.inner_text("#noisier-status")


def test_leaving_ends_the_computation(tab):
    calls = []
    hook = denoise.network("mnist").register_forward_hook(lambda *_: calls.append(1))
    tab.fill("#noisier-steps input[type=number]", "1000")
    tab.press("#noisier-steps input[type=number]", "Enter")
    tab.click("#denoise")
    tab.wait_for_function("document.querySelector('#player .player').dataset.total === '150'")
    tab.goto("about:blank")
    from visuals.diffusion import tab as module

    deadline = time.monotonic() + 60
    while module.latest.running and time.monotonic() < deadline:
        pass
    hook.remove()
    assert not module.latest.running
    assert len(calls) < 1000


def test_bad_numbers_get_a_sentence_and_the_next_run_works(tab):
    tab.fill("#noisier-seed input", "-3")
    tab.click("#denoise")
    tab.wait_for_selector("#noisier-status .notice")
    assert "The seed must be a whole number" in tab.inner_text("#noisier-status")
    tab.fill("#noisier-seed input", "3")
    run(tab)
    assert "50 steps" in tab.inner_text("#noisier-status")


def test_a_bad_file_gets_a_sentence_and_a_good_one_becomes_the_start(tab, tmp_path):
    broken, good = tmp_path / "broken.png", tmp_path / "good.png"
    broken.write_bytes(b"not a picture")
    Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))).save(good)
    tab.set_input_files("#noisier-upload input[type=file], input#noisier-upload", broken)
    tab.wait_for_selector("#noisier-told .notice")
    tab.set_input_files("#noisier-upload input[type=file], input#noisier-upload", good)
    tab.wait_for_selector("#gallery .pictures[data-count='21']")
    run(tab)
    tab.click("#player .first")
    shown = drawn(tab, "xt").astype(int)
    assert (np.diff(shown[:, 4:28].mean(0)) > 0).all()  # the ramp from black to white


def test_the_other_network_brings_its_pictures_and_classes(tab):
    tab.get_by_label("CIFAR-10 photographs").check()
    tab.wait_for_function("document.querySelector('#gallery img').alt.includes('airplane')")
    tab.fill("#noisier-steps input[type=number]", "5")
    tab.press("#noisier-steps input[type=number]", "Enter")
    run(tab)
    assert f"Asked for: {denoise.classes('cifar10')[3]}" in tab.inner_text("#noisier-status")
