"""The words of the tabs: cut into sections, and every section is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.told import words_of
from visuals.components.base import Words
from visuals.page.prose import Prose, as_html, filled, sections, unbroken
from visuals.page.words import whole

VISUALS = Path(__file__).resolve().parent.parent / "visuals"
FILES = sorted(VISUALS.rglob("prose.md"))
ABBREVIATIONS = {"CIFAR", "DALL", "DDIM", "DDPM", "GLIDE", "JPEG", "MNIST", "NVIDIA", "README", "RMSE"}


def test_a_file_is_cut_at_its_second_level_headings(tmp_path):
    path = tmp_path / "prose.md"
    path.write_text(
        "intro\n\n## one\n\nText of one.\n\n### inside\n\nMore.\n## two words \nText of two: ε ≠ x₀.\n", "utf-8"
    )
    found = sections(path)
    assert list(found) == ["one", "two words"]
    assert found["one"].startswith("Text of one.")
    assert found["one"].endswith("More.")
    assert "inside" in found["one"]
    assert found["two words"] == "Text of two: ε ≠ x₀."


@pytest.fixture(scope="module")
def words(whole_page) -> str:
    """All Markdown of the page, and what stands there as HTML once it was unfolded."""
    blocks = whole_page.blocks.values()
    return "\n".join(words_of(block) for block in blocks if "prose" in (block.elem_classes or ()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_every_section_is_shown(path, words):
    assert [name for name, text in sections(path).items() if not re.search(beginning(text), words)] == []


def beginning(text: str) -> str:
    """A pattern for how a section begins, whatever stands in its places for numbers."""
    first = text.splitlines()[0]
    either = (unbroken(first), whole(as_html(first)).removesuffix("</p>"))
    return "|".join(".+?".join(map(re.escape, re.split(r"\{\{\w+\}\}", one))) for one in either)


def test_every_place_for_a_number_is_filled(words):
    assert re.findall(r"\{\{\w+\}\}", words) == []
    assert set(re.findall(r"\b[A-Z][A-Z_]{3,}\b", words)) <= ABBREVIATIONS


def test_a_name_that_begins_with_another_has_its_own_place():
    """Filled one after the other, the second place read "6_DIGIT"."""
    assert filled("{{NEAR}} noises of {{NEAR_DIGIT}}", {"NEAR": "6", "NEAR_DIGIT": "3"}) == "6 noises of 3"
    assert filled("{{A}} {{B}}", {"A": "{{B}}", "B": "b"}) == "{{B}} b"


def test_no_line_begins_with_the_sign_behind_a_formula():
    assert unbroken("up to $t$, by $s$.") == (
        'up to <span class="whole">$t$,</span> by <span class="whole">$s$.</span>'
    )
    assert unbroken("$$y = x$$. Then $t$ and $s$") == "$$y = x$$. Then $t$ and $s$"


def test_no_line_begins_within_a_number_or_a_name():
    assert whole("**plain-56** gets 71.4 % wrong") == (
        '**<span class="whole">plain-56</span>** gets <span class="whole">71.4 %</span> wrong'
    )
    drawn = '<i title="residual-56" style="width:5 %">none</i>'
    assert whole(drawn) == drawn
    picture = '<svg><text x="5%">plain-56</text>\n<text>0.5 %</text></svg>'
    assert whole(f"{picture} 0.5 %") == f'{picture} <span class="whole">0.5 %</span>'
    for formula in ("$$\\text{plain-56: } 3.3 %\n$$", "$\\text{plain-56}$"):
        assert whole(formula) == formula
    assert Words("<p>0.5 %</p>").value == '<p><span class="whole">0.5 %</span></p>'


@pytest.mark.parametrize("values", [{}, {"A": "1"}, {"A": "1", "B": "2", "C": "3"}])
def test_a_place_without_a_value_and_a_value_without_a_place_are_errors(values, tmp_path):
    (tmp_path / "prose.md").write_text("## one\n\n{{A}} of {{B}}\n", "utf-8")
    prose = Prose(tmp_path / "prose.md")
    assert prose.places("one") == {"A", "B"}
    with pytest.raises(ValueError, match=r"B|C"):
        prose.text("one", **values)
    with pytest.raises(ValueError, match="no part"):
        prose.text("two", **values)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_no_section_is_empty_or_there_twice(path):
    headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(headings) == len({heading.strip() for heading in headings})
    assert all(sections(path).values())
