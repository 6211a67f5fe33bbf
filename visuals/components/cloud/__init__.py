"""A cloud of points in the plane that flows to noise and back, with the field that leads it."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from visuals.components.base import Component

SPAN = 12.0  # what the largest whole number of 16 bits stands for; what is farther out is drawn there


class Cloud(Component):
    """Points to play, to scrub and to follow, in the browser alone. value = what `learning` or `flow` returns."""

    NAME = "cloud"


def learning(run: int, label: str, reach: float, true: np.ndarray, now: np.ndarray, step: int) -> dict[str, Any]:
    """The value while a network learns: the true points (N, 2), and what it makes of noise after so many steps."""
    return _value(run, label, reach, true) | {"stage": "learning", "now": packed(now), "step": step}


def flow(
    run: int,
    label: str,
    reach: float,
    true: np.ndarray,
    times: list[int],
    alpha_bar: np.ndarray,
    ways: dict[str, np.ndarray],
    eps: np.ndarray,
    opening: int,
    play: bool,
) -> dict[str, Any]:
    """The value of a whole flow, which starts to play or shows its frame number `opening`.

    `times` t and `alpha_bar` of the F frames, t upward; `ways`: the arrays (F, N, 2) of "there" (t upward), "ddpm" and
    "ddim" (t downward, from where `there` ended); `eps` (F, A², 2): the predicted noise at the places of a square
    lattice, row by row from below, t upward, zero at t = 0. The plane goes from -reach to reach.
    """
    return (
        _value(run, label, reach, true)
        | {"stage": "flow", "times": times, "alpha_bar": [float(f"{a:.6g}") for a in alpha_bar], "eps": packed(eps)}
        | {name: packed(way) for name, way in ways.items()}
        | {"arrows": round(eps.shape[1] ** 0.5), "opening": opening, "play": play}
    )


def packed(values: np.ndarray) -> str:
    """Numbers as base64 of 16-bit whole numbers, little-endian, in C order."""
    whole = np.round(np.clip(values, -SPAN, SPAN) / SPAN * 32767).astype("<i2")
    return base64.b64encode(whole.tobytes()).decode()


def _value(run: int, label: str, reach: float, true: np.ndarray) -> dict[str, Any]:
    """What every value has. All have the same keys: gradio sends the differences between two."""
    empty = {"now": "", "step": 0, "times": [], "alpha_bar": [], "there": "", "ddpm": "", "ddim": "", "eps": ""}
    shown = {"run": run, "label": label, "reach": reach, "span": SPAN, "true": packed(true)}
    return shown | empty | {"arrows": 0, "opening": 0, "play": False}
