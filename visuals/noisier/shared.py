"""What the sections of tab 3 share, in sight above them: the network, and the visitor's own picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from models.noisier.denoise import CHANNELS
from visuals.components import base
from visuals.components.camera import Camera
from visuals.components.sketch import Sketch, SketchError, blank
from visuals.noisier import pictures
from visuals.noisier.pictures import Own
from visuals.noisier.settings import NETWORKS, SharedSettings
from visuals.page import style
from visuals.page.events import AT_ONCE, PRIVATE, end_with_visit
from visuals.page.files import Later
from visuals.page.live import new_run
from visuals.page.section import Built
from visuals.page.settings import control
from visuals.page.uploads import UploadError
from visuals.page.visitors import Visitors, bytes_of

OLDER = ("sides_network", "decided_network", "noised_network", "wrong_network", "guided_network")  # names in links

PARTS: dict[str, Any] = {"elem_classes": "parts", "overflow_behavior": "wrap"}  # of gr.Tabs within a section

# What folds takes the focus with it, unless the fold has it.
FOLDED = """() => {
  const own = document.getElementById('noisier-own');
  if (own.contains(document.activeElement)) own.querySelector('button').focus({ preventScroll: true });
  return { __type__: 'update', open: false };
}"""

own_pictures: Visitors[Own] = Visitors(bytes_of)


@dataclass(frozen=True)
class Shared:
    """`given` changes when the visitor has given a picture, which `own_pictures` keeps."""

    network: gr.Radio
    given: gr.Number


def share(page: gr.Blocks) -> tuple[Shared, Built]:
    """Put what is shared into the open gradio context."""
    with gr.Row(elem_id="noisier-shared", equal_height=False):
        network = control(SharedSettings, "network", elem_id="noisier-network", min_width=320)
        with gr.Accordion("Use a picture of your own", open=False, elem_id="noisier-own") as own:
            upload = gr.UploadButton("Choose a file", elem_id="noisier-upload", size="sm")
            sketch = Sketch(blank(CHANNELS["mnist"]), elem_id="noisier-sketch")
            camera = Camera(elem_id="noisier-camera")
    told = html("", elem_id="noisier-told")
    given = gr.Number(0, visible=False)

    outputs = [given, told]
    upload.upload(taking(pictures.from_file), [upload, given], outputs, **AT_ONCE)
    sketch.drawn(taking(pictures.from_drawing), [sketch, given], outputs, **AT_ONCE)
    camera.taken(taking(pictures.from_camera), [camera, given], outputs, **AT_ONCE)
    network.input(lambda name: blank(CHANNELS[name]) if name in NETWORKS else gr.skip(), network, sketch, **AT_ONCE)
    given.change(None, None, own, js=FOLDED, **PRIVATE)  # a picture has come: what lies over the section goes
    end_with_visit(own_pictures.forget)
    return Shared(network, given), Built({"network": network}, completed=with_network)


def with_network(params: dict[str, str]) -> dict[str, str]:
    """In an old link every section has a network of its own: the one that it changes is meant."""
    changed = [params[name] for name in OLDER if params.get(name) in NETWORKS and params[name] != "mnist"]
    return params | {"network": changed[0]} if changed and params.get("network", "mnist") == "mnist" else params


def taking(read: Callable[[Any], Own]) -> Callable[..., tuple[Any, str]]:
    """The event of a visitor's picture: it is kept and becomes the start, or a sentence says why not."""

    def take(value: Any, given: float, request: gr.Request) -> tuple[Any, str]:
        try:
            own = read(value)
        except (UploadError, SketchError) as error:
            return gr.skip(), style.notice(str(error))
        own_pictures.keep(request, own)
        return new_run(), style.told("Your picture, at 32 × 32 pixels, is the start.")

    return take


def html(content: str | Later[str], **options: Any) -> gr.HTML:
    """HTML in the tab's own style."""
    return gr.HTML(**base.words(content), elem_classes=["page-wide", "of-noisier"], **options)
