"""The journey as values of the player."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models.noisier import denoise
from models.noisier.denoise import TRAINED_ON, Frame, Passed
from models.noisier.reverse_chains import Reading
from visuals.components.player import PANELS, message, of_film
from visuals.noisier.journey import words
from visuals.noisier.journey.kept import Kept

OPENS_AT = 400  # t: mostly noise, but the guess of the clean picture can be read
THERE = 0.01  # the share of the way there in the time that a run takes


class JourneyView:
    """A live.View of the player. Frames go to `kept`; `read` tells what a classifier sees in a picture."""

    def __init__(self, kept: Kept, read: Callable[[np.ndarray], Reading], classes: tuple[str, ...], machine: str):
        self.kept, self.read, self.classes, self.machine = kept, read, classes, machine
        self.total, self.turn = denoise.frames_of(kept.journey)
        self._sent = 0
        self._event: Frame | Passed | None = None

    @property
    def done(self) -> float:
        event, steps = self._event, self.kept.journey.steps
        if len(self.kept.frames) == self.total:
            return 1.0
        if event is None:
            return 0.0
        if isinstance(event, Frame) and event.way == "there":
            return THERE * (event.t + 1) / (TRAINED_ON.steps + 1)
        return THERE + (1 - THERE) * event.step / (steps + 1)

    def start(self) -> tuple[Any, ...]:
        return (None,)

    def add(self, event: Frame | Passed) -> None:
        self._event = event
        if isinstance(event, Frame):
            self.kept.frames.append(event)

    def news(self) -> tuple[Any, ...]:
        return (self._message(once=not self._sent),)

    def whole(self) -> tuple[Any, ...]:
        """The rest: the player asks for what it has missed. The Python file comes twice, as a message may be lost."""
        return (self._message(once=True),)

    def _message(self, once: bool) -> dict[str, Any] | None:
        start, fresh = self._sent, self.kept.frames[self._sent :]
        self._sent += len(fresh)
        recipe = self.kept.recipe if once else ""
        return message(self.kept.run, self.total, self.turn, start, fresh, True, recipe) if fresh else None

    def progress(self, seconds_left: float) -> str:
        assert self._event is not None  # a run has begun
        return words.progress(self.kept.journey, self._event, seconds_left)

    def outcome(self, seconds: float) -> str:
        seen = [self.read(picture) for picture in self.kept.frames[-1].xt]
        return words.outcome(self.kept.journey, seen, self.classes, seconds, self.machine)

    def stopped(self) -> str:
        return words.stopped()


def opening(kept: Kept) -> dict[str, Any]:
    """The recorded journey, complete, which plays once.

    Where nothing moves by itself it opens at a moment of the way back in which every panel has something to show.
    """
    total, turn = denoise.frames_of(kept.journey)
    at = next(k for k, moment in enumerate(kept.frames) if moment.way == "back" and moment.t <= OPENS_AT)
    return message(kept.run, total, turn, 0, kept.frames, play=True, recipe=kept.recipe) | {"open": at}


def early(kept: Kept) -> dict[str, Any]:
    """Of the opening what can be seen before it plays: its first moments, and x_t alone for the film."""
    whole = opening(kept)
    seen, film = {0, 1, whole["open"]}, set(of_film(whole["total"]))
    bare = dict.fromkeys(PANELS, "")
    frames = [
        frame if k in seen else frame | bare | {"xt": frame["xt"]} if k in film else None
        for k, frame in enumerate(whole["frames"])
    ]
    return whole | {"frames": frames, "recipe": ""}
