"""What the commands that record rows of judged pictures share: what they keep, and the command line."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from models.core import artifacts, runtime
from models.noisier.denoise import NETWORKS, TRAINED_ON
from models.noisier.reverse_chains import Row

PICTURE = {"mnist": 7, "cifar10": 17}  # the sample that the oracle knows and that is noised and brought back

Recording = tuple[dict[str, np.ndarray], dict, dict, int]  # arrays, configuration, metrics, seed


def sample_of(network: str) -> np.ndarray:
    """A picture (32, 32, C) that the network drew itself."""
    return artifacts.load_run(f"journey-{network}")["samples"][PICTURE[network]]


def finished(events: Any) -> list[Row]:
    return [event for event in events if isinstance(event, Row) and event.finished]


def of_rows(rows: list[Row]) -> dict[str, np.ndarray]:
    """pictures (row, N, 32, 32, C), and what each is read as: classes and probabilities (row, N)."""
    return {
        "pictures": np.stack([row.pictures for row in rows]),
        "classes": np.array([[seen for seen, _ in row.seen] for row in rows]),
        "probabilities": np.array([[p for _, p in row.seen] for row in rows], dtype=np.float32),
    }


def record(section: str, doc: str | None, recording: Callable[[str], Recording], note: str) -> None:
    """The command: which network, and the section's run of it with its certificate."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("network", choices=NETWORKS)
    network = parser.parse_args().network
    runtime.use_threads()
    began = time.perf_counter()
    arrays, config, metrics, seed = recording(network)
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"network": network, "schedule_steps": TRAINED_ON.steps} | config,
        seed=seed,
        data=f"pictures that the network ddpm-{network} drew, judged by classifier-{network}",
        metrics=metrics,
        seconds=round(time.perf_counter() - began),
        note=note,
    )
    artifacts.save_run(f"{section}-{network}", arrays, certificate)
