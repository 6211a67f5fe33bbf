"""Tab 3, what the journey starts from: a sample of the network, or a file, a drawing or a photo of the visitor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, denoise
from visuals import style
from visuals.components.camera import Camera
from visuals.components.pictures import Pictures
from visuals.components.sketch import Sketch, SketchError, blank, drawing
from visuals.diffusion import figures
from visuals.diffusion.layout import html
from visuals.events import AT_ONCE
from visuals.uploads import UploadError, read_image, read_taken

Own = dict[str, np.ndarray] | None  # the visitor's picture as each network takes it, (32, 32, 1 or 3) uint8


def build(network: gr.Radio, opening: int) -> tuple[Pictures, gr.State]:
    """Put the choice into the open gradio context: the row of samples, and a state that holds the visitor's picture.

    A change of the network changes the row, too. Raises ArtifactError where the samples of either cannot be read.
    """
    for name in denoise.NETWORKS:
        samples(name)
    own = gr.State(None)
    html('<p class="label">Start picture: samples that the network drew itself</p>')
    gallery = Pictures(figures.gallery(samples("mnist"), "mnist", opening), elem_id="gallery")
    with gr.Accordion("Start from your own picture", open=False, elem_id="noisier-own"):
        upload = gr.UploadButton("Choose a file", elem_id="noisier-upload", size="sm")
        sketch = Sketch(blank(1), elem_id="noisier-sketch")
        camera = Camera(elem_id="noisier-camera")
    told = html("", elem_id="noisier-told")

    outputs = [gallery, own, told]
    network.input(choose_network, [network, own], [gallery, sketch, told], **AT_ONCE)
    gallery.choose(choose_sample, [network, gallery], [gallery, told], **AT_ONCE)
    upload.upload(taking(from_file), [upload, network, gallery, own], outputs, **AT_ONCE)
    sketch.drawn(taking(from_drawing), [sketch, network, gallery, own], outputs, **AT_ONCE)
    camera.taken(taking(from_camera), [camera, network, gallery, own], outputs, **AT_ONCE)
    return gallery, own


def samples(network: str) -> np.ndarray:
    """The samples that the network drew, (N, 32, 32, C) uint8."""
    return artifacts.load_run(f"journey-{network}")["samples"]


def row(network: str, chosen: int, own: Own = None) -> dict[str, Any]:
    """The gallery's value; the visitor's picture, where there is one, comes last."""
    shown = figures.gallery(samples(network), network, chosen)
    return figures.with_upload(shown, own[network]) | {"chosen": chosen} if own else shown


def picture_of(gallery: Any, network: str, own: Own) -> tuple[np.ndarray, int | None]:
    """The chosen picture (32, 32, C), and its number where it is a sample. The gallery may hold anything."""
    chosen, known = gallery.get("chosen") if isinstance(gallery, dict) else None, samples(network)
    if own and chosen == len(known):
        return own[network], None
    index = chosen if type(chosen) is int and 0 <= chosen < len(known) else 0
    return known[index], index


def choose_network(network: str, own: Own) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Another network: its samples, the first of them chosen, and a sketch in its colours."""
    return row(network, 0, own), blank(figures.channels(network)), ""


def choose_sample(network: str, gallery: dict[str, Any], event: gr.EventData) -> tuple[dict[str, Any], str]:
    """The picture that was pressed becomes the start."""
    index = event.index if type(event.index) is int and 0 <= event.index < len(gallery["pictures"]) else 0
    return gallery | {"chosen": index}, ""


def taking(read: Callable[[Any], dict[str, np.ndarray]]) -> Callable[..., tuple[dict[str, Any], Own, str]]:
    """The event of a visitor's picture: it becomes the start, or a sentence says why not."""

    def take(given: Any, network: str, gallery: dict[str, Any], own: Own) -> tuple[dict[str, Any], Own, str]:
        try:
            pictures = read(given)
        except (UploadError, SketchError) as error:
            return gallery, own, style.notice(str(error))
        chosen = len(samples(network))
        return row(network, chosen, pictures), pictures, style.told("Your picture, at 32 × 32 pixels, is the start.")

    return take


def from_file(path: str) -> dict[str, np.ndarray]:
    return _fitted(read_image(path))


def from_camera(value: Any) -> dict[str, np.ndarray]:
    return _fitted(read_taken(value))


def from_drawing(value: Any) -> dict[str, np.ndarray]:
    return {name: drawing(value, figures.channels(name)) for name in denoise.NETWORKS}


def _fitted(image: Any) -> dict[str, np.ndarray]:
    return {name: figures.fitted(image, figures.channels(name)) for name in denoise.NETWORKS}
