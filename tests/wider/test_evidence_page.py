"""Evidence on the page: words and map are those that were computed, for every class and picture."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models.wider import activations
from models.wider.heads import Evidence, evidence
from visuals.page import style
from visuals.page.words import signed
from visuals.wider import passes
from visuals.wider.evidence import section, words
from visuals.wider.settings import FIRST

VISITOR = SimpleNamespace(session_hash="visitor")
LION = passes.of_example("lion", "tiny")
CLASSES = activations.trained().classes


def test_the_map_is_that_of_the_class_and_its_numbers_add_up():
    found = evidence(LION.run)
    k = CLASSES.index("snail")
    said, value = section.show("lion", "tiny", "snail", VISITOR)
    np.testing.assert_allclose(value["values"], found.maps[k], atol=6e-5)
    assert value["limit"] == pytest.approx(np.abs(found.maps).max())  # as for every other class
    told = re.search(r"give (\S+)\. The .* adds (\S+): the network's score is (\S+)\.", unescape(said)).groups()
    total, bias, logit = (float(n.replace("−", "-")) for n in told)
    assert total + bias == pytest.approx(logit, abs=1e-9)  # as they are shown
    assert logit == pytest.approx(LION.run.logits["main"][k], abs=0.006)
    first, _ = section.evidence_of(FIRST, LION, style.at_start)
    assert ">Lion: " in first


def test_what_speaks_for_and_against_is_told():
    maps = np.array([[[0.5, -0.25], [0.0, 1.0]], [[-1.0, -1.0], [-1.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]])
    bias = np.array([0.1, 0.2, 0.3])
    run = replace(LION.run, logits=LION.run.logits | {"main": maps.sum((1, 2)) + bias})
    both, against, for_it = (words.evidence(Evidence(maps, bias), run, k) for k in range(3))
    assert (
        "All 4 places together give +1.25. The class's bias, a constant, adds +0.10: the network's score is +1.35."
        in both
    )
    assert "the places for it sum to +1.50, those against it to −0.25." in both
    assert ": no place speaks for it." in against
    assert ": no place speaks against it." in for_it


def test_numbers_have_as_many_decimals_as_they_need_to_add_up():
    assert words.adding_up((1.25, 0.1, 1.35)) == 2
    assert words.adding_up((-1.8762, 0.0632, -1.8130)) == 3
    assert words.adding_up((1.00556, 1.00556, 2.01112)) == 5
    assert all(words.adding_up((one, 0.0649, one + 0.0649)) <= 4 for one in np.linspace(-2, 2, 101))


@pytest.mark.parametrize("sent", [None, "no class", 3, ["lion"], {"a": 1}])
def test_a_class_that_there_is_not_gets_a_sentence(sent):
    said, shown = section.show("lion", "tiny", sent, VISITOR)
    assert "does not know the one that was chosen" in said
    assert shown == gr.skip()


# --- in a browser ---


def test_class_and_picture_change_the_map_for_one_visitor_alone(opened, tmp_path):
    page, other = opened("evidence", accept_downloads=True), opened("evidence")
    texts = page.locator("#evidence svg.laid text")
    expect(texts).to_have_count(9)
    page.locator("#evidence-class input").click()
    page.get_by_role("option", name="snail", exact=True).click()
    expect(page.locator("#evidence-status")).to_contain_text("Snail: ")
    values = evidence(LION.run).maps[CLASSES.index("snail")]
    expect(texts.first).to_have_text(signed(values[0, 0]))
    with page.expect_download() as saved:
        page.locator("#evidence").get_by_role("button", name="CSV").click()
    path = tmp_path / "map.csv"
    saved.value.save_as(path)
    _, *rows = csv.reader(io.StringIO(Path(path).read_text()))
    assert sum(float(value) for *_, value in rows) == pytest.approx(values.sum(), abs=1e-3)
    page.locator("#evidence .cover input").fill("20")
    assert page.locator("#evidence image.map").evaluate("node => getComputedStyle(node).opacity") == "0.2"
    page.click("#wider-gallery button[title=cat]")
    of_cat = evidence(passes.of_example("cat", "tiny").run).maps[CLASSES.index("snail")]
    expect(texts.first).to_have_text(signed(of_cat[0, 0]))  # the class stays
    expect(other.locator("#evidence-status")).to_contain_text("Lion: ")
