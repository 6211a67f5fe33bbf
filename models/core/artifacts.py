"""What this project measured or trained, on disk: each file with its certificate beside it.

`assets/weights/<name>.safetensors` holds a network's weights, `assets/runs/<name>.npz` the arrays of a recorded
run; `<name>.json` says where they come from. Every file is checked against its certificate when it is read.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor, nn

from models.core.runtime import hardware

ASSETS = Path(__file__).resolve().parents[2] / "assets"
N = TypeVar("N", bound=nn.Module)
CHECK = "check."  # prefix of the stored inputs and outputs among a file's tensors


class ArtifactError(RuntimeError):
    """A file under assets/ cannot be used; the message names it and says what to do."""


@dataclass(frozen=True)
class Certificate:
    """How an artifact came to be."""

    command: str
    config: dict
    seed: int
    data: str
    metrics: dict
    seconds: float
    note: str = ""
    hardware: str = field(default_factory=hardware)
    packages: dict = field(default_factory=lambda: packages())
    sha256: str = ""


def packages() -> dict[str, str]:
    """Versions of the packages that numbers depend on."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in ("torch", "torchvision", "numpy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def command() -> str:
    """The command line of this process as one would type it, with only the names of folders outside the project."""
    module = sys.modules["__main__"].__spec__
    arguments = [Path(a).name if Path(a).is_absolute() else a for a in sys.argv[1:]]
    return shlex.join(["python", "-m", module.name if module else Path(sys.argv[0]).stem, *arguments])


def save_weights(
    name: str,
    network: nn.Module,
    example: tuple[Tensor, ...],
    certificate: Certificate,
    dtype: torch.dtype = torch.float16,
) -> None:
    """Write the network's state as `dtype`, with `example` and the network's output for it, and its certificate.

    The network itself is rounded to `dtype` (and back) on the way, so that the output is that of the stored weights.
    """
    network = network.eval().cpu()
    state = {k: v.to(dtype) if v.is_floating_point() else v for k, v in network.state_dict().items()}
    network.load_state_dict(state)
    with torch.no_grad():
        output = network(*example)
    stored = {f"{CHECK}{i}": x for i, x in enumerate(example)}
    stored[f"{CHECK}output"] = output if isinstance(output, Tensor) else torch.stack(tuple(output))
    tensors = {k: v.contiguous().clone() for k, v in (state | stored).items()}
    _write(ASSETS / "weights" / f"{name}.safetensors", save_safetensors(tensors), certificate)


def load_weights(name: str, network: N) -> N:
    """Fill `network` strictly from the stored weights and return it in eval mode."""
    try:
        network.load_state_dict(load_state(name), strict=True)
    except RuntimeError as error:
        raise _unusable(_weights(name), f"does not fit the network ({str(error).splitlines()[0]})") from error
    return network.eval()


def load_state(name: str) -> dict[str, Tensor]:
    """The stored weights by the names of a network's state."""
    stored = _tensors(name)
    return {k: v.float() if v.dtype == torch.float16 else v for k, v in stored.items() if CHECK not in k}


def check_example(name: str) -> tuple[tuple[Tensor, ...], Tensor]:
    """The stored inputs, and the output that the stored weights gave for them."""
    stored = _tensors(name)
    inputs = [stored[k] for k in sorted(stored) if k.startswith(CHECK) and k != f"{CHECK}output"]
    return tuple(inputs), stored[f"{CHECK}output"]


def save_run(name: str, arrays: dict[str, np.ndarray], certificate: Certificate) -> None:
    """Write the arrays of a recorded run and its certificate."""
    buffer = BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    _write(ASSETS / "runs" / f"{name}.npz", buffer.getvalue(), certificate)


def load_run(name: str) -> dict[str, np.ndarray]:
    """The arrays of a recorded run, which cannot be written to: everybody gets the same ones."""
    path = ASSETS / "runs" / f"{name}.npz"
    return dict(_arrays(path, *_stamps(path)))


def check(name: str) -> None:
    """Raises ArtifactError unless the weights or the recorded run called `name` can be read."""
    path = _weights(name)
    if not path.with_suffix(".json").exists():
        path = ASSETS / "runs" / f"{name}.npz"
    _checked(path, *_stamps(path))


def certificate(name: str) -> Certificate:
    """The certificate of the weights or the recorded run called `name`."""
    folder = next((path.parent for path in ASSETS.glob(f"*/{name}.*")), ASSETS / "*")
    return _certificate(folder / f"{name}.json")


def _weights(name: str) -> Path:
    return ASSETS / "weights" / f"{name}.safetensors"


def _stamps(path: Path) -> tuple[tuple[int, int] | None, ...]:
    """Size and time of a file and of its certificate: as long as they stay, so does what was read."""
    return tuple(_stamp(each) for each in (path, path.with_suffix(".json")))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None  # who reads the file says that it is missing
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=64)  # more than there are: together they take 5 MB
def _arrays(path: Path, *stamps: tuple[int, int] | None) -> dict[str, np.ndarray]:
    with np.load(BytesIO(_read(path)), allow_pickle=False) as stored:
        arrays = dict(stored)
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


@lru_cache(maxsize=64)
def _checked(path: Path, *stamps: tuple[int, int] | None) -> None:
    _read(path)


def _tensors(name: str) -> dict[str, Tensor]:
    return load_safetensors(_read(_weights(name)))


def _write(path: Path, content: bytes, certificate: Certificate) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    fields = asdict(certificate) | {"sha256": hashlib.sha256(content).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(fields, indent=2) + "\n")


def _read(path: Path) -> bytes:
    """The file's bytes, which must be the ones that its certificate was written for."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unusable(path, "is missing") from error
    if hashlib.sha256(content).hexdigest() != _certificate(path.with_suffix(".json")).sha256:
        raise _unusable(path, f"is cut off or altered: its {len(content):,} bytes are not those of its certificate")
    return content


def _certificate(path: Path) -> Certificate:
    try:
        fields = json.loads(path.read_text())
        if set(fields) != set(
            Certificate.__dataclass_fields__
        ):  # a field's default would be true of this machine, not of the one that made the file
            raise ValueError("fields are missing or unknown")
        return Certificate(**fields)
    except OSError as error:
        raise _unusable(path, "is missing") from error
    except (ValueError, TypeError) as error:
        raise _unusable(path, "is not a certificate") from error


def _unusable(path: Path, what: str) -> ArtifactError:
    short = path.relative_to(ASSETS.parent) if path.is_relative_to(ASSETS.parent) else path.name
    return ArtifactError(
        f"{short} {what}. Fetch it again (git checkout -- {short}, or download the project again), "
        "or make it again with its command in assets/README.md."
    )
