"""Tab 1: what it says and draws, and the live race in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models import artifacts
from models.race import Point, Race, race
from visuals.degradation import figures, sentences, tables
from visuals.degradation.layout import PROSE
from visuals.degradation.tab import race_of

DEFAULT = Race()
PLAIN_8, PLAIN_56, RESIDUAL_8, RESIDUAL_56 = DEFAULT.lanes
RECORDED_POINTS = 4 * (200 + 10)  # training errors and test errors of four lanes


@pytest.fixture(scope="module")
def digits():
    return artifacts.load_run("races-digits"), artifacts.certificate("races-digits")


# --- words and numbers ---


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ((0.2, 66.5, 0.0, 0.3), ("plain net trains worse, as in the paper", "residual net trains about as well")),
        ((3.0, 4.9, 9.0, 3.0), ("plain net trains about as well", "residual net trains better")),
        ((30.0, 20.0, 1.0, 8.0), ("plain net trains better, unlike in the paper", "residual net trains worse")),
    ],
)
def test_the_sentence_is_true_whatever_comes_out(errors, said):
    sentence = sentences.verdict(dict(zip(DEFAULT.lanes, errors, strict=True)))
    assert all(part in sentence for part in said)
    assert [float(n) for n in re.findall(r"([\d.]+) %", sentence)] == list(errors)


def test_a_diverged_net_is_called_so_and_compared_with_nothing():
    points = [Point(0, 200, 0.1, 1.0), Point(1, 12, None, diverged=True), Point(2, 200, 0.0), Point(3, 200, 0.2)]
    said = sentences.outcome(DEFAULT, points, seconds=9)
    assert "plain-56 has diverged" in said
    assert "deeper plain net" not in said
    assert "deeper residual net trains about as well" in said
    assert "plain-56 diverged at step 12" in sentences.progress(DEFAULT, points[:2], seconds_left=9)


def test_progress_says_the_time_left_once_the_pace_is_known(monkeypatch):
    now = iter((100.0, 106.0))
    monkeypatch.setattr("time.perf_counter", lambda: next(now))
    chart = figures.LiveChart(DEFAULT)
    chart.add(Point(0, 5, 10.0))  # at 100 s
    last = list(chart.last.values())
    assert sentences.progress(DEFAULT, last, chart.seconds_left).startswith('<p class="told">Training: step 5 of 200.')
    chart.add(Point(0, 25, 10.0))
    last = list(chart.last.values())
    assert "step 25 of 200, about 52 s left" in sentences.progress(DEFAULT, last, chart.seconds_left)  # 20 steps in 6 s


def test_recorded_numbers_in_words_chart_and_table_are_those_of_the_run(digits):
    run, certificate = digits
    final = run["train_error"][-1, 0, :, -1]  # plain-56, by seed
    assert f"plain-56 gets {final.mean():.1f} % wrong" in sentences.recorded_outcome(run, certificate, DEFAULT)
    assert f"{final.mean():.1f} <small>({final.min():.1f} to {final.max():.1f})" in tables.by_depth(run, certificate)
    new = figures.recorded_chart(run, certificate, DEFAULT)["new"]
    step, error = new["plain-56 training"]["points"][-1]
    assert (step, error) == (200, pytest.approx(final.mean(), abs=0.01))
    assert [e for _, e in new["plain-56 training seeds"]["points"]] == pytest.approx(list(final), abs=0.01)
    by_depth = figures.depth_chart(run, certificate)["new"]
    assert by_depth["plain training"]["points"][-1] == (56, pytest.approx(final.mean(), abs=0.01))


def test_live_points_land_on_the_curves_that_they_belong_to_and_are_sent_once():
    chart = figures.LiveChart(Race(DEFAULT.lanes, steps=21))
    run = chart.start()["run"]
    for event in (Point(1, 20, 81.25, 90.0), Point(2, 20, 3.5, None)):
        chart.add(event)
    value = chart.news()
    assert value["new"] == {
        "plain-56 training": {"start": 0, "points": [(20, 81.25)]},
        "plain-56 test": {"start": 0, "points": [(20, 90.0)]},
        "residual-8 training": {"start": 0, "points": [(20, 3.5)]},
    }
    assert value["run"] == run
    assert {series["id"] for series in value["series"]} >= set(value["new"])
    chart.add(Point(1, 21, None, diverged=True))
    chart.add(Point(2, 21, 3.25, 4.0))
    assert not chart.finished  # two lanes have not said a word yet
    chart.add(Point(0, 21, 1.0, 2.0))
    chart.add(Point(3, 21, 1.0, 2.0))
    assert chart.finished
    new = chart.news()["new"]
    assert new["residual-8 training"] == {"start": 1, "points": [(21, 3.25)]}
    assert "plain-56 training" not in new


def test_the_paper_s_numbers_are_the_printed_ones_and_no_plain_one_is_invented():
    cifar10 = artifacts.certificate("races-cifar10")
    text = re.sub(r"<[^>]+>", " ", tables.table_6(cifar10))
    assert tables.TABLE_6 == {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}
    assert tables.TABLE_2 == {18: (27.94, 27.88), 34: (28.54, 25.03)}
    assert "paper, plain" not in text
    for depth, error in tables.TABLE_6.items():  # layers, counted weights, and right after them the paper's number
        assert re.search(rf"\b{depth}\s+[\d,]+\s+{error:.2f}\b", text)


def test_every_word_of_the_prose_is_used_and_no_place_is_left_open(digits):
    values = tables.final_training_errors(*digits, DEFAULT) | {"DATA": "x"}
    assert all(any(name in text for text in PROSE.values()) for name in values)
    code = "".join(path.read_text(encoding="utf-8") for path in Path(figures.__file__).parent.glob("*.py"))
    assert all(f'"{section}"' in code for section in PROSE)


@pytest.mark.parametrize("seed", [None, 1.5, float("nan"), -1, 2**40, "1"])
def test_impossible_seeds_are_refused_in_words(seed):
    with pytest.raises(ValueError, match="seed must be"):
        race_of(56, seed)


# --- in the browser ---


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.wait_for_selector(f"#race figure[data-points='{RECORDED_POINTS}']")
    return page


def start(page, depth: int, seed: int) -> str:
    """Set the controls and press the button; returns the number of the run on screen before."""
    page.locator("#race-depth label").get_by_text(str(depth), exact=True).click()
    page.fill("#race-seed input", str(seed))
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


def test_opens_on_the_recorded_race(tab):
    assert "recorded" in status(tab)
    assert "plain-56" in tab.inner_text("#race .legend")
    assert tab.locator("#race polyline").count() == 8
    assert tab.get_attribute("#race svg[role=img]", "aria-label").startswith("Training and test error of plain-8")


def test_live_race_streams_and_its_last_sentence_has_the_numbers_of_the_race(tab):
    before = start(tab, depth=14, seed=11)
    wait_for_new_run(tab, before)
    grown_to = int(tab.get_attribute("#race figure", "data-points"))
    assert grown_to < RECORDED_POINTS  # it is seen while it grows
    tab.wait_for_function(
        "/step \\d+ of 200, about \\d+ s left/.test(document.querySelector('#race-status').innerText)"
    )
    tab.wait_for_function("document.querySelector('#race-status').innerText.includes('After 200')", timeout=240_000)
    assert tab.get_attribute("#race figure", "data-points") == str(RECORDED_POINTS)
    assert "measured now" in status(tab)

    config = race_of(14, 11)
    last = {}
    for point in race(config):
        last[point.lane] = point
    said = [float(n) for n in re.findall(r"([\d.]+) %", status(tab))]
    assert said == [round(last[lane].train_error, 1) for lane in range(4)]
    tests = [float(n) for n in re.findall(r"test\s+([\d.]+) %", tab.inner_text("#race .legend"))]
    assert tests == [round(last[lane].test_error, 1) for lane in range(4)]


def test_stop_keeps_what_was_measured(tab):
    wait_for_new_run(tab, start(tab, depth=56, seed=1), points=8)
    tab.click("#race-stop")
    tab.wait_for_function("document.querySelector('#race-status').innerText.includes('Stopped')", timeout=60_000)
    points = tab.get_attribute("#race figure", "data-points")
    tab.wait_for_timeout(1500)
    assert tab.get_attribute("#race figure", "data-points") == points
    assert 8 <= int(points) < RECORDED_POINTS


def test_a_second_click_supersedes_the_first_race(tab):
    first = wait_for_new_run(tab, start(tab, depth=56, seed=1), points=8)
    second = wait_for_new_run(tab, start(tab, depth=14, seed=2))
    assert second != first
    assert "plain-14" in tab.inner_text("#race .legend")
    for _ in range(5):  # nothing of the first race comes back
        tab.wait_for_timeout(300)
        assert tab.get_attribute("#race figure", "data-run") == second
    tab.click("#race-stop")


def test_an_impossible_seed_gets_a_sentence_and_leaves_the_chart(tab):
    start(tab, depth=14, seed=-3)
    tab.wait_for_selector("#race-status .notice")
    assert "seed must be between 0 and" in status(tab)
    assert tab.get_attribute("#race figure", "data-points") == str(RECORDED_POINTS)


def test_curves_can_be_read_by_keyboard_and_as_a_table(tab):
    slider = tab.locator("#race input[type=range]")
    slider.focus()
    assert tab.inner_text("#race output") == "step 200"
    for _ in range(3):
        tab.keyboard.press("ArrowLeft")
    tab.wait_for_function("document.querySelector('#race output').textContent === 'step 197'")
    run = artifacts.load_run("races-digits")
    expected = run["train_error"][-1, 0, :, 196].mean()
    row = tab.locator("#race .legend li", has_text="plain-56 training")
    assert float(row.locator("b").inner_text().split()[0]) == pytest.approx(expected, abs=0.051)

    tab.locator("#race summary").click()
    tab.wait_for_selector("#race tbody tr:nth-child(200)")
    cells = tab.locator("#race tbody tr:nth-child(197)").locator("th, td").all_inner_texts()
    assert cells[0] == "197"
    assert f"{expected:.1f} %" in cells


def test_hovering_reads_the_curves_at_the_pointer(tab):
    box = tab.locator("#race svg[role=img]").bounding_box()
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    tab.wait_for_selector("#race svg .cursor", state="attached")
    assert tab.inner_text("#race output") not in ("", "step 200")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(new_page, url, scheme):
    page = new_page(390, 844, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#race figure[data-points]")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
