"""Tab 3 in a real browser: what streams, what is drawn, and what happens when a visitor stops, errs or leaves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

from models import artifacts, denoise
from models.denoise import Journey, travel
from models.diffusion import noise_like, p_sample, q_step, respace, sample
from tests.conftest import CAMERA, PATIENCE, end_of, expect_the_end, held
from tests.small_page import with_one_tab
from visuals.diffusion import journey
from visuals.diffusion.albums import percent
from visuals.diffusion.state import TAB, State
from visuals.links import query

PIXELS = """selector => { const c = document.querySelector(selector);
  return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; }"""
COMPLETE = "run => { const d = document.querySelector('#player .player')?.dataset; \
  return d && d.run !== run && d.frames === d.total; }"


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with with_one_tab("noisier", tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def opened(page, url):
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


def sample_at(index: int) -> np.ndarray:
    """A start picture of the gallery."""
    return artifacts.load_run("journey-mnist")["samples"][index]


def start() -> np.ndarray:
    """The picture that the tab opens with as the start."""
    return sample_at(artifacts.certificate("journey-mnist").config["start"])


def line(page, key: str) -> list[str]:
    """The cells of a line of the equation, found by a part of its name."""
    return page.locator("#equation tbody tr", has_text=key).first.locator("td").all_inner_texts()


def set_steps(page, steps: int) -> None:
    page.fill("#noisier-steps input[type=number]", str(steps))
    page.press("#noisier-steps input[type=number]", "Enter")


def choose_file(page, path) -> None:
    if not page.is_visible("#noisier-upload"):
        page.locator("#noisier-own button").first.click()
    with page.expect_file_chooser() as chooser:
        page.click("#noisier-upload")
    chooser.value.set_files(path)


def times_on_screen(page) -> list[int]:
    """The time t of every frame, by stepping through the player from its start."""
    page.click("#player .first")
    times = []
    for _ in range(int(page.get_attribute("#player .player", "data-total"))):
        times.append(int(page.inner_text("#player .xt-caption").split("t = ")[1].split()[0]))
        page.click("#player .after")
    return times


def test_opens_on_the_recorded_journey_where_every_panel_shows_something(opened):
    frames = denoise.unstack(artifacts.load_run("journey-mnist"))
    at = int(opened.get_attribute("#player .player", "data-at"))
    assert (frames[at].way, frames[at].t) == ("back", 400)
    for canvas, panel in (("xt", "xt"), ("eps", "eps"), ("x0", "x0"), ("other", "before")):
        np.testing.assert_array_equal(drawn(opened, canvas), getattr(frames[at], panel)[0, ..., 0])
    assert "recorded" in opened.inner_text("#noisier-status")
    expect(opened.locator("#equation .title")).to_contain_text("The way back, step 31 of 50: from t = 400 to t = 380")
    # what is out of view is not laid out, but for the player
    seen = "name => document.querySelector(name).checkVisibility({ contentVisibilityAuto: true })"
    expect(opened.locator("#equation")).not_to_be_in_viewport()
    assert not opened.evaluate(seen, "#equation .worked")
    opened.locator("#noisier-bound-1").scroll_into_view_if_needed()
    expect(opened.locator("#player")).not_to_be_in_viewport()
    assert opened.evaluate(seen, "#player .player")
    opened.click("#player .last")
    np.testing.assert_array_equal(drawn(opened, "xt"), frames[-1].xt[0, ..., 0])


def test_a_first_press_of_play_begins_at_the_start_and_keys_step_jump_and_play(opened):
    opened.evaluate(
        """() => { window.places = []; const root = document.querySelector('#player .player');
        const note = () => window.places.push(+root.dataset.at);
        new MutationObserver(note).observe(root, { attributeFilter: ['data-at'] }); }"""
    )
    opened.click("#player .play")
    opened.wait_for_function("window.places.length > 3")
    assert opened.evaluate("window.places[0]") == 0
    opened.click("#player .play")

    at = lambda: int(opened.get_attribute("#player .player", "data-at"))  # noqa: E731
    opened.focus("#player .player")
    opened.keyboard.press("Home")
    assert at() == 0
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowLeft")
    assert at() == 1
    opened.keyboard.press(" ")
    opened.wait_for_function("+document.querySelector('#player .player')?.dataset.at > 5")
    opened.keyboard.press(" ")
    assert opened.inner_text("#player .play") == "Play"
    opened.keyboard.press("End")
    assert at() == 91


WATCH = """() => {
  window.counts = [];
  const root = document.querySelector('#player .player');
  const note = () => window.counts.push([root.dataset.run, +root.dataset.frames]);
  new MutationObserver(note).observe(root, { attributes: true, attributeFilter: ['data-frames'] });
}"""


def test_live_denoising_streams_every_step_and_ends_where_the_bare_sampler_ends(opened):
    opened.fill("#noisier-seed input", "12")
    opened.evaluate(WATCH)
    run(opened)
    live = opened.get_attribute("#player .player", "data-run")
    counts = [count for of, count in opened.evaluate("window.counts") if of == live]
    assert counts[-1] == 41 + 51  # of the way there, and every step of the way back with its result
    assert len(set(counts)) >= 2  # it came in parts, while it was computed
    assert counts == sorted(counts)

    expected = list(travel(Journey(seed=12), start()))
    assert times_on_screen(opened) == [frame.t for frame in expected]
    assert len([frame for frame in expected if frame.way == "back"]) == 51
    np.testing.assert_array_equal(drawn(opened, "xt"), bare(seed=12))
    opened.click("#player .bar .before")
    np.testing.assert_array_equal(drawn(opened, "eps"), expected[-2].eps[0, ..., 0])
    np.testing.assert_array_equal(drawn(opened, "x0"), expected[-2].x0[0, ..., 0])

    seen, probability = denoise.recognise("mnist", expected[-1].xt[0])
    said = opened.inner_text("#noisier-status")
    assert f"reads the result as {seen} ({percent(probability)})" in said
    assert "50 steps" in said
    assert "measured now" in said


def bare(seed: int) -> np.ndarray:
    """What Algorithm 2 itself draws with the page's first settings, from the x_T that Eq. 2 ends with."""
    rng = torch.Generator().manual_seed(seed)
    xt = denoise.to_tensor(start())[None]
    for t in range(1, 1001):
        xt = q_step(denoise.TRAINED_ON, xt, t, noise_like(xt, rng))
    predict = denoise.predictor(denoise.network("mnist"), torch.tensor([3]), 1.5)
    *_, last = sample(respace(denoise.TRAINED_ON, 50), predict, xt, rng, p_sample)
    return denoise.to_image(last.x_before[0])[..., 0]


def test_stopping_keeps_what_was_computed_and_the_next_run_works(opened):
    set_steps(opened, 1000)
    opened.click("#denoise")
    opened.wait_for_function(  # the way back has begun
        "(({ frames, total }) => total === '150' && frames > 41 && frames < 150)\
      (document.querySelector('#player .player')?.dataset ?? {})"
    )
    opened.click("#denoise-stop")
    opened.wait_for_selector("#noisier-status >> text=Stopped")
    kept = int(opened.get_attribute("#player .player", "data-frames"))
    assert 41 < kept < 150
    opened.click("#player .last")
    assert int(opened.get_attribute("#player .player", "data-at")) == kept - 1
    set_steps(opened, 5)
    run(opened)
    assert "5 steps" in opened.inner_text("#noisier-status")


def test_a_page_that_was_busy_during_a_whole_run_shows_it_afterwards(opened):
    """Of the messages that have come meanwhile gradio hands over the newest alone."""
    set_steps(opened, 5)
    opened.evaluate(
        """() => document.querySelector('#denoise').addEventListener('click', () => setTimeout(() => {
        const end = performance.now() + 3000; while (performance.now() < end); }, 30), { once: true })"""
    )
    run(opened)
    expect(opened.locator("#noisier-status")).to_contain_text("5 steps")
    expect(opened.locator("#equation .title")).to_contain_text("The end")


def test_the_equation_follows_at_once_where_it_is_seen_and_else_once_the_player_rests(opened):
    step_back = """async () => {
        document.querySelector('#player .bar .before').click();
        await new Promise(done => setTimeout(done));  // after what follows at once, before what waits
        return ['#player .player', '#equation .worked'].map(name => document.querySelector(name).dataset.at);
    }"""
    expect(opened.locator("#equation")).not_to_be_in_viewport()
    player, equation = opened.evaluate(step_back)
    assert int(equation) == int(player) + 1
    expect(opened.locator("#equation .worked")).to_have_attribute("data-at", player)
    opened.locator("#equation .worked").scroll_into_view_if_needed()
    at_once = f"""async () => {{
        const [player, equation] = await ({step_back})();
        return player > 0 && player === equation;
    }}"""
    opened.wait_for_function(at_once)  # it may take a frame until the table knows that it is seen


def test_the_equation_has_a_runs_factors_while_it_goes_on_and_all_numbers_at_its_end(opened):
    before, equation = opened.get_attribute("#player .player", "data-run"), opened.locator("#equation .worked")
    with held(denoise.network("mnist"), at=4) as network:
        opened.click("#denoise")
        opened.wait_for_selector(f"#player .player:not([data-run='{before}'])")
        equation.scroll_into_view_if_needed()
        expect(equation).to_have_attribute("data-run", opened.get_attribute("#player .player", "data-run"))
        expect(equation.locator("tbody")).to_contain_text("√(1−ᾱt)")
        opened.focus("#player canvas.xt")
        opened.keyboard.press("ArrowRight")
        expect(equation.locator(".pixel")).to_contain_text("Row")
        assert journey.latest.running
        network.go_on.set()
        opened.wait_for_function(COMPLETE, arg=before)
    opened.click("#player .last")
    opened.click("#player .bar .before")
    *_, step, _ = travel(Journey(), start())
    row, column = map(int, opened.get_attribute("#player .player", "data-pixel").split()[1:])
    number = f"{step.floats.before[0, 0, row, column]:.4f}".replace("-", "−")
    expect(equation.locator("tbody tr", has_text="Algorithm 2").locator("td.value")).to_have_text(number)


def test_a_second_click_supersedes_the_first_run(opened):
    set_steps(opened, 200)
    opened.click("#denoise")
    expect(opened.locator("#player .player")).to_have_attribute("data-total", "150")
    set_steps(opened, 10)
    run(opened)
    assert opened.get_attribute("#player .player", "data-total") == "52"
    assert "10 steps" in opened.inner_text("#noisier-status")


def test_leaving_ends_the_computation(url, browser, page, monkeypatch):
    ended = end_of(monkeypatch, denoise, "travel")
    with held(denoise.network("mnist"), at=4) as network:
        visitor = browser.new_context().new_page()
        visitor.goto(url)
        visitor.get_by_role("tab", name="Noisier").click()
        set_steps(visitor, 1000)
        visitor.click("#denoise")
        assert network.reached.wait(PATIENCE / 1000)
        visitor.context.close()
        page.goto(url)
        expect_the_end(journey.latest, page)  # although the run hands nothing over while the network is held
        network.go_on.set()
        assert ended.wait(PATIENCE / 1000)
    assert len(network.calls) <= 5


def test_bad_numbers_get_a_sentence_and_the_next_run_works(opened):
    opened.fill("#noisier-seed input", "-3")
    opened.click("#denoise")
    opened.wait_for_selector("#noisier-status .notice")
    assert "The seed must be a whole number" in opened.inner_text("#noisier-status")
    opened.fill("#noisier-seed input", "3")
    run(opened)
    assert "50 steps" in opened.inner_text("#noisier-status")


def test_a_bad_file_gets_a_sentence_and_a_good_one_becomes_the_start(opened, tmp_path):
    broken, good = tmp_path / "broken.png", tmp_path / "good.png"
    broken.write_bytes(b"not a picture")
    Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))).save(good)
    choose_file(opened, broken)
    opened.wait_for_selector("#noisier-told .notice")
    choose_file(opened, good)
    opened.wait_for_selector("#gallery .pictures[data-count='21']")
    run(opened)
    opened.click("#player .first")
    shown = drawn(opened, "xt").astype(int)
    assert (np.diff(shown[:, 4:28].mean(0)) > 0).all()  # the ramp from black to white


def test_a_drawing_becomes_the_start(opened):
    opened.locator("#noisier-own button").first.click()
    box = opened.locator("#noisier-sketch canvas").bounding_box()
    opened.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    opened.mouse.down()
    opened.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"])
    opened.mouse.up()
    paper = np.array(opened.evaluate(PIXELS, "#noisier-sketch canvas"), np.uint8).reshape(32, 32, 4)[..., 0]
    assert (paper[16, 8:24] == 255).all()
    opened.click("#noisier-sketch .use")
    opened.wait_for_selector("#gallery .pictures[data-count='21']")
    set_steps(opened, 5)
    run(opened)
    opened.click("#player .first")
    np.testing.assert_array_equal(drawn(opened, "xt"), paper)


def test_a_photo_of_the_camera_becomes_the_start(new_page, url):
    page = new_page()
    page.add_init_script(CAMERA)
    page.goto(url)
    page.get_by_role("tab", name="Noisier").click()
    page.wait_for_selector("#player .player[data-frames='92']")
    page.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
    page.wait_for_function("document.querySelector('#gallery img')?.alt.includes('airplane')")
    page.locator("#noisier-own button").first.click()
    page.click("#noisier-camera .start")
    page.wait_for_function("document.querySelector('#noisier-camera video')?.videoWidth === 640")
    page.click("#noisier-camera .take")
    page.wait_for_selector("#gallery .pictures[data-count='21']")
    set_steps(page, 5)
    run(page)
    page.click("#player .first")
    shown = np.array(page.evaluate(PIXELS, "#player canvas.xt"), np.uint8).reshape(32, 32, 4)[..., :3]
    assert abs(shown.astype(int) - [0xE0, 0x60, 0x10]).max() <= 6  # but for the JPEG


def test_a_link_restores_the_run_pixel_by_pixel(new_page, url):
    ann, bob = new_page(permissions=["clipboard-read", "clipboard-write"]), new_page()
    ann.goto(url)
    ann.get_by_role("tab", name="Noisier").click()
    ann.wait_for_selector("#player .player[data-frames='92']")
    ann.locator("#gallery button").nth(4).click()
    ann.fill("#noisier-seed input", "77")
    set_steps(ann, 7)
    ann.locator("#noisier-sampler").get_by_label("DPM-Solver++ (2M)").check()
    ann.locator("#noisier-guidance input[type=number]").fill("2.5")
    ann.locator("#noisier-guidance input[type=number]").press("Enter")
    ann.click("#noisier-link button")
    ann.wait_for_selector("#noisier-link [role=status]:has-text('Copied')")
    copied = ann.evaluate("navigator.clipboard.readText()")
    for part in ("seed=77", "steps=7", "guidance=2.5", "start=4", "sampler=dpm"):
        assert part in copied
    bob.goto(copied)
    expect(bob.locator("#noisier-seed input")).to_have_value("77")
    expect(bob.locator("#noisier-status")).to_contain_text("The link has set the controls")
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
    opened.locator("#noisier-samples").get_by_label("4", exact=True).check()
    set_steps(opened, 6)
    run(opened)
    opened.click("#player canvas.xt", position={"x": 20, "y": 20})
    opened.wait_for_selector("#player canvas.eps", state="visible")
    opened.click("#player .last")
    opened.click("#player .bar .before")
    step = list(travel(Journey(steps=6, samples=4), start()))[-2]
    for canvas, values, reach in (("eps", step.floats.eps, 3.0), ("other", step.floats.before, 1.0)):
        np.testing.assert_array_equal(drawn(opened, canvas), denoise.to_images(values, reach)[0, ..., 0])


def test_the_other_network_brings_its_pictures_and_classes(opened):
    opened.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
    opened.wait_for_function("document.querySelector('#gallery img')?.alt.includes('airplane')")
    set_steps(opened, 5)
    run(opened)
    assert f"Asked for: {denoise.classes('cifar10')[3]}" in opened.inner_text("#noisier-status")


def test_the_class_of_a_link_survives_the_change_of_the_network(page, url):
    page.goto(f"{url}?{query(State(False, network='cifar10', start=0, label='7', steps=5), TAB)}")
    page.wait_for_function("document.querySelector('#gallery img')?.alt.includes('airplane')")
    expect(page.locator("#noisier-class input")).to_have_value("horse")
    page.wait_for_selector("#player .player[data-frames='92']")
    run(page)  # until then whatever the change set off has been answered
    expect(page.locator("#noisier-status")).to_contain_text("Asked for: horse")
    expect(page.locator("#noisier-class input")).to_have_value("horse")


def test_with_several_pictures_one_is_chosen_before_its_pixel(opened):
    expect(opened.locator("#equation .pixel")).to_contain_text("Press a pixel")
    opened.locator("#noisier-samples").get_by_label("4", exact=True).check()
    set_steps(opened, 5)
    run(opened)
    expect(opened.locator("#equation .pixel")).to_contain_text("First press one of the pictures")
    opened.click("#player canvas.xt", position={"x": 20, "y": 20})
    expect(opened.locator("#equation .pixel")).to_contain_text("Press a pixel")


def test_a_pixel_goes_through_the_equation_with_the_samplers_numbers(opened):
    set_steps(opened, 6)
    run(opened)
    expected = list(travel(Journey(steps=6), start()))
    opened.click("#player .last")
    opened.click("#player .bar .before")
    step = expected[-2]
    expect(opened.locator("#equation .title")).to_contain_text("step 6 of 6")
    expect(opened.locator("#player .where")).to_contain_text("step 6,")
    assert "ε̂" in line(opened, "Eq. 15")[1]  # no pixel is chosen: the factors alone
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
    recorded = denoise.unstack(artifacts.load_run("journey-mnist"))[-2]
    row, column = map(int, opened.get_attribute("#player .player", "data-pixel").split()[1:])
    number = f"{recorded.floats.before[0, 0, row, column]:.4f}".replace("-", "−")
    expect(opened.locator("#equation tbody tr", has_text="Algorithm 2").locator("td.value")).to_have_text(number)


def test_several_photographs_by_the_solver(opened):
    opened.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
    opened.wait_for_function("document.querySelector('#gallery img')?.alt.includes('airplane')")
    opened.locator("#noisier-samples").get_by_label("4", exact=True).check()
    opened.locator("#noisier-sampler").get_by_label("DPM-Solver++ (2M)").check()
    set_steps(opened, 5)
    run(opened)
    said = opened.inner_text("#noisier-status")
    assert "of 4 results as cat" in said
    expect(opened.locator("#probe-colour")).to_be_visible()
    expect(opened.locator("#equation .title")).to_contain_text("The end")
    opened.click("#player .bar .before")
    expect(opened.locator("#equation tbody")).to_contain_text("DPM-Solver++")


def test_what_a_sampler_does_not_have_is_switched_off_with_a_reason(opened):
    opened.locator("#noisier-finer button").first.click()
    eta, sigma = opened.locator("#noisier-eta input[type=number]"), opened.locator("#noisier-sigma input").first
    expect(eta).to_be_disabled()
    expect(sigma).to_be_enabled()
    opened.locator("#noisier-sampler").get_by_label("DDIM", exact=True).check()
    expect(eta).to_be_enabled()
    expect(sigma).to_be_disabled()
    expect(opened.locator("#noisier-applies")).to_contain_text("belongs to DDPM")
    opened.locator("#noisier-sampler").get_by_label("DPM-Solver++ (2M)").check()
    expect(eta).to_be_disabled()
    expect(opened.locator("#noisier-applies")).to_contain_text("adds no noise")


def test_two_visitors_see_their_own_pictures(new_page, url):
    """At the same time, with other seeds: each ends at the picture of their own seed, and at no other."""
    visitors = {seed: new_page() for seed in (21, 22)}
    for seed, visitor in visitors.items():
        visitor.goto(url)
        visitor.get_by_role("tab", name="Noisier").click()
        visitor.wait_for_selector("#player .player[data-frames='92']")
        visitor.fill("#noisier-seed input", str(seed))
        set_steps(visitor, 30)
    for visitor in visitors.values():
        visitor.click("#denoise")
    for visitor in visitors.values():
        visitor.wait_for_function(COMPLETE, arg="0", timeout=120_000)
        visitor.click("#player .last")
    for seed, visitor in visitors.items():
        *_, expected = travel(Journey(steps=30, seed=seed), start())
        np.testing.assert_array_equal(drawn(visitor, "xt"), expected.xt[0, ..., 0])
