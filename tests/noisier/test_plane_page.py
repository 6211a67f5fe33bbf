"""The section on two dimensions: its words, and its cloud in a real browser against what was computed."""

from __future__ import annotations

import base64
import csv
import io
import math
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from models.core import artifacts
from models.noisier.plane import DRAWN, OWN, PARTICLES, SHOWN, Plane
from tests.conftest import unfold
from visuals.components.cloud import SPAN, packed
from visuals.noisier.plane import section, view
from visuals.noisier.plane.words import table, verdict

RUN = artifacts.load_run("plane-spiral")
RESTED = """() => { const seen = performance.getEntriesByType('resource').length, rested = seen === window.seen;
  window.seen = seen; return rested && new Promise(done => setTimeout(done, 500)).then(() =>
    performance.getEntriesByType('resource').length === seen); }"""  # for half a second nothing was asked
TURN = len(SHOWN) - 1  # the frame at which the way back begins


# --- words and values ---


@pytest.mark.parametrize(
    ("best", "said"),
    [
        (0.036, "as near to the true cloud as other true points"),
        (0.08, "By Algorithm 2 the points have gone 71 % of the way from noise"),
        (0.15, "By Algorithm 2 the points have gone only 29 % of the way from noise"),
        (0.4, "By Algorithm 2 the points have gone only 0 % of the way from noise"),
    ],
)
def test_the_verdict_is_true_whatever_comes_out(best, said):
    distances = {"ddpm": best, "ddim": best + 0.1, "true": 0.03, "noise": 0.2}
    assert said in verdict(distances)
    for distance in distances.values():
        assert f"<td>{distance:.3f}</td>" in table(distances)


def test_both_samplers_are_named_where_both_end_near():
    assert verdict({"ddpm": 0.033, "ddim": 0.034, "true": 0.035, "noise": 0.2}).startswith(
        "By Algorithm 2 and DDIM the"
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"shape": OWN}, "Draw 20 to 600 points; there are 0 now"),
        ({"shape": OWN, "pad": None}, "could not be read"),
        ({"shape": OWN, "pad": {"points": "many"}}, "could not be read"),
        ({"shape": OWN, "pad": {"points": [1] * 30}}, "two numbers"),
        ({"shape": OWN, "pad": {"points": [[0, {}]] * 30}}, "two numbers"),
        ({"shape": OWN, "pad": {"points": [[0, 99]] * 30}}, "two numbers"),
        ({"shape": "torus"}, "of the list"),
        ({"steps": 7}, "100 to 4,000"),
        ({"steps": None}, "100 to 4,000"),
        ({"steps": math.nan}, "100 to 4,000"),
        ({"seed": 1.5}, "Seed must be"),
    ],
)
def test_impossible_controls_get_a_sentence(given, sentence):
    controls = {"shape": "moons", "steps": 100.0, "seed": 0, "pad": {"points": []}} | given
    with pytest.raises(ValueError, match=sentence):
        section.config_of(**controls)


def test_whole_numbers_and_drawings_are_taken():
    points = [[0.5, 1]] * 25
    assert section.config_of(OWN, 200.0, 3, {"points": points}) == Plane(OWN, 200, 3, ((0.5, 1),) * 25)


def test_points_travel_as_16_bit_numbers():
    values = np.array([[0.0, 1.2345], [-20.0, SPAN]])
    back = np.frombuffer(base64.b64decode(packed(values)), "<i2") / 32767 * SPAN
    np.testing.assert_allclose(back, [0, 1.2345, -SPAN, SPAN], atol=SPAN / 32767)


def test_losses_are_means_of_whole_chunks():
    losses = list(range(60))
    assert view.chunks(losses) == [(25, 12.0), (50, 37.0)]
    assert view.chunks([]) == []


def test_a_flow_stays_small():
    value = view.flow_of(Plane(), 1, RUN, play=False)
    assert sum(len(part) for part in value.values() if isinstance(part, str)) < 500_000


# --- in a browser ---


@pytest.fixture
def cloud(at_section):
    page = at_section("plane")
    page.wait_for_selector("#plane .cloud[data-stage=flow]")
    return page


def at(page, place: int) -> None:
    page.locator("#plane .track input").fill(str(place))
    page.wait_for_selector(f"#plane .cloud[data-at='{place}']")


def told(pair: np.ndarray) -> str:
    return "({:.2f}, {:.2f})".format(*pair).replace("-", "−")


def test_the_recorded_cloud_is_told_as_it_was_computed(cloud):
    expect(cloud.locator("#plane-status")).to_contain_text("recorded")
    cloud.locator("#plane .followed").fill("12")
    cloud.locator("#plane .followed").press("Tab")
    at(cloud, 25)
    expect(cloud.locator("#plane .formula")).to_contain_text("t = 500 of 1000, noise is added: 0.280 · x₀ + 0.960 · ε")
    expect(cloud.locator("#plane .reading")).to_contain_text("Point 12 is at " + told(RUN["there"][25, 11]))
    at(cloud, TURN + 30)
    expect(cloud.locator("#plane .reading")).to_contain_text(
        f"Point 12 is at {told(RUN['ddpm'][30, 11])}. It left the noise"
    )
    cloud.click("#plane [value=ddim]")
    expect(cloud.locator("#plane .reading")).to_contain_text(f"Point 12 is at {told(RUN['ddim'][30, 11])}")
    at(cloud, 2 * TURN)
    expect(cloud.locator("#plane .reading")).to_contain_text("no arrows")


def test_a_press_follows_the_nearest_point(cloud):
    at(cloud, 2 * TURN)
    box = cloud.locator("#plane canvas").bounding_box()
    unit = (box["width"] - 22) / 5.4
    x, y = RUN["ddpm"][-1, 199].astype(float)
    cloud.mouse.click(box["x"] + 22 + (x + 2.7) * unit, box["y"] + (2.7 - y) * unit)
    cloud.wait_for_selector("#plane .cloud:not([data-followed='1'])")
    followed = int(cloud.get_attribute("#plane .cloud", "data-followed")) - 1
    assert np.hypot(*(RUN["ddpm"][-1, followed].astype(float) - (x, y))) < 2 / unit  # within two pixels


def test_keys_and_buttons_step_and_play(cloud):
    root = cloud.locator("#plane .cloud")
    root.focus()
    cloud.keyboard.press("Home")
    expect(root).to_have_attribute("data-at", "0")
    cloud.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-at", "1")
    cloud.click("#plane .last")
    expect(root).to_have_attribute("data-at", str(2 * TURN))
    cloud.keyboard.press("ArrowLeft")  # of the button, not of the cloud: nothing moves
    cloud.click("#plane .before")
    expect(root).to_have_attribute("data-at", str(2 * TURN - 1))
    cloud.click("#plane .play")
    expect(root).to_have_attribute("data-at", str(2 * TURN))
    expect(cloud.locator("#plane .play")).to_have_text("Play")


PLAYED = """root => new Promise(done => {
  const watching = new MutationObserver(() => { watching.disconnect(); done(root.dataset.at); });
  watching.observe(root, { attributeFilter: ['data-at'] });
  root.querySelector('.play').click();
})"""  # where it goes on once Play is pressed


def test_play_begins_at_the_beginning_and_goes_on_from_where_one_has_gone(cloud):
    root = cloud.locator("#plane .cloud")
    expect(root).to_have_attribute("data-at", str(view.OPENING))
    assert root.evaluate(PLAYED) == "0"
    at(cloud, view.OPENING)
    assert float(root.evaluate(PLAYED)) >= view.OPENING


MOVES = """root => new Promise(done => {
  const play = root.querySelector('.play'), moves = [];
  let now = 0;
  new MutationObserver(found => { now += found.length; }).observe(root, { attributeFilter: ['data-at'] });
  const frame = () => { moves.push(now); now = 0; moves.length < 9 ? requestAnimationFrame(frame) : done(moves); };
  play.click(), play.click(), play.click();
  requestAnimationFrame(frame);
})"""  # how often it moves in each frame


def test_pressed_again_within_a_frame_it_plays_at_the_same_speed(cloud):
    _, *moves = cloud.locator("#plane .cloud").evaluate(MOVES)
    assert max(moves) == 1


def test_looking_asks_the_server_for_nothing(cloud):
    cloud.wait_for_function(RESTED)
    asked = []
    cloud.on("request", lambda request: asked.append(request.url))
    cloud.click("#plane .first")
    for _ in range(20):
        cloud.click("#plane .after")
    expect(cloud.locator("#plane .cloud")).to_have_attribute("data-at", "20")
    assert asked == []


def test_the_table_and_the_files_have_the_numbers(cloud):
    cloud.click("#plane summary")
    rows = cloud.locator("#plane .table tr")
    expect(rows).to_have_count(2 * TURN + 2)
    cells = rows.nth(26).locator("th, td").all_inner_texts()
    assert cells[:2] == ["there", "500"]
    np.testing.assert_allclose(
        [float(cell.replace("−", "-")) for cell in cells[2:4]], RUN["there"][25, 0].astype(float), atol=2e-3
    )
    assert float(cells[7]) == pytest.approx(RUN["there"][25, :, 1].astype(float).std(), abs=2e-3)
    with cloud.expect_download() as download:
        cloud.click("#plane .downloads button:has-text('CSV')")
    head, *points = csv.reader(io.StringIO(Path(download.value.path()).read_text()))
    assert head == ["way", "t", "point", "x", "y"]
    assert len(points) == (2 * TURN + 1) * PARTICLES
    assert points[-1][:3] == ["ddpm", "0", str(PARTICLES)]
    np.testing.assert_allclose([float(v) for v in points[-1][3:]], RUN["ddpm"][-1, -1].astype(float), atol=1e-3)
    with cloud.expect_download() as download:
        cloud.click("#plane .downloads button:has-text('SVG')")
    assert Path(download.value.path()).read_text().count("<circle") == 2 * PARTICLES + 2


def test_a_drawing_is_learned_live(cloud):
    cloud.click("#plane-shape input")
    cloud.get_by_role("option", name="Your own drawing").click()
    pad = cloud.locator("#plane-pad canvas")
    pad.scroll_into_view_if_needed()
    cloud.click("#plane-go")
    expect(cloud.locator("#plane-status")).to_contain_text(f"Draw {DRAWN[0]} to {DRAWN[1]} points; there are 0 now.")
    assert cloud.get_attribute("#plane .cloud", "data-stage") == "flow"  # nothing is lost
    pad.focus()
    for _ in range(5):
        cloud.keyboard.press("ArrowRight")
    cloud.keyboard.press("Enter")
    expect(cloud.locator("#plane-pad output")).to_have_text("1 of 600 points")
    box = pad.bounding_box()
    cloud.mouse.move(box["x"] + 20, box["y"] + box["height"] / 4)
    cloud.mouse.down()
    cloud.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] / 4)  # in one jump, without gaps
    cloud.mouse.up()
    expect(cloud.locator("#plane-pad output")).to_have_text(re.compile(r"^3\d of 600 points$"))
    cloud.locator("#plane-steps input[type=number]").fill("200")
    cloud.locator("#plane-steps input[type=number]").press("Tab")
    cloud.locator("#plane-seed input").fill("1")  # whose first point is one of the line
    cloud.click("#plane-go")
    expect(cloud.locator("#plane-status")).to_contain_text("measured now")
    expect(cloud.locator("#plane-status")).to_contain_text("200 training steps, seed 1")
    cloud.wait_for_selector("#plane .cloud[data-stage=flow]")
    unfold(cloud, "plane-curious")
    cloud.wait_for_selector("#plane-loss figure[data-points='8']")
    at(cloud, 0)
    expect(cloud.locator("#plane .reading")).to_contain_text(re.compile(r"It started at \(−?\d\.\d\d, (0\.9|1\.0)\d\)"))


def test_stop_says_so_and_keeps_what_is_drawn(cloud):
    cloud.locator("#plane-steps input[type=number]").fill("4000")
    cloud.locator("#plane-steps input[type=number]").press("Tab")
    arrows = cloud.get_by_label("arrows of the score")
    expect(arrows).to_be_enabled()
    cloud.click("#plane-go")
    cloud.wait_for_function("+document.querySelector('#plane .cloud')?.dataset.step >= 100")
    expect(arrows).to_be_disabled()  # of which there are none yet
    cloud.click("#plane-stop")
    expect(cloud.locator("#plane-status")).to_contain_text(re.compile(r"Stopped after [\d,]+ training steps"))
    assert cloud.get_attribute("#plane .cloud", "data-stage") == "learning"
    assert not section.latest.running
