"""How the house is built: sizes, names, settings, what is said where. Each rule first catches a bad example."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from visuals.page.lesson import Lesson
from visuals.page.section import Section

ROOT = Path(__file__).resolve().parent.parent
LONGEST, WIDEST = 300, 14  # lines of a file, modules of a folder
SECTIONS = [(lesson, section) for lesson in app.LESSONS for section in lesson.sections]


def sources(*folders: str, ends: tuple[str, ...] = (".py",)) -> dict[str, str]:
    """The text of our files, by their path in the project."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in ends]
    paths = [path for path in paths if "node_modules" not in path.parts]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a source, with the dotted name of what is called."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


# --- Sizes ----------------------------------------------------------------------------------------------------


def test_no_file_is_long():
    texts = sources("models", "visuals", "tests", ends=(".py", ".js", ".mjs", ".css"))
    assert {path for path, text in texts.items() if len(text.splitlines()) > LONGEST} == set()


def test_no_folder_is_wide():
    wide: dict[str, int] = {}
    for path in sources("models", "visuals"):
        folder, _, name = path.rpartition("/")
        wide[folder] = wide.get(folder, 0) + (name != "__init__.py")
    assert {folder: modules for folder, modules in wide.items() if modules > WIDEST} == {}


# --- Settings are declared once -------------------------------------------------------------------------------

CONTROLS = {"gr.Slider", "gr.Number", "gr.Radio", "gr.Dropdown", "gr.Checkbox", "gr.CheckboxGroup"}
NO_SETTING = {  # labels of what no link sets by itself
    "f'Lane {k}'": "with the next three a lane of the race, which is one setting",
    "'Layers'": "of a lane",
    "'batch norm'": "of a lane",
    "'First weights'": "of a lane",
    "'Recorded race: steps at a learning rate'": "which of two recordings is looked at",
    "'Nets'": "which of two recordings, or the visitor's own, is looked at",
    "'Colour of the pixel'": "which of three numbers the equation shows",
    "'Widths of module'": "sets the sliders, which are the settings",
}


def controls_of_their_own(source: str) -> list[str]:
    """Labels of controls that do not come from `control`; a number that nobody sees is a message, not a setting."""
    found = [(name, {word.arg: ast.unparse(word.value) for word in call.keywords}) for name, call in calls(source)]
    seen = [words for name, words in found if name in CONTROLS and (name != "gr.Number" or "label" in words)]
    return [label for words in seen if (label := words.get("label", "none")) not in NO_SETTING]


@pytest.mark.parametrize(
    "source",
    ["gr.Slider(1, 9)", "with gr.Row():\n    n = gr.Number(3, label='Seed')", "gr.Radio(NETWORKS, label='Network')"],
)
def test_a_control_beside_its_setting_is_caught(source):
    assert controls_of_their_own(source)


def test_every_setting_s_control_comes_from_its_declaration():
    assert not controls_of_their_own("control(Settings, 'steps')\ngr.Number(0, visible=False)")
    texts = sources(*(f"visuals/{lesson.name}" for lesson in app.LESSONS))
    assert {path: found for path, text in texts.items() if (found := controls_of_their_own(text))} == {}
    own = {word for text in texts.values() for name, call in calls(text) if name in CONTROLS for word in labels(call)}
    assert own == NO_SETTING.keys(), "an exception of which there is no case is none"


def labels(call: ast.Call) -> list[str]:
    return [ast.unparse(word.value) for word in call.keywords if word.arg == "label"]


# --- Views and words ------------------------------------------------------------------------------------------


def reads_files(source: str) -> list[str]:
    return [name for name, _ in calls(source) if name == "open" or name.endswith((".read_text", ".read_bytes"))]


@pytest.mark.parametrize("source", ["open('x')", "words = HERE.read_text()"])
def test_a_view_that_reads_a_file_is_caught(source):
    assert reads_files(source)


def test_views_and_words_read_no_files():
    texts = {path: text for path, text in sources("visuals").items() if path.endswith(("/view.py", "/words.py"))}
    texts.pop("visuals/page/words.py")
    assert {path: found for path, text in texts.items() if (found := reads_files(text))} == {}


# --- Live runs ------------------------------------------------------------------------------------------------


def wired(source: str) -> list[tuple[str, str, bool]]:
    """Of every LatestRun that a button is wired to: its name, the function, and whether that one follows its runs."""
    tree = ast.parse(source)
    functions = {node.name: ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found = []
    for name, call in calls(source):
        latest, _, what = name.rpartition(".")
        if what == "wire" and f"{latest} = LatestRun()" in source:
            live = ast.unparse(call.args[2])
            found.append((latest, live, f"{latest}.follow" in {called for called, _ in calls(functions[live])}))
    return found


def test_every_live_run_is_its_visitors_newest_which_ends_when_they_leave():
    """Of what that is see tests/test_live.py; tests/deeper/test_race_live_page.py shows it in a browser."""
    by_another = "latest = LatestRun()\ndef live():\n    yield 1\ndef build():\n    latest.wire(go, stop, live)"
    assert wired(by_another) == [("latest", "live", False)]
    found = {path: wired(text) for path, text in sources("visuals").items() if path.endswith("/section.py")}
    assert {path: runs for path, runs in found.items() if not all(followed for *_, followed in runs)} == {}
    assert sum(map(len, found.values())) >= 12
    text = "".join(sources("visuals").values())
    assert text.count("**COMPUTE") == 2, "a run is wired in visuals/page/live/, or ends by end_when_left"


# --- models/ has no words of the page -------------------------------------------------------------------------

OF_THE_PAGE = re.compile(r"\b(button|press|click|slider|checkbox|tab|this page)\b|</?[a-z]+[ >]", re.IGNORECASE)


def strings(source: str) -> Iterator[str]:
    """The strings of a source that are no docstrings."""
    tree = ast.parse(source)
    bodies = [node.body for node in ast.walk(tree) if hasattr(node, "body") and isinstance(node.body, list)]
    spoken = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.value


def words_of_the_page(source: str) -> list[str]:
    return [text for text in strings(source) if OF_THE_PAGE.search(text)]


@pytest.mark.parametrize("source", ["raise ValueError('Press the button.')", "def f():\n    return '<b>1</b>'"])
def test_words_of_the_page_are_caught(source):
    assert words_of_the_page(source)


def test_models_have_no_words_of_the_page():
    assert not words_of_the_page("def f():\n    '''What a button starts.'''\n    return 'a < b and c > d'")
    assert {path: found for path, text in sources("models").items() if (found := words_of_the_page(text))} == {}


# --- One name for a thing -------------------------------------------------------------------------------------

SHOWN_BY = {
    "bound": "numbers",
    "legible": "decided",
    "photographs": "block",
    "races": "cifar10",
}  # parts of a section, with their own runs


def folder(section: Section) -> str:
    return section.build.__module__.split(".")[-2]


@pytest.mark.parametrize(("lesson", "section"), SECTIONS, ids=[f"{le.name}-{s.name}" for le, s in SECTIONS])
def test_a_section_is_called_as_its_folder_and_its_test(lesson: Lesson, section: Section):
    assert section.build.__module__ == f"visuals.{lesson.name}.{section.name}.section"
    assert list(ROOT.glob(f"tests/{lesson.name}/test_{section.name}*.py"))


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_every_section_is_listed(lesson):
    folders = {path.parent.name for path in ROOT.glob(f"visuals/{lesson.name}/*/section.py")}
    assert folders == {section.name for section in lesson.sections}


def called(run: str, command: str) -> bool:
    """Whether a recorded run is called as the command that made it: `.race digits` made race-digits."""
    module, *words = command.removeprefix("python -m models.train.").split()
    return run.replace("-", "_").startswith((module.rpartition(".")[2], words[0] if words else module))


def test_another_name_than_the_command_s_is_caught():
    assert called("race-digits", "python -m models.train.deeper.race digits")
    assert called("race-converged", "python -m models.train.deeper.race_converged")
    assert not called("others", "python -m models.train.wider.comparison")


def test_a_recorded_run_is_called_as_its_command_and_its_section():
    found = {path.stem: json.loads(path.read_text())["command"] for path in ROOT.glob("assets/runs/*.json")}
    assert {run for run, command in found.items() if not called(run, command)} <= {
        "side-by-side-cifar10",
        "side-by-side-mnist",
    }
    for lesson in app.LESSONS:
        names = {section.name for section in lesson.sections}
        mine = {run for run, command in found.items() if f"models.train.{lesson.name}." in command}
        heads = {head for run in mine if (head := run.partition("-")[0])}
        assert {SHOWN_BY.get(head, head) for head in heads} <= names


# --- What libraries keep to themselves ------------------------------------------------------------------------

PRIVATE = re.compile(r"\b(?:root_block|fns|_frontend|get_blocks_context)\b|(?:torch|gradio)(?:\.\w+)*\._\w+")
ONLY = {
    "visuals/page/events.py": "gradio's; where an update breaks it, tests/page/test_events.py says what is expected",
    "models/wider/module_timing.py": "torch's; tests/wider/test_cost.py measures by it",
}


@pytest.mark.parametrize(
    "source", ["page.fns.values()", "from torch.utils._pytree import tree_leaves", "Context.root_block.unload(f)"]
)
def test_what_a_library_keeps_to_itself_is_caught(source):
    assert PRIVATE.search(source)


def test_only_one_module_uses_what_a_library_keeps_to_itself():
    assert not PRIVATE.search("self._page, heads._asdict()")
    texts = sources("models", "visuals") | {"app.py": (ROOT / "app.py").read_text(encoding="utf-8")}
    assert {path for path, text in texts.items() if PRIVATE.search(text)} <= ONLY.keys()
