"""Albums in a real browser: they fill while they are computed, and can be walked through, enlarged and saved."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from models.core import artifacts
from models.noisier.counterfactuals import WAYS, Comparison, compare
from tests.conftest import unfold
from visuals.noisier.decided import section as decided

PIXELS = """image => { const canvas = Object.assign(document.createElement('canvas'), {width: 32, height: 32});
  const p = canvas.getContext('2d'); p.drawImage(image, 0, 0); return [...p.getImageData(0, 0, 32, 32).data]; }"""


def drawn(page, album: str, row: int, column: int) -> np.ndarray:
    """The pixels of a picture on screen, (32, 32, 3)."""
    image = page.locator(f"#{album}-album [data-place='{row},{column}'] img")
    return np.array(image.evaluate(PIXELS), np.uint8).reshape(32, 32, 4)[..., :3]


def status(page, album: str):
    return page.locator(f"#{album}-status")


def part(page, name: str) -> None:
    """Open a part of the section on when it is decided."""
    page.locator("#decided-parts").get_by_role("tab", name=name).click()


def choose(page, control: str, option: str) -> None:
    page.click(f"#{control} input")
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize(
    ("section", "place", "at"),
    [
        ("decided", (1, 0), (0, 0)),  # row 0 is the chain itself
        ("decided", (4, 7), (3, 7)),
        ("counterfactuals", (3, 2), (3, 2)),
        ("guidance", (6, 1), (6, 1)),
        ("samplers", (8, 5), (8, 5)),
    ],
)
def test_opens_on_the_recorded_pictures(at_section, section, place, at):
    page, run = at_section(section), artifacts.load_run(f"{section}-mnist")
    if section == "decided":
        part(page, "Split a chain")
    page.wait_for_selector(f"#{section}-album .album[data-captions]")
    np.testing.assert_array_equal(drawn(page, section, *place)[..., 0], run["pictures"][at][..., 0])
    expect(status(page, section)).to_contain_text("recorded")


def test_a_live_run_shows_the_pictures_of_the_generator_and_the_words_about_them(at_section):
    opened = at_section("counterfactuals")
    opened.wait_for_selector("#counterfactuals-album .album[data-captions]:not([data-captions='0'])")
    choose(opened, "counterfactuals-way", "The oracle’s noise")
    choose(opened, "counterfactuals-steps", "50")
    unfold(opened, "counterfactuals-finer")
    expect(opened.locator("#counterfactuals-seed input")).to_have_value("0")
    opened.fill("#counterfactuals-seed input", "4")
    expect(opened).to_have_url(re.compile("wrong_steps=50.*wrong_seed=4"))  # the controls have what was chosen
    opened.click("#counterfactuals-go")
    expect(status(opened, "counterfactuals")).to_contain_text("measured now")
    opened.wait_for_selector("#counterfactuals-album .album[data-captions='16']")
    picture = artifacts.load_run("counterfactuals-mnist")["picture"]
    rows = [row for row in compare(Comparison(steps=50, seed=4, ways=("right", "oracle")), picture) if row.finished]
    np.testing.assert_array_equal(drawn(opened, "counterfactuals", 0, 3)[..., 0], rows[0].pictures[3, ..., 0])
    np.testing.assert_array_equal(drawn(opened, "counterfactuals", 1, 5)[..., 0], picture[..., 0])
    expect(status(opened, "counterfactuals")).to_contain_text(
        "8 noises, and always the picture that the oracle knows: two differ by 0.0."
    )
    expect(opened.locator("#counterfactuals-album .row")).to_have_count(2)

    with opened.expect_download() as download:
        opened.click("#counterfactuals-album .downloads button:has-text('CSV')")
    head, *lines = csv.reader(io.StringIO(Path(download.value.path()).read_text()))
    assert head == ["row", "about", "picture", "caption"]
    assert [line[2] for line in lines] == [str(k + 1) for k in range(8)] * 2
    seen, _ = rows[0].seen[6]
    assert lines[6][3].split()[1] == str(seen)


def test_the_button_draws_the_recorded_pictures_again_with_the_settings_that_are_there_at_first(at_section):
    opened = at_section("decided")
    part(opened, "Split a chain")
    opened.wait_for_selector("#decided-album .album[data-captions]:not([data-captions='0'])")
    opened.click("#decided-go")
    expect(status(opened, "decided")).to_contain_text("measured now")
    run = artifacts.load_run("decided-mnist")
    live = drawn(opened, "decided", 4, 7)[..., 0].astype(int)
    np.testing.assert_allclose(live, run["pictures"][3, 7, ..., 0], atol=2)  # another processor rounds in another way
    assert opened.input_value("#decided-seed input") == str(artifacts.certificate("decided-mnist").seed)
    opened.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
    expect(opened.locator("#decided-seed input")).to_have_value(str(artifacts.certificate("decided-cifar10").seed))


def test_stop_keeps_what_was_computed_and_the_next_run_works(at_section):
    opened = at_section("counterfactuals")
    opened.wait_for_selector("#counterfactuals-album .album[data-captions]:not([data-captions='0'])")
    choose(opened, "counterfactuals-steps", "1000")
    opened.click("#counterfactuals-go")
    expect(status(opened, "counterfactuals").locator(".notice")).to_contain_text(
        "are the right way"
    )  # nothing is cut then
    choose(opened, "counterfactuals-way", "No added noise")
    choose(opened, "counterfactuals-steps", "250")
    opened.click("#counterfactuals-go")
    opened.wait_for_selector("#counterfactuals-album .album[data-pictures='8'][data-captions='0']")
    opened.click("#counterfactuals-stop")
    expect(status(opened, "counterfactuals")).to_contain_text("Stopped after")
    assert opened.get_attribute("#counterfactuals-album .album", "data-captions") == "0"
    unfold(opened, "counterfactuals-finer")
    expect(opened.locator("#counterfactuals-seed input")).to_have_value("0")
    opened.fill("#counterfactuals-seed input", "-1")
    opened.click("#counterfactuals-go")
    expect(status(opened, "counterfactuals").locator(".notice")).to_contain_text("Seed must be")
    choose(opened, "counterfactuals-steps", "50")
    opened.fill("#counterfactuals-seed input", "1")
    opened.click("#counterfactuals-go")
    expect(status(opened, "counterfactuals")).to_contain_text("measured now")


def test_what_is_pointed_at_is_read_below_the_pictures(at_section):
    opened = at_section("counterfactuals")
    album, reading = opened.locator("#counterfactuals-album"), opened.locator("#counterfactuals-album .reading")
    expect(album.locator(".album")).to_have_attribute("data-captions", "48")
    expect(reading).to_contain_text("×: the classifier reads another class")
    run = artifacts.load_run("counterfactuals-mnist")
    wrong = run["classes"][: WAYS.index("oracle")] != np.arange(8)
    expect(album.locator(".cell[data-mark='×']")).to_have_count(int(wrong.sum()))
    album.locator("[data-place='3,0'] button").hover()
    expect(reading).to_contain_text(f"The schedule cut short: Picture 1, read as {run['classes'][3, 0]} with")
    expect(reading).to_contain_text("√ᾱ = 0.72")  # and what is said of its row
    opened.locator("#noisier-counterfactuals h2").hover()
    expect(reading).to_contain_text("×: the classifier reads another class")


def test_pictures_are_walked_with_the_arrow_keys_shown_large_saved_and_told_as_a_table(at_section):
    opened = at_section("guidance")
    opened.wait_for_selector("#guidance-album .album[data-captions]:not([data-captions='0'])")
    expect(opened.locator("#guidance-album .cells button[tabindex='0']")).to_have_count(1)
    opened.focus("#guidance-album [data-place='0,0'] button")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"):
        opened.keyboard.press(key)
    assert opened.evaluate("document.activeElement.closest('[data-place]').dataset.place") == "0,1"
    opened.keyboard.press("Enter")
    large = opened.locator("#guidance-album dialog[open]")
    expect(large).to_contain_text("s = 0: Picture 2, read as")
    assert large.locator("img").get_attribute("alt").startswith("Picture 2, read as")
    opened.keyboard.press("Escape")
    expect(opened.locator("#guidance-album dialog[open]")).to_have_count(0)
    assert opened.evaluate("document.activeElement.closest('[data-place]').dataset.place") == "0,1"

    with opened.expect_download() as download:
        opened.click("#guidance-album .downloads button:has-text('PNG')")
    assert download.value.suggested_filename == "guidance-from-0-to-8-asked-for-3-seed-0.png"
    picture = np.asarray(Image.open(download.value.path()).convert("RGB"))
    assert picture.shape[0] > 7 * 2 * 96
    opened.click("#guidance-album summary")
    expect(opened.locator("#guidance-album table tr")).to_have_count(7)
    shown = opened.locator("#guidance-album table tr").first.locator("td").nth(1).inner_text()
    seen = artifacts.load_run("guidance-mnist")["classes"][0, 0]
    assert shown.split()[1] == str(seen)


def test_the_other_network_brings_its_recorded_pictures_and_classes(at_section):
    opened = at_section("guidance")
    opened.wait_for_selector("#guidance-album .album[data-captions]:not([data-captions='0'])")
    opened.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
    expect(opened.locator("#guidance-answer details")).to_contain_text("Asked for horse")
    opened.locator("#noisier-guidance").get_by_role("button", name="For the curious").click()
    as_asked = artifacts.certificate("guidance-cifar10").metrics["1"]["read_as_asked"]
    expect(opened.locator("#guidance-table")).to_contain_text(f"s = 1{as_asked:.0f} %")
    run = artifacts.load_run("guidance-cifar10")
    expect(opened.locator("#guidance-album .album")).to_have_attribute("aria-label", re.compile("horse"))
    np.testing.assert_array_equal(drawn(opened, "guidance", 6, 2), run["pictures"][6, 2])


def test_a_bad_file_gets_a_sentence_and_a_good_one_is_brought_back(at_section, tmp_path):
    opened = at_section("decided")
    broken, good = tmp_path / "broken.png", tmp_path / "good.png"
    broken.write_bytes(b"not a picture")
    Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))).save(good)
    unfold(opened, "noisier-own")
    for path, said in ((broken, "not a picture"), (good, "is the start")):
        with opened.expect_file_chooser() as chooser:
            opened.click("#noisier-upload")
        chooser.value.set_files(path)
        expect(opened.locator("#noisier-told")).to_contain_text(said)
    part(opened, "Part of the way")
    opened.wait_for_selector("#noised-gallery .pictures[data-count='21']")
    opened.fill("#noised-t input[type=number]", "50")
    opened.press("#noised-t input[type=number]", "Enter")
    opened.click("#noised-go")
    expect(status(opened, "noised")).to_contain_text("measured now")
    opened.wait_for_selector("#noised-album .album[data-captions='9']")
    assert (np.diff(drawn(opened, "noised", 0, 0)[..., 0].astype(int)[:, 4:28].mean(0)) > 0).all()
    assert not decided.bringing_back.running


def test_nothing_is_wider_than_the_page(at_section):
    opened = at_section("guidance")
    opened.wait_for_selector("#guidance-album .album[data-captions]:not([data-captions='0'])")
    for width in (1280, 390):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        first, last = (opened.locator(f"#guidance-album [data-place='0,{k}']").bounding_box() for k in (0, 7))
        assert first["y"] == last["y"]  # all pictures of a row, side by side, and large enough for a finger
        assert min(first["width"], first["height"]) >= 24


def test_on_a_phone_the_parts_of_a_section_are_one_line(at_section):
    opened = at_section("decided")
    opened.set_viewport_size({"width": 390, "height": 844})
    tabs = opened.locator("#decided-parts > .tab-wrapper .tab-container:not([aria-hidden=true]) [role=tab]")
    expect(tabs).to_have_count(4)
    assert len(set(tabs.evaluate_all("all => all.map(tab => tab.getBoundingClientRect().top)"))) == 1


@pytest.mark.parametrize("section", ["samplers", "counterfactuals", "guidance"])
def test_what_the_pictures_show_unfolds_below_the_question(at_section, section):
    opened = at_section(section)
    answer = opened.locator(f"#{section}-answer details")
    expect(answer.locator(".told")).to_be_hidden()
    order = [opened.locator(f"#noisier-{section} .prose").first, answer, opened.locator(f"#{section}-go")]
    tops = [each.bounding_box()["y"] for each in order]
    assert tops == sorted(tops)
    answer.locator("summary").click()
    expect(answer.locator(".told")).to_be_visible()
