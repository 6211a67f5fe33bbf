"""What it sees: the chosen picture, the network's answer, and the map with one module opened."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from models.core import artifacts
from models.core.runtime import device, hardware
from models.wider import activations
from models.wider.activations import WEIGHTS
from visuals.components.camera import Camera
from visuals.components.figures import Figures
from visuals.components.network_map import NetworkMap
from visuals.page import files, style
from visuals.page.files import Later
from visuals.page.live import ANSWER
from visuals.page.prose import Prose
from visuals.page.section import Section
from visuals.page.uploads import UploadError, read_image, read_taken
from visuals.wider import passes
from visuals.wider.examples import EXAMPLES, PREVIEW, data_url, jpeg, missing, square
from visuals.wider.layout import folded, html
from visuals.wider.network_map import network_map
from visuals.wider.see import view, words
from visuals.wider.settings import WiderSettings
from visuals.wider.shared import Shared

prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    opening = Later(lambda: shown(passes.at_start(), style.at_start))
    map_opened = opening.then(lambda made: made[2] | {"chosen": WiderSettings.module})
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=320):
            prose.show("claim")
            with gr.Row(equal_height=False):
                with gr.Column(scale=2, min_width=190):
                    pictures = Figures(opening.then(itemgetter(0)), elem_id="wider-picture")
                with gr.Column(scale=1, min_width=96):
                    upload = gr.UploadButton(
                        "Send yours", variant="primary", size="md", min_width=90, elem_id="wider-upload"
                    )
                    camera = Camera(elem_id="wider-camera")
            problem = html(words.unreadable(missing()), elem_id="wider-problem")
            predictions = html(opening.then(itemgetter(1)), elem_id="wider-predictions")
        with gr.Column(scale=8, min_width=320):
            network = NetworkMap(map_opened, elem_id="wider-map")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            with folded("Why several sizes, and how that stays cheap"):
                prose.show("idea")
            with folded("How to read the map"):
                prose.show("reading the map")
        with gr.Column(min_width=320):
            with folded(f"The {len(activations.classes())} classes that our network knows"):
                gr.Markdown(", ".join(activations.classes()))
            with folded("For the curious: the network of 2014"):
                prose.show("paper")

    answered = shared.follow(show, [shared.module], [pictures, predictions, network])
    shared.mark(network)
    shared.mark_again(answered, network)
    shared.choose(network.choose, network)
    own = {"outputs": [shared.picture, problem], "api_visibility": "private", **ANSWER}
    upload.upload(choose_upload, [upload, shared.network], **own)
    camera.taken(choose_taken, [camera, shared.network], **own)


def show(picture: str, network: str, module: str, request: gr.Request) -> tuple[Any, str, Any]:
    """Picture, answers and map of the pass over the picture that was chosen."""
    seen, answers, drawn = shown(passes.chosen(request, picture, network), style.measured)
    return seen, answers, drawn | {"chosen": module}


def shown(chosen: passes.Chosen, label: Callable[[str], str]) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """`label` says when the network ran."""
    run, example = chosen.run, chosen.name in EXAMPLES
    photo, small = (jpeg(square(chosen.image, PREVIEW)), view.pixels(run.seen))
    address = files.picture(photo) if example else data_url(photo)
    name = chosen.name if example else "your picture"
    right = artifacts.certificate(WEIGHTS).metrics["main_top1"]
    remark = words.remark(EXAMPLES[chosen.name], run, right) if example else words.own(len(run.classes))
    said = label(f"{run.milliseconds:.0f} ms; {hardware(device())}")
    return view.pictures(address, small, name, run), view.predictions(run, remark) + said, network_map(run)


def choose_upload(path: str, network: str, request: gr.Request) -> tuple[Any, str]:
    """The network's pass over a visitor's file; where it is no usable picture, a sentence, and all stays as it was."""
    return _choose_own(lambda: read_image(path), network, request)


def choose_taken(camera: Any, network: str, request: gr.Request) -> tuple[Any, str]:
    """The network's pass over a picture from the visitor's camera."""
    return _choose_own(lambda: read_taken(camera), network, request)


def _choose_own(read: Callable[[], Image.Image], network: str, request: gr.Request) -> tuple[Any, str]:
    try:
        image = np.asarray(read())
    except UploadError as error:
        return gr.skip(), style.notice(str(error))
    return passes.keep(request, image, network).name, ""


SECTION = Section("see", "What it sees", build, "Which filter size should a layer use?", needs=(WEIGHTS,))
