"""Frames of the live run that a busy page did not get are sent again."""

from __future__ import annotations

from typing import Any

import gradio as gr

from models import denoise
from visuals.components.player import Player, message
from visuals.diffusion import equation


def wire(player: Player) -> None:
    player.missing(resend, None, player, show_progress="hidden", api_visibility="private")


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
