"""There and back in a real browser: what its controls, files, links and pixels do."""

from __future__ import annotations

import re

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from models.core import artifacts
from models.noisier import denoise, images, judge
from models.noisier.denoise import Journey, travel
from models.noisier.replay import unstack
from tests.conftest import CAMERA, PATIENCE, held, unfold
from tests.noisier.journey_page import (
    COMPLETE,
    OPEN,
    PIXELS,
    beside,
    choose,
    choose_file,
    drawn,
    line,
    run,
    sample_at,
    set_steps,
    start,
    times_on_screen,
)
from visuals.noisier.journey.recorded import recorded, takes, work
from visuals.noisier.settings import TAB, JourneySettings, SharedSettings
from visuals.page.settings import query


def test_bad_numbers_get_a_sentence_and_the_next_run_works(opened):
    beside(opened, "Settings")
    opened.fill("#journey-seed input", "-3")
    opened.click("#journey-go")
    opened.wait_for_selector("#journey-status .notice")
    assert "Seed must be a number from 0 to 999,999." in opened.inner_text("#journey-status")
    opened.fill("#journey-seed input", "3")
    run(opened)
    expect(opened.locator("#journey-status")).to_contain_text("50 steps back")


def test_a_bad_file_gets_a_sentence_and_a_good_one_becomes_the_start(opened, tmp_path):
    broken, good = tmp_path / "broken.png", tmp_path / "good.png"
    broken.write_bytes(b"not a picture")
    Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))).save(good)
    choose_file(opened, broken)
    opened.wait_for_selector("#noisier-told .notice")
    choose_file(opened, good)
    beside(opened, "Settings")
    opened.wait_for_selector("#journey-gallery .pictures[data-count='21']")
    run(opened)
    opened.click("#player .first")
    shown = drawn(opened, "xt").astype(int)
    assert (np.diff(shown[:, 4:28].mean(0)) > 0).all()  # the ramp from black to white


def test_a_drawing_becomes_the_start(opened):
    place = opened.locator("#noisier-journey h2").bounding_box()
    unfold(opened, "noisier-own")
    assert opened.locator("#noisier-journey h2").bounding_box() == place  # what unfolds lies over the section
    box = opened.locator("#noisier-sketch canvas").bounding_box()
    opened.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    opened.mouse.down()
    opened.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"])
    opened.mouse.up()
    paper = np.array(opened.evaluate(PIXELS, "#noisier-sketch canvas"), np.uint8).reshape(32, 32, 4)[..., 0]
    assert (paper[16, 8:24] == 255).all()
    opened.click("#noisier-sketch .use")
    expect(opened.locator("#noisier-sketch")).to_be_hidden()
    expect(opened.locator("#noisier-own > button")).to_be_focused()
    beside(opened, "Settings")
    opened.wait_for_selector("#journey-gallery .pictures[data-count='21']")
    set_steps(opened, 5)
    run(opened)
    opened.click("#player .first")
    np.testing.assert_array_equal(drawn(opened, "xt"), paper)


def to_photographs(page) -> None:
    """The other network, with its own pictures and its recorded journey."""
    beside(page, "Settings")
    page.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
    page.wait_for_function("document.querySelector('#journey-gallery img')?.alt.includes('airplane')")
    expect(page.locator("#player .player")).to_have_attribute("data-frames", "80")


def test_a_photo_of_the_camera_becomes_the_start(new_page, url):
    page = new_page()
    page.add_init_script(CAMERA)
    page.goto(OPEN.format(url))
    page.wait_for_selector("#player .player[data-frames='92']")
    to_photographs(page)
    unfold(page, "noisier-own")
    page.click("#noisier-camera .start")
    page.wait_for_function("document.querySelector('#noisier-camera video')?.videoWidth === 640")
    page.click("#noisier-camera .take")
    page.wait_for_selector("#journey-gallery .pictures[data-count='21']")
    set_steps(page, 5)
    run(page)
    page.click("#player .first")
    shown = np.array(page.evaluate(PIXELS, "#player canvas.xt"), np.uint8).reshape(32, 32, 4)[..., :3]
    assert abs(shown.astype(int) - [0xE0, 0x60, 0x10]).max() <= 6  # but for the JPEG


def test_a_link_restores_the_run_pixel_by_pixel(new_page, url):
    still = {"reduced_motion": "reduce"}
    ann, bob = new_page(permissions=["clipboard-read", "clipboard-write"], **still), new_page(**still)
    ann.goto(OPEN.format(url))
    ann.wait_for_selector("#player .player[data-frames='92']")
    beside(ann, "Settings")
    ann.locator("#journey-gallery button").nth(4).click()
    ann.fill("#journey-seed input", "77")
    set_steps(ann, 7)
    choose(ann, "sampler", "DPM-Solver++ (2M)")
    ann.locator("#journey-guidance input[type=number]").fill("2.5")
    ann.locator("#journey-guidance input[type=number]").press("Enter")
    ann.click("#noisier-link button")
    ann.wait_for_selector("#noisier-link [role=status]:has-text('Copied')")
    copied = ann.evaluate("navigator.clipboard.readText()")
    for part in ("seed=77", "steps=7", "guidance=2.5", "start=4", "sampler=dpm"):
        assert part in copied
    bob.goto(copied)
    beside(bob, "Settings")
    expect(bob.locator("#journey-seed input")).to_have_value("77")
    expect(bob.locator("#journey-status")).to_contain_text("The link has set the controls")
    for page in (ann, bob):
        run(page)
    expected = list(travel(Journey(seed=77, steps=7, sampler="dpm++", guidance=2.5), sample_at(4)))
    assert times_on_screen(bob) == [frame.t for frame in expected]
    for key in ("first", "last"):
        for page in (ann, bob):
            page.click(f"#player .{key}")
        for canvas in ("xt", "x0", "eps", "other"):
            np.testing.assert_array_equal(drawn(ann, canvas), drawn(bob, canvas))
    np.testing.assert_array_equal(drawn(bob, "xt"), expected[-1].xt[0, ..., 0])


def test_one_of_four_pictures_is_shown_in_all_four_panels(opened):
    choose(opened, "samples", "4")
    set_steps(opened, 6)
    run(opened)
    opened.click("#player canvas.xt", position={"x": 20, "y": 20})
    opened.click("#player .bar .before")  # at the end no noise is left
    opened.wait_for_selector("#player canvas.eps", state="visible")
    opened.click("#player .last")
    opened.click("#player .bar .before")
    step = list(travel(Journey(steps=6, samples=4), start()))[-2]
    for canvas, values, reach in (("eps", step.floats.eps, 3.0), ("other", step.floats.before, 1.0)):
        np.testing.assert_array_equal(drawn(opened, canvas), images.to_images(values, reach)[0, ..., 0])


def test_the_other_network_brings_its_pictures_and_classes(opened):
    to_photographs(opened)
    set_steps(opened, 5)
    run(opened)
    assert f"Asked for: {judge.classes('cifar10')[1]}" in opened.inner_text("#journey-status")


def test_the_other_network_shows_its_recorded_journey_and_says_its_time_at_once(opened):
    """Also in place of a run that goes on, and of one that has ended; nothing of the other network stays."""
    choose(opened, "samples", "16")
    set_steps(opened, 1000)
    with held(denoise.network("mnist"), at=2) as network:
        opened.click("#journey-go")
        assert network.reached.wait(PATIENCE / 1000)
        opened.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
        player = opened.locator("#player .player")
        expect(player).to_have_attribute("data-frames", "80")
        network.go_on.set()
    certificate = artifacts.certificate("journey-cifar10")
    expect(opened.locator("#journey-samples input")).to_have_value("4")
    takes_so_long = re.sub("<[^>]+>", "", takes().line(work("cifar10", "4", 1000)))
    expect(opened.locator("#journey-takes")).to_have_text(takes_so_long)
    expect(opened.locator("#journey-status")).to_contain_text("photographs; ")
    asked = "asked for an automobile. Does anything of the ship come back?"
    expect(opened.locator("#journey-status")).to_contain_text(asked)
    expect(opened.locator("#journey-label input")).to_have_value(judge.classes("cifar10")[certificate.config["label"]])
    for key, picture in (("first", 0), ("last", -1)):
        opened.click(f"#player .{key}")
        shown = np.array(opened.evaluate(PIXELS, "#player canvas.xt"), np.uint8).reshape(32, 32, 4)[..., :3]
        np.testing.assert_array_equal(shown, list(recorded("cifar10").frames)[picture].xt[0])
    opened.click("#player canvas.xt", position={"x": 30, "y": 30})
    expect(opened.locator("#equation .pixel")).to_contain_text("red")
    opened.locator("#noisier-network").get_by_label("MNIST digits").check()
    expect(player).to_have_attribute("data-frames", "92")
    expect(opened.locator("#journey-status")).to_contain_text("digits; ")
    marked = re.search(r"[Rr]ow \d+, column \d+", opened.locator("#player .hint").inner_text())
    expect(opened.locator("#equation .pixel")).to_have_text(f"{marked[0]}.")  # which the player still marks


def test_the_class_of_a_link_survives_the_change_of_the_network(page, url):
    page.goto(f"{url}?{query(TAB, 'journey', SharedSettings('cifar10'), JourneySettings(start=0, label='7', steps=5))}")
    beside(page, "Settings")
    page.wait_for_function("document.querySelector('#journey-gallery img')?.alt.includes('airplane')")
    expect(page.locator("#journey-label input")).to_have_value("horse")
    page.wait_for_selector("#player .player[data-frames='80']")  # the recorded journey of that network
    run(page)  # until then whatever the change set off has been answered
    expect(page.locator("#journey-status")).to_contain_text("Asked for: horse")
    expect(page.locator("#journey-label input")).to_have_value("horse")


def test_with_several_pictures_one_is_chosen_before_its_pixel(opened):
    expect(opened.locator("#equation .pixel")).to_contain_text("Press a pixel")
    choose(opened, "samples", "4")
    set_steps(opened, 5)
    run(opened)
    expect(opened.locator("#equation .pixel")).to_contain_text("First press one of the pictures")
    opened.click("#player canvas.xt", position={"x": 20, "y": 20})
    expect(opened.locator("#equation .pixel")).to_contain_text("Press a pixel")


def test_a_pixel_goes_through_the_equation_with_the_samplers_numbers(opened):
    set_steps(opened, 6)
    beside(opened, "Equation")
    run(opened)
    expected = list(travel(Journey(steps=6), start()))
    opened.click("#player .last")
    opened.click("#player .bar .before")
    step = expected[-2]
    expect(opened.locator("#equation .title")).to_contain_text("step 6 of 6")
    expect(opened.locator("#player .where")).to_contain_text("step 6,")
    assert "εθ" in line(opened, "Eq. 15")[1]  # no pixel is chosen: the factors alone
    opened.focus("#player canvas.xt")
    opened.keyboard.press("ArrowRight")  # the keys of the large picture choose a pixel
    opened.wait_for_selector("#player .player[data-pixel]:not([data-pixel=''])")
    row, column = map(int, opened.get_attribute("#player .player", "data-pixel").split()[1:])
    expect(opened.locator("#equation .pixel")).to_contain_text(f"Row {row + 1}, column {column + 1}")
    printed = [f"{values[0, 0, row, column]:.4f}" for values in (step.floats.xt, step.floats.eps, step.floats.before)]
    for key, number in zip(("now", "guess", "Algorithm 2"), printed, strict=True):
        assert line(opened, key)[2] == number.replace("-", "−")
    assert line(opened, "Algorithm 2")[3] == str(step.before[0, row, column, 0])
    # the numbers follow the cursor without the server, also on the way there
    opened.click("#player .first")
    opened.click("#player .bar .after")
    expect(opened.locator("#equation .title")).to_contain_text("The way there, step 25 of 1000")
    assert line(opened, "Eq. 2")[2] == f"{expected[1].floats.xt[0, 0, row, column]:.4f}".replace("-", "−")


def test_the_recorded_run_can_be_looked_into(opened):
    opened.click("#player .last")
    opened.click("#player canvas.xt", position={"x": 100, "y": 100})
    expect(opened.locator("#equation .pixel")).to_contain_text("Row")
    opened.click("#player .bar .before")
    recorded = unstack(artifacts.load_run("journey-mnist"))[-2]
    row, column = map(int, opened.get_attribute("#player .player", "data-pixel").split()[1:])
    number = f"{recorded.floats.before[0, 0, row, column]:.4f}".replace("-", "−")
    expect(opened.locator("#equation tbody tr", has_text="Algorithm 2").locator("td.value")).to_have_text(number)


def test_several_photographs_by_the_solver(opened):
    to_photographs(opened)
    choose(opened, "samples", "4")
    choose(opened, "sampler", "DPM-Solver++ (2M)")
    set_steps(opened, 5)
    run(opened)
    expect(opened.locator("#journey-status")).to_contain_text("of 4 results as automobile")
    beside(opened, "Equation")
    expect(opened.locator("#probe-colour")).to_be_visible()
    expect(opened.locator("#equation .title")).to_contain_text("The end")
    opened.click("#player .bar .before")
    expect(opened.locator("#equation tbody.first")).to_contain_text("DPM-Solver++")


def test_what_a_sampler_does_not_have_is_switched_off_with_a_reason(opened):
    beside(opened, "Sampler")
    unfold(opened, "journey-finer")
    eta, sigma = opened.locator("#journey-eta input[type=number]"), opened.locator("#journey-sigma input").first
    expect(eta).to_be_disabled()
    expect(sigma).to_be_enabled()
    choose(opened, "sampler", "DDIM")
    expect(eta).to_be_enabled()
    expect(sigma).to_be_disabled()
    expect(opened.locator("#journey-applies")).to_contain_text("belongs to DDPM")
    choose(opened, "sampler", "DPM-Solver++ (2M)")
    expect(eta).to_be_disabled()
    expect(opened.locator("#journey-applies")).to_contain_text("adds no noise")


def test_two_visitors_see_their_own_pictures(new_page, url):
    """At the same time, with other seeds: each ends at the picture of their own seed, and at no other."""
    visitors = {seed: new_page() for seed in (21, 22)}
    for seed, visitor in visitors.items():
        visitor.goto(OPEN.format(url))
        visitor.wait_for_selector("#player .player[data-frames='92']")
        beside(visitor, "Settings")
        visitor.fill("#journey-seed input", str(seed))
        set_steps(visitor, 30)
    for visitor in visitors.values():
        visitor.click("#journey-go")
    for visitor in visitors.values():
        visitor.wait_for_function(COMPLETE, arg="0", timeout=120_000)
        visitor.click("#player .last")
    for seed, visitor in visitors.items():
        *_, expected = travel(Journey(steps=30, seed=seed), start())
        np.testing.assert_array_equal(drawn(visitor, "xt"), expected.xt[0, ..., 0])
