"""What it sees, in a real browser: what is shown is what the models compute, and every choice is followed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from threading import Event
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from models.wider import activations
from models.wider.cost import module_costs
from models.wider.googlenet import INCEPTIONS
from tests.conftest import CAMERA
from visuals.page.uploads import read_image
from visuals.wider.examples import EXAMPLES, picture
from visuals.wider.network_map import network_map
from visuals.wider.see import section, words

MODULES = [row.name for row in INCEPTIONS]
SEEN = """name => { const node = document.querySelector(`#wider-map .node[data-name="${name}"][aria-checked="true"]`);
  const { left, right } = node?.getBoundingClientRect() ?? {};
  return left >= 0 && right > left && right <= innerWidth; }"""


@pytest.fixture(scope="module")
def lion() -> activations.Pass:
    return activations.run(picture("lion"))


@pytest.fixture
def tab(opened):
    page = opened("see")
    page.wait_for_selector("#wider-map .node")
    return page


def expected(run: activations.Pass, head: str) -> list[tuple[str, str]]:
    return [(name, f"{100 * p:.1f} %") for name, p in run.heads[head]]


def shows(page, run: activations.Pass) -> None:
    """Wait until the line above, the bars and the map say what the pass says."""
    name, p = run.heads["main"][0]
    expect(page.locator("#wider-first")).to_contain_text(f"{name}, {100 * p:.1f} %")
    lines = [re.compile(rf"^\s*{re.escape(name)}\s*{share}") for name, share in expected(run, "main")]
    expect(page.locator("#wider-predictions .head.main li")).to_have_text(lines)
    for head in run.heads:
        name, p = run.heads[head][0]
        expect(page.locator("#wider-map svg.map")).to_contain_text(f"{name} {100 * p:.0f} %")


def choose(page, name: str) -> None:
    page.locator("#wider-gallery button").nth(list(EXAMPLES).index(name)).click()


def chosen(page, name: str) -> None:
    """Wait until map and line follow the choice of a module."""
    page.wait_for_selector(f"#wider-map [data-chosen='{name}']")
    expect(page.locator(f"#wider-strip [data-name='{name}']")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#wider-map .node[aria-checked='true']")).to_have_count(1)


def send(page, path) -> None:
    with page.expect_file_chooser() as choice:
        page.click("#wider-upload")
    choice.value.set_files(path)


def test_opens_on_a_finished_pass_and_follows_the_choice_of_a_picture(tab, lion):
    shows(tab, lion)
    expect(tab.locator("#wider-predictions")).to_contain_text("measured earlier")
    expect(tab.locator("#wider-predictions")).to_contain_text("one of the 52 classes")
    expect(tab.locator("#wider-picture")).to_contain_text("64 × 64 pixels, enlarged to 96 × 96")
    for name in ("dahlia", "drawn horse", "cat"):
        choose(tab, name)
        shows(tab, activations.run(picture(name)))
        expect(tab.locator("#wider-gallery button[aria-pressed='true']")).to_have_attribute("title", name)
    expect(tab.locator("#wider-predictions")).to_contain_text(
        "wrongly answers Chihuahua first; tabby is among its five"
    )
    expect(tab.locator("#wider-predictions")).to_contain_text("measured now")


def test_a_module_is_chosen_on_the_map_or_in_the_line_and_outlives_another_picture(tab, lion):
    readout = tab.locator("#wider-map .readout")
    tab.hover("#wider-map [data-says^='7×7 convolution']")
    expect(readout).to_have_text("7×7 convolution, stride 2. 96 × 96 × 3 in, 48 × 48 × 64 out.")
    tab.hover("#wider-map [data-says^='aux. head after 4a']")
    expect(readout).to_contain_text("5×5 average pool /3 → 1×1×512, 1×1 conv →")
    tab.hover("#wider-map .title")
    expect(readout).to_have_text(
        "On the line: places; below it: channels, one for each filter. Point at a layer to read what it does."
    )
    tab.click("#wider-map .node[data-name='4d']")
    chosen(tab, "4d")
    tab.click("#wider-strip [data-name='5b']")
    chosen(tab, "5b")
    choose(tab, "whole lion")
    shows(tab, activations.run(picture("whole lion")))
    chosen(tab, "5b")
    tab.focus("#wider-map .node[data-name='5b']")
    for key, name in (("ArrowRight", "3a"), ("End", "5b"), ("ArrowLeft", "5a"), ("Home", "3a")):
        tab.keyboard.press(key)
        chosen(tab, name)
        assert tab.evaluate("document.activeElement.dataset.name") == name
    tab.focus("#wider-strip [data-name='3a']")
    for _ in MODULES[1:]:  # faster than answers come back: the last choice counts
        tab.keyboard.press("ArrowRight")
    chosen(tab, "5b")


def test_the_last_of_quick_choices_counts(tab):
    for at, name in ((1, "whole lion"), (5, "dahlia"), (4, "temple")):  # without waiting for an answer
        choose(tab, name)
        tab.click(f"#wider-map .node[data-name='{MODULES[at]}']")
    temple = activations.run(picture("temple"))
    shows(tab, temple)
    chosen(tab, MODULES[4])


def test_a_module_that_is_chosen_before_a_picture_is_answered_stays(tab, lion, monkeypatch):
    asked, go_on, real = Event(), Event(), section.shown

    def held(*args):
        asked.set()
        assert go_on.wait(60)
        return real(*args)

    monkeypatch.setattr(section, "shown", held)
    choose(tab, "dahlia")
    assert asked.wait(60)
    tab.click("#wider-map .node[data-name='4d']")
    chosen(tab, "4d")
    go_on.set()
    shows(tab, activations.run(picture("dahlia")))
    chosen(tab, "4d")


def test_files_of_one_s_own(tab, tmp_path):
    """A picture, turned by its EXIF note; what is no picture, and a file larger than the server takes."""
    exif = Image.Exif()
    exif[0x0112] = 6
    turned, words_, empty, large = (tmp_path / f"{name}.png" for name in ("turned", "words", "empty", "large"))
    Image.fromarray(picture("temple")).transpose(Image.Transpose.ROTATE_90).save(turned, exif=exif)
    words_.write_text("no picture")
    empty.touch()
    large.write_bytes(b"no picture".ljust(80 * 1024**2))
    before = tab.inner_text("#wider-predictions")
    refused = ((words_, "not a picture"), (empty, "empty"), (large, "too large. Pictures of up to 10 MB work."))
    for path, sentence in refused:
        send(tab, path)
        tab.locator("#wider-problem").get_by_text(sentence).wait_for()
        assert tab.inner_text("#wider-predictions") == before
    send(tab, turned)
    run = activations.run(np.asarray(read_image(turned)))
    np.testing.assert_array_equal(run.seen, activations.run(picture("temple")).seen)
    shows(tab, run)
    expect(tab.locator("#wider-problem")).to_have_text("")
    expect(tab.locator("#wider-picture")).to_contain_text("your picture")
    expect(tab.locator("#wider-gallery button[aria-pressed='true']")).to_have_count(0)


def test_a_picture_from_the_camera_runs_the_network(new_page, url):
    page = new_page()
    page.add_init_script(CAMERA)
    page.goto(f"{url}?tab=wider&at=see")
    page.get_by_text("Use the camera").click()
    page.wait_for_function("document.querySelector('#wider-camera video')?.videoWidth === 640")
    page.get_by_text("Take this picture").click()
    orange = activations.run(np.full((480, 480, 3), (0xE0, 0x60, 0x10), np.uint8))  # on its way it was a JPEG
    expect(page.locator("#wider-picture")).to_contain_text("your picture")
    expect(page.locator("#wider-first")).to_contain_text(orange.heads["main"][0][0])
    expect(page.locator("#wider-camera .live")).to_be_hidden()
    assert page.evaluate("document.querySelector('#wider-camera video').srcObject") is None  # the camera is off


NO_CAMERA = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError'); };"


def test_without_a_camera_a_sentence_says_so(new_page, url):
    page = new_page()
    page.add_init_script(NO_CAMERA)
    page.goto(f"{url}?tab=wider&at=see")
    page.get_by_text("Use the camera").click()
    expect(page.locator("#wider-camera .problem")).to_contain_text("No camera was found.")
    choose(page, "cat")
    shows(page, activations.run(picture("cat")))


def test_two_visitors_do_not_meet(opened, lion):
    one, two = opened("see"), opened("see")
    choose(one, "cat")
    shows(one, activations.run(picture("cat")))
    two.click("#wider-map .node[data-name='4c']")
    chosen(two, "4c")
    shows(two, lion)
    chosen(one, "3a")


def test_the_drawing_can_be_saved_whole(tab):
    with tab.expect_download() as download:
        tab.locator("#wider-map .downloads").get_by_text("SVG").click()
    text = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "googlenet-module-3a.svg"
    for part in ("5×5 convolution", "1×1 reduction", "softmax", "aux. head", "Module 3a, opened"):
        assert part in text
    with tab.expect_download() as download:
        tab.locator("#wider-map .downloads").get_by_text("PNG").click()
    assert Image.open(download.value.path()).width > 1000


def test_a_link_sets_picture_and_module_in_every_section(opened, go):
    page = opened("see", "&predict=off&picture=temple&module=5b")
    shows(page, activations.run(picture("temple")))
    chosen(page, "5b")
    go(page, "surgery")
    expect(page.locator("#surgery-switches tr.chosen th")).to_have_text("5b")
    page.click("#lost-part > button")
    last = "Math.max(...[...document.querySelectorAll('#lost rect')].map(r => +r.getAttribute('y')))"
    page.wait_for_function(f"document.querySelector('#lost .mark')?.getAttribute('y') >= {last}")
    go(page, "heads")
    expect(page.locator("#gradient svg[role=img]")).to_have_attribute("aria-label", re.compile("chosen on the map: 5b"))
    go(page, "cost")
    page.wait_for_selector(f"#cost-module [data-widths^='{module_costs()['5b'].c_in} ']")


def test_the_copied_link_has_what_was_chosen_in_the_last_moment(opened):
    page = opened("surgery", permissions=["clipboard-read", "clipboard-write"])
    part = page.locator("#surgery-switches [role=switch]").first
    part.click()
    page.click("#wider-strip [data-name='4c']")
    page.click("#wider-link button")
    page.locator("#wider-link").get_by_text("Copied").wait_for()
    copied = parse_qs(urlsplit(page.evaluate("navigator.clipboard.readText()")).query)
    assert (copied["at"], copied["module"], copied["picture"]) == (["surgery"], ["4c"], ["lion"])
    assert copied["off"] == [part.get_attribute("data-id")]


def test_on_a_phone_the_map_scrolls_inside_its_frame(opened):
    for name in ("3a", "5b"):  # the chosen one is seen; the edges fade where the map goes on
        page = opened("see", f"&module={name}", width=390, height=844)
        page.wait_for_function(SEEN, arg=name)
        expect(page.locator("#wider-map .frame")).to_have_class(re.compile("more-(left|right)"))
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert page.evaluate("(f => f.scrollWidth > f.clientWidth + 200)(document.querySelector('#wider-map .frame'))")
    assert page.locator("#wider-map svg.module").get_attribute("viewBox").startswith("0 0 340")


# --- without a browser ---


@pytest.mark.parametrize("five", ["tabby lion", "lion tabby", "lion"])
def test_a_known_picture_says_what_became_of_its_class(five, monkeypatch):
    found = {"main": tuple((name, 0.1) for name in five.split())}
    monkeypatch.setattr(activations.Pass, "heads", found)
    run = activations.run(picture("lion"))
    told = words.remark(replace(EXAMPLES["lion"], shows="tabby"), run, 54.7)
    assert "This is one of the 52 classes: tabby." in told
    assert {"tabby lion": "", "lion tabby": "first; tabby is", "lion": "answers lion; tabby is not"}[five] in told
    assert ("The network" in told) == (five != "tabby lion")


def test_the_map_names_every_branch_of_every_module(lion):
    value = network_map(lion, "3a")
    stages = {stage["name"]: stage for stage in value["stages"]}
    assert list(stages) == [*lion.shapes, "linear", "softmax"]
    lines = [[name for name, stage in stages.items() if stage["line"] == line] for line in range(3)]
    assert [(line[0], line[-1]) for line in lines] == [("picture", "pool2"), ("3a", "4d"), ("4e", "softmax")]
    assert list(value["modules"]) == MODULES
    for row in INCEPTIONS:
        branches = stages[row.name]["branches"]
        assert [branch["channels"] for branch in branches] == [row.n1x1, row.n3x3, row.n5x5, row.n_pool]
        assert stages[row.name]["shape"][2] == sum(branch["channels"] for branch in branches)
        reductions = [branch["steps"][0][1] for branch in branches[1:3]]
        assert reductions == [f"{row.n3x3_reduce} channels", f"{row.n5x5_reduce} channels"]


def test_the_layers_of_the_auxiliary_heads_are_those_of_the_network(lion):
    network = activations.trained().network
    heads = {head["after"]: head for head in network_map(lion)["heads"]}
    for name, head in (("4a", network.aux_4a), ("4d", network.aux_4d)):
        layers = heads[name]["layers"]
        widths = [head.conv.in_channels, head.conv.out_channels, head.hidden.out_features, head.linear.out_features]
        assert [layer["channels"] for layer in layers] == widths
        pooled = round((head.hidden.in_features / head.conv.out_channels) ** 0.5)
        assert f"{pooled} × {pooled} × {widths[0]} out" in layers[0]["says"]
    assert heads["softmax"]["layers"] == []
