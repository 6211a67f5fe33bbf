"""The cloud of points and the loss, as values of their components."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.noisier.plane import (
    ALPHA_BAR,
    BACK,
    REACH,
    SHOWN,
    Asked,
    Event,
    Flow,
    Learned,
    Plane,
    Returned,
    preview_noise,
    true_points,
)
from visuals.components.chart import Axis, Series, chart, grown
from visuals.components.cloud import flow, learning
from visuals.noisier.plane import words
from visuals.noisier.plane.words import NAMES

OPENING = 98  # the frame of the recorded flow that is shown first: on the way back, where the cloud takes shape
CHUNK = 25  # training steps whose mean loss is a point of the chart
CALLS = 2 * BACK.steps  # of the network on the ways back, with training steps the whole of the work


class PlaneView:
    """A live.View of the cloud and the loss."""

    def __init__(self, config: Plane, run: int, machine: str):
        self.config, self.run, self.machine = config, run, machine
        self.losses: list[float] = []
        self.points = preview_noise(config.seed)
        self._curve, self._sent, self._returned, self._back = loss_chart(config, run, []), 0, 0, ""
        self._flow: Flow | None = None

    @property
    def done(self) -> float:
        if self._flow:
            return 1.0
        return min(0.99, (len(self.losses) + self._returned) / (self.config.steps + CALLS))

    def start(self) -> tuple[Any, ...]:
        return learning_of(self.config, self.run, self.points, 0), self._curve

    def add(self, event: Event) -> None:
        if isinstance(event, Learned):
            self.losses.append(event.loss)
            self.points = self.points if event.preview is None else event.preview
        elif isinstance(event, Returned):
            self._returned, self._back = self._returned + 1, words.returning(event, BACK.steps)
        elif isinstance(event, Flow):
            self._flow = event
        else:
            assert isinstance(event, Asked)

    def news(self) -> tuple[Any, ...]:
        means = chunks(self.losses)
        more = grown(self._curve, {"loss": means[self._sent :]}, {"loss": self._sent})
        self._sent = len(means)
        return learning_of(self.config, self.run, self.points, len(self.losses)), more

    def whole(self) -> tuple[Any, ...]:
        curve = loss_chart(self.config, self.run, self.losses)
        if self._flow is None:
            return learning_of(self.config, self.run, self.points, len(self.losses)), curve
        return flow_of(self.config, self.run, vars(self._flow), play=True), curve

    def progress(self, seconds_left: float) -> str:
        return self._back or words.training(self.config, len(self.losses), seconds_left)

    def outcome(self, seconds: float) -> str:
        assert self._flow is not None  # the last event
        return words.live_outcome(self.config, self._flow.distances, seconds, self.machine)

    def stopped(self) -> str:
        return words.stopped(len(self.losses))


def label(config: Plane) -> str:
    return f"Points on their way to noise and back to this cloud: {NAMES[config.shape].lower()}."


def flow_of(config: Plane, run: int, arrays: dict[str, Any], play: bool) -> dict[str, Any]:
    """The cloud's value for the arrays of a Flow, also of a recorded one."""
    ways = {name: arrays[name] for name in ("there", "ddpm", "ddim")}
    true = true_points(config)
    return flow(run, label(config), REACH, true, SHOWN, ALPHA_BAR, ways, arrays["eps"], OPENING, play)


def learning_of(config: Plane, run: int, points: np.ndarray, step: int) -> dict[str, Any]:
    """The cloud's value after so many training steps."""
    return learning(run, label(config), REACH, true_points(config), points, step)


def chunks(losses: list[float]) -> list[tuple[int, float]]:
    """The mean loss of every CHUNK training steps, at the last of them."""
    whole = len(losses) // CHUNK * CHUNK
    means = np.reshape(losses[:whole], (-1, CHUNK)).mean(1)
    return [(CHUNK * (k + 1), round(float(mean), 4)) for k, mean in enumerate(means)]


def loss_chart(config: Plane, run: int, losses: list[float]) -> dict[str, Any]:
    """The loss of Eq. 14 while the network learns."""
    return chart(
        run,
        f"Loss of the network that learns this cloud: {NAMES[config.shape].lower()}.",
        Axis("training step", 0, config.steps),
        Axis(f"loss, mean of {CHUNK} steps", 0, 1, decimals=3),
        (Series("loss", "mean squared error of ε_θ", "var(--role-signal)"),),
        {"loss": chunks(losses)},
    )
