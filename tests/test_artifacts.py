"""What ships: every file fits its certificate, every network gives its stored output, and damage is told, not met."""

from __future__ import annotations

import hashlib
import inspect
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from models.core import artifacts
from models.core.artifacts import ASSETS, ArtifactError, Certificate
from models.core.resnet import ResNet
from models.noisier.unet import UNet
from models.wider.googlenet import GoogLeNet

NETWORKS = {
    "cifar10": ResNet,
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


def test_a_run_is_read_once_as_long_as_its_file_stays(stored, monkeypatch):
    """Its arrays are everybody's, so that nobody may change them."""
    read, reads = artifacts._read, []
    monkeypatch.setattr(artifacts, "_read", lambda path: reads.append(path.name) or read(path))
    first = artifacts.load_run("run")
    first["mine"] = np.zeros(1)
    assert set(artifacts.load_run("run")) == {"error"}
    with pytest.raises(ValueError, match="read-only"):
        first["error"][0] = 0
    for _ in range(2):
        artifacts.check("run")
    assert reads == ["run.npz"] * 2  # once for its arrays, once to check it
    artifacts.save_run("run", {"error": np.ones(3)}, Certificate("python -m x", {"width": 3}, 0, "none", {}, 2.0))
    np.testing.assert_array_equal(artifacts.load_run("run")["error"], np.ones(3))


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
