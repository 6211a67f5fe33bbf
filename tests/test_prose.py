"""The words of the tabs: cut into sections, and every section is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from visuals.prose import sections

VISUALS = Path(__file__).resolve().parent.parent / "visuals"
FILES = sorted(VISUALS.glob("*/prose.md"))


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_every_section_is_shown(path):
    code = "".join(file.read_text(encoding="utf-8") for file in path.parent.glob("*.py"))
    assert [name for name in sections(path) if f'"{name}"' not in code] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_no_section_is_empty_or_there_twice(path):
    headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(headings) == len({heading.strip() for heading in headings})
    assert all(sections(path).values())
