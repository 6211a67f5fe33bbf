"""The chart: what it draws beyond plain curves, and the files that it saves."""

from __future__ import annotations

import csv
import io
import math
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.looks import DESKTOP, PHONE, small_letters, small_targets
from tests.small_page import served
from visuals.components.chart import Axis, Chart, Level, Series, chart, grown, later, levelled

MIXED = "color-mix(in srgb, var(--role-plain) 70%, var(--body-text-color))"
SERIES = (
    Series("a", "plain-56 training", MIXED, dash=True, marker="square", every=5),
    Series("b", "residual-56, test", "var(--role-residual)", width=3.5, marker="circle"),
    Series("a seeds", "", MIXED, marker="square", line=False),
    Series("a seed 0", "plain-56 training, seed 0", MIXED, detail=True),
    Series("a seed 1", "plain-56 training, seed 1", MIXED, detail=True),
)
STEPS = range(1, 21)
POINTS = {
    "a": [(s, 100 / 3 / s) for s in STEPS],
    "b": [(s, 80 - math.pi * s) for s in STEPS if s % 4 == 0],
    "a seeds": [(21, 1 / 7), (21, 2 / 7)],
    "a seed 0": [(s, 30 / s) for s in STEPS],
    "a seed 1": [(s, 40 / s) for s in STEPS],
}
GUESSES = (Level("your guess: plain-56", 70, "var(--role-plain)"), Level("your guess: residual-56", 68.5, "#0072B2"))
LABEL = "Errors by step: a chart for tests."
ERROR = Axis("error in %", 0, 100, "%", 1)
DECADES = Axis("gradient norm", 1e-6, 10, log=True)


def errors(run: int) -> dict:
    return chart(run, LABEL, Axis("step", 0, 21.6), ERROR, SERIES, POINTS, levels=GUESSES)


def small_numbers() -> dict:
    points = [(1, 2.5e-5), (2, 0.5), (3, 0.0), (4, 3.0), (5, None), (6, 1e-6)]
    levels = (Level("your guess", 2.5, "black", upright=True),)
    series = (Series("g", "gradient", "black"),)
    return chart(1, "Small numbers.", Axis("layer", 1, 6, decimals=1), DECADES, series, {"g": points}, levels=levels)


def diverged(run: int) -> dict:
    value = chart(run, "One lane ends.", Axis("step", 0, 10), ERROR, SERIES[:2], {})
    new = {"a": [(1, 90.0), (2, 95.5)], "b": [(10, 5.0)]}
    return grown(value, new, {"a": 0, "b": 0}, {"a": "diverged"})


def long_names(run: int) -> dict:
    """Three nets of a live run, of which one has diverged."""
    names = ("plain-56 without batch norm, training", "residual-20, training", "residual-56, a long name, training")
    series = tuple(Series(str(k), name, "black") for k, name in enumerate(names))
    value = chart(run, "Long names.", Axis("step", 0, 10), ERROR, series, {})
    return grown(
        value, {str(k): [(10, 90.0 + k)] for k in range(3)}, dict.fromkeys("012", 0), {"0": "diverged at step 10"}
    )


def many_digits(run: int) -> dict:
    """A curve whose last number is longer than the ends of its axis."""
    series = (Series("g", "gradient", "black"),)
    return chart(run, "Many digits.", Axis("layer", 1, 2), DECADES, series, {"g": [(1, 1.0), (2, 1.05e-4)]})


def by_layer() -> dict:
    moments = [(0, {"g": [(1, 1 / 3), (2, 0.5)]}), (10, {"g": [(1, 0.75), (2, 2 / 3)]})]
    axes = Axis("layer", 1, 2), Axis("norm", 0, 1, decimals=2)
    return chart(1, "By layer.", *axes, (Series("g", "gradient", "black"),), {}, moment="step", moments=moments)


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        Chart(small_numbers(), elem_id="log")
        scrubbed = Chart(by_layer(), elem_id="moments")
        gr.Button("one step more", elem_id="later").click(
            lambda v: later(v, [(20, {"g": [(1, 0.25), (2, 0.125)]})], 2), scrubbed, scrubbed
        )
        shown = Chart(errors(1), elem_id="chart")
        gr.Button("one point more", elem_id="more").click(
            lambda v: grown(v, {"b": [(21, 50.0)]}, {"b": 5}), shown, shown
        )
        gr.Button("no guess", elem_id="bare").click(lambda v: levelled(v, ()), shown, shown)
        gr.Button("next run", elem_id="next").click(lambda: diverged(2), None, shown)
        gr.Button("long names", elem_id="long").click(lambda: long_names(5), None, shown)
        gr.Button("many digits", elem_id="digits").click(lambda: many_digits(5), None, shown)
    with served(page) as address:
        yield address


@pytest.fixture
def drawn(page, url):
    page.goto(url)
    page.wait_for_selector("#chart figure[data-points='25']")
    return page


def saved(page, kind: str, where: str = "#chart") -> tuple[str, bytes]:
    """(name of the file, what is in it) after a click on the button."""
    with page.expect_download() as download:
        page.click(f"{where} .downloads button:has-text('{kind}')")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def texts(page, where: str) -> list[str]:
    return page.locator(f"{where} .plot text").all_text_contents()


# --- files ---


def test_the_csv_holds_every_point_as_it_was_sent(drawn):
    name, content = saved(drawn, "CSV")
    assert name == "errors-by-step-a-chart-for-tests.csv"
    head, *body = csv.reader(io.StringIO(content.decode()))
    labels = [s.label or s.id for s in SERIES]
    assert head == ["step", *labels, *(guess.label for guess in GUESSES)]
    for column, series in enumerate(SERIES, start=1):
        found = [(float(row[0]), float(row[column])) for row in body if row[column]]
        assert found == POINTS[series.id], series.id  # to the last digit
    assert {(row[6], row[7]) for row in body} == {("70", "68.5")}
    assert [float(row[0]) for row in body] == sorted([*STEPS, 21, 21])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_svg_needs_nothing_of_the_page(new_page, url, scheme, width):
    page = new_page(width, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#chart figure[data-points='25']")
    name, content = saved(page, "SVG")
    text = content.decode()
    assert name.endswith(".svg")
    assert not re.search(r"var\(|color-mix|color\(|class=|style=|url\(|href", text)
    root = ElementTree.fromstring(text)
    tag = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{tag}title").text == LABEL
    lines = root.findall(f"{tag}polyline")
    assert len(lines) == 2
    colours = [tuple(map(int, re.findall(r"\d+", line.get("stroke")))) for line in lines]
    text_colour = page.evaluate("getComputedStyle(document.querySelector('#chart figure')).color")
    letters = map(int, re.findall(r"\d+", text_colour))
    mixed = [round(0.7 * a + 0.3 * b) for a, b in zip((0xD5, 0x5E, 0), letters, strict=True)]
    assert colours[0] == pytest.approx(mixed, abs=1)
    assert colours[1] == (0x00, 0x72, 0xB2)
    assert lines[0].get("stroke-dasharray") == "6, 4"
    written = [node.text for node in root.iter(f"{tag}text")]
    assert "plain-56 training 1.7 %" in written  # the curves have their names, whatever the width of the page
    ground = root.find(f"{tag}rect").get("fill")
    behind = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == behind
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert page.locator("#chart .plot svg").count() == 1  # the copy is gone


def test_the_png_is_the_svg_at_twice_its_size(drawn):
    root = ElementTree.fromstring(saved(drawn, "SVG")[1])
    name, content = saved(drawn, "PNG")
    assert name.endswith(".png")
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.size == (2 * int(root.get("width")), 2 * int(root.get("height")))
    colours = {colour: count for count, colour in picture.getcolors(1 << 24)}
    assert colours[(255, 255, 255)] > 0.8 * picture.width * picture.height
    assert colours[(0x00, 0x72, 0xB2)] > 500  # the residual curve


def test_labels_fit_into_the_file_in_its_own_font(drawn):
    """Its font is another than the page's, and may be wider."""
    text = saved(drawn, "SVG")[1].decode()
    outside = drawn.evaluate(
        """text => { const place = document.createElement('div'); place.innerHTML = text; document.body.append(place);
        const svg = place.querySelector('svg'), width = +svg.getAttribute('width');
        const out = [...svg.querySelectorAll('text')].filter(t => t.getBBox().x + t.getBBox().width > width);
        place.remove(); return out.map(t => t.textContent); }""",
        text,
    )
    assert outside == []


# --- single seeds, guesses, ends ---


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


# --- curves that change with time ---


def test_a_slider_goes_back_in_time_and_the_newest_is_shown_else(drawn):
    now = drawn.locator("#moments .legend b")
    time = drawn.locator("#moments .moment input")
    drawn.wait_for_selector("#moments figure[data-points='2']")
    assert now.inner_text() == "0.67"
    drawn.click("#later")
    expect(drawn.locator("#moments .moment output")).to_have_text("20")
    assert now.inner_text() == "0.13"
    time.press("Home")
    expect(drawn.locator("#moments .moment output")).to_have_text("0")
    assert now.inner_text() == "0.50"
    _, *body = csv.reader(io.StringIO(saved(drawn, "CSV", "#moments")[1].decode()))
    expected = [(0, 1, 1 / 3), (0, 2, 0.5), (10, 1, 0.75), (10, 2, 2 / 3), (20, 1, 0.25), (20, 2, 0.125)]
    assert [tuple(map(float, row)) for row in body] == expected
    assert drawn.locator("#chart .moment").is_hidden()


# --- logarithmic axes ---


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_chart(new_page, url, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(color_scheme=scheme)
    page.goto(url)
    for where in ("#chart", "#log"):
        page.locator(f"{where} summary").click()
        page.wait_for_selector(f"{where} tbody tr")
    assert [violation["id"] for violation in Axe().run(page, context=".chart").response["violations"]] == []


@pytest.mark.parametrize(("low", "high", "log"), [(0, 1, True), (-1, 1, True), (1, 1, False), (2, 1, False)])
def test_an_impossible_axis_is_refused(low, high, log):
    with pytest.raises(ValueError, match="no axis goes from"):
        Axis("x", low, high, log=log)


# --- for everybody ---


@pytest.mark.parametrize(("width", "least"), [(1280, DESKTOP), (390, PHONE)])
def test_letters_can_be_read_and_a_finger_finds_what_can_be_pressed(new_page, url, width, least):
    page = new_page(width)
    page.goto(url)
    for where in ("#chart", "#log", "#moments"):
        expect(page.locator(f"{where} figure")).to_have_attribute("data-points", re.compile("."))
        assert small_letters(page, where, least) == []
        assert small_targets(page, where) == []


def test_a_reader_hears_which_chart_a_slider_reads_and_nothing_that_it_did_not_ask_for(drawn):
    names = [drawn.locator(f"{where} .reading input").get_attribute("aria-label") for where in ("#chart", "#log")]
    assert names == ["Read the curves at: Errors by step", "Read the curves at: Small numbers"]
    assert drawn.locator("#moments .moment input").get_attribute("aria-label") == "step: By layer"
    assert {node.get_attribute("aria-live") for node in drawn.locator("output").all()} == {"off"}


@pytest.mark.parametrize("width", [700, 1280])
@pytest.mark.parametrize("button", ["#long", "#digits"])
def test_no_name_at_a_curves_end_is_cut_off(new_page, url, button, width):
    page = new_page(width)
    page.goto(url)
    page.click(button)
    page.wait_for_selector("#chart figure[data-run='5']")
    beyond = page.locator("#chart .plot svg").evaluate(
        """svg => [...svg.querySelectorAll('text')].filter(text => text.getBoundingClientRect().right
        > svg.getBoundingClientRect().right).map(text => text.textContent)"""
    )
    assert beyond == []


def test_on_paper_the_picture_is_as_wide_as_paper_and_without_sliders(drawn):
    drawn.emulate_media(media="print")
    drawn.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert drawn.locator("#chart .plot svg").get_attribute("viewBox").startswith("0 0 640 ")
    assert drawn.locator("#chart input[type=range]").first.is_hidden()
    drawn.emulate_media(media="screen")
    drawn.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(drawn.locator("#chart .plot svg")).not_to_have_attribute("viewBox", re.compile("^0 0 640 "))
