"""Evidence: the class activation map of a class over the picture, whose sum is what the network has for that class."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

import gradio as gr

from models.core.runtime import device, hardware
from models.wider.activations import WEIGHTS
from models.wider.cost import weights
from models.wider.heads import evidence, fully_connected
from visuals.components.overlay import Overlay
from visuals.page import style
from visuals.page.events import FOLLOWING, after
from visuals.page.files import Later
from visuals.page.live import ANSWER
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.wider import passes
from visuals.wider.classes import class_list, class_of, listed, offered
from visuals.wider.evidence import view, words
from visuals.wider.examples import PREVIEW, data_url, jpeg, square
from visuals.wider.layout import folded, html
from visuals.wider.settings import FIRST, EvidenceSettings
from visuals.wider.shared import QUICK, Shared

prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    opening = Later(lambda: evidence_of(FIRST, passes.at_start(), style.at_start))
    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320):
            overlay = Overlay(opening.then(itemgetter(1)), elem_id="evidence")
        with gr.Column(scale=1, min_width=320):
            prose.show("evidence")
            of = class_list(EvidenceSettings, "evidence", elem_id="evidence-class")
            status = html(opening.then(itemgetter(0)), elem_id="evidence-status")
            with folded("Why an average, and no large layer?"):
                prose.show_later("average", of_a_large_layer)
                gr.HTML(style.paper("Szegedy et al. 2014, section 5: about 0.6 % top-1"))
            with folded("For the curious: the formula"):
                prose.show("evidence, more")

    shared.follow(show, [of], [status, overlay])
    of.change(show, [*shared.at_hand, of], [status, overlay], **QUICK, **ANSWER)
    after(shared.network.change)(offered, [shared.network, of], of, **FOLLOWING)
    return Built({"evidence": of}, values)


def of_a_large_layer() -> dict[str, str]:
    """What it would add to the network."""
    layer, network = fully_connected(), weights()
    return {"WEIGHTS": f"{layer / 1e6:.0f} million weights", "TIMES": f"{layer / network:.1f}"}


def show(picture: str, network: str, of: Any, request: gr.Request) -> tuple[str, Any]:
    return evidence_of(of, passes.chosen(request, picture, network), style.measured)


def evidence_of(of: Any, chosen: passes.Chosen, label: Callable[[str], str]) -> tuple[str, Any]:
    """The class activation map of the class `of`, in words and over the picture; `label` says when it was found."""
    try:
        k = class_of(of, chosen.run)
    except ValueError as error:
        return style.notice(str(error)), gr.skip()
    found = evidence(chosen.run)
    photo = data_url(jpeg(view.grey(square(chosen.image, PREVIEW))))
    shown = view.evidence_map(found, k, chosen.run.classes, photo)
    return style.told(words.evidence(found, chosen.run, k)) + label(hardware(device())), shown


def values(settings: EvidenceSettings) -> dict[str, Any]:
    """What a link sets."""
    return {"evidence": listed(settings.evidence)}


SECTION = Section(
    "evidence", "Evidence", build, heading="Where is the evidence?", needs=(WEIGHTS,), settings=EvidenceSettings
)
