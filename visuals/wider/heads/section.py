"""Heads: what three heads say, and which gradients their losses send back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from operator import itemgetter
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from models.core import artifacts
from models.core.runtime import device, hardware
from models.wider.activations import WEIGHTS, Pass
from models.wider.heads import STATES, gradients_of_picture
from visuals.components.bars import Bars
from visuals.components.chart import Chart, Level, levelled
from visuals.page import style
from visuals.page.events import FOLLOWING, after
from visuals.page.files import Later
from visuals.page.live import ANSWER, new_run
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import control
from visuals.wider import passes
from visuals.wider.classes import class_list, class_of, listed, offered
from visuals.wider.heads import view, words
from visuals.wider.layout import folded, html
from visuals.wider.network_map import ROWS
from visuals.wider.settings import LIVE, SOURCES, HeadsSettings, WiderSettings
from visuals.wider.shared import QUICK, Shared

RECORDED = "heads"
# How the control names the recorded states of the weights.
STATE_NAMES: dict[str, str] = dict(zip(SOURCES, STATES, strict=False))

prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    run = artifacts.load_run(RECORDED)
    opening = Later(lambda: heads_of(passes.at_start().run, style.at_start))
    told, drawn = recorded_gradients(HeadsSettings.weights, view.marks(WiderSettings.module))
    with gr.Row(equal_height=False):
        with gr.Column(scale=8, min_width=320):
            source = control(HeadsSettings, "weights", elem_id="gradient-source", container=False)
            label = class_list(HeadsSettings, "taken", elem_id="gradient-class", visible=False)
            gradient_status = html(told, elem_id="gradient-status")
            gradient_chart = Chart(drawn, elem_id="gradient")
        with gr.Column(scale=4, min_width=300):
            prose.show("heads")
            prose.show("gradient")
            status = html(opening.then(itemgetter(0)), elem_id="heads-status")
            bars = Bars(opening.then(itemgetter(1)), elem_id="heads")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            with folded("Do the heads help?"):
                prose.show("gradient, seen", **words.seen(run))
            with folded("How often is each head right?"):
                _held_out(run)
        with gr.Column(min_width=320), folded("For the curious: weights and reasons"):
            prose.show("gradient, more")

    shared.follow(show_heads, [], [status, bars])
    measured, outputs = [source, label, shared.module], [gradient_status, gradient_chart]
    answered = [shared.follow(follow_gradients, measured, outputs)]
    for event in (source.change, label.change):
        answered.append(event(show_gradients, [*shared.at_hand, *measured], outputs, **QUICK, **ANSWER))
    for mark in (after(shared.module.change), *(event.then for event in answered)):
        mark(mark_gradients, [gradient_chart, shared.module], gradient_chart, **FOLLOWING)
    after(source.change)(lambda name: gr.update(visible=name == LIVE), source, label, **FOLLOWING)
    after(shared.network.change)(offered, [shared.network, label], label, **FOLLOWING)
    return Built({"weights": source, "taken": label}, values)


def _held_out(run: dict[str, np.ndarray]) -> None:
    """The heads on pictures that none of them was trained on."""
    trained, certificate = artifacts.certificate(WEIGHTS), artifacts.certificate(RECORDED)
    html(words.held_out_table(run, trained), elem_id="heads-table", apply_default_css=False)
    gr.HTML(style.recorded(trained, f"how often each is right, at the end of training; {trained.hardware}"))
    html(
        f'<p class="told">{words.held_out_sentence(run)}</p>'
        + style.recorded(certificate, f"the same answers, from another pass; {certificate.hardware}"),
        elem_id="heads-agree",
    )


def heads_of(run: Pass, label: Callable[[str], str]) -> tuple[str, dict[str, Any]]:
    """What the heads say of the picture, in words and as bars; `label` says when that was found."""
    return style.told(words.agreement(run)) + label(hardware(device())), view.answers(run)


def show_heads(picture: str, network: str, request: gr.Request) -> tuple[str, dict[str, Any]]:
    return heads_of(passes.chosen(request, picture, network).run, style.measured)


# --- gradients ---


def show_gradients(
    picture: str, network: str, source: Any, label: Any, module: str, request: gr.Request
) -> tuple[str, Any]:
    """Gradients by depth: recorded ones of a batch, or those of the picture, measured now; the chosen module marked."""
    marks = view.marks(module if module in ROWS else WiderSettings.module)
    if source in STATE_NAMES:
        return recorded_gradients(source, marks)
    if source != LIVE:
        return style.notice("Choose one of the weights from the list."), gr.skip()
    return gradients_now(passes.chosen(request, picture, network).run, label, marks)


def gradients_now(run: Pass, label: Any, marks: tuple[Level, ...]) -> tuple[str, Any]:
    """Of the picture of a pass, taken for the class `label`."""
    try:
        k = class_of(label, run)
    except ValueError as error:
        return style.notice(str(error)), gr.skip()
    lengths, what = gradients_of_picture(run, k), f"trained, this picture taken for {run.classes[k]}"
    said = style.told(words.gradient_sentence(lengths, what))
    said += style.measured(f"one picture, no dropout; {hardware(device())}")
    return said, view.gradient_chart(new_run(), lengths, what, marks)


def recorded_gradients(source: str, marks: tuple[Level, ...]) -> tuple[str, dict[str, Any]]:
    """Of one of STATE_NAMES, on held-out pictures."""
    lengths = artifacts.load_run(RECORDED)["gradients"].mean(1)[STATES.index(STATE_NAMES[source])]
    certificate = artifacts.certificate(RECORDED)
    count, size = certificate.config["axes"]["batch"], certificate.config["batch"]
    detail = f"mean over {count} batches of {size} held-out pictures; {certificate.hardware}"
    said = style.told(words.gradient_sentence(lengths, SOURCES[source])) + style.recorded(certificate, detail)
    return said, view.gradient_chart(new_run(), lengths, SOURCES[source], marks)


def follow_gradients(
    picture: str, network: str, source: Any, label: Any, module: str, request: gr.Request
) -> tuple[Any, Any]:
    """The same for another picture; what was recorded does not change with it."""
    if source != LIVE:
        return gr.skip(), gr.skip()
    return show_gradients(picture, network, source, label, module, request)


def mark_gradients(shown: Any, module: str) -> Any:
    """The chart that is shown, with the chosen module marked; nothing where it is marked already."""
    marked = levelled(shown or {}, view.marks(module if module in ROWS else WiderSettings.module))
    return marked if marked != shown else gr.skip()


def values(settings: HeadsSettings) -> dict[str, Any]:
    """What a link sets."""
    return asdict(settings) | {"taken": listed(settings.taken)}


SECTION = Section(
    "heads",
    "Auxiliary heads",
    build,
    heading="What are the two extra heads for?",
    needs=(WEIGHTS, RECORDED),
    settings=HeadsSettings,
)
