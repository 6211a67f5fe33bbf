"""Look inside, in tab 2: the map, the maps, the receptive fields and the pictures, on a page of their own."""

from __future__ import annotations

import csv
import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from models import insight
from models.googlenet import INCEPTIONS
from models.receptive import fields
from tests.conftest import CAMERA, unanswered
from tests.small_page import served
from visuals.components.pictures import data_url
from visuals.components.receptive_field import ReceptiveField
from visuals.inception import look as section
from visuals.inception import maps_figures
from visuals.inception.examples import EXAMPLES, picture
from visuals.inception.figures import gallery
from visuals.inception.maps_figures import field
from visuals.inception.network_figures import TITLES, network_map
from visuals.inception.state import TAB, State
from visuals.links import read

MODULES = [row.name for row in INCEPTIONS]
AT = (4, 7)  # of the field that is drawn on a white picture


def on_white() -> dict:
    """A field on a picture where nothing but its frames and its darkness can be drawn."""
    white = data_url(np.full((8, 8, 3), 255, np.uint8))
    return field(insight.look(picture("lion")), "3a", ("3x3", 0), AT) | {"picture": white}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with gr.Blocks() as page:
        chosen = section.build()
        set_by = {"picture": gallery("temple"), "module": network_map(insight.look(picture("temple")), "4c")}
        link = gr.Button("as a link does", elem_id="link")
        link.click(lambda: [*map(set_by.get, chosen.controls)], None, [*chosen.controls.values()]).then(
            **chosen.restored
        )
        ReceptiveField(on_white(), elem_id="white")
    with served(page, tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def tab(page, url):
    return opened(page, url)


def opened(page, url):
    page.goto(url)
    page.wait_for_selector("#wider-maps [data-name='3a'] figure canvas")
    page.wait_for_selector("#wider-field [data-at]")
    page.wait_for_selector("#white [data-at='4,7']")
    return page


@pytest.fixture(scope="module")
def lion() -> insight.Look:
    return insight.look(picture("lion"))


def test_what_a_layer_does_is_read_where_it_is_pointed_at(tab):
    readout = tab.locator("#wider-map .readout")
    tab.hover("#wider-map [data-says^='conv1:']")
    expect(readout).to_have_text("conv1: 7×7 convolution, stride 2. 96 × 96 × 3 in, 48 × 48 × 64 out.")
    tab.hover("#wider-map [data-says^='5×5 average']")
    expect(readout).to_contain_text("5×5 average pooling, stride 3: 6 × 6 × 512 in, 1 × 1 × 512 out.")
    tab.hover("#wider-map .title")
    expect(readout).to_contain_text("3a: Inception module")  # again the chosen one


def test_a_channel_is_enlarged_and_its_positions_are_followed(tab):
    look = insight.look(picture("lion"))
    maps, place, says = look.maps("3a")["5x5"], tab.locator("#wider-field .place"), tab.locator("#wider-field .says")
    tab.locator("#wider-maps figure[data-branch='5x5'] canvas").click(position={"x": 5, "y": 5})  # the strongest
    chosen = "5x5", int(maps.channels[0])
    expected = field(look, "3a", chosen)
    expect(place).to_contain_text(expected["name"])
    expect(says).to_have_text(expected["effective"]["says"])
    tab.locator("#wider-field .map canvas").focus()
    row, column = expected["at"]
    for key, by in (("ArrowUp", (-1, 0)), ("ArrowLeft", (0, -1)), ("ArrowDown", (1, 0)), ("ArrowDown", (1, 0))):
        tab.keyboard.press(key)  # faster than answers come back
        row, column = min(11, max(0, row + by[0])), min(11, max(0, column + by[1]))
    expect(says).to_have_text(field(look, "3a", chosen, (row, column))["effective"]["says"])
    tab.wait_for_selector(f"#wider-field [data-at='{row},{column}']")
    expect(place).to_contain_text(f"row {row + 1}, column {column + 1}: ")
    tab.locator("#wider-gallery button").nth(2).click()  # another picture: the same place in the same channel
    seen = field(insight.look(picture("cat")), "3a", chosen, (row, column))
    expect(says).to_have_text(seen["effective"]["says"])
    tab.click("#wider-map .node[data-name='4e']")  # another module: the same branch's strongest channel
    strongest = int(insight.look(picture("cat")).maps("4e")["5x5"].channels[0])
    expect(place).to_contain_text(f"Module 4e, 5×5 branch, channel {strongest}, row")


def test_the_field_is_bright_and_what_lies_outside_dark(tab):
    dark = tab.evaluate("""() => {
      const canvas = document.querySelector('#white .theory canvas'), unit = canvas.width / 96;
      const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.width).data;
      const at = place => Math.floor((place + .5) * unit);
      return [...Array(96 * 96).keys()].map(i => image[4 * (at(Math.floor(i / 96)) * canvas.width + at(i % 96))]);
    }""")
    pixels, ours = np.array(dark).reshape(96, 96), insight.known().fields["3a"]
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


def test_every_channel_is_shown_on_demand_and_can_be_saved(tab):
    look = insight.look(picture("lion"))
    tab.click("#wider-map .node[data-name='4d']")
    tab.click("#wider-maps .more button")  # before the module has come
    tab.wait_for_selector("#wider-maps [data-name='4d'][data-count='528']")
    with tab.expect_download() as download:
        tab.locator("#wider-maps .downloads").get_by_text("CSV").click()
    lines = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert len(lines) == 528
    for branch, title in TITLES.items():
        maps, found = look.maps("4d")[branch], [line for line in lines if line["branch"] == title]
        assert [int(line["channel"]) for line in found] == maps.channels.tolist()
        np.testing.assert_allclose([float(line["mean"]) for line in found], maps.means, rtol=0.01)
        np.testing.assert_allclose([float(line["largest"]) for line in found], maps.maxima, rtol=0.01)
    tab.click("#wider-maps summary")
    expect(tab.locator("#wider-maps table tr")).to_have_count(529)
    tab.click("#wider-maps .more button")
    tab.wait_for_selector("#wider-maps [data-name='4d'][data-count='64']")


def test_the_drawing_can_be_saved_whole(tab):
    with tab.expect_download() as download:
        tab.locator("#wider-map .downloads").get_by_text("SVG").click()
    text = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "googlenet-module-3a.svg"
    for words in ("5×5 convolution", "1×1 reduction", "softmax", "auxiliary head", "Module 3a, opened"):
        assert words in text
    for saved in ("#wider-map", "#wider-maps", "#wider-field"):
        with tab.expect_download() as download:
            tab.locator(f"{saved} .downloads").get_by_text("PNG").click()
        assert Image.open(download.value.path()).width > 1000
    assert tab.locator("#wider-map svg").count() == 2


def saved(tab, part: str, kind: str) -> str:
    with tab.expect_download() as download:
        tab.locator(f"{part} .downloads").get_by_text(kind).click()
    return Path(download.value.path()).read_text()


def test_maps_and_field_are_saved_with_all_their_numbers(tab, lion):
    maps, shown = saved(tab, "#wider-maps", "SVG"), saved(tab, "#wider-field", "SVG")
    assert (maps.count("<image"), shown.count("<image")) == (1 + 4, 3)  # the strip and four columns; three panels
    assert "3a, 5×5 branch, white is" in maps
    assert "5×5: 12.5 %" in maps
    expected = field(lion, "3a", ("3x3", int(lion.maps("3a")["3x3"].channels[0])))
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


NO_CAMERA = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError'); };"


def test_a_picture_from_the_camera_runs_the_network(new_page, url):
    page = new_page()
    page.add_init_script(CAMERA)
    opened(page, url)
    page.get_by_text("Use the camera").click()
    page.wait_for_function("document.querySelector('#wider-camera video')?.videoWidth === 640")
    page.get_by_text("Take this picture").click()
    orange = insight.look(np.full((480, 480, 3), (0xE0, 0x60, 0x10), np.uint8))
    expect(page.locator("#wider-picture")).to_contain_text("your picture")
    expect(page.locator("#wider-predictions .head.main .name").first).to_have_text(orange.heads["main"][0][0])
    assert page.locator("#wider-camera .live").is_hidden()
    assert page.evaluate("document.querySelector('#wider-camera video').srcObject") is None  # the camera is off
    assert page.locator("#wider-gallery button[aria-pressed='true']").count() == 0


def test_without_a_camera_a_sentence_says_so(new_page, url):
    page = new_page()
    page.add_init_script(NO_CAMERA)
    opened(page, url)
    before = page.inner_text("#wider-predictions")
    page.get_by_text("Use the camera").click()
    expect(page.locator("#wider-camera .problem")).to_contain_text("No camera was found.")
    assert page.inner_text("#wider-predictions") == before
    page.locator("#wider-gallery button").nth(2).click()
    cat = insight.look(picture("cat"))
    expect(page.locator("#wider-predictions .head.main .name").first).to_have_text(cat.heads["main"][0][0])


def test_what_normalisation_changes_is_measured_for_every_picture(tab):
    tab.get_by_text("What happens before the first module?").click()
    said = tab.locator("#wider-norms-said")
    expect(said).to_contain_text(maps_figures.norms_sentence(insight.look(picture("lion"))))
    tab.locator("#wider-gallery button").nth(list(EXAMPLES).index("drawn horse")).click()
    expect(said).to_contain_text(maps_figures.norms_sentence(insight.look(picture("drawn horse"))))
    expect(tab.locator("#wider-picture")).to_contain_text("the network of tab 3 drew it")
    shown = tab.locator("#wider-stem img").evaluate_all("all => all.map(image => image.src)")
    assert shown == re.findall('src="([^"]+)"', maps_figures.stem(insight.look(picture("drawn horse"))))
    expect(tab.locator("#wider-maps-when")).to_contain_text("measured now")


# --- Without a browser ----------------------------------------------------------------------------------------


def test_the_map_names_every_branch_of_every_module(lion):
    value = network_map(lion, "3a")
    stages = {stage["name"]: stage for stage in value["stages"]}
    assert list(stages) == [*lion.shapes, "linear", "softmax"]
    assert sum(stage["line"] for stage in value["stages"]) == len(stages) / 2
    assert list(value["modules"]) == MODULES
    for row in INCEPTIONS:
        branches = stages[row.name]["branches"]
        assert [branch["channels"] for branch in branches] == [row.n1x1, row.n3x3, row.n5x5, row.n_pool]
        assert stages[row.name]["shape"][2] == sum(branch["channels"] for branch in branches)
        reductions = [branch["steps"][0][1] for branch in branches[1:3]]
        assert reductions == [f"{row.n3x3_reduce} channels", f"{row.n5x5_reduce} channels"]


def test_the_layers_of_the_auxiliary_heads_are_those_of_the_network(lion):
    network = insight.known().network
    heads = {head["after"]: head for head in network_map(lion)["heads"]}
    for name, head in (("4a", network.aux_4a), ("4d", network.aux_4d)):
        layers = heads[name]["layers"]
        widths = [head.conv.in_channels, head.conv.out_channels, head.hidden.out_features, head.linear.out_features]
        assert [layer["channels"] for layer in layers] == widths
        pooled = round((head.hidden.in_features / head.conv.out_channels) ** 0.5)
        assert f"{pooled} × {pooled} × {widths[0]} out" in layers[0]["says"]
    assert heads["softmax"]["layers"] == []


def test_the_strip_has_every_channel_in_the_order_of_the_concatenation(lion):
    value = maps_figures.feature_maps(lion, "4b", ("3x3", 0))
    strip = np.concatenate([np.frombuffer(b64decode(branch["strip"]), np.uint8) for branch in value["branches"]])
    means = lion.outputs["4b"].mean((1, 2))
    np.testing.assert_allclose(strip, 255 * np.sqrt(means / means.max()), atol=0.51)
    assert [branch["share"] for branch in value["branches"]] == ["31.2 %", "43.8 %", "12.5 %", "12.5 %"]


def test_pixels_of_half_are_the_fewest_that_hold_it():
    influence = np.array([[4.0, 0.0], [1.0, 3.0]])
    assert maps_figures.pixels_of_half(influence) == 1
    assert maps_figures.pixels_of_half(np.ones((4, 4))) == 8
    assert maps_figures.pixels_of_half(np.eye(3)) == 2


def test_the_sentence_about_a_field_has_its_numbers(lion):
    channel = int(lion.maps("3a")["1x1"].channels[0])
    said = field(lion, "3a", ("1x1", channel), (0, 0))["effective"]["says"]
    assert "sees 27 × 27 pixels, and 400 of the picture's 9,216 lie inside" in said  # 27 - 7 a side
    assert "more than the whole picture" in field(lion, "5b", ("1x1", 0), (1, 1))["effective"]["says"]
    rank = next(k for k, map in enumerate(lion.maps("4a")["3x3"].pixels) if map[2, 2] == 0)
    off = int(lion.maps("4a")["3x3"].channels[rank])
    if lion.outputs["4a"][192 + off, 2, 2] == 0:
        assert "ReLU has switched it off" in field(lion, "4a", ("3x3", off), (2, 2))["effective"]["says"]


def test_frames_that_coincide_or_leave_the_picture_are_told(lion):
    at_edge = "Where a frame would leave the picture, it is drawn at the edge."
    said = {name: field(lion, name, ("1x1", 0), (1, 1))["frames"] for name in ("3a", "5b")}
    assert said["3a"] == f"The frames of 3×3 and pool coincide. {at_edge}"
    assert "pool coincide. All four fields are larger than the picture. " in said["5b"]
    sizes = {"1×1": 90, "3×3": 98, "5×5": 99, "pool": 98}
    assert "The fields of 3×3, 5×5 and pool are larger" in maps_figures.frames_sentence(sizes, 96)
    assert "The field of 5×5 is larger" in maps_figures.frames_sentence(sizes, 98)


def test_an_old_gradient_is_marked_until_the_new_one_has_come(tab):
    tab.wait_for_selector("#wider-field [data-at]")
    with unanswered(tab):
        tab.locator("#wider-field .map canvas").press("ArrowRight")
        expect(tab.locator("#wider-field .effect.waiting")).to_have_count(1)
        expect(tab.locator("#wider-field .says")).to_contain_text("Computing what moves this position")
    expect(tab.locator("#wider-field .effect.waiting")).to_have_count(0)
    expect(tab.locator("#wider-field .says")).to_contain_text("half of the gradient lies on")


def test_normalisation_shrinks_by_what_the_sentence_says(lion):
    x, y = lion.outputs["pool1"], lion.outputs["lrn1"]
    square = np.pad(x.astype(float) ** 2, ((2, 2), (0, 0), (0, 0)))
    scale = 1 + 1e-4 / 5 * sum(square[k : k + 64] for k in range(5))
    np.testing.assert_allclose(y, x / scale**0.75, rtol=1e-5)
    mean, most = 100 * (1 - (x / scale**0.75).sum() / x.sum()), 100 * (1 - scale**-0.75).max()
    assert f"by {mean:.2g} % on average" in maps_figures.norms_sentence(lion)
    assert f"by {most:.2g} % at most" in maps_figures.norms_sentence(lion)


def both(*given) -> tuple[dict, dict]:
    """Maps and field of a module: the maps come first, and once more with the field."""
    (first, nothing), (maps, shown) = section.show_module(*given)
    assert nothing == gr.skip()
    assert first == maps
    return maps, shown


def test_the_maps_do_not_wait_for_the_gradient(lion, monkeypatch):
    monkeypatch.setattr(insight, "influence", lambda *_: pytest.fail("the maps wait"))
    maps, _ = next(section.show_module(lion, {"chosen": "4c"}, None, None))
    assert maps["name"] == "4c"


def test_the_stem_follows_its_strongest_channels_through_the_poolings(lion):
    said = maps_figures.stem(lion)
    for convolution in ("conv1", "conv2"):
        means = lion.outputs[convolution].mean((1, 2))
        named = ", ".join(map(str, np.argsort(-means, kind="stable")[:4]))
        assert said.count(f"channels {named};") == 4  # at two figures, each in sight and in words
    assert said.count("<img") == 1 + 4 * 4
    pooled = lion.outputs["pool2"][np.argmax(lion.outputs["conv2"].mean((1, 2)))]
    largest = lion.outputs["conv2"][np.argsort(-lion.outputs["conv2"].mean((1, 2)))[:4]].max()
    assert data_url(np.rint(255 * np.minimum(1, pooled / largest)).astype(np.uint8)) in said


def test_half_of_the_late_channels_find_nothing_in_a_photograph():
    for name, example in EXAMPLES.items():
        for module in ("5a", "5b") if not example.drawn else ():
            black = (insight.look(picture(name)).outputs[module].max((1, 2)) == 0).mean()
            assert 0.4 < black < 0.65, (name, module)


HOSTILE = [None, "x", 3, [], {}, {"chosen": None}, {"chosen": "9z"}, {"chosen": ["3a"]}, {"chosen": {"a": []}}]


@pytest.mark.parametrize("value", HOSTILE, ids=str)
def test_anything_from_the_browser_is_a_choice_or_the_first_one(lion, value):
    assert section.module_of(value) == "3a"
    strongest = int(lion.maps("3a")["3x3"].channels[0])
    assert section.channel_of(lion, "3a", value) == ("3x3", strongest)
    assert section.position_of(lion, "3a", ("3x3", 0), value) is None
    assert section.example_of(value) is None
    assert len(section.choose_example(value, "tiny")) == 6
    maps, shown = both(lion, value, value, value)
    assert (maps["name"], shown["module"]) == ("3a", "3a")


@pytest.mark.parametrize("channel", [-1, 128, 1.0, True, "1", None])
def test_a_channel_that_is_not_there_is_the_strongest(lion, channel):
    maps = {"known": "tiny", "name": "3a", "chosen": {"branch": "3x3", "channel": channel}}
    assert section.channel_of(lion, "3a", maps) == ("3x3", int(lion.maps("3a")["3x3"].channels[0]))


def test_the_open_channel_stays_in_its_module_and_network(lion):
    maps = {"known": "tiny", "name": "3a", "chosen": {"branch": "3x3", "channel": 5}}
    strongest = {name: int(lion.maps(name)["3x3"].channels[0]) for name in ("3a", "3b")}
    assert section.channel_of(lion, "3a", maps) == ("3x3", 5)
    assert section.channel_of(lion, "3b", maps) == ("3x3", strongest["3b"])
    assert section.channel_of(lion, "3a", maps | {"known": "imagenet"}) == ("3x3", strongest["3a"])


@pytest.mark.parametrize("at", [[-1, 0], [0, 12], [0], [0, 0, 0], "00", [True, 0], [1.0, 0], None])
def test_a_position_that_is_not_there_is_none(lion, at):
    shown = {"known": "tiny", "module": "3a", "branch": "3x3", "channel": 5}
    assert section.position_of(lion, "3a", ("3x3", 5), shown | {"at": at}) is None
    assert section.position_of(lion, "3a", ("3x3", 5), shown | {"at": [11, 0]}) == (11, 0)
    assert section.position_of(lion, "3a", ("3x3", 6), shown | {"at": [11, 0]}) is None


def test_what_is_on_the_page_is_not_sent_again(lion):
    drawing = {"chosen": "3b"}
    values = [json.loads(json.dumps(value)) for value in both(lion, drawing, None, None)]
    assert list(section.show_module(lion, drawing, *values)) == [(gr.skip(), gr.skip())]
    values[1]["at"] = [0, 0]
    ((maps, shown),) = section.show_module(lion, drawing, *values)
    assert maps == gr.skip()
    assert shown["effective"]["at"] == [0, 0]


def test_a_link_sets_picture_and_module(tab):
    tab.click("#link")
    temple = insight.look(picture("temple"))
    tab.wait_for_selector("#wider-map [data-chosen='4c']")
    tab.wait_for_selector("#wider-maps [data-name='4c']")
    expect(tab.locator("#wider-predictions .head.main .name").first).to_have_text(temple.heads["main"][0][0])
    strongest = int(temple.maps("4c")["3x3"].channels[0])
    expect(tab.locator("#wider-field .place")).to_contain_text(f"Module 4c, 3×3 branch, channel {strongest}, row")
    assert tab.locator("#wider-gallery button[aria-pressed='true']").inner_text() == "temple"


def test_a_link_may_name_every_picture_and_module():
    for name in EXAMPLES:
        assert read(State, {"tab": TAB, "picture": name}, TAB) == (State(picture=name), [])
    for name in MODULES:
        assert read(State, {"tab": TAB, "module": name}, TAB) == (State(module=name), [])
    assert (State().picture, State().module) == (section.FIRST_PICTURE, section.FIRST_MODULE)


def test_another_network_s_windows_follow_from_its_fields(lion, monkeypatch):
    """torchvision's 5x5 branch has 3x3 filters, its last max pooling 2x2 positions, and it does not normalise."""
    other = replace(insight.known(), fields=fields(widest=3, last_pool=2))
    monkeypatch.setitem(insight.KNOWN, "other", lambda: other)
    outputs = {name: value for name, value in lion.outputs.items() if not name.startswith("lrn")}
    seen = replace(lion, known="other", outputs=outputs, heads={"main": lion.heads["main"]})
    stages = {stage["name"]: stage for stage in network_map(seen)["stages"]}
    assert stages["4b"]["branches"][2]["steps"][1] == ("3×3 convolution", "64 channels")
    assert "2×2 max pooling" in stages["pool4"]["says"]
    assert "no local response normalisation" in section.norms_sentence(seen)
    assert maps_figures.norms(seen)["rows"] == []
    assert maps_figures.stem(seen) == maps_figures.stem(lion)
    ours = {stage["name"]: stage for stage in network_map(lion)["stages"]}
    assert ours["4b"]["branches"][2]["steps"][1] == ("5×5 convolution", "64 channels")
    assert "3×3 max pooling" in ours["pool4"]["says"]
    insight._load.cache_clear()
