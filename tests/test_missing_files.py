"""The page without some of its files: every section says which one it lacks, and all others are complete."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

import app
from models.core import artifacts
from models.core.artifacts import ASSETS
from visuals.page import lesson
from visuals.page.lesson import unreadable

SECTIONS = {f"{tab.name}-{section.name}": (tab, section) for tab in app.LESSONS for section in tab.sections}
FILES = sorted(path for path in ASSETS.glob("*/*.*") if path.suffix in (".safetensors", ".npz"))


def forget_what_was_loaded() -> None:
    """Empties the caches in models/ and visuals/, which may hold the undamaged files."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith(("models.", "visuals.")):
            for member in tuple(vars(module).values()):
                if callable(getattr(member, "cache_clear", None)):
                    member.cache_clear()


@pytest.fixture
def copied(tmp_path, monkeypatch) -> Iterator[Path]:
    """Links to the page's own artifacts, in a folder where they may be missed."""
    shutil.copytree(ASSETS, tmp_path / "assets", copy_function=os.symlink)
    monkeypatch.setattr(artifacts, "ASSETS", tmp_path / "assets")
    forget_what_was_loaded()
    yield tmp_path / "assets"
    forget_what_was_loaded()


def alerts(page: gr.Blocks) -> list[str]:
    """What the page says about files that are missing."""
    said = [str(block.value) for block in page.blocks.values() if isinstance(block, gr.HTML)]
    return [text for text in said if 'role="alert"' in text and "is missing" in text]


def test_every_file_is_shown_somewhere():
    needed = {name for _, section in SECTIONS.values() for name in section.needs}
    assert needed == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_sections_that_need_a_file_say_that_it_is_missing(copied, path):
    (copied / path.relative_to(ASSETS)).unlink()
    said = {name: unreadable(section) for name, (_, section) in SECTIONS.items()}
    assert {name for name in said if said[name]} == {name for name, (_, s) in SECTIONS.items() if path.stem in s.needs}
    assert all(f"{path.parent.name}/{path.name} is missing" in sentence for sentence in said.values() if sentence)


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_is_built_of_the_files_that_it_names_alone(copied, name):
    tab, section = SECTIONS[name]
    for path in FILES:
        if path.stem not in section.needs:
            (copied / path.relative_to(ASSETS)).unlink()
    with gr.Blocks() as page:
        lesson.build(page, [replace(tab, sections=[section])])
    assert alerts(page) == []


def test_the_page_opens_when_a_file_is_missing(copied):
    whole = len(app.build().blocks)
    (copied / "runs" / "heads.npz").unlink()
    page = app.build()
    needing = [name for name, (_, section) in SECTIONS.items() if "heads" in section.needs]
    assert [("heads.npz is missing" in alert) for alert in alerts(page)] == [True] * len(needing)
    assert whole / 2 < len(page.blocks) < whole


WITHOUT = """
from pathlib import Path
from models.core import artifacts
artifacts.ASSETS = Path("nowhere")
import app
print(sum('role="alert"' in str(getattr(block, "value", "")) for block in app.build().blocks.values()))
"""


def test_the_page_opens_where_no_file_has_ever_been():
    """Nothing is read while it is imported, and every section says what it lacks."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, cwd=ASSETS.parent, check=True
    )
    assert int(done.stdout) == sum(bool(section.needs) for _, section in SECTIONS.values())
