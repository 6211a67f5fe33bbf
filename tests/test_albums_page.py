"""Albums in a real browser: they fill while they are computed, and can be walked through, enlarged and saved."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from models import artifacts, denoise
from models.counterfactual import Comparison, compare
from tests.conftest import PATIENCE, end_of, expect_the_end, held
from tests.small_page import served
from visuals.diffusion import counterfactuals, decided, guidance, noised

PIXELS = """image => { const canvas = Object.assign(document.createElement('canvas'), {width: 32, height: 32});
  const p = canvas.getContext('2d'); p.drawImage(image, 0, 0); return [...p.getImageData(0, 0, 32, 32).data]; }"""


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        for section in (decided, noised, counterfactuals, guidance):
            section.build()
    with served(page, tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def opened(page, url):
    page.goto(url)
    page.wait_for_selector("#guided .album[data-captions='56']")
    return page


def drawn(page, album: str, row: int, column: int) -> np.ndarray:
    """The pixels of a picture on screen, (32, 32, 3)."""
    image = page.locator(f"#{album} [data-place='{row},{column}'] img")
    return np.array(image.evaluate(PIXELS), np.uint8).reshape(32, 32, 4)[..., :3]


def status(page, album: str):
    return page.locator(f"#{album}-status")


def choose(page, control: str, option: str) -> None:
    page.click(f"#{control} input")
    page.get_by_role("option", name=option, exact=True).click()


def test_opens_on_the_recorded_pictures(opened):
    for album, name, place, at in (
        ("decided", "decided-mnist", (1, 0), (0, 0)),  # row 0 is the chain itself
        ("decided", "decided-mnist", (4, 7), (3, 7)),
        ("wrong", "counterfactuals-mnist", (3, 2), (3, 2)),
        ("guided", "guidance-mnist", (6, 1), (6, 1)),
    ):
        run = artifacts.load_run(name)
        np.testing.assert_array_equal(drawn(opened, album, *place)[..., 0], run["pictures"][at][..., 0])
        expect(status(opened, album)).to_contain_text("recorded")


def test_a_live_run_shows_the_pictures_of_the_generator_and_the_words_about_them(opened):
    choose(opened, "wrong-way", "The oracle’s noise")
    choose(opened, "wrong-steps", "50")
    opened.fill("#wrong-seed input", "4")
    opened.click("#wrong-go")
    expect(status(opened, "wrong")).to_contain_text("measured now")
    opened.wait_for_selector("#wrong .album[data-captions='16']")
    picture = artifacts.load_run("counterfactuals-mnist")["picture"]
    rows = [row for row in compare(Comparison(steps=50, seed=4, ways=("right", "oracle")), picture) if row.finished]
    np.testing.assert_array_equal(drawn(opened, "wrong", 0, 3)[..., 0], rows[0].pictures[3, ..., 0])
    np.testing.assert_array_equal(drawn(opened, "wrong", 1, 5)[..., 0], picture[..., 0])
    expect(status(opened, "wrong")).to_contain_text("8 noises, always the picture it knows; two differ by 0.0.")
    expect(opened.locator("#wrong .row")).to_have_count(2)

    with opened.expect_download() as download:
        opened.click("#wrong .downloads button:has-text('CSV')")
    head, *lines = csv.reader(io.StringIO(Path(download.value.path()).read_text()))
    assert head == ["row", "about", "picture", "caption"]
    assert [line[2] for line in lines] == [str(k + 1) for k in range(8)] * 2
    seen, _ = rows[0].seen[6]
    assert lines[6][3].split()[1] == str(seen)


def test_the_button_draws_the_recorded_pictures_again_with_the_settings_that_are_there_at_first(opened):
    opened.click("#decided-go")
    expect(status(opened, "decided")).to_contain_text("measured now")
    run = artifacts.load_run("decided-mnist")
    live = drawn(opened, "decided", 4, 7)[..., 0].astype(int)
    np.testing.assert_allclose(live, run["pictures"][3, 7, ..., 0], atol=2)  # another processor rounds in another way
    assert opened.input_value("#decided-seed input") == "2"
    opened.locator("#decided-network").get_by_label("CIFAR-10 photographs").check()
    expect(opened.locator("#decided-seed input")).to_have_value("0")


def test_stop_keeps_what_was_computed_and_the_next_run_works(opened):
    choose(opened, "wrong-steps", "1000")
    opened.click("#wrong-go")
    expect(status(opened, "wrong").locator(".notice")).to_contain_text("are the right way")  # nothing is cut then
    choose(opened, "wrong-way", "No added noise")
    choose(opened, "wrong-steps", "250")
    opened.click("#wrong-go")
    opened.wait_for_selector("#wrong .album[data-pictures='8'][data-captions='0']")
    opened.click("#wrong-stop")
    expect(status(opened, "wrong")).to_contain_text("Stopped after")
    assert opened.get_attribute("#wrong .album", "data-captions") == "0"
    opened.fill("#wrong-seed input", "-1")
    opened.click("#wrong-go")
    expect(status(opened, "wrong").locator(".notice")).to_contain_text("seed must be")
    choose(opened, "wrong-steps", "50")
    opened.fill("#wrong-seed input", "1")
    opened.click("#wrong-go")
    expect(status(opened, "wrong")).to_contain_text("measured now")


def test_leaving_ends_the_computation(url, browser, page, monkeypatch):
    ended = end_of(monkeypatch, counterfactuals, "compare")
    with held(denoise.network("mnist"), at=4) as network:
        visitor = browser.new_context().new_page()
        visitor.set_default_timeout(PATIENCE)
        visitor.goto(url)
        visitor.wait_for_selector("#wrong .album[data-captions='48']")
        choose(visitor, "wrong-way", "No added noise")
        choose(visitor, "wrong-steps", "1000")
        visitor.click("#wrong-go")
        assert network.reached.wait(PATIENCE / 1000)
        visitor.context.close()
        page.goto(url)
        expect_the_end(counterfactuals.latest, page)  # although nothing is handed over while the network is held
        network.go_on.set()
        assert ended.wait(PATIENCE / 1000)
    assert len(network.calls) <= 5


def test_pictures_are_walked_with_the_arrow_keys_shown_large_saved_and_told_as_a_table(opened):
    expect(opened.locator("#guided .cells button[tabindex='0']")).to_have_count(1)
    opened.focus("#guided [data-place='0,0'] button")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"):
        opened.keyboard.press(key)
    assert opened.evaluate("document.activeElement.closest('[data-place]').dataset.place") == "0,1"
    opened.keyboard.press("Enter")
    large = opened.locator("#guided dialog[open]")
    expect(large).to_contain_text("s = 0: Picture 2, read as")
    assert large.locator("img").get_attribute("alt").startswith("Picture 2, read as")
    opened.keyboard.press("Escape")
    expect(opened.locator("#guided dialog[open]")).to_have_count(0)
    assert opened.evaluate("document.activeElement.closest('[data-place]').dataset.place") == "0,1"

    with opened.expect_download() as download:
        opened.click("#guided .downloads button:has-text('PNG')")
    assert download.value.suggested_filename == "guidance-from-0-to-8-asked-for-3-seed-0.png"
    picture = np.asarray(Image.open(download.value.path()).convert("RGB"))
    assert picture.shape[0] > 7 * 2 * 96
    opened.click("#guided summary")
    expect(opened.locator("#guided table tr")).to_have_count(7)
    shown = opened.locator("#guided table tr").first.locator("td").nth(1).inner_text()
    seen = artifacts.load_run("guidance-mnist")["classes"][0, 0]
    assert shown.split()[1] == str(seen)


def test_the_other_network_brings_its_recorded_pictures_and_classes(opened):
    opened.locator("#guided-network").get_by_label("CIFAR-10 photographs").check()
    expect(status(opened, "guided")).to_contain_text("Asked for horse")
    expect(opened.locator("#guided-table")).to_contain_text("ddpm-cifar10")
    run = artifacts.load_run("guidance-cifar10")
    expect(opened.locator("#guided .album")).to_have_attribute("aria-label", re.compile("horse"))
    np.testing.assert_array_equal(drawn(opened, "guided", 6, 2), run["pictures"][6, 2])


def test_a_bad_file_gets_a_sentence_and_a_good_one_is_brought_back(opened, tmp_path):
    broken, good = tmp_path / "broken.png", tmp_path / "good.png"
    broken.write_bytes(b"not a picture")
    Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))).save(good)
    for path, said in ((broken, "not a picture"), (good, "is the start")):
        with opened.expect_file_chooser() as chooser:
            opened.click("#noised-upload")
        chooser.value.set_files(path)
        expect(opened.locator("#noised-told")).to_contain_text(said)
    opened.fill("#noised-t input[type=number]", "50")
    opened.press("#noised-t input[type=number]", "Enter")
    opened.click("#noised-go")
    expect(status(opened, "noised")).to_contain_text("measured now")
    opened.wait_for_selector("#noised .album[data-captions='9']")
    assert (np.diff(drawn(opened, "noised", 0, 0)[..., 0].astype(int)[:, 4:28].mean(0)) > 0).all()
    assert not noised.latest.running


def test_nothing_is_wider_than_the_page(opened):
    for width, columns in ((1280, 8), (390, 4)):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        across = opened.evaluate(
            "getComputedStyle(document.querySelector('#guided .cells')).gridTemplateColumns.split(' ').length"
        )
        assert across == columns
