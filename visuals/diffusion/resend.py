"""What the player asks for of a run that it shows: frames that a busy page did not get, the panels of one of many."""

from __future__ import annotations

from typing import Any

import gradio as gr

from models import denoise
from visuals.components.player import Player, message, message_of_one
from visuals.diffusion import equation
from visuals.events import AT_ONCE, FOLLOWING


def wire(player: Player) -> None:
    player.missing(resend, None, player, **AT_ONCE)
    player.alone(panels, None, player, **FOLLOWING)


def resend(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
    """The frames from `start` up to `end` of the visitor's newest run, as far as there are any.

    Anything may come from a browser.
    """
    run, start, end = (getattr(event, name, None) for name in ("run", "start", "end"))
    kept = equation.newest.of(request)
    if kept is None or kept.run != run or type(start) is not int or type(end) is not int:
        return gr.skip()
    if not 0 <= start < min(end, len(kept.frames)):
        return gr.skip()
    total, turn = denoise.frames_of(kept.journey)
    return message(run, total, turn, start, kept.frames[start:end], play=True, recipe=kept.recipe)


def panels(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
    """The other panels of one of several pictures, for the frames so far of the visitor's newest run."""
    run, sample = (getattr(event, name, None) for name in ("run", "sample"))
    kept = equation.newest.of(request)
    if kept is None or kept.run != run or not kept.frames:
        return gr.skip()
    if type(sample) is not int or not 0 <= sample < kept.journey.samples:
        return gr.skip()
    return message_of_one(run, sample, [denoise.of_one(kept.journey, moment, sample) for moment in kept.frames])
