"""Tab 2, Wider: GoogLeNet's parallel branches, on a picture of the visitor's choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, insight
from models.cost import layer_costs, module_costs
from models.insight import Look
from visuals.components.feature_maps import FeatureMaps
from visuals.components.network_map import NetworkMap
from visuals.components.pictures import Pictures
from visuals.inception import figures, tables
from visuals.inception.examples import EXAMPLES, picture
from visuals.live import COMPUTE
from visuals.prose import sections
from visuals.style import measured, notice, paper
from visuals.uploads import UploadError, read_image

TITLE = "2 Wider"
HERE = Path(__file__).parent
PROSE = sections(HERE / "prose.md")
CSS = (HERE / "figures.css").read_text()
LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
NAMES = tuple(EXAMPLES)
FIRST_PICTURE, FIRST_MODULE = "lion", "3a"


@dataclass(frozen=True)
class View:
    """What a visitor has chosen: a picture, as the network saw it, and a module."""

    look: Look
    module: str


@dataclass(frozen=True)
class Parts:
    """The components that follow the visitor's choices."""

    view: gr.State
    gallery: Pictures
    picture: gr.HTML
    predictions: gr.HTML
    problem: gr.HTML
    map: NetworkMap
    maps: FeatureMaps
    table: gr.HTML
    saving: gr.Markdown
    pairs: gr.HTML


def build() -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where the trained network is missing."""
    certificate = artifacts.certificate(insight.WEIGHTS)
    first = View(insight.look(picture(FIRST_PICTURE)), FIRST_MODULE)

    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            _words("question")
            gallery = Pictures(figures.gallery(FIRST_PICTURE), elem_id="wider-gallery")
            upload = gr.UploadButton("Send your own picture", variant="primary", elem_id="wider-upload")
            problem = gr.HTML(elem_id="wider-problem")
            with gr.Accordion(f"The {first.look.num_classes} classes that the network knows", open=False):
                gr.Markdown(", ".join(insight.trained()[1]))
        with gr.Column(scale=3, min_width=320):
            shown = _html(figures.example(FIRST_PICTURE, first.look), "wider-picture")
            predictions = _html(figures.predictions(first.look), "wider-predictions")
    _words("look")
    network_map = NetworkMap(figures.network_map(first.look, FIRST_MODULE), elem_id="wider-map")
    _words("maps")
    maps = FeatureMaps(figures.feature_maps(first.look, FIRST_MODULE), elem_id="wider-maps")
    gr.HTML(measured("the same pass as above"))
    _words("cost")
    table = _html(_cost_table(FIRST_MODULE), "wider-cost")
    gr.HTML(paper(f"{tables.PAPER}, Table 1: channels and the columns called printed"))
    gr.HTML(measured("the columns called counted, on a forward pass; the last column follows from the channels"))
    _words("contradictions")
    gr.HTML(tables.contradictions(layer_costs()), elem_classes="prose")
    _words("contradictions, continued")
    _words("mathematics")
    saving = gr.Markdown(tables.saving(module_costs()[FIRST_MODULE]), latex_delimiters=LATEX, elem_id="wider-saving")
    pairs = _html(tables.naive_against_bottleneck(module_costs()[FIRST_MODULE]), "wider-pairs")
    gr.HTML(measured("from the channels of Table 1"))
    _words("channels")
    _words("numbers")
    _html(tables.results(certificate), "wider-results")
    _words("departures")

    view = gr.State(first)
    parts = Parts(view, gallery, shown, predictions, problem, network_map, maps, table, saving, pairs)
    _connect(parts, upload)


def _connect(parts: Parts, upload: gr.UploadButton) -> None:
    """Choosing a picture runs the network; choosing a module only shows more of what that run has found."""
    of_picture = [parts.view, parts.gallery, parts.picture, parts.predictions, parts.problem, parts.map, parts.maps]
    of_module = [parts.view, parts.maps, parts.table, parts.saving, parts.pairs]
    # "always_last" keeps the last of many quick choices, but not its event: what was chosen is read from the value.
    quick = {"api_visibility": "private", "show_progress": "hidden", "trigger_mode": "always_last"}
    parts.gallery.choose(choose_example, [parts.view, parts.gallery], of_picture, **quick, **COMPUTE)
    upload.upload(choose_upload, [upload, parts.view], of_picture, api_visibility="private", **COMPUTE)
    parts.map.choose(choose_module, [parts.view, parts.map], of_module, **quick)


def choose_example(view: View, gallery: dict[str, Any]) -> tuple[Any, ...]:
    """The network's pass over the example that was pressed."""
    name = NAMES[int(gallery["chosen"]) % len(NAMES)]
    look = insight.look(picture(name))
    return _of_picture(replace(view, look=look), figures.gallery(name), figures.example(name, look))


def choose_upload(path: str, view: View) -> tuple[Any, ...]:
    """The network's pass over a visitor's file; where it is no usable picture, a sentence, and all stays as it was."""
    try:
        image = np.asarray(read_image(path))
    except UploadError as error:
        return view, gr.skip(), gr.skip(), gr.skip(), notice(str(error)), gr.skip(), gr.skip()
    look = insight.look(image)
    return _of_picture(replace(view, look=look), figures.gallery(None), figures.picture(image, look, "your picture"))


def _of_picture(view: View, gallery: dict[str, Any], shown: str) -> tuple[Any, ...]:
    return (
        view,
        gallery,
        shown,
        figures.predictions(view.look),
        "",
        figures.network_map(view.look, view.module),
        figures.feature_maps(view.look, view.module),
    )


def choose_module(view: View, network_map: dict[str, Any]) -> tuple[Any, ...]:
    """What the last pass found in the module that was chosen on the map, and what that module costs."""
    name = network_map["chosen"] if network_map["chosen"] in view.look.modules else view.module
    module = module_costs()[name]
    return (
        replace(view, module=name),
        figures.feature_maps(view.look, name),
        _cost_table(name),
        tables.saving(module),
        tables.naive_against_bottleneck(module),
    )


def _cost_table(module: str) -> str:
    return tables.cost_table(layer_costs(), module_costs(), module)


def _words(section: str) -> None:
    gr.Markdown(PROSE[section], elem_classes="prose", latex_delimiters=LATEX)


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, css_template=CSS, apply_default_css=False, elem_id=elem_id)
