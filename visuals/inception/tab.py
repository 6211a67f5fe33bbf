"""Tab 2, Wider: GoogLeNet's parallel branches, on a picture of the visitor's choice."""

from __future__ import annotations

from typing import Any

import gradio as gr

from models import artifacts, insight
from models.cost import layer_costs, module_costs
from visuals.inception import heads, look, surgery, tables, worth
from visuals.inception.layout import html, prose
from visuals.prose import LATEX
from visuals.style import measured, paper

TITLE = "2 Wider"


def build(page: gr.Blocks) -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where the trained network is missing."""
    certificate = artifacts.certificate(insight.WEIGHTS)
    chosen = look.build()
    surgery.build(chosen)
    worth.build(chosen)
    heads.build(chosen)
    prose("cost")
    table = html(_cost_table(look.FIRST_MODULE), elem_id="wider-cost")
    gr.HTML(paper(f"{tables.PAPER}, Table 1: channels and the columns called printed"))
    gr.HTML(measured("the columns called counted, on a forward pass; the last column follows from the channels"))
    prose("contradictions")
    gr.HTML(tables.contradictions(layer_costs()), elem_classes="prose")
    prose("contradictions, continued")
    prose("mathematics")
    module = module_costs()[look.FIRST_MODULE]
    saving = gr.Markdown(tables.saving(module), latex_delimiters=LATEX, elem_id="wider-saving")
    pairs = html(tables.naive_against_bottleneck(module), elem_id="wider-pairs")
    gr.HTML(measured("from the channels of Table 1"))
    prose("channels")
    prose("numbers")
    html(tables.results(certificate), elem_id="wider-results")
    prose("departures")
    gr.on([chosen.map.choose, chosen.look.change], show_costs, chosen.map, [table, saving, pairs], **look.QUICK)


def show_costs(network_map: Any) -> tuple[str, str, str]:
    """What the module costs that is chosen on the map."""
    name = look.module_of(network_map)
    module = module_costs()[name]
    return _cost_table(name), tables.saving(module), tables.naive_against_bottleneck(module)


def _cost_table(module: str) -> str:
    return tables.cost_table(layer_costs(), module_costs(), module)
