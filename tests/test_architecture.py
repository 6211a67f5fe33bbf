"""Who may import whom, and what must not be in the files. Every rule is first shown to catch a bad example."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VIEWS = {"gradio", "plotly", "matplotlib", "visuals", "app"}
Sections = frozenset[str]  # as "deeper.race"
TABS = (["deeper"], ["wider"], ["noisier"])
OUTSIDE = {"torch", "time", "datetime", "pathlib", "os", "io", "tempfile", "random"}
COMPUTE = {"torch", "torchvision", "safetensors"}


def imports(source: str, module: str) -> Iterator[str]:
    """Full dotted names that `source` imports anywhere in it; `module` is its own name, for relative imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def forbidden(module: str, imported: str, sections: Sections) -> str | None:
    """Why `module` must not import `imported`, or None."""
    home, what = module.split("."), imported.split(".")
    if home[0] == "tests":
        return None
    kind = home[-1] if ".".join(home[1:3]) in sections else ""  # of a section's files
    of_section = what[0] == "visuals" and ".".join(what[1:3]) in sections
    the_list = home == ["visuals", *what[1:2], "__init__"]
    tab = home[2] if home[:2] == ["models", "train"] else "".join(home[1:2])  # whose models these are
    rules = {
        "torch lives in models/ alone": what[0] in COMPUTE and home[0] != "models",
        "models/ knows nothing of the page": what[0] in VIEWS and home[0] == "models",
        "nothing in the app imports models/train": what[:2] == ["models", "train"] and home[:2] != what[:2],
        "app.py is the top": what[0] == "app",
        "a section is imported by its tab's list alone": of_section and home[:3] != what[:3] and not the_list,
        "a tab is imported by app.py alone": what[0] == "visuals"
        and what[1:2] != home[1:2]
        and what[1:2] in TABS
        and home[0] != "app",
        "of a section only section.py makes components": kind not in ("", "section") and what[0] == "gradio",
        "a view and its words read no clocks and no files": kind in ("view", "words") and what[0] in OUTSIDE,
        "a tab's models import only themselves and core": home[0] == what[0] == "models"
        and what[1:2] in TABS
        and what[1] != tab
        and ([tab] in TABS or tab == "core"),
    }
    return next((why for why, broken in rules.items() if broken), None)


SECTIONS = frozenset(f"{path.parts[-3]}.{path.parts[-2]}" for path in ROOT.glob("visuals/*/*/section.py"))


def violations(module: str, source: str, sections: Sections = SECTIONS) -> list[str]:
    found = ((name, forbidden(module, name, sections)) for name in imports(source, module))
    return [f"{module} imports {name}: {why}" for name, why in found if why]


def python_files() -> list[Path]:
    folders = (ROOT / name for name in ("models", "visuals", "tests"))
    return [ROOT / "app.py", *sorted(path for folder in folders for path in folder.rglob("*.py"))]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in python_files()}


EXAMPLES: Sections = frozenset({"wider.see", "wider.cost"})


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name):
    path = MODULES[name]
    inside = f"{name}.__init__" if path.name == "__init__.py" else name
    assert violations(inside, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("visuals.wider.tab", "import torch"),
        ("visuals.wider.figures", "def f():\n    from torch.nn import functional"),
        ("app", "import torchvision.models"),
        ("models.deeper.race", "import gradio as gr"),
        ("models.deeper.race", "try:\n    from plotly import graph_objects\nexcept ImportError: pass"),
        ("models.deeper.race", "import matplotlib.pyplot"),
        ("models.deeper.race", "from visuals.page.style import COLOURS"),
        ("models.deeper.race", "from models.train import loop"),
        ("models.deeper.race", "from ..train.loop import Training"),
        ("models.deeper.race", "from .. import train"),
        ("app", "import models.train.noisier.ddpm"),
        ("visuals.wider.tab", "from visuals.noisier import tab"),
        ("visuals.wider.tab", "from ..noisier.figures import frame"),
        ("visuals.wider.tab", "import visuals.noisier.tab"),
        ("visuals.components.base", "from visuals import wider"),
        ("visuals.page.style", "import app"),
        ("visuals.wider.see.view", "from visuals.wider.cost import words"),
        ("visuals.wider.see.section", "from visuals.wider.cost.section import SECTION"),
        ("visuals.wider.shared", "from visuals.wider import see"),
        ("visuals.page.lesson", "from visuals.wider.see.section import SECTION"),
        ("app", "from visuals.wider.see import section"),
        ("visuals.wider.see.view", "import gradio as gr"),
        ("visuals.wider.see.maps", "from gradio import skip"),
        ("visuals.wider.see.view", "from time import monotonic"),
        ("visuals.wider.see.words", "from pathlib import Path"),
        ("models.wider.cost", "from models.noisier.unet import UNet"),
        ("models.train.wider.cost", "from models.deeper import race"),
        ("models.core.data", "import models.wider.cost"),
    ],
)
def test_a_wrong_import_is_caught(module, source):
    assert violations(module, source, EXAMPLES)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app", "from visuals.noisier import tab"),
        ("visuals.wider.tab", "from visuals.wider.figures import frame\nfrom . import figures"),
        (
            "visuals.wider.tab",
            "from visuals.components.player import Player\nfrom models.wider.activations import look",
        ),
        ("models.train.noisier.ddpm", "from models.train.loop import Training\nimport torch"),
        ("tests.test_page", "import app, torch, gradio, models.train.loop"),
        ("visuals.wider.__init__", "from visuals.wider.see.section import SECTION"),
        ("visuals.wider.see.section", "import time\nimport gradio as gr\nfrom visuals.wider.see import view"),
        ("visuals.wider.see.view", "from visuals.wider.examples import EXAMPLES\nimport numpy as np"),
        ("visuals.wider.cost.__init__", "from . import section"),
        ("models.noisier.denoise", "from models.core.resnet import ResNet"),
        ("models.noisier.unet", "from models.noisier.diffusion.sampling import sample\nfrom models.core import data"),
    ],
)
def test_a_right_import_is_not(module, source):
    assert violations(module, source, EXAMPLES) == []


def test_app_is_short():
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 100


WITHOUT_THE_PAGE = """
import importlib, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"gradio", "plotly", "matplotlib", "visuals"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def import_without_the_page(*names: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_PAGE, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_models_work_without_gradio_installed():
    names = [name for name in MODULES if name.split(".")[0] == "models"]
    assert len(names) > 10
    done = import_without_the_page(*names)
    assert done.returncode == 0, done.stderr


def test_the_block_blocks():
    assert "No module named 'visuals'" in import_without_the_page("visuals.page.live").stderr


# A folder of somebody's machine. Web addresses have a host between the slashes and the folder.
MACHINE_PATH = re.compile(r"(?<![\w.:/-])(?:/(?:home|root|tmp|work|Users|mnt|data)/[\w.-]+|[A-Z]:\\\\?Users)")


def machine_paths(text: str) -> list[str]:
    return MACHINE_PATH.findall(text)


@pytest.mark.parametrize("text", ["open('/home/me/x.npy')", "--data /mnt/disk/MNIST", r"C:\Users\me", "cd /root/x"])
def test_a_machine_path_is_caught(text):
    assert machine_paths(text)


@pytest.mark.parametrize("text", ["https://example.org/home/page", "assets/data/x", "/usr/bin/chromium", "models/data"])
def test_other_paths_are_not(text):
    assert machine_paths(text) == []


def test_no_file_names_a_folder_of_one_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    binary = {".safetensors", ".npz", ".png", ".jpg", ".webp"}
    paths = [ROOT / line for line in tracked.splitlines()] or [*python_files(), ROOT / "README.md"]
    texts = {p: p.read_text(encoding="utf-8") for p in paths if p.is_file() and p.suffix not in binary}
    texts.pop(Path(__file__).resolve(), None)  # its examples are above
    assert {str(p): machine_paths(text) for p, text in texts.items() if machine_paths(text)} == {}
