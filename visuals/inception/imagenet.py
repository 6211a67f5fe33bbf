"""ImageNet's 1,000 classes, in tab 2: torchvision's weights, fetched on request, behind the same views."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from models import imagenet
from models.imagenet import Fetched, WeightsError
from models.insight import known
from visuals import style
from visuals.inception.layout import beside, html, prose
from visuals.inception.look import QUICK, Chosen
from visuals.live import COMPUTE, LatestRun

OURS = "tiny"  # as insight.known names it
NETWORKS = [("our network, 52 classes", OURS), ("torchvision's, 1,000 classes", imagenet.NAME)]
MESSAGES_PER_SECOND = 4
MEGABYTE = 2**20

latest = LatestRun()


def build(chosen: Chosen) -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them."""
    words = {"FILE": imagenet.file_name(), "MEGABYTES": f"{imagenet.MEGABYTES}", "HOST": imagenet.host()}
    with beside("imagenet", **words):
        with gr.Row():
            go = gr.Button(f"Download the weights ({imagenet.MEGABYTES} MB)", elem_id="imagenet-go", min_width=240)
            stop = gr.Button("Stop", elem_id="imagenet-stop", scale=0, min_width=80)
        status = html(opening(), elem_id="imagenet-status")
        network = gr.Radio(NETWORKS, value=OURS, label="Network that looks at the picture", elem_id="imagenet-network")
    prose("imagenet, differences")
    items = "".join(f"<li>{escape(difference)}</li>" for difference in imagenet.DIFFERENCES)
    gr.HTML(f"<ul>{items}</ul>", elem_classes="prose", elem_id="imagenet-differences")
    latest.wire(go, stop, live, [network], [status, network], status, api_visibility="private")
    network.change(choose, [network, chosen.known], [network, chosen.known, status], **QUICK, **COMPUTE)
    return {"network": network}


def opening() -> str:
    said = "The weights are on this machine." if imagenet.is_here() else "The weights are not on this machine yet."
    return style.told(said, announce=False)


def choose(network: Any, current: str) -> tuple[Any, Any, Any]:
    """The chosen network, for all views; where its weights are missing, ours stays, and a sentence says so."""
    if network == current:
        return gr.skip(), gr.skip(), gr.skip()
    if network not in dict(map(reversed, NETWORKS)):
        return current, gr.skip(), style.notice("Choose one of the two networks.")
    try:
        classes = known(network).classes
    except WeightsError as error:
        return current, gr.skip(), style.notice(f"{error} Our own network stays.")
    return gr.skip(), network, style.told(f"The network with {len(classes):,} classes looks at the picture now.")


def live(network: Any, request: gr.Request) -> Iterator[tuple[str, Any]]:
    """Fetch the weights and choose their network: (how far it is, the network)."""
    if imagenet.is_here():
        yield style.told("The weights are on this machine already. Nothing was downloaded."), imagenet.NAME
        return
    yield style.told(f"Asking {imagenet.host()} for {imagenet.file_name()}.", announce=False), gr.skip()
    began = shown = time.perf_counter()
    followed = latest.follow(request, imagenet.fetch())
    try:
        for event in followed:
            now = time.perf_counter()
            if now - shown >= 1 / MESSAGES_PER_SECOND:
                yield style.told(progress(event, now - began), announce=False), gr.skip()
                shown = now
    except WeightsError as error:
        yield style.notice(str(error)), gr.skip()
        return
    if followed.stopped:
        yield style.told("Stopped. Nothing was kept."), gr.skip()
    elif imagenet.is_here():
        yield style.told("The weights have arrived, and their checksum is right. Opening them."), gr.skip()
        yield gr.skip(), imagenet.NAME


def progress(event: Fetched, seconds: float) -> str:
    """How much has arrived, and for how long it will go on."""
    done = f"{event.done / MEGABYTE:.1f}"
    if not event.whole:
        return f"{done} MB have arrived."
    left = seconds / event.done * (event.whole - event.done)
    return f"{done} of {event.whole / MEGABYTE:.1f} MB have arrived, about {left:.0f} s left."
