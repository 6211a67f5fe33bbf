"""The command for a while on a GPU: it keeps to its budget, and goes on where it was."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from models.core.artifacts import ASSETS
from models.train import on_gpu
from models.train.on_gpu import PARTS, Part

NOTES = "import sys; open('calls', 'a').write(' '.join(sys.argv[1:]) + '\\n')"  # a command that notes its calls
FIRST, SECOND = Part("note first", "digits", resumes=True), Part("note second")


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project of small commands."""
    commands = tmp_path / "models" / "train"
    commands.mkdir(parents=True)
    (commands / "note.py").write_text(NOTES)
    (commands / "fails.py").write_text("raise SystemExit('no such data')")
    monkeypatch.setattr(on_gpu, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(on_gpu, "PARTS", (FIRST, SECOND))
    return tmp_path


def call(monkeypatch, project: Path, seconds: float = 3600) -> list[str]:
    """Calls the command; returns what its parts have noted in all calls."""
    arguments = ["--data", str(project), "--seconds", str(seconds), "--checkpoints", str(project / "ck")]
    monkeypatch.setattr(sys, "argv", ["on_gpu", *arguments])
    on_gpu.main()
    notes = project / "calls"
    return notes.read_text().splitlines() if notes.exists() else []


def test_parts_come_once_and_in_their_order(project, monkeypatch):
    noted = [f"first --data {project / 'digits'} --checkpoints {project / 'ck'}", "second"]
    assert call(monkeypatch, project) == noted
    assert call(monkeypatch, project) == noted


def test_a_part_that_the_budget_ends_is_left_to_the_next_call(project, monkeypatch, capsys):
    assert call(monkeypatch, project, seconds=0) == []
    assert "The budget has ended in `note first`. Call this again" in capsys.readouterr().out
    assert len(call(monkeypatch, project)) == 2


def test_a_part_that_fails_ends_the_call_and_is_tried_again_in_the_next(project, monkeypatch):
    monkeypatch.setattr(on_gpu, "PARTS", (FIRST, Part("fails"), SECOND))
    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            call(monkeypatch, project)
    monkeypatch.setattr(on_gpu, "PARTS", (FIRST, SECOND))
    assert [noted.split()[0] for noted in call(monkeypatch, project)] == ["first", "second"]


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_every_part_is_a_command_with_these_options(part, tmp_path):
    _, _, module, *arguments = part.line(tmp_path, tmp_path)
    sources = [ASSETS.parent / f"{module.replace('.', '/')}.py", ASSETS.parent / "models/train/loop.py"]
    known = "".join(path.read_text() for path in sources)
    assert all(f'"{option}"' in known for option in re.findall(r"--\w+", " ".join(arguments)))
