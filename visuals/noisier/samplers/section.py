"""Section "Samplers": controls, events, and the live run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.core.runtime import hardware
from models.noisier import judge
from models.noisier.reverse_chains import Row
from models.noisier.samplers import WAYS, Comparison, compare
from visuals.noisier.recorded_album import RecordedAlbum, class_of_network, classes_called
from visuals.noisier.samplers.view import SamplersView, Timed, recorded
from visuals.noisier.samplers.words import SHOWN
from visuals.noisier.settings import NETWORKS, SamplersSettings, SharedSettings
from visuals.noisier.shared import Shared
from visuals.noisier.takes import Takes, Work
from visuals.page.live import LatestRun, end, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import checked, control
from visuals.page.shared_runs import runs

latest = LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    names = {name: judge.classes(name) for name in NETWORKS}
    certificates = {name: artifacts.certificate(f"samplers-{name}") for name in NETWORKS}
    shown = RecordedAlbum(
        "samplers", lambda n: recorded(artifacts.load_run(f"samplers-{n}"), certificates[n], n, names[n])
    )
    opening = {name: str(certificate.config["label"]) for name, certificate in certificates.items()}
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            pictures = shown.pictures()
        with gr.Column(scale=4, min_width=300):
            prose.show("samplers")
            shown.answer()
            with gr.Row():
                label = control(SamplersSettings, "sides_class", dropdown=True, elem_id="samplers-class", min_width=120)
                seed = control(SamplersSettings, "sides_seed", elem_id="samplers-seed", min_width=120)
            with gr.Row():
                go = gr.Button("Compare them live", variant="primary", elem_id="samplers-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="samplers-stop", scale=1, min_width=80)
            line = takes().show("samplers", work("mnist"))
            status = shown.status()
    with gr.Accordion("The three samplers", open=False):
        prose.show("three")
    with gr.Accordion("For the curious: more pictures, and how it is measured", open=False):
        shown.table()
        prose.show("explained")

    run = latest.wire(go, stop, live, [shared.network, label, seed], [pictures, status], status, api_name="samplers")
    takes().follow(line, work, [shared.network], run)
    return Built(
        {"sides_class": label, "sides_seed": seed},
        called=classes_called("sides_class", names),
        shown=(class_of_network(shared, label, names, opening, {}), shown.wire(shared, latest)),
        spoken_of=lambda params: params.get("sides_network", "mnist") != "mnist",
    )


def live(network: Any, label: Any, seed: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """The rows, streamed one after the other: (the album with its new pictures, what to say above it)."""
    try:
        shared = checked(SharedSettings, {"network": network})
        asked = checked(SamplersSettings, {"sides_class": label, "sides_seed": seed})
    except ValueError as error:
        yield refused(error, 1)
        return
    config = Comparison(shared.network, int(asked.sides_class), asked.sides_seed)
    view = SamplersView(config, new_run(), judge.classes(config.network), hardware())
    run = latest.follow(request, runs.follow(("samplers", config), lambda: timed(compare(config, SHOWN))))
    yield from stream(run, view)
    if view.done >= 1:
        takes().note(work(config.network), run.seconds)


def work(network: Any) -> Work:
    """How many pictures a network sees in one comparison: each twice, with the class and without."""
    shared = checked(SharedSettings, {"network": network})
    return shared.network, 2 * Comparison(shared.network).count * sum(steps for _, steps in WAYS)


@cache
def takes() -> Takes:
    """The pace of comparisons; a certificate's own seconds are those of all its pictures."""
    certificates = {name: artifacts.certificate(f"samplers-{name}") for name in NETWORKS}
    return Takes({n: (replace(c, seconds=sum(c.config["seconds"])), work(n)[1]) for n, c in certificates.items()})


def timed(events: Iterator[Row]) -> Iterator[Timed]:
    """The same events, with how long each row has taken."""
    before = time.perf_counter()
    try:
        for event in events:
            now = time.perf_counter()
            yield Timed(event, now - before)
            before = now if event.finished else before
    finally:
        end(events)


SECTION = Section(
    "samplers",
    "Samplers",
    build,
    heading="Which sampler needs the fewest steps?",
    needs=tuple(f"{kind}-{name}" for name in NETWORKS for kind in ("samplers", "ddpm", "classifier")),
    settings=SamplersSettings,
)
