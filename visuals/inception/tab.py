"""Tab 2, Wider: GoogLeNet's parallel branches, on a picture of the visitor's choice."""

from __future__ import annotations

import gradio as gr

from models import artifacts, insight
from visuals.inception import cost, heads, imagenet, look, others, surgery, tables, worth
from visuals.inception.layout import html, prose

TITLE = "2 Wider"


def build(page: gr.Blocks) -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where the trained network is missing."""
    certificate = artifacts.certificate(insight.WEIGHTS)
    chosen = look.build()
    surgery.build(chosen)
    worth.build(chosen)
    heads.build(chosen)
    cost.build(chosen)
    others.build()
    imagenet.build(chosen)
    prose("numbers")
    html(tables.results(certificate), elem_id="wider-results")
    prose("departures")
