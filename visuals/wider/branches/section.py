"""Branches: what each branch of the chosen module sees, what one position sees, and what happens before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from models.wider.activations import WEIGHTS, Pass
from models.wider.googlenet import BRANCHES
from visuals.components.feature_maps import FeatureMaps
from visuals.components.figures import Figures
from visuals.components.maps import Maps
from visuals.components.pictures import data_url
from visuals.components.receptive_field import ReceptiveField
from visuals.page import style
from visuals.page.events import after
from visuals.page.files import Later
from visuals.page.live import ANSWER
from visuals.page.prose import Prose
from visuals.page.section import Section
from visuals.wider import passes
from visuals.wider.branches import stem, view, words
from visuals.wider.branches.view import Channel
from visuals.wider.layout import folded, html
from visuals.wider.network_map import ROWS
from visuals.wider.settings import WiderSettings
from visuals.wider.shared import QUICK, Shared

FIRST_BRANCH = "3x3"
ACTIVATIONS = "the activations of this pass"

prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    opening = Later(lambda: passes.at_start().run)
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            maps = FeatureMaps(opening.then(maps_at_start), elem_id="wider-maps")
            when = gr.HTML(style.at_start(ACTIVATIONS), elem_id="wider-maps-when")
        with gr.Column(scale=6, min_width=320):
            prose.show("maps")
            field = ReceptiveField(opening.then(field_at_start), elem_id="wider-field")
            gr.HTML(style.measured("the gradient of the position that you choose"))
    with folded("What happens before the first module? The stem", elem_id="wider-stem-part"):
        prose.show("stem")
        through = Figures(opening.then(stem.figures_of), elem_id="wider-stem")
        prose.show("norms")
        said = html(opening.then(lambda run: norms_sentence(run, style.at_start)), elem_id="wider-norms-said")
        norms = Maps(opening.then(stem.norms), elem_id="wider-norms")
    with folded("For the curious: maps and fields"), gr.Row():
        with gr.Column(min_width=320):
            prose.show("maps, more")
        with gr.Column(min_width=320):
            prose.show("field, more")

    # one event, so that no answer overtakes another
    choices = after(shared.ready.change, shared.module.change, maps.open, maps.more, field.probe)
    choices(show_module, [*shared.at_hand, shared.module, maps, field], [maps, field], **QUICK, **ANSWER)
    shared.follow(show_stem, [], [through, norms, said, when])


# --- what the browser sends ---


def channel_of(run: Pass, module: str, maps: Any, field: Any = None) -> Channel:
    """The open channel of this module; the strongest of the same branch where another module's or network's was.

    That one, too, where the channel was open beside another picture and finds nothing in this one.
    """
    maps = maps if isinstance(maps, dict) else {}
    chosen = maps.get("chosen") if isinstance(maps.get("chosen"), dict) else {}
    branch, channel = chosen.get("branch"), chosen.get("channel")
    branch = branch if branch in BRANCHES else FIRST_BRANCH
    found = run.maps(module)[branch]
    same = (maps.get("known"), maps.get("name")) == (run.network, module)
    if same and type(channel) is int and 0 <= channel < len(found.channels):
        opened_here = isinstance(field, dict) and field.get("picture") == data_url(run.seen)
        if opened_here or found.maxima[found.channels == channel].item() > 0:
            return branch, channel
    return branch, int(found.channels[0])


def position_of(run: Pass, module: str, chosen: Channel, field: Any) -> tuple[int, int] | None:
    """The position that is chosen on this channel; none where the field was another channel's."""
    field = field if isinstance(field, dict) else {}
    at, side = field.get("at"), run.shapes[module][1]
    same = [field.get(key) for key in ("known", "module", "branch", "channel")] == [run.network, module, *chosen]
    inside = isinstance(at, list) and len(at) == 2 and all(type(v) is int and 0 <= v < side for v in at)
    return (at[0], at[1]) if same and inside else None


# --- what it gets ---


def maps_at_start(run: Pass) -> dict[str, Any]:
    return view.feature_maps(run, WiderSettings.module, channel_of(run, WiderSettings.module, None))


def field_at_start(run: Pass) -> dict[str, Any]:
    return view.field(run, WiderSettings.module, channel_of(run, WiderSettings.module, None))


def show_module(
    picture: str, network: str, module: str, maps: Any, field: Any, request: gr.Request
) -> Iterator[tuple[Any, Any]]:
    """The maps of the chosen module, then its open channel; only what is not on the page yet.

    The maps do not wait for the channel's gradient, which takes a pass forward and one back. They come with it once
    more: of two messages that a busy page gets at once only the newer counts.
    """
    run, module = passes.chosen(request, picture, network).run, module if module in ROWS else WiderSettings.module
    every = isinstance(maps, dict) and maps.get("all") is True
    chosen = channel_of(run, module, maps, field)
    shown = view.feature_maps(run, module, chosen, every)
    sent = {key: value for key, value in maps.items() if key != "asked"} if isinstance(maps, dict) else {}
    new = gr.skip() if shown == sent else shown | {"asked": sent.get("chosen")}
    if shown != sent:
        yield new, gr.skip()
    enlarged = view.field(run, module, chosen, position_of(run, module, chosen, field))
    yield new, gr.skip() if enlarged == field else enlarged


def show_stem(picture: str, network: str, request: gr.Request) -> tuple[Any, Any, str, str]:
    """What this pass makes of the picture before the first module, and that all of it was measured now.

    Local response normalisation is shown where the network has it.
    """
    run = passes.chosen(request, picture, network).run
    norms = gr.update(value=stem.norms(run), visible=stem.has_norms(run))
    return stem.figures_of(run), norms, norms_sentence(run), style.measured(ACTIVATIONS)


def norms_sentence(run: Pass, label: Callable[[str], str] = style.measured) -> str:
    """How much normalisation changes, in words, with the numbers; `label` says when they were found."""
    if stem.has_norms(run):
        said = words.norms(stem.shrunk(run), stem.shrunk(run, scaled=True))
        return style.told(said, announce=False) + label("all channels")
    return style.told(words.NO_NORMS, announce=False)


SECTION = Section("branches", "Branches", build, heading="How far does each branch see?", needs=(WEIGHTS,))
