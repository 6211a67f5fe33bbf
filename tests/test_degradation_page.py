"""Tab 1: what it says and draws, and the live race in a real browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError
from urllib.parse import parse_qsl

import pytest

from models import artifacts
from models import race as module
from models.race import Lane, Point, Race
from visuals.components.chart import Level
from visuals.degradation import figures, sentences, tables
from visuals.degradation import race as section
from visuals.degradation.sentences import Result
from visuals.degradation.signal import LiveLayers
from visuals.degradation.state import LANES, State, code, controls_of, state_of
from visuals.links import query, read

DEFAULT = Race()
PLAIN_8, PLAIN_56, RESIDUAL_8, RESIDUAL_56 = DEFAULT.lanes
POINTS = 200 + 10  # training errors and test errors of a lane


def race(config: Race) -> list[Point]:
    return [event for event in module.race(config) if isinstance(event, Point)]


def result(*errors: float | None) -> Result:
    """One seed's training errors of the default lanes."""
    return Result(200, {lane: (error,) for lane, error in zip(DEFAULT.lanes, errors, strict=True)})


@pytest.fixture(scope="module")
def digits():
    return artifacts.load_run("races-digits"), artifacts.certificate("races-digits")


# --- words and numbers ---


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ((0.2, 66.5, 0.0, 0.3), ("plain-56 trains worse, as in the paper", "residual-56 trains about as well")),
        ((3.0, 4.9, 9.0, 3.0), ("plain-56 trains about as well", "residual-56 trains better than residual-8")),
        ((90.0, 89.5, 0.1, 0.2), ("neither plain-8 nor plain-56 has learned much", "does no harm")),
        ((4.5, 1.0, 1.0, 8.0), ("plain-56 trains better, unlike in the paper", "residual-56 trains worse than")),
        ((14.8, 78.9, 1.0, 2.0), ("plain-56 trains worse than plain-8",)),  # the shallow one is not done, either
    ],
)
def test_the_sentence_is_true_whatever_comes_out(errors, said):
    sentence = sentences.verdict(result(*errors))
    assert all(part in sentence for part in said)
    assert [float(n) for n in re.findall(r"([\d.]+) %", sentence)] == list(errors)


def test_a_diverged_net_is_called_so_and_compared_with_nothing():
    points = [
        Point(0, 200, (0.1,), (1.0,)), Point(1, 12, (None,)), Point(2, 200, (0.0,)), Point(3, 200, (0.2,))
    ]  # fmt: skip
    said = sentences.verdict(sentences.result_of(DEFAULT, {p.lane: p for p in points}))
    assert "plain-56 has diverged" in said
    assert "plain-56 trains" not in said
    assert "residual-56 trains about as well" in said
    assert "plain-56 diverged at step 12" in sentences.progress(DEFAULT, points[:2], seconds_left=9)


def test_seeds_that_diverged_are_counted_and_left_out_of_the_mean():
    lane = Lane(20, True, norm=False)
    said = sentences.verdict(Result(50, {lane: (10.0, None, 20.0)}))
    assert said.startswith(
        "residual-20, no batch norm gets 15.0 % of its training images wrong (1 of 3 seeds diverged)"
    )


def test_nets_without_batch_norm_are_not_compared_with_the_paper():
    lanes = (Lane(8, False, norm=False), Lane(20, False, norm=False))
    said = sentences.verdict(Result(50, dict(zip(lanes, ((10.0,), (90.0,)), strict=True))))
    assert "plain-20, no batch norm trains worse than plain-8, no batch norm" in said
    assert "paper" not in said


def test_a_guess_is_told_with_what_was_measured():
    measured = result(0.1, 70.0, 0.0, 1.0)
    said = sentences.guessed({"plain-56": 12, "residual-56": 2.5, "plain-20": 3}, measured)
    assert said == (
        "You guessed 12 % for plain-56; it is 70.0 %: 58 points too low. "
        "You guessed 2.5 % for residual-56; it is 1.0 %: about right. "
    )
    assert sentences.guessed(None, measured) == ""


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (((1.0, 2.0, 1.5), (61.0, 70.0, 65.0)), "leaves out zero: after 200 steps the gap is real"),
        (((1.0, 2.0, 1.5), (2.0, 0.5, 1.6)), "contains zero"),
        (((1.0,), (61.0,)), "+60.0 percentage points, from one seed"),
        (((None,), (61.0,)), "no seed in which both"),
    ],
)
def test_whether_a_gap_is_real_is_said_in_words(errors, said):
    assert said in sentences.gap(Result(200, dict(zip((PLAIN_8, PLAIN_56), errors, strict=True))), PLAIN_56, PLAIN_8)


def test_progress_says_the_time_left_once_the_pace_is_known(monkeypatch):
    now = iter((100.0, 106.0))
    monkeypatch.setattr("time.perf_counter", lambda: next(now))
    chart = figures.LiveChart(DEFAULT)
    chart.add(Point(0, 5, (10.0,)))  # at 100 s
    said = sentences.progress(DEFAULT, chart.last.values(), chart.seconds_left)
    assert said.startswith('<p class="told">Training: step 5 of 200.')
    chart.add(Point(0, 25, (10.0,)))
    said = sentences.progress(DEFAULT, chart.last.values(), chart.seconds_left)
    assert "step 25 of 200, about 52 s left" in said  # 20 steps in 6 s


def test_recorded_numbers_in_words_chart_and_table_are_those_of_the_run(digits):
    run, certificate = digits
    final = run["train_error"][-1, 0, :, -1]  # plain-56, by seed
    recorded = sentences.recorded_result(run, certificate, DEFAULT)
    assert f"plain-56 gets {final.mean():.1f} % wrong" in sentences.recorded_outcome(recorded, certificate)
    assert f"{final.mean():.1f} <small>({final.min():.1f} to {final.max():.1f})" in tables.by_depth(run, certificate)
    new = figures.recorded_chart(run, certificate, DEFAULT)["new"]
    step, error = new["plain-56 training"]["points"][-1]
    assert (step, error) == (200, pytest.approx(final.mean(), abs=0.01))
    assert [e for _, e in new["plain-56 training seeds"]["points"]] == pytest.approx(list(final), abs=0.01)
    assert new["plain-56 training seed 3"]["points"][-1] == (200, pytest.approx(final[3], abs=0.01))
    by_depth = figures.depth_chart(run, certificate)["new"]
    assert by_depth["plain training"]["points"][-1] == (56, pytest.approx(final.mean(), abs=0.01))


def test_before_a_guess_nothing_of_the_deep_nets_is_sent():
    chart, said = section.opening(None, all_shown=False)
    assert "plain-8" in json.dumps(chart)
    assert "-56" not in json.dumps(chart)
    assert not re.search(r"-56 (gets|trains)", said)
    assert "-56 gets" in section.opening(None, all_shown=True)[1]


def test_live_points_land_on_the_curves_that_they_belong_to_and_are_sent_once():
    chart = figures.LiveChart(Race(DEFAULT.lanes, steps=21), (Level("your guess: plain-56", 3, "red"),))
    run = chart.start()["run"]
    assert chart.start()["levels"][0]["at"] == 3
    for event in (Point(1, 20, (81.25,), (90.0,)), Point(2, 20, (3.5,), None)):
        chart.add(event)
    value = chart.news()
    assert value["new"] == {
        "plain-56 training": {"start": 0, "points": [(20, 81.25)]},
        "plain-56 test": {"start": 0, "points": [(20, 90.0)]},
        "residual-8 training": {"start": 0, "points": [(20, 3.5)]},
    }
    assert value["run"] == run
    assert {series["id"] for series in value["series"]} >= set(value["new"])
    chart.add(Point(1, 21, (None,)))
    chart.add(Point(2, 21, (3.25,), (4.0,)))
    assert not chart.finished  # two lanes have not said a word yet
    chart.add(Point(0, 21, (1.0,), (2.0,)))
    chart.add(Point(3, 21, (1.0,), (2.0,)))
    assert chart.finished
    last = chart.news()
    assert last["new"]["residual-8 training"] == {"start": 1, "points": [(21, 3.25)]}
    assert "plain-56 training" not in last["new"]
    assert last["ended"] == {"plain-56 training": "diverged", "plain-56 test": "diverged"}


def test_with_several_seeds_the_curve_is_their_mean_and_each_has_a_thread_and_a_dot():
    chart = figures.LiveChart(Race((PLAIN_8,), steps=20, seeds=3))
    chart.add(Point(0, 19, (1.0, 2.0, None)))
    chart.add(Point(0, 20, (1.0, 4.0, None), (2.0, 6.0, None)))
    new = {name: part["points"] for name, part in chart.news()["new"].items()}
    assert new["plain-8 training"] == [(19, 1.5), (20, 2.5)]
    assert new["plain-8 training seed 1"] == [(19, 2.0), (20, 4.0)]
    assert [y for _, y in new["plain-8 test seeds"]] == [2.0, 6.0]
    assert "plain-8 training seed 2" not in new


def test_layers_are_sent_by_look_and_a_look_that_was_not_whole_is_sent_again():
    config = Race((PLAIN_8, RESIDUAL_8), steps=10)
    layers = LiveLayers(config)
    points = race(config)
    layers.add(points[0])
    (first, _), (whole, gradient) = layers.news(), (layers.add(points[1]), layers.news())[1]
    assert first["moments"]["start"] == whole["moments"]["start"] == 0
    assert [set(curves) for _, curves in first["moments"]["new"]] == [{"plain-8"}]
    ((step, curves),) = whole["moments"]["new"]
    assert (step, set(curves)) == (1, {"plain-8", "residual-8"})
    assert [y for _, y in curves["residual-8"]] == pytest.approx(points[1].layers.signal, rel=1e-3)
    assert [y for _, y in gradient["moments"]["new"][0][1]["plain-8"]] == pytest.approx(
        points[0].layers.gradient, rel=1e-3
    )
    for point in points[2:]:
        layers.add(point)
    assert [step for step, _ in layers.news()[0]["moments"]["new"]] == [1, 10]


def test_the_paper_s_numbers_are_the_printed_ones_and_no_plain_one_is_invented():
    cifar10 = artifacts.certificate("races-cifar10")
    text = re.sub(r"<[^>]+>", " ", tables.table_6(cifar10))
    assert tables.TABLE_6 == {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}
    assert tables.TABLE_2 == {18: (27.94, 27.88), 34: (28.54, 25.03)}
    assert "paper, plain" not in text
    for depth, error in tables.TABLE_6.items():  # layers, counted weights, and right after them the paper's number
        assert re.search(rf"\b{depth}\s+[\d,]+\s+{error:.2f}\b", text)


# --- settings and links ---


def test_every_state_comes_back_from_its_controls_and_from_its_link():
    assert len(LANES) == 9 * 2 * 2 * 3
    for lanes in (("plain-8",), ("residual-20-nobn", "plain-56-nobn-small"), ("plain-14-xavier", *State().lanes[:3])):
        state = State(True, lanes, 120, 77, 3, 0.3, "digits")
        assert state_of(controls_of(state)) == state
        assert read(State, dict(parse_qsl(query(state, "deeper"))), "deeper") == (state, [])
        assert [code(lane) for lane in state.race().lanes] == list(lanes)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (-4, None, "seed must be a whole number"),
        (-4, 1.5, "seed must be a whole number"),
        (-4, float("nan"), "seed must be a whole number"),
        (-4, -1, "seed must be between"),
        (-4, 2**40, "seed must be between"),
        (-4, "1", "seed must be a whole number"),
        (-4, 10**400, "seed must be between"),
        (-2, None, "learning rate must be a number"),
        (-2, float("nan"), "learning rate must be a number up to 10"),
        (-2, 10**400, "learning rate must be a number up to 10"),
        (-2, 0, "learning rate must be between"),
        (-3, 6, "number of seeds must be between 1 and 5"),
        (-5, 10**6, "steps must be between"),
        (1, 9, "depth must be one of"),
        (3, "zeros", "initialisation must be one of"),
        (5, 8, "two lanes are the same net"),
        (1, 8.5, "depth must be a whole number"),
        (-1, "mnist", "data must be one of"),
        (-1, [], "data must be chosen"),
    ],
)
def test_impossible_settings_are_refused_in_words(place, value, sentence):
    controls = controls_of(State())
    controls[place] = value
    with pytest.raises(ValueError, match=sentence):
        state_of(controls)
    first = next(section.live(SimpleNamespace(session_hash="x"), None, *controls))
    assert sentence in first[1]


def test_without_cifar10_on_this_machine_the_race_says_so(monkeypatch, tmp_path):
    monkeypatch.delenv("CIFAR10_DIR", raising=False)
    monkeypatch.setattr("models.data.CACHE", tmp_path)
    first = next(section.live(SimpleNamespace(session_hash="x"), None, *controls_of(State(data="cifar10"))))
    assert "CIFAR-10 is not on this machine" in first[1]


def test_a_download_that_fails_says_so_and_leaves_nothing(monkeypatch, tmp_path):
    def offline(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setattr("models.data.CACHE", tmp_path)
    monkeypatch.setattr("torchvision.datasets.cifar.download_and_extract_archive", offline)
    said = section.fetch()
    assert "CIFAR-10 could not be downloaded" in said
    assert "notice" in said
    assert not list(tmp_path.rglob("*.tar.gz"))


# --- in the browser ---


def address(url: str, **settings) -> str:
    """The link to a race, without the question."""
    return f"{url}?{query(State(predict=False, **settings), 'deeper')}"


def small(depth: int) -> tuple[str, ...]:
    return ("plain-8", f"plain-{depth}", "residual-8", f"residual-{depth}")


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.wait_for_selector(f"#race figure[data-points='{2 * POINTS}']")
    return page


def start(page, url: str, **settings) -> str:
    """Open a race by its link and press the button; returns the number of the run on screen before."""
    page.goto(address(url, **settings))
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    before = page.get_attribute("#race figure", "data-run")
    page.click("#race-go")
    return before


def wait_for_new_run(page, before: str, points: int = 1) -> str:
    page.wait_for_function(
        """([run, points]) => { const d = document.querySelector('#race figure').dataset;
        return d.run !== run && +d.points >= points; }""",
        arg=[before, points],
        timeout=120_000,
    )
    return page.get_attribute("#race figure", "data-run")


def status(page) -> str:
    return page.inner_text("#race-status")


def wait_for_status(page, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('#race-status').innerText.includes(text)", arg=text, timeout=240_000
    )


def test_opens_on_the_shallow_nets_and_shows_the_deep_ones_with_the_guess(tab):
    assert "recorded" in status(tab)
    assert tab.locator("#race polyline").count() == 4
    assert "plain-56" not in tab.inner_text("#race .legend")
    for name, guess in (("plain-56", "3"), ("residual-56", "40")):
        tab.get_by_label(name).and_(tab.locator("#race-predict input[type=number]")).fill(guess)
    tab.click("#race-predict button:has-text('Lock in')")
    tab.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    wait_for_status(tab, "You guessed 3 % for plain-56")
    assert "points too low" in status(tab)
    assert "your guess: plain-56" in tab.text_content("#race svg[role=img]")
    assert tab.locator("#race polyline").count() == 8


def test_skipping_the_question_shows_everything(tab):
    tab.click("#race-predict button:has-text('Skip')")
    tab.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    assert "guess" not in tab.text_content("#race svg[role=img]")


def test_live_race_streams_and_its_last_sentence_has_the_numbers_of_the_race(page, url):
    before = start(page, url, lanes=small(14), seed=11)
    wait_for_new_run(page, before)
    assert int(page.get_attribute("#race figure", "data-points")) < 4 * POINTS  # it is seen while it grows
    page.wait_for_function(
        "/step \\d+ of 200, about \\d+ s left/.test(document.querySelector('#race-status').innerText)"
    )
    wait_for_status(page, "After 200")
    assert page.get_attribute("#race figure", "data-points") == str(4 * POINTS)
    assert "measured now" in status(page)

    config = Race(tuple(LANES[lane] for lane in small(14)), seed=11)
    last = {point.lane: point for point in race(config)}
    said = [float(n) for n in re.findall(r"([\d.]+) %", status(page))]
    assert said == [round(last[lane].train_error[0], 1) for lane in range(4)]
    tests = [float(n) for n in re.findall(r"test\s+([\d.]+) %", page.inner_text("#race .legend"))]
    assert tests == [round(last[lane].test_error[0], 1) for lane in range(4)]
    # The layers at the last step are those of the same race.
    assert page.inner_text("#layers-gradient .moment output") == "200"
    shown = page.inner_text("#layers-gradient .legend li:has-text('residual-14') b")
    assert float(shown) == pytest.approx(last[3].layers.gradient[-1], rel=0.01)
    # And the gap is that of the new race.
    page.click("#race-gap button.label-wrap")
    page.wait_for_selector("#gap-said p:has-text('plain-14 minus that of plain-8')")
    assert "from one seed" in page.inner_text("#gap-said")


def test_the_same_link_gives_the_same_curves_to_the_last_digit(new_page, url, tmp_path):
    def curves() -> str:
        page = new_page()
        wait_for_new_run(
            page, start(page, url, lanes=("plain-8", "residual-14-nobn-xavier"), steps=40, seed=123, seeds=2)
        )
        wait_for_status(page, "After 40")
        with page.expect_download() as download:
            page.click("#race .downloads button:has-text('CSV')")
        return Path(download.value.path()).read_text(encoding="utf-8")

    first = curves()
    assert first.count("\n") > 40
    assert curves() == first


def test_the_copied_link_restores_the_settings(new_page, url):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    settings = State(
        False, ("residual-20-nobn", "plain-14"), 60, 7, 4, 0.05, shallow="residual-20", deep="44", rate="0.01",
        inside="56 layers", image=3, block=12, surfaces="plain-20 and residual-20", grid="13", distance=0.5,
        directions=8,
    )  # fmt: skip
    page.goto(f"{url}?{query(settings, 'deeper')}")
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    page.click("#race-settings button.label-wrap")
    page.fill("#race-seed input", "99")
    page.keyboard.press("Tab")
    page.wait_for_selector("#race-link .copy[data-query*='seed=99']")
    page.click("#race-link button")
    page.wait_for_selector("#race-link [role=status]:has-text('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{url}?{query(replace(settings, seed=99), 'deeper')}"

    other = new_page()
    other.goto(copied)
    other.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    other.click("#race-settings button.label-wrap")
    assert other.input_value("#race-seed input") == "99"
    assert other.input_value("#race-rate input") == "0.05"
    assert other.locator("#lane-1 input:checked").input_value() == "residual"
    assert other.locator("#lane-3 input:checked").input_value() == "no net"
    assert not other.locator("#race-settings .lane").first.locator("input[type=checkbox]").is_checked()
    other.wait_for_function("document.querySelector('#inside-status').innerText.includes('in block 12 of 27')")
    assert other.inner_text("#inside-status").startswith("Test image 3")
    other.wait_for_function("document.querySelector('#landscape-status').innerText.includes('residual-20')")
    assert other.input_value("#landscape-seed input") == "8"
    assert other.locator("#construction-depth input:checked").input_value() == "44"


def test_stop_keeps_what_was_measured(page, url):
    wait_for_new_run(page, start(page, url, seed=1), points=8)
    page.click("#race-stop")
    wait_for_status(page, "Stopped")
    points = page.get_attribute("#race figure", "data-points")
    page.wait_for_timeout(1500)
    assert page.get_attribute("#race figure", "data-points") == points
    assert 8 <= int(points) < 4 * POINTS


def test_a_second_click_supersedes_the_first_race(page, url):
    first = wait_for_new_run(page, start(page, url, seed=1), points=8)
    page.click("#race-settings button.label-wrap")
    page.fill("#race-seed input", "2")
    page.click("#race-go")
    second = wait_for_new_run(page, first)
    page.wait_for_function("document.querySelector('#race-status').innerText.includes('seed 2')")
    for _ in range(5):  # nothing of the first race comes back
        page.wait_for_timeout(300)
        assert page.get_attribute("#race figure", "data-run") == second
    page.click("#race-stop")


def test_two_visitors_race_at_once_without_seeing_each_other(new_page, url):
    lanes = {"plain-14": new_page(), "residual-20": new_page()}
    before = {lane: start(page, url, lanes=(lane,), steps=60, seed=7) for lane, page in lanes.items()}
    for lane, page in lanes.items():
        wait_for_new_run(page, before[lane])
        wait_for_status(page, "After 60")
        assert f"{lane} gets" in status(page)
        assert page.locator("#race .legend li").count() == 2


def test_a_net_that_diverges_is_marked_and_the_others_go_on(page, url):
    wait_for_new_run(page, start(page, url, lanes=("residual-56-nobn", "residual-8"), steps=20, seed=1))
    wait_for_status(page, "After 20")
    assert "residual-56, no batch norm has diverged" in status(page)
    assert "residual-8 gets" in status(page)
    assert page.locator("#race svg .cross").count() >= 1


def test_leaving_ends_the_race(browser, page, url):
    leaving = browser.new_context()
    visitor = leaving.new_page()
    wait_for_new_run(visitor, start(visitor, url, seed=1, steps=1000), points=8)
    assert section.latest.running
    leaving.close()
    page.goto(url)
    for _ in range(200):
        if not section.latest.running:
            break
        page.wait_for_timeout(50)
    assert not section.latest.running


def test_what_was_lost_on_the_way_is_there_at_the_end():
    chart = figures.LiveChart(Race((PLAIN_8,), steps=20))
    for point in race(chart.config):
        chart.add(point)
        chart.news()
    assert chart.news()["new"] == {}
    assert [x for x, _ in chart.whole()["new"]["plain-8 training"]["points"]] == list(range(1, 21))


def test_an_impossible_seed_gets_a_sentence_and_leaves_the_chart(tab):
    tab.click("#race-settings button.label-wrap")
    tab.fill("#race-seed input", "-3")
    tab.click("#race-go")
    tab.wait_for_selector("#race-status .notice")
    assert "seed must be between 0 and" in status(tab)
    assert tab.get_attribute("#race figure", "data-points") == str(2 * POINTS)


def test_a_link_with_impossible_values_says_so_and_works(page, url):
    page.goto(f"{url}?tab=deeper&seeds=99&learning_rate=nan&lanes=plain-8,<script>&predict=off")
    page.wait_for_selector("#race-status .notice")
    assert page.locator("#race-status .notice").count() == 3
    assert "<script>" not in page.inner_text("#race-status")
    page.click("#race-settings button.label-wrap")
    assert page.input_value("#race-seeds input[type=number]") == "5"


def test_curves_can_be_read_by_keyboard_and_as_a_table(page, url):
    page.goto(address(url))
    page.wait_for_selector(f"#race figure[data-points='{4 * POINTS}']")
    slider = page.locator("#race .reading input[type=range]")
    slider.focus()
    assert page.inner_text("#race .reading output") == "step 200"
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('#race .reading output').textContent === 'step 197'")
    run = artifacts.load_run("races-digits")
    expected = run["train_error"][-1, 0, :, 196].mean()
    row = page.locator("#race .legend li", has_text="plain-56 training")
    assert float(row.locator("b").inner_text().split()[0]) == pytest.approx(expected, abs=0.051)

    page.locator("#race summary").click()
    page.wait_for_selector("#race tbody tr:nth-child(200)")
    cells = page.locator("#race tbody tr:nth-child(197)").locator("th, td").all_inner_texts()
    assert cells[0] == "197"
    assert f"{expected:.1f} %" in cells


def test_the_layers_are_scrubbed_through_the_training(tab):
    run = artifacts.load_run("races-signal")
    slider = tab.locator("#layers-signal .moment input")
    slider.focus()
    tab.keyboard.press("Home")
    tab.wait_for_function("document.querySelector('#layers-signal .moment output').textContent === '1'")
    shown = tab.inner_text("#layers-signal .legend li:has-text('plain-56') >> nth=0")
    assert float(re.findall(r"[\d.]+(?:e-\d+)?$", shown.strip())[0]) == pytest.approx(run["0 signal"][0, -1], rel=0.01)
    assert tab.locator("#layers-signal polyline").count() == 4


def test_hovering_reads_the_curves_at_the_pointer(tab):
    box = tab.locator("#race svg[role=img]").bounding_box()
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    tab.wait_for_selector("#race svg .cursor", state="attached")
    assert tab.inner_text("#race .reading output") not in ("", "step 200")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(new_page, url, scheme):
    page = new_page(390, 844, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#race figure[data-points]")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
