"""What was recorded of the paper's nets block by block."""

from __future__ import annotations

import numpy as np

from models.core import artifacts
from models.core.artifacts import Certificate
from models.deeper.block import Drop
from models.deeper.nets import Trained

RUN = "block-cifar10"


def certificate() -> Certificate:
    return artifacts.certificate(RUN)


def drops(net: Trained) -> list[Drop]:
    """The test error without each block."""
    run, name = artifacts.load_run(RUN), net.lane.name
    whole = float(run[f"{name} whole"])
    return [Drop(k, whole, None if np.isnan(e) else float(e)) for k, e in enumerate(run[f"{name} after"])]


def responses(net: Trained) -> np.ndarray:
    """The response of every layer."""
    return artifacts.load_run(RUN)[f"{net.lane.name} responses"]
