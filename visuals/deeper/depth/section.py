"""Depth and the block on the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from models.core import artifacts
from visuals.components.chart import Chart
from visuals.deeper.depth import view
from visuals.deeper.shared import Shared, folded, html
from visuals.page import style
from visuals.page.prose import Prose
from visuals.page.section import Section

RUN = "race-digits"
HERE = Path(__file__).parent
PROSE = Prose(HERE / "prose.md")


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    run, certificate = artifacts.load_run(RUN), artifacts.certificate(RUN)
    with gr.Row():
        with gr.Column(scale=4, min_width=320):
            html((HERE / "blocks.svg").read_text(encoding="utf-8"))
            PROSE.show("block")
        with gr.Column(scale=5, min_width=320):
            with gr.Column(elem_classes=style.ONCE_GUESSED):
                PROSE.show("outcome")
                html(style.recorded(certificate), elem_id="depths-origin")
                Chart(view.depth_chart(run, certificate), elem_id="depths")
            with gr.Column(elem_classes=style.UNTIL_GUESSED):
                PROSE.show("waiting")
                Chart(view.depth_chart(run, certificate, all_shown=False), elem_id="depths-first")
    with gr.Column(elem_classes=style.ONCE_GUESSED), folded("The numbers of all depths"):
        html(view.by_depth(run, certificate), elem_id="depths-table")
        PROSE.show("later")
    with folded():
        PROSE.show("words")


SECTION = Section("depth", "Depth and the block", build, "One addition, and how deep is too deep", (RUN,))
