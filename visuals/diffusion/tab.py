"""Tab 3, Noisier: one player on which an image becomes noise and, live, the noise becomes an image."""

from __future__ import annotations

import gradio as gr

from models import artifacts, denoise
from visuals.diffusion import equation, figures, journey, plane
from visuals.diffusion.layout import prose

TITLE = "3 Noisier"


def build(page: gr.Blocks) -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where a network or a recorded run is missing."""
    certificates = {name: artifacts.certificate(f"ddpm-{name}") for name in denoise.NETWORKS}
    prose("question")
    player, controls, parts = journey.build(page)
    worked, channel = equation.build(page, player)
    journey.wire(player, controls, parts, worked, channel)
    prose("what to look for")
    plane.build()
    prose("mathematics")
    gr.HTML(figures.schedule_table(), elem_classes="prose")
    prose("numbers")
    gr.HTML(figures.quality_table(certificates), elem_classes="prose")
    prose("departures")
