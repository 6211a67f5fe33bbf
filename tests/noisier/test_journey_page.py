"""There and back in a real browser: what streams, what is drawn, and what becomes of a run."""

from __future__ import annotations

import numpy as np
import torch
from playwright.sync_api import expect

from models.core import artifacts
from models.noisier import denoise, images, judge
from models.noisier.denoise import Journey, travel
from models.noisier.diffusion.process import noise_like, q_step
from models.noisier.diffusion.sampling import p_sample, sample
from models.noisier.diffusion.schedule import respace
from models.noisier.replay import unstack
from tests.conftest import PATIENCE, end_of, expect_the_end, held
from tests.noisier.journey_page import (
    COMPLETE,
    OPEN,
    beside,
    drawn,
    run,
    set_steps,
    start,
    times_on_screen,
)
from visuals.noisier.albums import percent
from visuals.noisier.journey import section as journey


def test_the_recorded_journey_plays_once(new_page, url):
    page = new_page()
    page.goto(OPEN.format(url))
    page.wait_for_function("document.querySelector('#player .play')?.textContent === 'Pause'")
    expect(page.locator("#player .play")).to_be_in_viewport()
    expect(page.locator("#player .player")).to_have_attribute("data-at", "91")
    expect(page.locator("#player .play")).to_have_text("Play")


def test_on_a_phone_the_first_sentence_stands_above_the_player(opened):
    opened.set_viewport_size({"width": 390, "height": 844})
    said = opened.locator("#noisier-journey .prose").first
    expect(said).to_be_in_viewport(ratio=1)
    assert said.bounding_box()["y"] < opened.locator("#player").bounding_box()["y"]


def test_opens_on_the_recorded_journey_where_every_panel_shows_something(opened):
    frames = unstack(artifacts.load_run("journey-mnist"))
    at = int(opened.get_attribute("#player .player", "data-at"))
    assert (frames[at].way, frames[at].t) == ("back", 400)
    for canvas, panel in (("xt", "xt"), ("eps", "eps"), ("x0", "x0"), ("other", "before")):
        np.testing.assert_array_equal(drawn(opened, canvas), getattr(frames[at], panel)[0, ..., 0])
    assert "recorded" in opened.inner_text("#journey-status")
    expect(opened.locator("#journey-status")).to_contain_text("asked for a 3. Does anything of the 7 come back?")
    opened.click("#journey-status summary")
    expect(opened.locator("#journey-status details")).to_contain_text("At t = 1000 the factor of the 7 is 0.006:")
    expect(opened.locator("#equation .title")).to_contain_text("The way back, step 31 of 50: from t = 400 to t = 380")
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
    beside(opened, "Settings")
    opened.fill("#journey-seed input", "12")
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

    seen, probability = judge.recognise("mnist", expected[-1].xt[0])
    said = opened.inner_text("#journey-status")
    assert f"reads the result as {seen} ({percent(probability)})" in said
    assert "50 steps" in said
    assert "measured now" in said


def bare(seed: int) -> np.ndarray:
    """What Algorithm 2 itself draws with the page's first settings, from the x_T that Eq. 2 ends with."""
    rng = torch.Generator().manual_seed(seed)
    xt = images.to_tensor(start())[None]
    for t in range(1, 1001):
        xt = q_step(denoise.TRAINED_ON, xt, t, noise_like(xt, rng))
    predict = denoise.predictor(denoise.network("mnist"), torch.tensor([3]), 1.5)
    *_, last = sample(respace(denoise.TRAINED_ON, 50), predict, xt, rng, p_sample)
    return images.to_image(last.x_before[0])[..., 0]


def test_stopping_keeps_what_was_computed_and_the_next_run_works(opened):
    set_steps(opened, 1000)
    opened.click("#journey-go")
    opened.wait_for_function(  # the way back has begun
        "(({ frames, total }) => total === '150' && frames > 41 && frames < 150)\
      (document.querySelector('#player .player')?.dataset ?? {})"
    )
    opened.click("#journey-stop")
    opened.wait_for_selector("#journey-status >> text=Stopped")
    kept = int(opened.get_attribute("#player .player", "data-frames"))
    assert 41 < kept < 150
    opened.click("#player .last")
    assert int(opened.get_attribute("#player .player", "data-at")) == kept - 1
    set_steps(opened, 5)
    run(opened)
    assert "5 steps" in opened.inner_text("#journey-status")


def test_a_page_that_was_busy_during_a_whole_run_shows_it_afterwards(opened):
    """Of the messages that have come meanwhile gradio hands over the newest alone."""
    set_steps(opened, 5)
    opened.evaluate(
        """() => document.querySelector('#journey-go').addEventListener('click', () => setTimeout(() => {
        const end = performance.now() + 3000; while (performance.now() < end); }, 30), { once: true })"""
    )
    run(opened)
    expect(opened.locator("#journey-status")).to_contain_text("5 steps")
    expect(opened.locator("#equation .title")).to_contain_text("The end")


def test_the_equation_follows_at_once_where_it_is_seen_and_else_once_the_player_rests(opened):
    step_back = """async () => {
        document.querySelector('#player .bar .before').click();
        await new Promise(done => setTimeout(done));  // after what follows at once, before what waits
        return ['#player .player', '#equation .worked'].map(name => document.querySelector(name).dataset.at);
    }"""
    beside(opened, "Settings")
    expect(opened.locator("#equation .worked")).to_be_hidden()
    player, equation = opened.evaluate(step_back)
    assert int(equation) == int(player) + 1
    expect(opened.locator("#equation .worked")).to_have_attribute("data-at", player)
    beside(opened, "Equation")
    at_once = f"""async () => {{
        const [player, equation] = await ({step_back})();
        return player > 0 && player === equation;
    }}"""
    opened.wait_for_function(at_once)  # it may take a frame until the table knows that it is seen


def test_the_equation_has_a_runs_factors_while_it_goes_on_and_all_numbers_at_its_end(opened):
    before, equation = opened.get_attribute("#player .player", "data-run"), opened.locator("#equation .worked")
    with held(denoise.network("mnist"), at=4) as network:
        opened.click("#journey-go")
        opened.wait_for_selector(f"#player .player:not([data-run='{before}'])")
        opened.wait_for_function("+document.querySelector('#player .player').dataset.frames > 40")
        opened.click("#player .last")
        equation.scroll_into_view_if_needed()
        expect(equation).to_have_attribute("data-run", opened.get_attribute("#player .player", "data-run"))
        expect(equation.locator("tbody.first")).to_contain_text("√(1−ᾱt)")
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
    opened.click("#journey-go")
    expect(opened.locator("#player .player")).to_have_attribute("data-total", "150")
    set_steps(opened, 10)
    run(opened)
    assert opened.get_attribute("#player .player", "data-total") == "52"
    assert "10 steps" in opened.inner_text("#journey-status")


def test_leaving_ends_the_computation(url, browser, page, monkeypatch):
    ended = end_of(monkeypatch, denoise, "travel")
    with held(denoise.network("mnist"), at=4) as network:
        visitor = browser.new_context().new_page()
        visitor.goto(OPEN.format(url))
        set_steps(visitor, 1000)
        visitor.click("#journey-go")
        assert network.reached.wait(PATIENCE / 1000)
        visitor.context.close()
        page.goto(OPEN.format(url))
        expect_the_end(journey.latest, page)  # although the run hands nothing over while the network is held
        network.go_on.set()
        assert ended.wait(PATIENCE / 1000)
    assert len(network.calls) <= 5
