"""The words of the tabs: cut into sections, and every section is shown."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr
import pytest

import app
from visuals.prose import sections

VISUALS = Path(__file__).resolve().parent.parent / "visuals"
FILES = sorted(VISUALS.glob("*/prose.md"))
ABBREVIATIONS = {"CIFAR", "DALL", "DDIM", "DDPM", "GLIDE", "JPEG", "MNIST", "NVIDIA", "RMSE"}


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
def words() -> str:
    """All Markdown of the page."""
    return "\n".join(block.value for block in app.build().blocks.values() if isinstance(block, gr.Markdown))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_every_section_is_shown(path, words):
    shown = {name: text.splitlines()[0][:20] in words for name, text in sections(path).items()}
    assert [name for name, there in shown.items() if not there] == []


def test_every_place_for_a_number_is_filled(words):
    places = re.findall(r"\b[A-Z][A-Z_]{3,}\b", words)
    assert set(places) <= ABBREVIATIONS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_no_section_is_empty_or_there_twice(path):
    headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(headings) == len({heading.strip() for heading in headings})
    assert all(sections(path).values())
