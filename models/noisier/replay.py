"""Recorded journeys: kept as arrays, or made again from what the network said: all else follows from the seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np
import torch

from models.noisier.denoise import Floats, Frame, Journey, Passed, back, frame, there


def guesses(frames: list[Frame]) -> np.ndarray:
    """What the network said at every step back, (steps, B, C, 32, 32) float32, of a run that shows them all."""
    return np.stack([frame.floats.eps for frame in frames if frame.way == "back"][:-1])


def replay(journey: Journey, start: np.ndarray, eps: np.ndarray) -> Iterator[Frame | Passed]:
    """The events of `travel` for a recorded run, whose network said `eps` (steps, B, C, 32, 32)."""
    rng = torch.Generator().manual_seed(journey.seed)
    xT = yield from there(journey, start, rng)
    said = iter(torch.tensor(eps))
    yield from back(journey, xT, rng, lambda xt, t: next(said))


def stack(frames: list[Frame]) -> dict[str, np.ndarray]:
    """The frames of one picture's journey as arrays, one row a frame, to be kept as a recorded run."""
    plain = {name: np.array([getattr(frame, name) for frame in frames]) for name in ("way", "step", "t", "signal")}
    floats = {f.name: np.stack([getattr(frame.floats, f.name) for frame in frames]) for f in fields(Floats)}
    return plain | floats | {"closed": np.stack([frame.closed for frame in frames if frame.closed is not None])}


def unstack(run: dict[str, np.ndarray]) -> list[Frame]:
    """The frames of a recorded run."""
    frames = []
    plain = zip(*(run[name].tolist() for name in ("way", "step", "t", "signal")), strict=True)
    for row, (way, step, t, signal) in enumerate(plain):
        floats = Floats(*(run[f.name][row] for f in fields(Floats)))
        made = frame(way, step, t, signal**2, floats)
        frames.append(replace(made, closed=run["closed"][row]) if way == "there" else made)
    return frames
