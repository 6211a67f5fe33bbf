"""The player in a real browser: every picture pixel for pixel, one timeline, no server while one looks."""

from __future__ import annotations

import base64
import csv
import io
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect

from tests.small_page import served
from visuals.components.player import PANELS, Player, message, message_of_one
from visuals.diffusion import downloads

THERE, BACK = 5, 9  # frames
RNG = np.random.default_rng(0)
RECIPE = 'print("the same run")\n'
AT = "Number(document.querySelector('#player .player').dataset.at)"
CANVAS = """selector => { const c = document.querySelector(selector);
  const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  return [c.height, c.width, btoa(data.reduce((text, byte) => text + String.fromCharCode(byte), ''))]; }"""
probed: list[dict] = []  # what Python was asked
missed: list[tuple[int, int, int]] = []
alone_asked: list[tuple[int, int]] = []  # (run, sample)


def noise(samples: int, channels: int) -> np.ndarray:
    return RNG.integers(0, 256, (samples, 32, 32, channels), dtype=np.uint8)


def journey(samples: int, channels: int) -> list[SimpleNamespace]:
    """Frames of random pixels, so that no picture can be taken for another; of several samples only xt and x0."""
    frames, alone = [], samples == 1
    for k in range(THERE + BACK):
        there, step = k < THERE, k if k < THERE else k - THERE
        t = 250 * step if there else 1000 - 125 * step
        panel = lambda wanted: noise(samples, channels) if wanted else None  # noqa: E731
        pictures = {
            "xt": panel(True),
            "x0": panel(True),
            "eps": panel(alone),
            "before": panel(alone and not there and t > 0),
            "closed": panel(alone and there),
        }
        share = 1 - t / 1000
        frames.append(
            SimpleNamespace(way="there" if there else "back", step=step, t=t, signal=share, noise=t / 1000, **pictures)
        )
    return frames


ONE, COLOURED, FOUR, SIXTEEN, LATER = journey(1, 1), journey(1, 3), journey(4, 3), journey(16, 1), journey(1, 1)
OF_ONE = {  # run: what the server has of the samples 0, 2, ..., and of 1, 3, ...
    20: (journey(1, 3), journey(1, 3)),
    30: (journey(1, 1), journey(1, 1)),
    50: (journey(1, 1)[:7], journey(1, 1)[:7]),
}


def sent(run: int, frames: list, start: int = 0, play: bool = False) -> dict:
    return message(run, THERE + BACK, THERE, start, frames, play, RECIPE)


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        quiet = {"show_progress": "hidden"}  # as in the app; else what waits for an answer is dimmed
        player = Player(sent(0, ONE), elem_id="player", server_functions=[downloads.gif])
        told = gr.HTML(elem_id="told")
        values = {
            "coloured": sent(10, COLOURED),
            "four": sent(20, FOUR),
            "sixteen": sent(30, SIXTEEN),
            "first-half": sent(40, LATER[:7], play=True),
            "second-half": sent(40, LATER[7:], start=7, play=True),
            "late": sent(39, ONE[7:], start=7, play=True),
            "stopped": sent(50, SIXTEEN[:7]),
        }
        for name, value in values.items():
            gr.Button(name, elem_id=name).click(lambda value=value: value, None, player, **quiet)

        def asked(event: gr.EventData) -> str:
            probed.append({name: event._data[name] for name in ("run", "index", "sample", "row", "column")})
            return f"asked {len(probed)}"

        def again(event: gr.EventData) -> dict:
            missed.append((event.run, event.start, event.end))
            return sent(event.run, LATER[event.start : event.end], event.start, play=True)

        def alone(event: gr.EventData) -> dict:
            alone_asked.append((event.run, event.sample))
            return message_of_one(event.run, event.sample, OF_ONE[event.run][event.sample % 2])

        player.alone(alone, None, player, trigger_mode="always_last", **quiet)
        player.probe(asked, None, told, **quiet)
        player.missing(again, None, player, **quiet)
    with served(page, tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def opened(page, url):
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    return page


def canvas(page, name: str) -> np.ndarray:
    """What a canvas shows, (H, W, 3)."""
    height, width, pixels = page.evaluate(CANVAS, f"#player canvas.{name}")
    return np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(height, width, 4)[..., :3]


def rgb(picture: np.ndarray) -> np.ndarray:
    """(32, 32, C) as it is drawn."""
    return np.broadcast_to(picture, (32, 32, 3))


def grid(pictures: np.ndarray) -> np.ndarray:
    """(B, 32, 32, C) as one square."""
    across = round(len(pictures) ** 0.5)
    rows = [np.concatenate([rgb(p) for p in pictures[k : k + across]], 1) for k in range(0, len(pictures), across)]
    return np.concatenate(rows)


def go(page, index: int) -> None:
    page.evaluate(
        "index => { const s = document.querySelector('#player input[type=range]'); s.value = index; \
        s.dispatchEvent(new Event('input')); }",
        index,
    )
    assert page.evaluate(AT) == index


def give(page, name: str, run: int, frames: int = THERE + BACK) -> None:
    page.click(f"#{name}")
    page.wait_for_selector(f"#player .player[data-run='{run}'][data-frames='{frames}']")


def caption(page, name: str) -> str:
    return page.inner_text(f"#player .{name}-caption")


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
    assert "x₅₀₀: after this step" in caption(opened, "other")


def test_the_way_there_is_shown_step_by_step_or_in_one_go(opened):
    go(opened, 2)
    assert "step by step (Eq. 2)" in caption(opened, "xt")
    assert "in one go (Eq. 4)" in caption(opened, "other")
    opened.get_by_role("button", name="in one go, Eq. 4").click()
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(ONE[2].closed[0]))
    np.testing.assert_array_equal(canvas(opened, "other"), rgb(ONE[2].xt[0]))
    assert "in one go (Eq. 4)" in caption(opened, "xt")
    assert "step by step (Eq. 2)" in caption(opened, "other")
    go(opened, THERE + 2)  # there is one way back only
    np.testing.assert_array_equal(canvas(opened, "xt"), rgb(ONE[THERE + 2].xt[0]))


def test_at_time_zero_the_captions_speak_of_pictures(opened):
    go(opened, 0)
    assert caption(opened, "xt") == "Time t = 0 of 1000: the picture, before any noise"
    assert "no noise" in caption(opened, "eps")
    go(opened, THERE + BACK - 1)
    assert caption(opened, "xt") == "Time t = 0 of 1000: the new picture, all noise is removed"
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
    page.wait_for_selector(f"#told >> text=asked {count + 1}")
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
    assert asked_next(opened, count + 2) == place | {"index": 3, "row": 31, "column": 1}
    assert marks(opened) == [pytest.approx([1, 31, 1], abs=0.05)] * 4
    opened.click("#player .after")  # the mark stays
    assert marks(opened) == [pytest.approx([1, 31, 1], abs=0.05)] * 4
    assert len(probed) == count + 3


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


# --- files ---


def saved(page, kind: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.locator("#player .downloads").get_by_role("button", name=kind, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_csv_and_the_table_hold_every_frame_in_numbers(opened):
    give(opened, "four", 20)
    name, content = saved(opened, "CSV")
    assert name == "there-and-back.csv"
    head, *body = csv.reader(io.StringIO(content.decode()))
    assert head[:6] == ["sample", "way", "steps taken", "t", "share of the picture", "share of noise"]
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
    assert opened.locator("#player .downloads").get_by_role("button", name="MP4").count() == 0
    assert "MP4 needs the program ffmpeg" in opened.inner_text("#player .no-film")


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


# --- how it looks and sounds ---


@pytest.mark.parametrize(("width", "least"), [(1440, 384), (1280, 384), (390, 300)])
def test_the_main_picture_is_large_and_the_page_does_not_scroll_sideways(new_page, url, width, least):
    page = new_page(width)
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    assert page.locator("#player canvas.xt").bounding_box()["width"] >= least
    assert page.evaluate("getComputedStyle(document.querySelector('#player canvas.xt')).imageRendering") == "pixelated"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_full_screen_and_back(opened):
    opened.get_by_role("button", name="Full screen").click()
    opened.wait_for_function("document.fullscreenElement?.classList.contains('player')")
    opened.wait_for_function("document.activeElement.classList.contains('player')")
    opened.keyboard.press("Home")
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate(AT) == 1
    opened.keyboard.press(" ")  # plays, and does not leave
    opened.wait_for_function(f"{AT} > 2")
    assert opened.evaluate("document.fullscreenElement !== null")
    opened.get_by_role("button", name="Leave full screen").click()
    opened.wait_for_function("document.fullscreenElement === null")
    opened.evaluate("() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('refused')); }")
    opened.get_by_role("button", name="Full screen").click()
    opened.wait_for_selector("#player .trouble >> text=does not allow full screen")


def test_without_full_screen_there_is_no_button_for_it(page, url):
    page.add_init_script("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    assert page.locator("#player .enlarge").is_hidden()


def test_a_screen_reader_hears_where_the_cursor_rests_not_what_it_passes(opened):
    expect(opened.locator("#player .said")).to_have_text("removing noise, t = 0")  # where it opens
    opened.evaluate(
        """() => { window.heard = []; const said = document.querySelector('#player .said');
        new MutationObserver(() => window.heard.push(said.textContent)).observe(said, { childList: true }); }"""
    )
    opened.click("#player .play")
    expect(opened.locator("#player .play")).to_have_text("Play")
    opened.wait_for_function("window.heard.length > 0")
    assert opened.evaluate("window.heard") == ["removing noise, t = 0"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_player(new_page, url, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    page.click("#player summary")
    go(page, 2)
    for name, run in ((None, 0), ("four", 20)):
        if name:
            give(page, name, run)
            page.click("#player canvas.xt", position={"x": 30, "y": 30})
        page.wait_for_selector("#player .table td")
        found = Axe().run(page, context="#player").response["violations"]
        assert [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found] == []
