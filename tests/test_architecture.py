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


def forbidden(module: str, imported: str) -> str | None:
    """Why `module` must not import `imported`, or None."""
    home, what = module.split("."), imported.split(".")
    if home[0] == "tests":
        return None
    if what[0] in COMPUTE and home[0] != "models":
        return "torch lives in models/ alone"
    if what[0] in VIEWS and home[0] == "models":
        return "models/ knows nothing of the page"
    if what[:2] == ["models", "train"] and home[:2] != ["models", "train"]:
        return "nothing in the app imports models/train"
    if what[0] == "app":
        return "app.py is the top"
    if what[0] == "visuals" and what[1:2] and is_tab(what[1]) and home[0] != "app" and home[1:2] != what[1:2]:
        return "a tab is imported by app.py alone"
    return None


def is_tab(name: str) -> bool:
    return (ROOT / "visuals" / name).is_dir() and name != "components"


def violations(module: str, source: str) -> list[str]:
    found = ((name, forbidden(module, name)) for name in imports(source, module))
    return [f"{module} imports {name}: {why}" for name, why in found if why]


def python_files() -> list[Path]:
    folders = (ROOT / name for name in ("models", "visuals", "tests"))
    return [ROOT / "app.py", *sorted(path for folder in folders for path in folder.rglob("*.py"))]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in python_files()}


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name):
    path = MODULES[name]
    inside = f"{name}.__init__" if path.name == "__init__.py" else name
    assert violations(inside, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("visuals.inception.tab", "import torch"),
        ("visuals.inception.figures", "def f():\n    from torch.nn import functional"),
        ("app", "import torchvision.models"),
        ("models.race", "import gradio as gr"),
        ("models.race", "try:\n    from plotly import graph_objects\nexcept ImportError: pass"),
        ("models.race", "import matplotlib.pyplot"),
        ("models.race", "from visuals.style import COLOURS"),
        ("models.race", "from models.train import loop"),
        ("models.race", "from .train.loop import Training"),
        ("models.race", "from . import train"),
        ("app", "import models.train.ddpm"),
        ("visuals.inception.tab", "from visuals.diffusion import tab"),
        ("visuals.inception.tab", "from ..diffusion.figures import frame"),
        ("visuals.inception.tab", "import visuals.diffusion.tab"),
        ("visuals.components.base", "from visuals import inception"),
        ("visuals.style", "import app"),
    ],
)
def test_a_wrong_import_is_caught(module, source):
    assert violations(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app", "from visuals.diffusion import tab"),
        ("visuals.inception.tab", "from visuals.inception.figures import frame\nfrom . import figures"),
        ("visuals.inception.tab", "from visuals.components.player import Player\nfrom models.insight import look"),
        ("models.train.ddpm", "from models.train.loop import Training\nimport torch"),
        ("tests.test_page", "import app, torch, gradio, models.train.loop"),
    ],
)
def test_a_right_import_is_not(module, source):
    assert violations(module, source) == []


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
    assert "No module named 'visuals'" in import_without_the_page("visuals.live").stderr


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
