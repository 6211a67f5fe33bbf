"""The paper's own nets on the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from models.core import artifacts
from visuals.components.chart import Chart
from visuals.deeper.cifar10 import view, words
from visuals.deeper.shared import Shared, folded, html
from visuals.page import style
from visuals.page.files import Later
from visuals.page.prose import Prose
from visuals.page.section import Section

RUN = "cifar10"
PROSE = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    run, certificate = artifacts.load_run(RUN), artifacts.certificate(RUN)
    with gr.Row():
        with gr.Column(scale=6, min_width=320):
            Chart(view.ends_chart(certificate), elem_id="cifar10")
        with gr.Column(scale=4, min_width=320):
            PROSE.show("nets", **words.given(certificate))
            html(words.outcome(certificate), elem_id="cifar10-said")
    with folded("Epoch by epoch"):
        Chart(view.cifar10_chart(run, certificate), elem_id="cifar10-epochs")
    with folded("The paper's numbers beside ours"):
        html(words.table(certificate), elem_id="cifar10-table")
        PROSE.show("paper", **words.order(certificate))
        html(Later(lambda: words.table_6(certificate)), elem_id="table-6")
        PROSE.show("imagenet", **words.level(certificate))
        html(words.table_2(), elem_id="table-2")
    with folded("What is different from the paper"):
        PROSE.show("departures", DATA=style.data_of(certificate), **words.given(certificate))


SECTION = Section("cifar10", "The paper's nets", build, "The paper's networks on CIFAR-10", (RUN,), waits=True)
