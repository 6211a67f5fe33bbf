"""The sketch: what Python takes for a drawing, and drawing with mouse, finger and keys in a real browser."""

from __future__ import annotations

import base64

import gradio as gr
import numpy as np
import pytest

from tests.small_page import served
from visuals.components.sketch import Sketch, SketchError, blank, drawing

PIXELS = """selector => { const c = document.querySelector(selector);
  return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; }"""
GROUND = [135, 190, 235]  # of an empty sketch in colours
taken: list[np.ndarray] = []  # what Python got


def take(value: dict, channels: int) -> str:
    taken.append(drawing(value, channels))
    return f"drawing {len(taken)}"


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        told = gr.HTML(elem_id="told")
        for name, channels in (("grey", 1), ("coloured", 3)):
            sketch = Sketch(blank(channels), elem_id=name)
            sketch.drawn(lambda value, channels=channels: take(value, channels), sketch, told)
            gr.Button(elem_id=f"{name}-other").click(lambda other=4 - channels: blank(other), None, sketch)
    with served(page) as address:
        yield address


@pytest.fixture
def opened(page, url):
    page.goto(url)
    page.wait_for_selector("#coloured canvas[data-strokes='0']")
    return page


def on_screen(page, name: str) -> np.ndarray:
    """(32, 32, 3) uint8"""
    return np.array(page.evaluate(PIXELS, f"#{name} canvas"), np.uint8).reshape(32, 32, 4)[..., :3]


def used(page, name: str) -> np.ndarray:
    """What Python gets when the button is pressed."""
    count = len(taken)
    page.click(f"#{name} .use")
    page.wait_for_selector(f"#told >> text=drawing {count + 1}")
    return taken[-1]


def line(page, name: str, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """A stroke by mouse from pixel to pixel, (row, column)."""
    page.locator(f"#{name} canvas").scroll_into_view_if_needed()
    box = page.locator(f"#{name} canvas").bounding_box()
    (x, y), (to_x, to_y) = (
        (box["x"] + (c + 0.5) * box["width"] / 32, box["y"] + (r + 0.5) * box["height"] / 32) for r, c in (begin, end)
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y)
    page.mouse.up()


def test_a_stroke_of_the_mouse_is_a_line_and_python_gets_what_is_on_the_screen(opened):
    line(opened, "grey", (8, 4), (8, 27))
    shown = on_screen(opened, "grey")
    assert (shown[8, 4:28] == 255).all()
    assert (shown[7, 6:26] > 0).all()  # a medium brush is wider than a pixel, with soft edges
    assert (shown[7, 6:26] < 255).all()
    assert (shown[:6] == 0).all()
    assert (shown[11:] == 0).all()
    picture = used(opened, "grey")
    np.testing.assert_array_equal(picture, shown[..., :1])


def test_brushes_differ_and_colours_fill(opened):
    opened.locator("#coloured").get_by_role("button", name="broad").click()
    opened.locator("#coloured").get_by_role("button", name="red").click()
    line(opened, "coloured", (16, 16), (16, 16))
    shown = on_screen(opened, "coloured")
    assert (shown[15:18, 15:18] == [214, 39, 40]).all()
    assert (shown[:12] == GROUND).all()
    opened.locator("#coloured").get_by_role("button", name="brown").click()
    opened.locator("#coloured").get_by_role("button", name="Fill").click()
    picture = used(opened, "coloured")
    assert picture.shape == (32, 32, 3)
    assert (picture == [120, 75, 40]).all()


def test_undo_takes_back_one_stroke_and_clear_can_be_undone(opened):
    line(opened, "grey", (4, 4), (4, 20))
    first = on_screen(opened, "grey")
    line(opened, "grey", (20, 4), (20, 20))
    second = on_screen(opened, "grey")
    assert (first != second).any()
    opened.click("#grey .clear")
    assert (on_screen(opened, "grey") == 0).all()
    opened.click("#grey .undo")
    np.testing.assert_array_equal(on_screen(opened, "grey"), second)
    opened.click("#grey .undo")
    np.testing.assert_array_equal(on_screen(opened, "grey"), first)
    opened.click("#grey .undo")
    assert (on_screen(opened, "grey") == 0).all()
    for name in ("undo", "clear", "use"):
        assert opened.is_disabled(f"#grey .{name}")


def test_the_keys_draw_where_the_brush_is_down(opened):
    opened.locator("#grey").get_by_role("button", name="fine").click()
    opened.focus("#grey canvas")
    opened.keyboard.press("ArrowUp")  # the brush is up: nothing is drawn
    assert (on_screen(opened, "grey") == 0).all()
    opened.keyboard.press(" ")
    for _ in range(5):
        opened.keyboard.press("ArrowRight")
    opened.keyboard.press(" ")
    opened.keyboard.press("ArrowDown")
    rows, columns = np.nonzero(on_screen(opened, "grey")[..., 0] == 255)
    assert set(rows) == {15}
    assert sorted(columns) == list(range(16, 22))


def test_a_finger_draws_and_does_not_scroll(new_page, url):
    page = new_page(390, 844, has_touch=True)
    page.goto(url)
    page.locator("#grey canvas").tap(position={"x": 100, "y": 100})
    page.wait_for_selector("#grey canvas[data-strokes='1']")
    assert on_screen(page, "grey").max() > 240
    assert page.evaluate("getComputedStyle(document.querySelector('#grey canvas')).touchAction") == "none"


def test_another_number_of_channels_begins_anew_and_the_same_keeps_the_drawing(opened):
    line(opened, "grey", (4, 4), (4, 20))
    used(opened, "grey")
    assert on_screen(opened, "grey").max() > 240
    assert opened.locator("#grey .colours button").count() == 2
    opened.click("#grey-other")
    opened.wait_for_selector("#grey .colours button:nth-of-type(12)")
    assert (on_screen(opened, "grey") == GROUND).all()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_sketch(new_page, url, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#coloured .colours button")
    line(page, "coloured", (16, 16), (16, 20))
    found = Axe().run(page, context=".sketch").response["violations"]
    assert [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found] == []


# --- what Python takes ---

FULL = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)


def value(picture: np.ndarray, **other) -> dict:
    pixels = base64.b64encode(picture.tobytes()).decode()
    return {"channels": picture.shape[-1], "side": 32, "pixels": pixels} | other


def test_python_reads_the_pixels_in_the_channels_it_wants():
    np.testing.assert_array_equal(drawing(value(FULL), 3), FULL)
    np.testing.assert_array_equal(drawing(value(FULL[..., :1]), 1), FULL[..., :1])
    grey = drawing(value(FULL), 1)
    assert grey.shape == (32, 32, 1)
    assert np.abs(grey[..., 0] - FULL.mean(-1)).max() <= 0.5
    np.testing.assert_array_equal(drawing(value(FULL[..., :1]), 3), FULL[..., :1].repeat(3, axis=-1))


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        "pixels",
        blank(1),
        value(FULL, channels=1),
        value(FULL, channels=True),
        value(FULL, channels=2),
        value(FULL, side=28),
        value(FULL, side=None),
        value(FULL, pixels=None),
        value(FULL, pixels="A" * 4095),
        value(FULL, pixels="*" * 4096),
        value(FULL, pixels="=" * 4096),
        value(FULL, pixels="é" * 4096),
    ],
)
def test_what_is_no_drawing_gets_a_sentence(bad):
    with pytest.raises(SketchError, match=r"\.$"):
        drawing(bad, 3)
