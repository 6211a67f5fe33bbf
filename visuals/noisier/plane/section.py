"""Section "In two dimensions": controls, events, and the live run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.core.runtime import hardware
from models.noisier.plane import DRAWN, EDGE, OWN, Plane, learn
from visuals.components.chart import Chart
from visuals.components.cloud import Cloud
from visuals.components.pad import Pad, empty
from visuals.noisier.plane import view, words
from visuals.noisier.settings import PlaneSettings
from visuals.noisier.shared import Shared, html
from visuals.noisier.takes import Takes, Work
from visuals.page.events import AT_ONCE
from visuals.page.live import LatestRun, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import checked, control
from visuals.page.shared_runs import runs

RECORDED = "plane-spiral"
latest = LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    certificate, run = artifacts.certificate(RECORDED), artifacts.load_run(RECORDED)
    config = Plane(**certificate.config)
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            cloud = Cloud(view.flow_of(config, 1, run, play=False), elem_id="plane")
        with gr.Column(scale=4, min_width=300):
            prose.show("plane")
            choices = [(name, shape) for shape, name in words.NAMES.items()]
            with gr.Row():
                options = {"choices": choices, "value": config.shape, "elem_id": "plane-shape", "min_width": 150}
                shape = control(PlaneSettings, "cloud", dropdown=True, **options)
                seed = control(PlaneSettings, "cloud_seed", elem_id="plane-seed", min_width=80)
            with gr.Column(visible=False) as drawing:
                pad = Pad(empty(EDGE, DRAWN[1]), elem_id="plane-pad")
            steps = control(PlaneSettings, "cloud_steps", elem_id="plane-steps")
            with gr.Row():
                go = gr.Button("Train it live", variant="primary", elem_id="plane-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="plane-stop", scale=1, min_width=80)
            line = takes().show("plane", work(config.steps))
            status = html(words.recorded_outcome(certificate), elem_id="plane-status")
    with gr.Accordion("What to look for", open=False, elem_id="plane-look"):
        prose.show("what to look for")
    with gr.Accordion("For the curious: the loss, and the distance", open=False, elem_id="plane-curious"):
        losses = Chart(view.loss_chart(config, 1, run["loss"].tolist()), elem_id="plane-loss")
        prose.show("distance")

    started = latest.wire(go, stop, live, [shape, steps, seed, pad], [cloud, losses, status], status, api_name="plane")
    takes().follow(line, work, [steps], started)
    shape.change(drawing_place, shape, drawing, **AT_ONCE)
    return Built({"cloud": shape, "cloud_steps": steps, "cloud_seed": seed})


def drawing_place(shape: Any) -> dict[str, Any]:
    """The place to draw in is there for those who draw."""
    return gr.update(visible=shape == OWN)


def live(shape: Any, steps: Any, seed: Any, pad: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Training and the ways back, streamed: (the cloud, the loss, what to say)."""
    try:
        config = config_of(shape, steps, seed, pad)
    except ValueError as error:
        yield refused(error, 2)
        return
    run = latest.follow(request, runs.follow(("plane", config), lambda: learn(config)))
    shown = view.PlaneView(config, new_run(), hardware())
    yield from stream(run, shown)
    if shown.done >= 1:
        takes().note(work(config.steps), run.seconds)


def work(steps: Any) -> Work:
    """The calls of the network: training steps, and the steps of the ways back."""
    return RECORDED, checked(PlaneSettings, {"cloud_steps": steps}).cloud_steps + view.CALLS


@cache
def takes() -> Takes:
    """The pace of runs, by calls of the network."""
    certificate = artifacts.certificate(RECORDED)
    return Takes({RECORDED: (certificate, work(certificate.config["steps"])[1])})


def config_of(shape: Any, steps: Any, seed: Any, pad: Any) -> Plane:
    """What the controls say; raises ValueError with a sentence for the visitor."""
    asked = checked(PlaneSettings, {"cloud_steps": steps, "cloud_seed": seed})
    if shape != OWN:
        return Plane(checked(PlaneSettings, {"cloud": shape}).cloud, asked.cloud_steps, asked.cloud_seed)
    points = pad.get("points") if isinstance(pad, dict) else None
    if not isinstance(points, list):
        raise ValueError("The drawing could not be read. Clear it and draw again.")
    drawn: Any = tuple(tuple(p) if isinstance(p, list) else () for p in points)  # Plane checks them
    return Plane(OWN, asked.cloud_steps, asked.cloud_seed, drawn)


SECTION = Section(
    "plane",
    "In two dimensions",
    build,
    heading="What does a network learn? The same in two dimensions",
    needs=(RECORDED,),
    settings=PlaneSettings,
)
