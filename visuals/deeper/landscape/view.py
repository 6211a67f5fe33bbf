"""The loss around trained nets as the value of the surfaces, recorded and live."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from models.deeper.landscape import Height, Landscape
from visuals.components.surfaces import Surface, surfaces
from visuals.deeper.landscape import words
from visuals.page import style

CUT = 5  # where the linear scale ends: about twice the loss of guessing
AXES = ("first direction α", "second direction β", "loss")


class LiveLandscape:
    """A landscape while it is measured. Its value is always the whole: what is drawn is the surface, not its points."""

    def __init__(self, config: Landscape, run: int):
        self.config, self._run, self.seconds = config, run, 0.0
        self._loss, self._error = np.full((2, len(config.nets), config.size, config.size), np.nan)
        self._measured = 0

    @property
    def done(self) -> float:
        return self._measured / self._loss.size

    def start(self) -> tuple[dict[str, Any]]:
        return self.whole()

    def add(self, event: Height) -> None:
        at = event.net, event.row, event.column
        self._loss[at], self._error[at] = math.inf if event.loss is None else event.loss, event.error
        self._measured += 1

    def news(self) -> tuple[dict[str, Any]]:
        return self.whole()

    def whole(self) -> tuple[dict[str, Any]]:
        return (picture_of(self.config, self._loss, self._error, self._run),)

    def progress(self, seconds_left: float) -> str:
        return words.progress(self.config, self._measured, seconds_left)

    def outcome(self, seconds: float) -> str:
        self.seconds = seconds
        return words.live_outcome(self.config, self._loss, self._error, seconds)

    def stopped(self) -> str:
        return style.told(f"Stopped after {self._measured} of {self._loss.size:,} places. They stay drawn.")


def picture_of(config: Landscape, loss: np.ndarray, error: np.ndarray, run: int) -> dict[str, Any]:
    """The component's value for (net, row, column) arrays in which NaN is not measured yet."""
    shown = tuple(
        Surface(net.lane.name, f"var(--role-{'residual' if net.lane.skip else 'plain'})", loss[k], error[k])
        for k, net in enumerate(config.nets)
    )
    names = " and ".join(surface.name for surface in shown)
    finished = not np.isnan(loss).any()
    label = f"Loss around {names} in two random directions. " + (
        " ".join(words.verdict(config, loss, error)) if finished else ""
    )
    return surfaces(run, label.strip(), config.ticks, shown, AXES, "wrong answers in %", CUT)
