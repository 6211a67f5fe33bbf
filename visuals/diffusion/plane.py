"""Tab 3, two dimensions: a network learns a cloud of points live, and the points flow to noise and back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts
from models.plane import (
    ALPHA_BAR,
    BACK,
    DRAWN,
    EDGE,
    OWN,
    REACH,
    SHOWN,
    STEPS,
    Flow,
    Learned,
    Plane,
    Returned,
    learn,
    preview_noise,
    true_points,
)
from visuals import style
from visuals.components.chart import Axis, Chart, Series, chart, grown
from visuals.components.cloud import Cloud, flow, learning
from visuals.components.pad import Pad, empty
from visuals.diffusion.layout import html, prose
from visuals.diffusion.plane_sentences import NAMES, live_outcome, recorded_outcome, returning, stopped, training
from visuals.events import AT_ONCE
from visuals.live import LatestRun

RECORDED = "plane-spiral"
OPENING = 98  # the frame of the recorded flow that is shown first: on the way back, where the cloud takes shape
CHUNK = 25  # training steps whose mean loss is a point of the chart
MESSAGES_PER_SECOND = 4
CHOICES = [(NAMES[shape], shape) for shape in NAMES]

latest = LatestRun()


def build() -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them.

    Raises ArtifactError where the recorded run is missing.
    """
    certificate, run = artifacts.certificate(RECORDED), artifacts.load_run(RECORDED)
    config = Plane(**certificate.config)
    prose("plane")
    with gr.Row(equal_height=False):
        with gr.Column(scale=6, min_width=320):
            cloud = Cloud(flow_of(config, 1, run, play=False), elem_id="plane")
        with gr.Column(scale=5, min_width=320):
            shape = gr.Radio(CHOICES, value=config.shape, label="Cloud to learn", elem_id="plane-shape")
            with gr.Column(visible=False) as drawing:
                pad = Pad(empty(EDGE, DRAWN[1]), elem_id="plane-pad")
            with gr.Row():
                steps = gr.Slider(
                    *STEPS, config.steps, step=100, label="Training steps", elem_id="plane-steps", min_width=160
                )
                seed = gr.Number(
                    config.seed, precision=0, label="Seed, 0 to 999999", elem_id="plane-seed", min_width=140
                )
            with gr.Row():
                go = gr.Button("Train it live", elem_id="plane-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="plane-stop", scale=1, min_width=80)
            status = html(recorded_outcome(certificate), elem_id="plane-status")
            losses = Chart(loss_chart(config, 1, run["loss"].tolist()), elem_id="plane-loss")
    prose("plane look")

    latest.wire(go, stop, live, [shape, steps, seed, pad], [cloud, losses, status], status, api_name="plane")
    shape.change(drawing_place, shape, drawing, **AT_ONCE)
    return {"cloud": shape, "cloud_steps": steps, "cloud_seed": seed}


def live(
    shape: str, steps: float | None, seed: float | None, pad: Any, request: gr.Request
) -> Iterator[tuple[Any, Any, str]]:
    """Training and the ways back, streamed: (the cloud, the loss, what to say)."""
    try:
        config = config_of(shape, steps, seed, pad)
    except ValueError as error:
        yield gr.skip(), gr.skip(), style.notice(str(error))
        return
    run, began = time.time_ns() // 1_000_000, time.perf_counter()
    curve, points, losses, now, shown = loss_chart(config, run, []), preview_noise(config.seed), [], began, began
    yield learning_of(config, run, points, 0), curve, training(config, 0, 0)
    followed, sent = latest.follow(request, learn(config)), 0
    for event in followed:
        now = time.perf_counter()
        due = now - shown >= 1 / MESSAGES_PER_SECOND
        if isinstance(event, Learned):
            losses.append(event.loss)
            points = points if event.preview is None else event.preview
            if due or event.step == config.steps:
                means = chunks(losses)
                more = grown(curve, {"loss": means[sent:]}, {"loss": sent})
                yield learning_of(config, run, points, event.step), more, training(config, event.step, now - began)
                sent, shown = len(means), now
        elif isinstance(event, Flow):
            flowing = flow_of(config, run, vars(event), play=True)
            yield flowing, gr.skip(), live_outcome(config, event.distances, now - began)
        elif isinstance(event, Returned) and (due or event.step == 1):
            yield gr.skip(), gr.skip(), returning(event, BACK.steps)
            shown = now
    if followed.stopped:
        yield gr.skip(), gr.skip(), stopped(len(losses))


def config_of(shape: Any, steps: Any, seed: Any, pad: Any) -> Plane:
    """What the controls say; raises ValueError with a sentence for the visitor."""
    points = pad.get("points") if isinstance(pad, dict) else None
    if shape != OWN:
        return Plane(shape, whole(steps), whole(seed))
    if not isinstance(points, list):
        raise ValueError("The drawing could not be read. Clear it and draw again.")
    return Plane(OWN, whole(steps), whole(seed), tuple(tuple(p) if isinstance(p, list) else () for p in points))


def whole(value: Any) -> Any:
    """A number field's value as int where it is one; anything else is left for Plane to refuse."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# --- what is shown ---


def drawing_place(shape: str) -> dict[str, Any]:
    """The place to draw in is there for those who draw."""
    return gr.update(visible=shape == OWN)


def label(config: Plane) -> str:
    return f"Points on their way to noise and back to this cloud: {NAMES[config.shape].lower()}."


def flow_of(config: Plane, run: int, arrays: dict[str, Any], play: bool) -> dict[str, Any]:
    """The cloud's value for the arrays of a Flow, also of a recorded one."""
    ways = {name: arrays[name] for name in ("there", "ddpm", "ddim")}
    true = true_points(config)
    return flow(run, label(config), REACH, true, SHOWN, ALPHA_BAR, ways, arrays["eps"], OPENING, play)


def learning_of(config: Plane, run: int, points: np.ndarray, step: int) -> dict[str, Any]:
    """The cloud's value after so many training steps."""
    return learning(run, label(config), REACH, true_points(config), points, step)


def chunks(losses: list[float]) -> list[tuple[int, float]]:
    """The mean loss of every CHUNK training steps, at the last of them."""
    whole = len(losses) // CHUNK * CHUNK
    means = np.reshape(losses[:whole], (-1, CHUNK)).mean(1)
    return [(CHUNK * (k + 1), round(float(mean), 4)) for k, mean in enumerate(means)]


def loss_chart(config: Plane, run: int, losses: list[float]) -> dict[str, Any]:
    """The loss of Eq. 14 while the network learns."""
    return chart(
        run,
        f"Loss of the network that learns this cloud: {NAMES[config.shape].lower()}.",
        Axis("training step", 0, config.steps),
        Axis(f"loss, mean of {CHUNK} steps", 0, 1, decimals=3),
        (Series("loss", "mean squared error of ε̂", "var(--role-signal)"),),
        {"loss": chunks(losses)},
        note="1 is the loss of a network that always answers 0. It never reaches 0, because a noisy point does not "
        "tell all about its noise.",
    )
