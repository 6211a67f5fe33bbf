"""Against the others: what six networks cost and how often they err, and torchvision's GoogLeNet in place of ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.core.runtime import hardware
from models.wider import imagenet
from models.wider.activations import WEIGHTS, trained
from models.wider.comparison import NETWORKS as COMPARED
from models.wider.comparison import Count, passes
from models.wider.cost import printed_weights
from models.wider.imagenet import WeightsError
from visuals.components.bubbles import Bubbles
from visuals.page import style
from visuals.page.events import AT_ONCE, FOLLOWING, after
from visuals.page.files import Later
from visuals.page.live import ANSWER, LatestRun, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import control
from visuals.wider.comparison import view, words
from visuals.wider.comparison.errors import ALEXNET, KINDS, OURS
from visuals.wider.layout import beside, folded, html
from visuals.wider.passes import at_start, network_of
from visuals.wider.settings import NETWORKS, ComparisonSettings, WiderSettings
from visuals.wider.shared import QUICK, Shared

RECORDED = "comparison"
MESSAGES_PER_SECOND = 4

timing, fetching = LatestRun(), LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    certificate, by_name = artifacts.certificate(RECORDED), {one.name: one for one in counts()}
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            shown = Bubbles(view.chart(counts(), ComparisonSettings.error), elem_id="others")
        with gr.Column(scale=4, min_width=300):
            prose.show("others")
            error = control(ComparisonSettings, "error", elem_id="others-error")
            missing = html(words.missing(ComparisonSettings.error), elem_id="others-missing")
            with folded("Depth, width, noise: what they share"):
                prose.show("three")
    _weights(shared)
    with folded("How long does a picture take on this device?", elem_id="others-time"), beside(prose, "time"):
        takes = html(Later(expected), elem_id="others-takes")
        with gr.Row():
            go = gr.Button("Measure all six here", elem_id="others-go", scale=3, min_width=200)
            stop = gr.Button("Stop", elem_id="others-stop", scale=1, min_width=80)
        status = html(style.told("Not measured yet.", announce=False), elem_id="others-status")
        times = html("", elem_id="others-times", apply_default_css=False)
    with folded("All numbers, and where they come from", elem_id="others-numbers"):
        html(view.table(counts()), elem_id="others-table", apply_default_css=False)
        html(f"<p>{style.recorded(certificate, 'parameters and multiply-adds, counted on the definitions')}</p>")
        printed = printed_weights() / 1024 * 1000
        ratios = ALEXNET / printed, ALEXNET / by_name[OURS].parameters
        prose.show("twelve times", PRINTED=f"{ratios[0]:.1f}", COUNTED=f"{ratios[1]:.1f}")
        prose.show("notes")
    with folded("Our network and the paper's", elem_id="others-ours"):
        prose.show("numbers")
        html(view.results(artifacts.certificate(WEIGHTS)), elem_id="wider-results")
        prose.show("departures")

    error.change(show, error, [shown, missing], **FOLLOWING)
    timed = timing.wire(go, stop, live, [], [times, status], status, api_name="comparison")
    timed.then(expected, None, takes, **AT_ONCE)
    return Built({"error": error})


def counts() -> tuple[Count, ...]:
    """The recorded counts, in the order of COMPARED."""
    run = artifacts.load_run(RECORDED)
    return tuple(Count(*one) for one in zip(COMPARED, map(int, run["parameters"]), map(int, run["macs"]), strict=True))


def show(kind: Any) -> tuple[Any, str]:
    """The chart of the other error."""
    if kind not in KINDS:
        return gr.skip(), style.notice("Choose one of the two errors.")
    return view.chart(counts(), kind), words.missing(kind)


_took: list[float] = []  # seconds of the measurements that have ended here


def expected() -> str:
    """How long all six will take: as the last time; before that by our network's pass over the first picture."""
    run, macs = at_start().run, {one.name: one.macs for one in counts()}
    return words.expected(macs, run.milliseconds, run.shapes["picture"][1], _took[-1] if _took else None)


def live(request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """The time of a pass of each network: the table so far, and what to say."""
    drawn, run = view.Timing({one.name: one for one in counts()}, hardware()), timing.follow(request, passes())
    yield from stream(run, drawn)
    if drawn.done >= 1:
        _took[:] = [run.seconds]


# --- torchvision's weights ---


def _weights(shared: Shared) -> None:
    """They are fetched on request, and then look at the picture in all sections."""
    words_of = {"FILE": imagenet.file_name(), "MEGABYTES": f"{imagenet.MEGABYTES}", "HOST": imagenet.host()}
    with folded("The same views with 1,000 classes", elem_id="imagenet-all"), beside(prose, "imagenet"):
        with gr.Row():
            go = gr.Button(f"Download the weights ({imagenet.MEGABYTES} MB)", elem_id="imagenet-fetch", min_width=240)
            stop = gr.Button("Stop", elem_id="imagenet-stop", scale=0, min_width=80)
        status = html(opening(), elem_id="imagenet-status")
        network = control(WiderSettings, "network", elem_id="imagenet-network")
        with folded("What is downloaded, and how that network differs", elem_id="imagenet-part"):
            prose.show("imagenet, more", **words_of)
            items = "".join(f"<li>{escape(difference)}</li>" for difference in imagenet.DIFFERENCES)
            gr.HTML(f"<ul>{items}</ul>", elem_classes="prose", elem_id="imagenet-differences")

    fetching.wire(go, stop, fetch, [], [status, shared.network], status, api_visibility="private")
    network.input(choose, network, [shared.network, network, status], **QUICK, **ANSWER)
    after(shared.network.change)(chosen, shared.network, [network, status], **FOLLOWING)


def opening() -> str:
    said = "The weights are on this machine." if imagenet.is_here() else "The weights are not on this machine yet."
    return style.told(said, announce=False)


def choose(network: Any) -> tuple[Any, Any, Any]:
    """The chosen network, for all sections; where its weights are missing, ours stays, and a sentence says so."""
    if network not in NETWORKS:
        return "tiny", "tiny", style.notice("Choose one of the two networks.")
    try:
        trained(network)
    except WeightsError as error:
        return "tiny", "tiny", style.notice(f"{error} Our own network stays.")
    return network, gr.skip(), gr.skip()


def chosen(network: str) -> tuple[str, str]:
    """Once the network has changed, by this control or by a link."""
    network = network_of(network)
    count = len(trained(network).classes)
    return network, style.told(f"The network with {count:,} classes looks at the picture now.")


def fetch(request: gr.Request) -> Iterator[tuple[Any, Any]]:
    """Fetch the weights and choose their network: (how far it is, the network)."""
    if imagenet.is_here():
        yield style.told("The weights are on this machine already. Nothing was downloaded."), imagenet.NAME
        return
    yield style.told(f"Asking {imagenet.host()} for {imagenet.file_name()}.", announce=False), gr.skip()
    began = shown = time.perf_counter()
    followed = fetching.follow(request, imagenet.fetch())
    try:
        for event in followed:
            now = time.perf_counter()
            if now - shown >= 1 / MESSAGES_PER_SECOND:
                yield style.told(words.fetched(event, now - began), announce=False), gr.skip()
                shown = now
    except WeightsError as error:
        yield style.notice(str(error)), gr.skip()
        return
    if followed.stopped:
        yield style.told("Stopped. Nothing was kept."), gr.skip()
    elif imagenet.is_here():
        yield style.told("The weights have arrived, and their checksum is right. Opening them."), gr.skip()
        yield gr.skip(), imagenet.NAME


SECTION = Section("comparison", "Against the others", build, needs=(RECORDED, WEIGHTS), settings=ComparisonSettings)
