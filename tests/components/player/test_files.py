"""What can be saved from the player."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect

from tests.components.player.playing import BACK, FOUR, ONE, RECIPE, SIXTEEN, THERE, give, grid, rgb, saved


def test_the_csv_and_the_table_hold_every_frame_in_numbers(opened):
    give(opened, "four", 20)
    name, content = saved(opened, "CSV")
    assert name == "there-and-back.csv"
    head, *body = csv.reader(io.StringIO(content.decode()))
    assert head[:6] == ["sample", "way", "steps taken", "t", "factor of the picture", "factor of the noise"]
    assert len(body) == 4 * 14
    expected = [(sample, frame) for sample in range(4) for frame in FOUR]
    for row, (sample, frame) in zip(body, expected, strict=True):
        assert row[:4] == [str(sample + 1), frame.way, str(frame.step), str(frame.t)]
        pixels = frame.xt[sample]
        assert [float(n) for n in row[4:]] == pytest.approx(
            [frame.signal, frame.noise, pixels.mean(), pixels.std()], abs=0.006
        )
    opened.click("#player summary")
    opened.wait_for_selector("#player .table tr:nth-child(15)")
    assert f"{FOUR[0].xt.mean():.1f}"[:-1] in opened.inner_text("#player .table tr:nth-child(2)")


def test_the_png_is_a_strip_of_both_ways(opened):
    name, content = saved(opened, "PNG")
    assert name == "there-and-back.png"
    strip = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert strip.shape == (2 * (128 + 6 + 22) + 6, BACK * (128 + 6) + 6, 3)
    for k, frame in enumerate(ONE):
        column, row = (k, 0) if k < THERE else (k - THERE, 1)
        top, left = 6 + row * 156, 6 + column * 134
        shown = strip[top : top + 128, left : left + 128]
        np.testing.assert_array_equal(shown[1::4, 1::4], rgb(frame.xt[0]))


def test_the_gif_is_written_by_the_server_from_what_is_on_the_screen(opened):
    name, content = saved(opened, "GIF")
    assert name == "there-and-back.gif"
    film = [np.asarray(f.convert("RGB")) for f in ImageSequence.Iterator(Image.open(io.BytesIO(content)))]
    assert len(film) == 14
    for picture, frame in zip(film, ONE, strict=True):
        np.testing.assert_array_equal(picture[::8, ::8], rgb(frame.xt[0]))
    assert "ffmpeg" not in opened.inner_text("#player")  # before anybody asks for an MP4
    opened.locator("#player .downloads").get_by_role("button", name="MP4").click()
    expect(opened.locator("#player .trouble")).to_contain_text("MP4 needs the program ffmpeg")


def test_a_grid_becomes_a_gif_of_all_its_samples(opened):
    give(opened, "sixteen", 30)
    film = ImageSequence.Iterator(Image.open(io.BytesIO(saved(opened, "GIF")[1])))
    for picture, frame in zip(film, SIXTEEN, strict=True):
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB"))[::2, ::2], grid(frame.xt))


def test_the_python_file_is_the_one_that_came_with_the_run(opened):
    assert saved(opened, "PY") == ("there-and-back.py", RECIPE.encode())


def test_a_server_that_does_not_answer_is_told(new_page, url):
    page = new_page()
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    page.route(
        "**/component_server**",
        lambda route: route.fulfill(json={"sentence": "Too long a run."}),
    )
    page.locator("#player .downloads").get_by_role("button", name="GIF").click()
    page.wait_for_selector("#player .trouble >> text=Too long a run.")
