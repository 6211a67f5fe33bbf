"""Section "Guidance": controls, events, and the live run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.core.runtime import hardware
from models.noisier import judge
from models.noisier.guidance import SCALES, Strip, strip
from visuals.noisier.guidance.view import GuidanceView, recorded
from visuals.noisier.recorded_album import RecordedAlbum, class_of_network, classes_called
from visuals.noisier.settings import NETWORKS, GuidanceSettings, SharedSettings
from visuals.noisier.shared import Shared
from visuals.noisier.takes import Takes, Work
from visuals.page.live import LatestRun, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import checked, control
from visuals.page.shared_runs import runs

latest = LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    names = {name: judge.classes(name) for name in NETWORKS}
    certificates = {name: artifacts.certificate(f"guidance-{name}") for name in NETWORKS}
    shown = RecordedAlbum(
        "guidance", lambda n: recorded(artifacts.load_run(f"guidance-{n}"), certificates[n], n, names[n])
    )
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            pictures = shown.pictures()
        with gr.Column(scale=4, min_width=300):
            prose.show("guidance")
            shown.answer()
            with gr.Row():
                label = control(
                    GuidanceSettings, "guided_class", dropdown=True, elem_id="guidance-class", min_width=110
                )
                steps = control(GuidanceSettings, "guided_steps", dropdown=True, elem_id="guidance-steps", min_width=80)
                seed = control(GuidanceSettings, "guided_seed", elem_id="guidance-seed", min_width=80)
            with gr.Row():
                go = gr.Button("Draw the strip live", variant="primary", elem_id="guidance-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="guidance-stop", scale=1, min_width=80)
            line = takes().show("guidance", work("mnist", GuidanceSettings().guided_steps))
            status = shown.status()
    with gr.Accordion("For the curious: more pictures, and how it is measured", open=False):
        shown.table()
        prose.show("explained")

    inputs = [shared.network, label, steps, seed]
    run = latest.wire(go, stop, live, inputs, [pictures, status], status, api_name="guidance")
    takes().follow(line, work, [shared.network, steps], run)
    opening = {name: str(certificate.config["label"]) for name, certificate in certificates.items()}
    return Built(
        {"guided_class": label, "guided_steps": steps, "guided_seed": seed},
        called=classes_called("guided_class", names),
        shown=(class_of_network(shared, label, names, opening, {}), shown.wire(shared, latest)),
        spoken_of=lambda params: params.get("guided_network", "mnist") != "mnist",
    )


def live(network: Any, label: Any, steps: Any, seed: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """The strip, streamed scale by scale: (the album with its new pictures, what to say above it)."""
    try:
        shared = checked(SharedSettings, {"network": network})
        asked = checked(GuidanceSettings, {"guided_class": label, "guided_steps": steps, "guided_seed": seed})
    except ValueError as error:
        yield refused(error, 1)
        return
    config = Strip(shared.network, int(asked.guided_class), int(asked.guided_steps), asked.guided_seed)
    view = GuidanceView(config, new_run(), judge.classes(config.network), hardware())
    run = latest.follow(request, runs.follow(("guidance", config), lambda: strip(config)))
    yield from stream(run, view)
    if view.done >= 1:
        takes().note(work(config.network, str(config.steps)), run.seconds)


def work(network: Any, steps: Any) -> Work:
    """How many pictures the network draws for these settings, times the steps of each."""
    shared = checked(SharedSettings, {"network": network})
    asked = checked(GuidanceSettings, {"guided_steps": steps})
    return shared.network, Strip().count * len(SCALES) * int(asked.guided_steps)


@cache
def takes() -> Takes:
    """The pace of strips; what was recorded took the shown strip and many more pictures."""
    found = {}
    for name in NETWORKS:
        certificate = artifacts.certificate(f"guidance-{name}")
        config = certificate.config
        found[name] = certificate, (config["pictures"] + config["count"]) * len(SCALES) * config["steps"]
    return Takes(found)


SECTION = Section(
    "guidance",
    "Guidance",
    build,
    heading="How does a class steer the way back?",
    needs=tuple(f"{kind}-{name}" for name in NETWORKS for kind in ("guidance", "ddpm", "classifier")),
    settings=GuidanceSettings,
)
