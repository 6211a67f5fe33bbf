"""What ships: every file fits its certificate, every network gives its stored output, and damage is told, not met."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch

from models import artifacts
from models.artifacts import ASSETS, ArtifactError, Certificate
from models.googlenet import GoogLeNet
from models.resnet import ResNet
from models.unet import UNet

NETWORKS = {
    "classifier": ResNet,
    "ddpm": UNet,
    "digits": ResNet,
    "googlenet": GoogLeNet,
}  # by the first part of the file's name
WEIGHTS = sorted(path.stem for path in ASSETS.glob("weights/*.safetensors"))
RUNS = sorted(path.stem for path in ASSETS.glob("runs/*.npz"))
FILES = sorted(path for path in ASSETS.glob("*/*.*") if path.suffix in (".safetensors", ".npz"))
MEGABYTES = 80


def rebuilt(name: str) -> torch.nn.Module:
    """The network that a certificate describes."""
    kind = NETWORKS[name.partition("-")[0]]
    config = artifacts.certificate(name).config
    parameters = inspect.signature(kind).parameters
    network = kind(**{key: config[key] for key in parameters if key in config})
    for key, value in json.loads(json.dumps(network.config)).items():
        assert config.get(key, parameters[key].default) == value  # older certificates do not know every option
    return artifacts.load_weights(name, network)


def fields(path: Path) -> dict:
    return json.loads(path.with_suffix(".json").read_text())


# --- What ships -----------------------------------------------------------------------------------------------


def test_there_is_something_of_every_kind():
    assert {name.partition("-")[0] for name in WEIGHTS} == set(NETWORKS)
    assert RUNS


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_stored_input_gives_the_stored_output(name):
    """To four digits of the largest output: other processors add in another order."""
    inputs, output = artifacts.check_example(name)
    with torch.inference_mode():
        now = rebuilt(name)(*inputs)
    now = now if isinstance(now, torch.Tensor) else torch.stack(tuple(now))
    torch.testing.assert_close(now, output, rtol=0, atol=1e-4 * output.abs().max().item())
    assert output.std() > 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_certificate_is_complete_and_true(path):
    certificate = fields(path)
    assert set(certificate) == set(Certificate.__dataclass_fields__)
    assert certificate["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert certificate["command"].startswith("python -m models.train.")
    assert (ASSETS.parent / f"{certificate['command'].split()[2].replace('.', '/')}.py").is_file()
    assert certificate["config"]
    assert isinstance(certificate["seed"], int)
    assert certificate["data"]
    assert certificate["seconds"] > 0
    assert certificate["hardware"]
    assert {"python", "torch", "numpy"} <= set(certificate["packages"])


@pytest.mark.parametrize("name", WEIGHTS)
def test_metrics_count_the_parameters_rightly(name):
    metrics = artifacts.certificate(name).metrics
    assert metrics
    if "parameters" in metrics:
        assert metrics["parameters"] == sum(p.numel() for p in rebuilt(name).parameters())


@pytest.mark.parametrize("name", RUNS)
def test_a_recorded_run_loads(name):
    arrays = artifacts.load_run(name)
    assert arrays
    assert all(array.size for array in arrays.values())


def test_everything_together_is_small():
    assert sum(path.stat().st_size for path in ASSETS.rglob("*") if path.is_file()) < MEGABYTES * 10**6


# --- Writing and reading back ---------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path, monkeypatch) -> Path:
    """A folder of artifacts with one small network and one run."""
    monkeypatch.setattr(artifacts, "ASSETS", tmp_path / "assets")
    torch.manual_seed(0)
    made = Certificate("python -m x", {"width": 3}, 0, "none", {"error": 1.5}, 2.0)
    artifacts.save_weights("net", torch.nn.Linear(3, 2), (torch.randn(4, 3),), made)
    artifacts.save_run("run", {"error": np.arange(6.0).reshape(2, 3)}, made)
    return tmp_path / "assets"


def test_what_is_saved_is_what_is_loaded(stored):
    network = artifacts.load_weights("net", torch.nn.Linear(3, 2))
    (x,), output = artifacts.check_example("net")
    with torch.inference_mode():
        torch.testing.assert_close(network(x), output, rtol=0, atol=0)
    assert not network.training
    assert torch.equal(network.weight, network.weight.half().float())  # stored in half precision
    np.testing.assert_array_equal(artifacts.load_run("run")["error"], np.arange(6.0).reshape(2, 3))
    for name in ("net", "run"):
        certificate = asdict(artifacts.certificate(name))
        assert certificate["config"] == {"width": 3}
        assert certificate["hardware"]
        assert certificate["packages"]["torch"] == torch.__version__.partition("+")[0]


def test_other_layers_than_the_stored_ones_are_refused(stored):
    for other in (torch.nn.Linear(3, 3), torch.nn.Linear(3, 2, bias=False), torch.nn.Sequential(torch.nn.Linear(3, 2))):
        with pytest.raises(ArtifactError, match=r"net\.safetensors does not fit the network"):
            artifacts.load_weights("net", other)


# --- Damage ---------------------------------------------------------------------------------------------------


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def without_hardware(path: Path) -> None:
    kept = {key: value for key, value in json.loads(path.read_text()).items() if key != "hardware"}
    path.write_text(json.dumps(kept))


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


# what happens to a file or its certificate, and what the message then says
DAMAGES = {
    "missing": (Path.unlink, "content", "is missing"),
    "cut off": (halve, "content", "is cut off or altered"),
    "empty": (lambda path: path.write_bytes(b""), "content", "is cut off or altered"),
    "altered": (flip, "content", "is cut off or altered"),
    "certificate missing": (Path.unlink, "certificate", "is missing"),
    "certificate cut off": (halve, "certificate", "is not a certificate"),
    "certificate of another shape": (lambda path: path.write_text("[1, 2]"), "certificate", "is not a certificate"),
    "certificate binary": (lambda path: path.write_bytes(b"\xff\xfe\x00"), "certificate", "is not a certificate"),
    "certificate incomplete": (without_hardware, "certificate", "is not a certificate"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["weights", "runs"])
def test_damage_is_told_with_the_file_and_what_to_do(stored, kind, damage):
    do, part, told = DAMAGES[damage]
    name, ending, load = {
        "weights": ("net", "safetensors", lambda: artifacts.load_weights("net", torch.nn.Linear(3, 2))),
        "runs": ("run", "npz", lambda: artifacts.load_run("run")),
    }[kind]
    damaged = stored / kind / f"{name}.{'json' if part == 'certificate' else ending}"
    do(damaged)
    loads = [load] if part == "content" else [load, lambda: artifacts.certificate(name)]
    for attempt in loads:
        with pytest.raises(ArtifactError) as error:
            attempt()
        sentence = str(error.value)
        assert f"assets/{kind}/{damaged.name} {told}" in sentence
        assert f"git checkout -- assets/{kind}/{damaged.name}" in sentence
        assert "README" in sentence
        assert str(stored) not in sentence


def test_a_name_that_is_nowhere_is_told(stored):
    with pytest.raises(ArtifactError, match=r"other\.json is missing"):
        artifacts.certificate("other")


# --- The page with a damaged file -----------------------------------------------------------------------------


def forget_what_was_loaded() -> None:
    """Empties the caches in models/, which may hold the undamaged files."""
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


def tabs(page: gr.Blocks) -> dict[str, list[gr.blocks.Block]]:
    """Title of every tab to all that is in it."""

    def inside(block: gr.blocks.Block) -> list[gr.blocks.Block]:
        children = getattr(block, "children", [])
        return [*children, *(found for child in children for found in inside(child))]

    return {block.label: inside(block) for block in page.blocks.values() if isinstance(block, gr.Tab)}


def notices(blocks: list[gr.blocks.Block]) -> list[str]:
    return [b.value for b in blocks if isinstance(b, gr.HTML) and 'role="alert"' in str(b.value)]


@pytest.fixture(scope="module")
def whole() -> dict[str, list[gr.blocks.Block]]:
    """The undamaged page."""
    import app

    return tabs(app.build())


def test_undamaged_tabs_have_no_notice(whole):
    for title, blocks in whole.items():
        assert notices(blocks) == [], title
        assert len(blocks) > 5


def home(name: str) -> str:
    """Title of the tab that shows what is in the file of this name."""
    if name in ("googlenet", "surgery", "heads", "others"):
        return "2 Wider"
    deeper = ("races", "digits", "construction", "landscape")
    return "1 Deeper" if name.startswith(deeper) else "3 Noisier"


def built_alone(title: str) -> None:
    import app

    (tab,) = [tab for tab in app.TABS.values() if title == tab.TITLE]
    with gr.Blocks() as page:
        tab.build(page)


@pytest.mark.parametrize("title", ["1 Deeper", "2 Wider", "3 Noisier"])
def test_a_tab_opens_without_the_files_of_the_others(copied, title):
    for path in FILES:
        if home(path.stem) != title:
            (copied / path.relative_to(ASSETS)).unlink()
    built_alone(title)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_tab_names_the_file_that_is_missing(copied, path):
    (copied / path.relative_to(ASSETS)).unlink()
    with pytest.raises(ArtifactError, match=f"{path.parent.name}/{path.name} is missing"):
        built_alone(home(path.stem))


@pytest.mark.parametrize("name", ["races-digits", "googlenet", "ddpm-mnist"])
def test_the_page_opens_when_a_file_is_missing(whole, copied, name):
    """The tab that shows it says which file; all others are complete."""
    import app

    (path,) = [path for path in FILES if path.stem == name]
    (copied / path.relative_to(ASSETS)).unlink()
    damaged = tabs(app.build())
    told = {title: notices(blocks) for title, blocks in damaged.items() if notices(blocks)}
    ((title, (notice,)),) = told.items()
    assert title == home(path.stem)
    assert f"{path.parent.name}/{path.name} is missing" in notice
    for other, blocks in damaged.items():
        assert other == title or len(blocks) == len(whole[other])


WITHOUT = """
from pathlib import Path
from models import artifacts
artifacts.ASSETS = Path("nowhere")
import app
print(sum('role="alert"' in str(getattr(block, "value", "")) for block in app.build().blocks.values()), len(app.TABS))
"""


def test_the_page_opens_where_no_file_has_ever_been():
    """Nothing is read while it is imported, and every tab says what it lacks."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, cwd=ASSETS.parent, check=True
    )
    told, every = map(int, done.stdout.split())
    assert told == every
