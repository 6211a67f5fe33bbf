"""Tab 2, Wider: GoogLeNet's parallel branches, on a picture of the visitor's choice."""

from __future__ import annotations

from dataclasses import dataclass
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
from visuals.prose import LATEX, sections
from visuals.style import measured, notice, paper
from visuals.uploads import UploadError, read_image

TITLE = "2 Wider"
HERE = Path(__file__).parent
PROSE = sections(HERE / "prose.md")
CSS = (HERE / "figures.css").read_text()
NAMES = tuple(EXAMPLES)
FIRST_PICTURE, FIRST_MODULE = "lion", "3a"


@dataclass(frozen=True)
class Parts:
    """The components that follow the visitor's choices."""

    look: gr.State  # the network's last pass over a picture of this visitor
    gallery: Pictures
    upload: gr.UploadButton
    problem: gr.HTML
    picture: gr.HTML
    predictions: gr.HTML
    map: NetworkMap
    maps: FeatureMaps
    table: gr.HTML
    saving: gr.Markdown
    pairs: gr.HTML


def build(page: gr.Blocks) -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where the trained network is missing."""
    certificate = artifacts.certificate(insight.WEIGHTS)
    first = insight.look(picture(FIRST_PICTURE))

    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            _words("question")
            gallery = Pictures(figures.gallery(FIRST_PICTURE), elem_id="wider-gallery")
            upload = gr.UploadButton("Send your own picture", variant="primary", elem_id="wider-upload")
            problem = gr.HTML(elem_id="wider-problem")
            with gr.Accordion(f"The {first.num_classes} classes that the network knows", open=False):
                gr.Markdown(", ".join(insight.trained()[1]))
        with gr.Column(scale=3, min_width=320):
            shown = _html(figures.example(FIRST_PICTURE, first), "wider-picture")
            predictions = _html(figures.predictions(first), "wider-predictions")
    _words("look")
    network_map = NetworkMap(figures.network_map(first, FIRST_MODULE), elem_id="wider-map")
    _words("maps")
    maps = FeatureMaps(figures.feature_maps(first, FIRST_MODULE), elem_id="wider-maps")
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

    look = gr.State(first)
    _connect(Parts(look, gallery, upload, problem, shown, predictions, network_map, maps, table, saving, pairs))


def _connect(parts: Parts) -> None:
    """Choosing a picture runs the network; choosing a module only shows more of what that run has found.

    The module is known to the map alone, so that an answer that comes late cannot undo a choice made since.
    "always_last" keeps the last of many quick choices, but not its event: it is read from the component's value.
    """
    of_picture = [parts.look, parts.picture, parts.predictions, parts.map, parts.problem]
    quick = {"trigger_mode": "always_last", "show_progress": "hidden", "api_visibility": "private"}
    module = {
        "fn": show_module,
        "inputs": [parts.look, parts.map],
        "outputs": [parts.maps, parts.table, parts.saving, parts.pairs],
        **quick,
    }
    run = parts.gallery.choose(choose_example, parts.gallery, of_picture, **quick, **COMPUTE)
    run.then(**module)
    upload = parts.upload.upload
    sent = upload(choose_upload, parts.upload, [*of_picture, parts.gallery], api_visibility="private", **COMPUTE)
    sent.then(**module)
    parts.map.choose(**module)


def choose_example(gallery: dict[str, Any]) -> tuple[Any, ...]:
    """The network's pass over the example that was pressed."""
    name = NAMES[int(gallery["chosen"]) % len(NAMES)]
    look = insight.look(picture(name))
    return *_of_picture(look, figures.example(name, look)), ""


def choose_upload(path: str) -> tuple[Any, ...]:
    """The network's pass over a visitor's file; where it is no usable picture, a sentence, and all stays as it was."""
    try:
        image = np.asarray(read_image(path))
    except UploadError as error:
        return gr.skip(), gr.skip(), gr.skip(), gr.skip(), notice(str(error)), gr.skip()
    look = insight.look(image)
    return *_of_picture(look, figures.picture(image, look, "your picture")), "", figures.gallery(None)


def _of_picture(look: Look, shown: str) -> tuple[Look, str, str, dict[str, Any]]:
    return look, shown, figures.predictions(look), figures.network_map(look)


def show_module(look: Look, network_map: dict[str, Any]) -> tuple[dict[str, Any], str, str, str]:
    """What the last pass found in the module that is chosen on the map, and what that module costs."""
    name = network_map["chosen"]
    module = module_costs()[name]
    return (
        figures.feature_maps(look, name),
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
