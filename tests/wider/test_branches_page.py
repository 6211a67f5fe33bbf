"""Branches, in a real browser: the maps of the chosen module, one channel enlarged, and the stem."""

from __future__ import annotations

import csv
from base64 import b64decode
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models.wider import activations
from tests.conftest import PATIENCE, unanswered
from tests.small_page import served
from visuals.components.pictures import data_url
from visuals.components.receptive_field import ReceptiveField
from visuals.wider.branches import stem, view, words
from visuals.wider.examples import EXAMPLES, picture
from visuals.wider.network_map import TITLES

ROLE = "branch => getComputedStyle(document.documentElement).getPropertyValue('--role-' + branch).trim()"
PIXEL = """([branch, x, y, colour]) => {
  const c = document.querySelector(`#wider-maps figure[data-branch="${branch}"] canvas`);
  const found = c.getContext('2d').getImageData(x, y, 1, 1).data;
  return colour.every((value, k) => Math.abs(value - found[k]) <= 1); }"""  # drawn in the frame after the words


@pytest.fixture
def tab(opened):
    page = opened("branches")
    page.wait_for_selector("#wider-maps [data-name='3a'] figure canvas")
    page.wait_for_selector("#wider-field [data-at]")
    return page


@pytest.fixture(scope="module")
def lion() -> activations.Pass:
    return activations.run(picture("lion"))


def drawn_as_computed(page, run: activations.Pass, name: str) -> None:
    """The first and the last map of every branch: the brightness of some of their positions."""
    page.wait_for_selector(f"#wider-maps [data-name='{name}']")
    for branch, maps in run.maps(name).items():
        side = maps.pixels.shape[1]
        role = page.evaluate(ROLE, branch)
        for at, y, x in ((0, side // 2, side // 2), (5, 0, side - 1), (15, side - 1, 1)):
            place = [int(at % 8 * 76 + (x + 0.5) * 72 / side), int(at // 8 * 76 + (y + 0.5) * 72 / side)]
            page.wait_for_function(PIXEL, arg=[branch, *place, ramp(role, int(maps.pixels[at, y, x]))])


def ramp(role: str, value: int) -> list[float]:
    """Black at 0, the role's colour at 128, white at 255."""
    full = [int(role[i : i + 2], 16) for i in (1, 3, 5)]
    return [c * value / 128 if value < 128 else c + (255 - c) * (value - 128) / 127 for c in full]


def test_maps_are_drawn_as_computed_for_every_module_and_picture(tab, lion):
    expect(tab.locator("#wider-maps-when")).to_contain_text("measured earlier")
    drawn_as_computed(tab, lion, "3a")
    tab.click("#wider-strip [data-name='5b']")
    drawn_as_computed(tab, lion, "5b")
    tab.locator("#wider-gallery button").nth(list(EXAMPLES).index("temple")).click()
    drawn_as_computed(tab, activations.run(picture("temple")), "5b")


def test_a_channel_is_enlarged_and_its_positions_are_followed(tab, lion):
    maps, place, says = lion.maps("3a")["5x5"], tab.locator("#wider-field .place"), tab.locator("#wider-field .says")
    tab.locator("#wider-maps figure[data-branch='5x5'] canvas").click(position={"x": 5, "y": 5})  # the strongest
    chosen = "5x5", int(maps.channels[0])
    expected = view.field(lion, "3a", chosen)
    expect(place).to_contain_text(expected["name"])
    expect(says).to_have_text(expected["effective"]["says"])
    tab.locator("#wider-field .map canvas").focus()
    row, column = expected["at"]
    for key, by in (("ArrowUp", (-1, 0)), ("ArrowLeft", (0, -1)), ("ArrowDown", (1, 0)), ("ArrowDown", (1, 0))):
        tab.keyboard.press(key)  # faster than answers come back
        row, column = min(11, max(0, row + by[0])), min(11, max(0, column + by[1]))
    expect(says).to_have_text(view.field(lion, "3a", chosen, (row, column))["effective"]["says"])
    tab.wait_for_selector(f"#wider-field [data-at='{row},{column}']")
    expect(place).to_contain_text(f"row {row + 1}, column {column + 1}: ")
    tab.locator("#wider-gallery button").nth(2).click()  # another picture: the same place in the same channel
    seen = view.field(activations.run(picture("cat")), "3a", chosen, (row, column))
    expect(says).to_have_text(seen["effective"]["says"])
    tab.click("#wider-strip [data-name='4e']")  # another module: the same branch's strongest channel
    strongest = int(activations.run(picture("cat")).maps("4e")["5x5"].channels[0])
    expect(place).to_contain_text(f"Module 4e, 5×5 branch, channel {strongest}, row")


def test_the_open_channel_answers_something_in_another_picture(tab, lion):
    """In 5b half of the channels find nothing in a picture."""
    place = tab.locator("#wider-field .place")
    strongest = int(lion.maps("5b")["3x3"].channels[0])
    tab.click("#wider-strip [data-name='5b']")
    expect(place).to_contain_text(f"channel {strongest}, row")
    dead = next(name for name in EXAMPLES if silent(name, strongest))
    other = activations.run(picture(dead)).maps("5b")["3x3"]
    tab.locator("#wider-gallery button").nth(list(EXAMPLES).index(dead)).click()
    expect(place).to_contain_text(f"channel {other.channels[0]}, row")
    expect(tab.locator("#wider-maps .reading")).to_contain_text(f"Channel {other.channels[0]} of 3×3: mean")


def silent(name: str, channel: int) -> bool:
    found = activations.run(picture(name)).maps("5b")["3x3"]
    return not found.maxima[found.channels == channel].any()


AT = (4, 7)


@pytest.fixture(scope="module")
def on_white(tmp_path_factory, look_ups, lion):
    """A field on a picture where nothing but its frames and its darkness can be drawn."""
    white = data_url(np.full((8, 8, 3), 255, np.uint8))
    with gr.Blocks() as page:
        ReceptiveField(view.field(lion, "3a", ("3x3", 0), AT) | {"picture": white}, elem_id="white")
    with served(page) as address:
        yield address


def test_the_field_is_bright_and_what_lies_outside_dark(browser, on_white):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(on_white)
    page.wait_for_selector("#white [data-at='4,7']")
    dark = page.evaluate("""() => {
      const canvas = document.querySelector('#white .theory canvas'), unit = canvas.width / 96;
      const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.width).data;
      const at = place => Math.floor((place + .5) * unit);
      return [...Array(96 * 96).keys()].map(i => image[4 * (at(Math.floor(i / 96)) * canvas.width + at(i % 96))]);
    }""")
    pixels, ours = np.array(dark).reshape(96, 96), activations.trained().fields["3a"]
    clear, inside = [], []  # of the rows, then of the columns
    for position in AT:
        edges = [0, 96, *(edge for found in ours.values() for edge in found.pixels(position))]
        first, end = ours["3x3"].pixels(position)
        clear.append(np.array([all(abs(k - edge) > 3 for edge in edges) for k in range(96)]))  # no frame is there
        inside.append(np.array([first <= k < end for k in range(96)]))
    (rows, columns), (among_rows, among_columns) = clear, inside
    assert (pixels[np.ix_(rows & among_rows, columns & among_columns)] == 255).all()
    assert (pixels[np.ix_(rows & ~among_rows, columns)] < 128).all()
    assert (pixels[np.ix_(rows, columns & ~among_columns)] < 128).all()
    page.close()


def test_every_channel_is_shown_on_demand_and_can_be_saved(tab, lion):
    tab.click("#wider-strip [data-name='4d']")
    tab.click("#wider-maps .more button")  # before the module has come
    tab.wait_for_selector("#wider-maps [data-name='4d'][data-count='528']")
    with tab.expect_download() as download:
        tab.locator("#wider-maps .downloads").get_by_text("CSV").click()
    lines = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert len(lines) == 528
    for branch, title in TITLES.items():
        maps, found = lion.maps("4d")[branch], [line for line in lines if line["branch"] == title]
        assert [int(line["channel"]) for line in found] == maps.channels.tolist()
        np.testing.assert_allclose([float(line["mean"]) for line in found], maps.means, rtol=0.01)
        np.testing.assert_allclose([float(line["largest"]) for line in found], maps.maxima, rtol=0.01)
    tab.click("#wider-maps summary")
    expect(tab.locator("#wider-maps table tr")).to_have_count(529)
    tab.click("#wider-maps .more button")
    tab.wait_for_selector("#wider-maps [data-name='4d'][data-count='64']")


def saved(tab, part: str, kind: str) -> str:
    with tab.expect_download() as download:
        tab.locator(f"{part} .downloads").get_by_text(kind).click()
    return Path(download.value.path()).read_text()


def test_maps_and_field_are_saved_with_all_their_numbers(tab, lion):
    maps, shown = saved(tab, "#wider-maps", "SVG"), saved(tab, "#wider-field", "SVG")
    assert (maps.count("<image"), shown.count("<image")) == (1 + 4, 3)  # the strip and four columns; three panels
    assert "3a, 5×5 branch, white is" in maps
    assert "5×5: 12.5 %" in maps
    expected = view.field(lion, "3a", ("3x3", int(lion.maps("3a")["3x3"].channels[0])))
    lines = list(csv.reader(saved(tab, "#wider-field", "CSV").splitlines()))
    by_kind = {what: [line for line in lines if line[0] == what] for what, *_ in lines}
    for one in expected["fields"]:
        assert by_kind[f"field of {one['title']}: pixels along a side"][0][3] == str(one["size"])
    assert len(by_kind["activation"]) == 12 * 12
    row, column = expected["at"]
    assert by_kind["chosen position"][0][1:3] == [str(row + 1), str(column + 1)]
    light = np.frombuffer(b64decode(expected["effective"]["data"]), np.uint8) / 255
    gradient = [float(line[3]) for line in by_kind["gradient over its largest"]]
    np.testing.assert_allclose(gradient, light**2, rtol=0.06)


def test_an_old_gradient_is_marked_until_the_new_one_has_come(tab):
    tab.wait_for_selector("#wider-field [data-at]")
    with unanswered(tab):
        tab.locator("#wider-field .map canvas").press("ArrowRight")
        expect(tab.locator("#wider-field .effect.waiting")).to_have_count(1)
        expect(tab.locator("#wider-field .says")).to_contain_text("Computing what moves this position")
    expect(tab.locator("#wider-field .effect.waiting")).to_have_count(0)
    expect(tab.locator("#wider-field .says")).to_contain_text("Half of the influence comes from")


def test_what_happens_before_the_modules_follows_the_picture(tab, lion):
    tab.get_by_text("What happens before the first module?").click()
    said = tab.locator("#wider-norms-said")
    expect(said).to_contain_text(words.norms(stem.shrunk(lion), stem.shrunk(lion, scaled=True)))
    horse = activations.run(picture("drawn horse"))
    tab.locator("#wider-gallery button").nth(list(EXAMPLES).index("drawn horse")).click()
    expect(said).to_contain_text(words.norms(stem.shrunk(horse), stem.shrunk(horse, scaled=True)))
    expect(tab.locator("#wider-maps-when")).to_contain_text("measured now")
    shown = tab.locator("#wider-stem img").evaluate_all("all => all.map(image => image.src)")
    assert shown == [url for figure in stem.figures_of(horse)["figures"] for url in figure["pictures"]]
