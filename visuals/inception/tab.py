"""Tab 2, Wider: GoogLeNet's parallel branches, on a picture of the visitor's choice."""

from __future__ import annotations

import gradio as gr

from models import artifacts, insight
from visuals.components.copy_link import CopyLink
from visuals.inception import cost, exercises, heads, imagenet, linked, look, others, question, surgery, tables, worth
from visuals.inception.layout import beside, html, prose
from visuals.inception.state import TAB, State
from visuals.linked import Linked

TITLE = "2 Wider"


def build(page: gr.Blocks) -> Linked:
    """Put the tab into the open gradio context. Raises ArtifactError where the trained network is missing."""
    certificate = artifacts.certificate(insight.WEIGHTS)
    notices = html("", elem_id="wider-notices")
    with beside("question"):
        predict = question.build()
    chosen = look.build()
    controls = {**chosen.controls, **surgery.build(chosen), **worth.build(chosen, predict), **heads.build(chosen)}
    controls |= cost.build(chosen, predict) | others.build() | imagenet.build(chosen)
    prose("numbers")
    html(tables.results(certificate), elem_id="wider-results")
    exercises.build()
    copy = CopyLink(elem_id="wider-link")
    prose("link")
    asks = gr.Checkbox(True, label="Ask for a guess first (a link carries this)", elem_id="wider-asks")
    prose("departures")

    tab = Linked(TAB, State, controls, question.question, linked.values, linked.names, linked.completed)
    by_link = tab.connect(page, notices, predict, copy, asks)
    by_link.change(**chosen.restored)
    return tab
