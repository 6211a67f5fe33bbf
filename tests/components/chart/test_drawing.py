"""What a chart draws beyond plain curves: seeds, guesses, ends, moments, logarithms."""

from __future__ import annotations

import csv
import io
import math
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.components.chart.charts import GUESSES, by_name, saved, texts
from visuals.components.chart import Axis


def test_single_seeds_are_lines_and_columns_on_demand_and_in_no_legend(drawn):
    thin = drawn.locator("#chart polyline[data-series^='a seed ']")
    assert thin.count() == 0
    drawn.locator("#chart").get_by_label("single seeds as thin lines").check()
    thin.nth(1).wait_for(state="attached")
    assert drawn.evaluate("getComputedStyle(document.querySelector('#chart polyline')).strokeWidth") == "1px"
    assert drawn.locator("#chart .legend li").count() == 2
    assert not any("seed" in text for text in texts(drawn, "#chart"))
    drawn.locator("#chart summary").click()
    drawn.wait_for_selector("#chart tbody tr:nth-child(20)")
    heads, seeds = ["step", "plain-56 training", "residual-56, test"], drawn.locator("#chart thead th:has-text('seed')")
    assert seeds.all_inner_texts() == ["plain-56 training, seed 0", "plain-56 training, seed 1"]
    assert saved(drawn, "SVG")[1].decode().count("<polyline") == 4
    drawn.locator("#chart").get_by_label("single seeds as thin lines").uncheck()
    thin.first.wait_for(state="detached")
    seeds.first.wait_for(state="detached")
    assert drawn.locator("#chart thead th").all_inner_texts() == heads


def test_a_chart_without_single_seeds_offers_none(drawn):
    assert drawn.locator("#log .seeds").is_hidden()
    assert drawn.locator("#chart .seeds").is_visible()


def test_guesses_are_dotted_lines_at_their_height_with_names_that_do_not_overlap(drawn):
    lines = drawn.locator("#chart .level")
    heights = [float(lines.nth(k).get_attribute("y1")) for k in range(2)]
    grid = {float(n.get_attribute("y1")) for n in drawn.locator("#chart .grid").all()}
    bottom, top = max(grid), min(grid)  # 0 % and 100 %
    assert heights == pytest.approx([bottom + (top - bottom) * g.at / 100 for g in GUESSES])
    upper, lower = (float(drawn.locator("#chart text.halo", has_text=g.label).get_attribute("y")) for g in GUESSES)
    assert lower - upper >= 13  # px: the size of the letters
    assert "your guess: residual-56: 68.5 %." in drawn.get_attribute("#chart svg[role=img]", "aria-label")
    assert drawn.locator("#chart .legend li").count() == 2


def test_what_has_one_place_is_read_there_without_a_slider(drawn):
    slider = drawn.locator("#chart .reading input")
    assert slider.is_visible()
    drawn.click("#long")
    expect(drawn.locator("#chart .reading output")).to_have_text("step 10")
    assert slider.is_hidden()


def test_a_dot_lies_where_a_curve_is_read_also_if_it_was_measured_before(drawn):
    drawn.locator("#chart .reading input").fill("5")  # step 6, where b was measured last at 4
    dots, line = drawn.locator("#chart .plot .read"), "polyline[data-series='{}']"
    expect(dots).to_have_count(2)
    for dot, series, number in zip(dots.all(), "ab", (5, 0), strict=True):
        points = drawn.locator("#chart .plot").locator(line.format(series)).get_attribute("points").split()
        x, y = map(float, points[number].split(","))
        assert float(dot.get_attribute("cx")) == pytest.approx(x, abs=0.1)
        assert float(dot.get_attribute("cy")) == pytest.approx(y, abs=0.1)
    assert drawn.locator("#chart .legend b").all_inner_texts() == ["5.6 %", "67.4 % (step 4)"]


def test_a_guess_of_a_place_is_an_upright_line_there(drawn):
    line, grid = (drawn.locator(f"#log .plot svg[role=img] .{name}").first for name in ("level", "grid"))
    left, right = (float(grid.get_attribute(x)) for x in ("x1", "x2"))  # layers 1 and 6
    assert line.get_attribute("x1") == line.get_attribute("x2")
    assert float(line.get_attribute("x1")) == pytest.approx(left + (right - left) * 1.5 / 5)
    name, plot = (drawn.locator(f"#log .plot svg[role=img] {part}").first.bounding_box() for part in (".halo", ".grid"))
    highest = min(
        float(y)
        for y in drawn.locator("#log .plot svg[role=img] .grid").evaluate_all("g => g.map(l => l.getAttribute('y1'))")
    )
    assert float(drawn.locator("#log .plot svg[role=img] .halo").first.get_attribute("y")) < highest  # above the curves
    assert plot["x"] <= name["x"]
    assert name["x"] + name["width"] <= plot["x"] + plot["width"] + 0.5
    assert "your guess: 2.5." in drawn.get_attribute("#log svg[role=img]", "aria-label")


def test_guesses_stay_while_points_arrive_and_go_when_they_are_taken_away(drawn):
    drawn.click("#more")
    drawn.wait_for_selector("#chart figure[data-points='26']")
    assert drawn.locator("#chart .level").count() == 2
    drawn.click("#bare")
    drawn.locator("#chart .level").first.wait_for(state="detached")
    assert drawn.get_attribute("#chart figure", "data-points") == "26"


def test_a_curve_that_ends_early_has_its_name_there_so_that_no_line_to_it_crosses_others(drawn):
    drawn.click("#next")
    drawn.wait_for_selector("#chart figure[data-run='2']")
    edge = float(drawn.locator("#chart .plot .grid").first.get_attribute("x2"))
    ends = "all => all.map(l => l.getBBox().x + l.getBBox().width)"
    reached = drawn.locator("#chart .plot .leader").evaluate_all(ends)
    assert sorted(end > edge for end in reached) == [False, True]
    cross, name = (drawn.locator(f"#chart .plot {part}").bounding_box() for part in (".cross", "text:text('diverged')"))
    assert abs(name["y"] - cross["y"]) < 30
    assert name["x"] - cross["x"] - cross["width"] < 30


def test_no_number_stands_at_the_end_of_named_things_for_a_curve_that_ends_before(drawn):
    first, second = (series["label"] for series in by_name(4)["series"])
    drawn.click("#named")
    drawn.wait_for_selector("#chart figure[data-run='4']")
    assert {first, f"{second} 5.0 %"} <= set(texts(drawn, "#chart"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_curve_that_diverged_ends_in_a_cross_and_says_so(new_page, url, width):
    page = new_page(width)
    page.goto(url)
    page.wait_for_selector("#chart figure[data-points='25']")
    assert page.locator("#chart .cross").count() == 0
    page.click("#next")
    page.wait_for_selector("#chart figure[data-run='2']")
    assert page.locator("#chart .cross").count() == 1
    assert ("plain-56 training diverged" if width == 1280 else "diverged") in texts(page, "#chart")
    legend = page.locator("#chart .legend b")
    assert legend.all_inner_texts() == ["diverged", "5.0 %"]
    page.locator("#chart .reading input").press("Home")
    expect(page.locator("#chart .reading output")).to_have_text("step 1")
    assert legend.all_inner_texts() == ["90.0 %", "–"]
    page.locator("#chart .reading input").press("ArrowRight")
    expect(page.locator("#chart .reading output")).to_have_text("step 2")
    assert legend.all_inner_texts() == ["95.5 %", "–"]


def test_a_slider_goes_back_in_time_and_the_newest_is_shown_else(drawn):
    now = drawn.locator("#moments .legend b")
    time = drawn.locator("#moments .moment input")
    drawn.wait_for_selector("#moments figure[data-points='2']")
    assert now.inner_text() == "0.67"
    drawn.click("#later")
    expect(drawn.locator("#moments .moment output")).to_have_text("20")
    assert now.inner_text() == "0.12"  # 0.125
    time.press("Home")
    expect(drawn.locator("#moments .moment output")).to_have_text("0")
    assert now.inner_text() == "0.50"
    _, *body = csv.reader(io.StringIO(saved(drawn, "CSV", "#moments")[1].decode()))
    expected = [(0, 1, 1 / 3), (0, 2, 0.5), (10, 1, 0.75), (10, 2, 2 / 3), (20, 1, 0.25), (20, 2, 0.125)]
    assert [tuple(map(float, row)) for row in body] == expected
    assert drawn.locator("#chart .moment").is_hidden()


def test_a_logarithmic_axis_has_powers_of_ten_at_equal_distances(drawn):
    ticks = drawn.locator("#log .tick[text-anchor=end]")
    assert ticks.all_text_contents() == ["10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]
    heights = [float(n.get_attribute("y")) for n in ticks.all()]
    steps = [a - b for a, b in pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * 3)


def test_what_has_no_logarithm_interrupts_the_line(drawn):
    lines = drawn.locator("#log polyline")
    assert [len(n.get_attribute("points").split()) for n in lines.all()] == [2, 2, 2]
    assert [len(set(n.get_attribute("points").split())) for n in lines.all()] == [2, 1, 1]  # a point alone is a dot
    path = lines.first.get_attribute("points").split()
    grid = [float(n.get_attribute("y1")) for n in drawn.locator("#log .grid").all()]  # at 1e-6, 1e-4, 1e-2, 1
    per_decade = (grid[0] - grid[1]) / 2
    expected = grid[0] - per_decade * (math.log10(2.5e-5) + 6)
    assert float(path[0].split(",")[1]) == pytest.approx(expected, abs=0.06)


def test_small_numbers_can_be_read(drawn):
    slider = drawn.locator("#log .reading input")
    said = []
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"):
        before = drawn.inner_text("#log .reading output")
        slider.press(key)
        expect(drawn.locator("#log .reading output")).not_to_have_text(before)
        said.append(drawn.inner_text("#log .legend b"))
    assert said == ["2.5·10⁻⁵", "0.5", "0", "3", "–", "1·10⁻⁶"]
    _, *body = csv.reader(io.StringIO(saved(drawn, "CSV", "#log")[1].decode()))
    assert [row[1] for row in body] == ["0.000025", "0.5", "0", "3", "", "0.000001"]


@pytest.mark.parametrize(("low", "high", "log"), [(0, 1, True), (-1, 1, True), (1, 1, False), (2, 1, False)])
def test_an_impossible_axis_is_refused(low, high, log):
    with pytest.raises(ValueError, match="no axis goes from"):
        Axis("x", low, high, log=log)
