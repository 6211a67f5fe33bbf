"""The README's results are those of the certificates, and what it names exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `(python -m [^`]+)` \| `(assets/[^`]+\.json)` \|$", README, re.MULTILINE)


def numbers(value: object) -> set[float]:
    """All numbers anywhere in a certificate's metrics."""
    if isinstance(value, dict):
        return set().union(*map(numbers, value.values()))
    if isinstance(value, list):
        return set().union(*map(numbers, value)) if value else set()
    return {float(value)} if isinstance(value, (int, float)) and not isinstance(value, bool) else set()


def test_every_certificate_has_a_row():
    rows = {certificate for *_, certificate in ROWS}
    assert rows == {str(path.relative_to(ROOT)) for path in ROOT.glob("assets/*/*.json")}


@pytest.mark.parametrize(("what", "result", "command", "certificate"), ROWS, ids=[row[-1] for row in ROWS])
def test_a_row_is_true(what, result, command, certificate):
    stated = json.loads((ROOT / certificate).read_text())
    known = numbers(stated["metrics"])
    for number in re.findall(r"\d[\d,]*\.?\d*", result):
        value, digits = float(number.replace(",", "")), len(number.partition(".")[2])
        assert any(round(k, digits) == value for k in known), f"{number} is not in {certificate}"
    asked = re.sub(r"--data \S+", "--data DIR", stated["command"])
    for option in ("threads", "checkpoints"):  # where and how fast, not what
        asked = re.sub(rf" --{option} \S+", "", asked)
    assert command == asked


def test_the_times_of_training_are_true():
    cpu, gpu = (json.loads((ROOT / f"assets/weights/ddpm-{name}.json").read_text()) for name in ("mnist", "cifar10"))
    assert f"{cpu['seconds'] / 60:.0f} minutes of training on them, and {gpu['seconds'] / 60:.0f} on a GPU" in README
    assert "CPU" in cpu["hardware"]
    assert "CPU" not in gpu["hardware"]


def test_paths_named_in_the_readme_exist():
    for path in re.findall(r"`((?:app|models|visuals|assets|tests)[\w/.-]*)`", README):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\((assets/[^)]+)\)", README):
        assert (ROOT / path).exists(), path
