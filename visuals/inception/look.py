"""Look inside, in tab 2: the visitor's picture, the network's map, and what the chosen module sees of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from models import insight
from models.googlenet import INCEPTIONS
from models.insight import Look
from visuals.components.feature_maps import FeatureMaps
from visuals.components.network_map import NetworkMap
from visuals.components.pictures import Pictures
from visuals.inception import figures
from visuals.inception.examples import EXAMPLES, picture
from visuals.inception.layout import html, prose
from visuals.live import COMPUTE
from visuals.style import measured, notice
from visuals.uploads import UploadError, read_image

NAMES = tuple(EXAMPLES)
MODULES = tuple(row.name for row in INCEPTIONS)
FIRST_PICTURE, FIRST_MODULE = "lion", "3a"
# "always_last" keeps the last of many quick choices, but not its event: it is read from the component's value.
QUICK = {"trigger_mode": "always_last", "show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True)
class Chosen:
    """What the visitor has chosen, for the sections that follow it.

    `look.change` fires after every new picture (`image` is set by then) and every other network; `map.choose` after
    another module, which `module_of` reads from the map's value. A section that follows both wires both.
    """

    image: gr.State  # (H, W, 3) uint8: the picture as it was sent
    look: gr.State  # Look: the network's last pass over it
    map: NetworkMap
    known: gr.State  # str: the network, a name that insight.known takes
    controls: dict[str, gr.components.Component]  # what a link restores


def module_of(network_map: Any) -> str:
    """The module that is chosen on the map, whatever came from the browser."""
    name = network_map.get("chosen") if isinstance(network_map, dict) else None
    return name if name in MODULES else FIRST_MODULE


def build() -> Chosen:
    """Put the section into the open gradio context. Raises ArtifactError where the trained network is missing."""
    first = insight.look(picture(FIRST_PICTURE))
    image, look, known = gr.State(picture(FIRST_PICTURE)), gr.State(first), gr.State("tiny")
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            prose("question")
            gallery = Pictures(figures.gallery(FIRST_PICTURE), elem_id="wider-gallery")
            upload = gr.UploadButton("Send your own picture", variant="primary", elem_id="wider-upload")
            problem = gr.HTML(elem_id="wider-problem")
            with gr.Accordion(f"The {first.num_classes} classes that the network knows", open=False):
                gr.Markdown(", ".join(insight.known().classes))
        with gr.Column(scale=3, min_width=320):
            shown = html(figures.example(FIRST_PICTURE, first), elem_id="wider-picture")
            predictions = html(figures.predictions(first), elem_id="wider-predictions")
    prose("look")
    network_map = NetworkMap(figures.network_map(first, FIRST_MODULE), elem_id="wider-map")
    prose("maps")
    maps = FeatureMaps(figures.feature_maps(first, FIRST_MODULE), elem_id="wider-maps")
    gr.HTML(measured("the same pass as above"))

    of_picture = [image, look, shown, predictions, network_map, problem]
    gallery.choose(choose_example, [gallery, known], of_picture, **QUICK, **COMPUTE)
    sent = {"inputs": [upload, known], "outputs": [*of_picture, gallery], "api_visibility": "private"}
    upload.upload(choose_upload, **sent, **COMPUTE)
    for event in (look.change, network_map.choose):
        event(show_maps, [look, network_map], maps, **QUICK)
    return Chosen(image, look, network_map, known, {"picture": gallery, "module": network_map})


def choose_example(gallery: dict[str, Any], known: str) -> tuple[Any, ...]:
    """The network's pass over the example that was pressed."""
    name = NAMES[int(gallery["chosen"]) % len(NAMES)]
    look = insight.look(picture(name), known)
    return *_of_picture(picture(name), look, figures.example(name, look)), ""


def choose_upload(path: str, known: str) -> tuple[Any, ...]:
    """The network's pass over a visitor's file; where it is no usable picture, a sentence, and all stays as it was."""
    try:
        image = np.asarray(read_image(path))
    except UploadError as error:
        return *[gr.skip()] * 5, notice(str(error)), gr.skip()
    look = insight.look(image, known)
    return *_of_picture(image, look, figures.picture(image, look, "your picture")), "", figures.gallery(None)


def _of_picture(image: np.ndarray, look: Look, shown: str) -> tuple[Any, ...]:
    return image, look, shown, figures.predictions(look), figures.network_map(look)


def show_maps(look: Look, network_map: dict[str, Any]) -> dict[str, Any]:
    """What the last pass found in the module that is chosen on the map."""
    return figures.feature_maps(look, module_of(network_map))
