"""The player of tab 3: pictures on one timeline, streamed while they are computed, scrubbed freely afterwards."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from models.denoise import Frame
from visuals.components.base import Component


class Player(Component):
    """A picture on its way to noise and back: play, pause, step and scrub in the browser alone.

    value = {"run": id, "total": frames in all, "turn": index of the first frame of the way back, "start": index of
    the first frame in this message, "frames": only the new ones, "channels": 1 or 3, "play": whether to start}.
    A new `run` empties the player; messages of the same run add to it.
    """

    FILES = "player"


def message(run: int, total: int, turn: int, start: int, frames: Iterable[Frame], play: bool) -> dict[str, Any]:
    """The player's value for new frames, the first of which has index `start` on the timeline."""
    frames = list(frames)
    return {
        "run": run,
        "total": total,
        "turn": turn,
        "start": start,
        "channels": frames[0].xt.shape[-1],
        "play": play,
        "frames": [
            {
                "way": frame.way,
                "step": frame.step,
                "t": frame.t,
                "signal": round(frame.signal, 4),
                "noise": round(frame.noise, 4),
                "xt": pixels(frame.xt),
                "eps": pixels(frame.eps),
                "x0": pixels(frame.x0),
            }
            for frame in frames
        ],
    }


def pixels(picture: Any) -> str:
    """(H, W, C) uint8 as base64, row by row: at this size exact pixels are as small as a JPEG."""
    return base64.b64encode(picture.tobytes()).decode()
