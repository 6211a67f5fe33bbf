"""Look inside, in tab 2: the visitor's picture, the network's map, and what the chosen module sees of the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from models import insight
from models.googlenet import BRANCHES, INCEPTIONS
from models.insight import Look
from visuals import style
from visuals.components.camera import Camera
from visuals.components.feature_maps import FeatureMaps
from visuals.components.maps import Maps
from visuals.components.network_map import NetworkMap
from visuals.components.pictures import Pictures
from visuals.components.receptive_field import ReceptiveField
from visuals.events import FOLLOWING, PRIVATE, after
from visuals.inception import figures, maps_figures
from visuals.inception.examples import available, picture
from visuals.inception.layout import html, prose
from visuals.inception.maps_figures import Channel
from visuals.inception.network_figures import network_map
from visuals.live import COMPUTE
from visuals.uploads import UploadError, read_image, read_taken

MODULES = tuple(row.name for row in INCEPTIONS)
FIRST_PICTURE, FIRST_MODULE, FIRST_BRANCH = "lion", "3a", "3x3"
ACTIVATIONS = "the activations of the pass above"
MARK = "({ chosen }) => ({ chosen })"  # of the map's value: marks the module chosen there, without asking the server
QUICK = {"trigger_mode": "always_last"} | PRIVATE  # of what computes after a choice


@dataclass(frozen=True)
class Chosen:
    """What the visitor has chosen, for the sections that follow it.

    `look.change` fires after every new picture (`image` is set by then) and every other network; `map.choose` after
    another module, which `module_of` reads from the map's value. A section that follows both wires both.
    """

    image: gr.State  # (H, W, 3) uint8: the picture as it was sent
    look: gr.State  # Look: the network's last pass over it
    map: NetworkMap
    known: gr.State  # str: a name that insight.known takes; once it changes, the picture runs through that network
    controls: dict[str, gr.components.Component]  # by the names of State; the values name the choice by "chosen"
    restored: dict[str, Any]  # the event that runs the network after a link has set the controls


def build() -> Chosen:
    """Put the section into the open gradio context. Raises ArtifactError where the trained network is missing."""
    first = insight.look(picture(FIRST_PICTURE))
    image, look, known = gr.State(picture(FIRST_PICTURE)), gr.State(first), gr.State("tiny")
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            prose("picture")
            gallery = Pictures(figures.gallery(FIRST_PICTURE), elem_id="wider-gallery")
            with gr.Row():
                upload = gr.UploadButton("Send your own picture", variant="primary", elem_id="wider-upload")
                camera = Camera(elem_id="wider-camera")
            problem = gr.HTML(elem_id="wider-problem")
            with gr.Accordion(f"The {first.num_classes} classes that our network knows", open=False):
                gr.Markdown(", ".join(insight.known().classes))
        with gr.Column(scale=3, min_width=320):
            shown = html(figures.example(FIRST_PICTURE, first), elem_id="wider-picture")
            predictions = html(figures.predictions(first, style.at_start), elem_id="wider-predictions")
    prose("look")
    drawing = NetworkMap(network_map(first, FIRST_MODULE), elem_id="wider-map")
    _inside(first, look, drawing)

    of_picture = [image, look, shown, predictions, drawing, problem]
    restored = {"fn": choose_example, "inputs": [gallery, known], "outputs": of_picture, **QUICK, **COMPUTE}
    gallery.choose(**restored)
    own = {"outputs": [*of_picture, gallery], "api_visibility": "private", **COMPUTE}
    upload.upload(choose_upload, [upload, known], **own)
    camera.taken(choose_taken, [camera, known], **own)
    known.change(choose_network, [image, gallery, known], of_picture, **QUICK, **COMPUTE)
    return Chosen(image, look, drawing, known, {"picture": gallery, "module": drawing}, restored)


def _inside(first: Look, look: gr.State, drawing: NetworkMap) -> None:
    """What comes before the modules, the maps of the chosen one, and one map enlarged; they follow the choices."""
    strongest = channel_of(first, FIRST_MODULE, None)
    with gr.Accordion("What happens before the first module?", open=False, elem_id="wider-stem-part"):
        prose("stem")
        stem = html(maps_figures.stem(first), elem_id="wider-stem")
        prose("norms")
        norms_said = html(norms_sentence(first, style.at_start), elem_id="wider-norms-said")
        norms = Maps(maps_figures.norms(first), elem_id="wider-norms")
    prose("maps")
    maps = FeatureMaps(maps_figures.feature_maps(first, FIRST_MODULE, strongest), elem_id="wider-maps")
    prose("field")
    field = ReceptiveField(maps_figures.field(first, FIRST_MODULE, strongest), elem_id="wider-field")
    when = gr.HTML(style.at_start(ACTIVATIONS), elem_id="wider-maps-when")
    gr.HTML(style.measured("the gradient of every activation that you choose"))

    # one event, so that no answer overtakes another
    choices = after(look.change, drawing.choose, maps.open, maps.more, field.probe)
    choices(show_module, [look, drawing, maps, field], [maps, field], **QUICK, **COMPUTE)
    look.change(show_stem, look, [stem, norms, norms_said, when], **FOLLOWING)


# --- Choosing a picture ---------------------------------------------------------------------------------------


def choose_example(gallery: Any, known: str) -> tuple[Any, ...]:
    """The network's pass over the example that was pressed."""
    name = example_of(gallery) or FIRST_PICTURE
    look = insight.look(picture(name), known)
    return *_of_picture(picture(name), look, figures.example(name, look)), ""


def example_of(gallery: Any) -> str | None:
    """The example that is pressed; none where the visitor sent a picture, or where something else came."""
    index = gallery.get("chosen") if isinstance(gallery, dict) else None
    names = available()
    return names[index] if type(index) is int and 0 <= index < len(names) else None


def choose_upload(path: str, known: str) -> tuple[Any, ...]:
    """The network's pass over a visitor's file; where it is no usable picture, a sentence, and all stays as it was."""
    return _choose_own(lambda: read_image(path), known)


def choose_taken(camera: Any, known: str) -> tuple[Any, ...]:
    """The network's pass over a picture from the visitor's camera."""
    return _choose_own(lambda: read_taken(camera), known)


def _choose_own(read: Callable[[], Image.Image], known: str) -> tuple[Any, ...]:
    try:
        image = np.asarray(read())
    except UploadError as error:
        return *[gr.skip()] * 5, style.notice(str(error)), gr.skip()
    look = insight.look(image, known)
    return *_of_picture(image, look, figures.picture(image, look, "your picture")), "", figures.gallery(None)


def choose_network(image: np.ndarray, gallery: Any, known: str) -> tuple[Any, ...]:
    """Another network's pass over the picture that is chosen."""
    look, name = insight.look(image, known), example_of(gallery)
    shown = figures.example(name, look) if name else figures.picture(image, look, "your picture")
    return *_of_picture(image, look, shown), ""


def _of_picture(image: np.ndarray, look: Look, shown: str) -> tuple[Any, ...]:
    return image, look, shown, figures.predictions(look), network_map(look)


# --- What the chosen module sees ------------------------------------------------------------------------------


def module_of(drawing: Any) -> str:
    """The module that is chosen on the map, whatever came from the browser."""
    name = drawing.get("chosen") if isinstance(drawing, dict) else None
    return name if name in MODULES else FIRST_MODULE


def channel_of(look: Look, module: str, maps: Any) -> Channel:
    """The open channel of this module; the strongest of the same branch where another module's or network's was."""
    maps = maps if isinstance(maps, dict) else {}
    chosen = maps.get("chosen") if isinstance(maps.get("chosen"), dict) else {}
    branch, channel = chosen.get("branch"), chosen.get("channel")
    branch = branch if branch in BRANCHES else FIRST_BRANCH
    channels = look.maps(module)[branch].channels
    same = (maps.get("known"), maps.get("name")) == (look.known, module)
    if same and type(channel) is int and 0 <= channel < len(channels):
        return branch, channel
    return branch, int(channels[0])


def position_of(look: Look, module: str, chosen: Channel, field: Any) -> tuple[int, int] | None:
    """The position that is chosen on this channel; none where the field was another channel's."""
    field = field if isinstance(field, dict) else {}
    at, side = field.get("at"), look.shapes[module][1]
    same = [field.get(key) for key in ("known", "module", "branch", "channel")] == [look.known, module, *chosen]
    inside = isinstance(at, list) and len(at) == 2 and all(type(v) is int and 0 <= v < side for v in at)
    return (at[0], at[1]) if same and inside else None


def show_module(look: Look, drawing: Any, maps: Any, field: Any) -> Iterator[tuple[Any, Any]]:
    """The maps of the module that is chosen on the map, then its open channel; only what is not on the page yet.

    The maps do not wait for the channel's gradient, which takes a pass forward and one back. They come with it once
    more: of two messages that a busy page gets at once only the newer counts.
    """
    module, every = module_of(drawing), isinstance(maps, dict) and maps.get("all") is True
    chosen = channel_of(look, module, maps)
    shown = maps_figures.feature_maps(look, module, chosen, every)
    new = gr.skip() if shown == maps else shown
    if shown != maps:
        yield new, gr.skip()
    enlarged = maps_figures.field(look, module, chosen, position_of(look, module, chosen, field))
    yield new, gr.skip() if enlarged == field else enlarged


def show_stem(look: Look) -> tuple[str, dict[str, Any], str, str]:
    """What this pass makes of the picture before the first module, and that all of it was measured now.

    Local response normalisation is shown where the network has it.
    """
    norms = gr.update(value=maps_figures.norms(look), visible=maps_figures.has_norms(look))
    return maps_figures.stem(look), norms, norms_sentence(look), style.measured(ACTIVATIONS)


def norms_sentence(look: Look, label: Callable[[str], str] = style.measured) -> str:
    """How much normalisation changes, in words, with the numbers; `label` says when they were found."""
    if maps_figures.has_norms(look):
        return style.told(maps_figures.norms_sentence(look), announce=False) + label("all channels")
    return style.told("This network has no local response normalisation: it uses batch normalisation instead.", False)
