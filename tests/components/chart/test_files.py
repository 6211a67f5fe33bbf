"""The files that a chart saves."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

from tests.components.chart.charts import GUESSES, LABEL, POINTS, SERIES, STEPS, saved


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


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
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
