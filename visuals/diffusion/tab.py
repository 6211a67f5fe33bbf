"""Tab 3, Noisier: one player on which an image becomes noise and, live, the noise becomes an image."""

from __future__ import annotations

import gradio as gr

from visuals.diffusion import (
    counterfactuals,
    decided,
    equation,
    guidance,
    journey,
    numbers,
    plane,
    resend,
    side_by_side,
    start,
)
from visuals.diffusion.layout import prose

TITLE = "3 Noisier"


def build(page: gr.Blocks) -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where a network or a recorded run is missing."""
    prose("question")
    player, controls, parts = journey.build(page)
    worked, channel = equation.build(page, player)
    journey.wire(player, controls, parts, worked, channel)
    resend.wire(player)
    prose("what to look for")
    side_by_side.build()
    decided.build()
    counterfactuals.build()
    guidance.build()
    plane.build()
    prose("mathematics")
    opening, _ = start.picture_of(controls["start"].value, "mnist", None)
    numbers.build(controls["network"], controls["start"], parts["own"], opening)
    prose("departures")
