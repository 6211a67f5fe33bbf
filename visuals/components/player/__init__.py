"""The player of tab 3: pictures on one timeline, streamed while they are computed, scrubbed freely afterwards."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

import numpy as np

from models.noisier.denoise import Frame
from visuals.components.base import Component

OF_ONE = ("eps", "before", "closed")
PANELS = ("xt", "x0", *OF_ONE)
FILM = 18  # small pictures below the player, as in film.js


class Player(Component):
    """Pictures on their way to noise and back: play, pause, step and scrub in the browser alone.

    value = {"run": id, "total": frames in all, "turn": index of the first frame of the way back, "start": index of
    the first frame in this message, "frames": only the new ones, "channels": 1 or 3, "samples": 1, 4 or 16,
    "play": whether to start, "open": index of the frame to show first where it does not, else the last, "recipe": a
    Python file that makes the run again, to be saved; "" where it was sent before or there is none}.
    A frame is {"way": "there" or "back", "step", "t", "signal", "noise", and the pixels of PANELS}: "closed" is x_t by
    the closed form, on the way there alone, and "before" is x_{t-1}, on the way back alone. A panel may be "", a
    frame null: it is not sent. A larger `run` empties the player, messages of the same run add to it, those of a
    smaller one are late and are ignored. Of several samples x_t and x_0 are sent; the other panels of one come as a
    message of their own, {"run", "sample": its number, "channels", "frames": those so far, with the pixels of OF_ONE
    alone}.

    Event `probe`, when a pixel is chosen: event._data = {"run", "index": frame on the timeline, "sample", "row",
    "column"}, all counted from 0. It comes from the browser: check it.

    Event `alone`, when one of several samples is looked at and no more frames come: event._data = {"run", "sample"},
    to be answered by the message with its panels.

    Event `missing`, when frames did not arrive (where messages come faster than a busy page draws, gradio hands over
    the newest alone): event._data = {"run", "start", "end"}, to be answered by a message with those of these frames
    that there are.

    `server_functions=[gif, mp4]`, or one of them, offer these files: each gets {"channels", "frames": pixels in base64}
    and returns {"file": base64} or {"sentence": why not}.
    """

    NAME = "player"
    EVENTS = (
        "alone",
        "missing",
        "probe",
    )
    TEXTS = ("frames",)


def message(
    run: int,
    total: int,
    turn: int,
    start: int,
    frames: Iterable[Frame],
    play: bool,
    recipe: str = "",
) -> dict[str, Any]:
    """The player's value for new frames, the first of which has index `start` on the timeline.

    A frame's pictures are (32, 32, C) or (B, 32, 32, C) uint8, or None where it has none.
    """
    frames = list(frames)
    shape = frames[0].xt.shape
    return {
        "run": run,
        "total": total,
        "turn": turn,
        "start": start,
        "channels": shape[-1],
        "samples": shape[0] if len(shape) == 4 else 1,
        "play": play,
        "recipe": recipe,
        "frames": [
            {
                "way": frame.way,
                "step": frame.step,
                "t": frame.t,
                "signal": round(frame.signal, 4),
                "noise": round(frame.noise, 4),
                **{name: pixels(getattr(frame, name)) for name in PANELS},
            }
            for frame in frames
        ],
    }


def of_film(total: int) -> list[int]:
    """The frames of which the film shows a small picture."""
    return [int(k / (FILM - 1) * (total - 1) + 0.5) for k in range(FILM)]


def message_of_one(run: int, sample: int, frames: Iterable[Frame]) -> dict[str, Any]:
    """The player's value for the other panels of one of several samples, out of its frames (B = 1), at least one."""
    frames = list(frames)
    panels = [{name: pixels(getattr(frame, name)) for name in OF_ONE} for frame in frames]
    return {"run": run, "sample": sample, "channels": frames[0].xt.shape[-1], "frames": panels}


def pixels(pictures: np.ndarray | None) -> str:
    """uint8 as base64, picture by picture, row by row: at this size exact pixels are as small as a JPEG."""
    return "" if pictures is None else base64.b64encode(pictures.tobytes()).decode()
