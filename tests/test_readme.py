"""The results in assets/README.md are those of the certificates, and what the READMEs name exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from models.train import results

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "assets" / "README.md"
READMES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", RESULTS)}
TEXT = results.TEXT.read_text(encoding="utf-8")
AGAIN = "write it anew: python -m models.train.results"


def certificate(**changed) -> dict:
    whole = {"command": "python -m models.train.x", "seconds": 90, "metrics": {"loss": 0.456}}
    return whole | changed


def test_the_results_are_those_of_the_certificates():
    assert results.render(TEXT, results.certificates()) == READMES[RESULTS], AGAIN


def test_the_command_needs_neither_torch_nor_the_page():
    code = "import sys, models.train.results; sys.exit(bool({'torch', 'gradio', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_every_number_of_a_result_is_a_field():
    rows = filter(None, map(results.ROW.fullmatch, TEXT.splitlines()))
    typed = {
        name: re.findall(r"\d", re.sub(r"\{[^}]*\}", "", result)) for _, result, name in (r.groups() for r in rows)
    }
    assert typed
    assert not any(typed.values()), typed


def test_a_row_is_filled_in_from_its_certificate():
    found = {
        "runs/a": certificate(command="python -m models.train.x --data photos --threads 1 --steps 5"),
        "weights/b-1": certificate(metrics={"error": [1.25, None], "at": {"100": {"kept": 7}}}),
    }
    rows = ["| A | {m[loss]:.1f} | runs/a |", "| B | {m[error]:.2f}; {m[at][100][kept]} | weights/b-1 |"]
    assert results.render("\n".join(["{c[a][minutes]:.1f} minutes", *rows]), found).splitlines() == [
        "1.5 minutes",
        "| A | 0.5 | `python -m models.train.x --data DIR --steps 5` | `runs/a.json` |",
        "| B | 1.25, not a number; 7 | `python -m models.train.x` | `weights/b-1.json` |",
    ]


def test_what_has_no_words_yet_has_a_row_all_the_same():
    found = {"runs/a": certificate(), "runs/new-one": certificate(metrics={"log": [], "at": {"end": {"top_1": 5.5}}})}
    assert results.render("| A | {m[loss]:.1f} | runs/a |\nEnd.", found).splitlines()[1:] == [
        "| New one | at end top 1: 5.5 | `python -m models.train.x` | `runs/new-one.json` |",
        "End.",
    ]


@pytest.mark.parametrize("row", ["| A | {m[loss]} | runs/gone |", "| A | {m[accuracy]} | runs/a |"])
def test_a_row_of_what_there_is_not_is_refused(row):
    with pytest.raises(KeyError):
        results.render(row, {"runs/a": certificate()})


def test_where_the_networks_of_noisier_were_trained():
    """The sentence about hours and hardware in assets/README.md is not made from certificates."""
    cpu, gpu = (json.loads((ROOT / f"assets/weights/ddpm-{name}.json").read_text()) for name in ("mnist", "cifar10"))
    assert "CPU" in cpu["hardware"]
    assert "CPU" not in gpu["hardware"]


def test_the_first_page_is_two_screens():
    assert len(READMES[ROOT / "README.md"].splitlines()) <= 120


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_readme_names_exists(readme):
    for path in re.findall(
        r"`((?:app|models|visuals|assets|tests|runs|weights|images)[\w/-]*[/.][\w/.-]*)`", READMES[readme]
    ):
        home = readme.parent if re.match(r"(runs|weights|images)/", path) else ROOT
        module = ROOT / f"{path.replace('.', '/')}.py"  # as in `python -m`
        assert (home / path).exists() or module.exists(), path
    for path in re.findall(r"\]\(((?:assets|images)/[^)]+)\)", READMES[readme]):
        assert (readme.parent / path).exists(), path
