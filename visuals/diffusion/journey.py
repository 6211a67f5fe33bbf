"""Tab 3, there and back: the settings of a journey, and the live run on the player."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, denoise
from models.denoise import Frame, Journey
from visuals import style
from visuals.components.player import Player, message
from visuals.components.worked import Worked
from visuals.diffusion import downloads, equation, figures, start
from visuals.diffusion.equation import Kept
from visuals.diffusion.layout import html
from visuals.diffusion.state import ANY, CLASSES, State
from visuals.events import AT_ONCE
from visuals.live import LatestRun

NETWORKS = [("MNIST digits", "mnist"), ("CIFAR-10 photographs", "cifar10")]
SAMPLERS = [("DDPM, Algorithm 2", "ddpm"), ("DDIM", "ddim"), ("DPM-Solver++ (2M)", "dpm++")]
SIGMAS = [("σ² = β", "beta"), ("σ² = β̃", "beta_tilde")]
VIEWS = [("linear, as trained", "linear"), ("cosine", "cosine")]
MESSAGES_PER_SECOND = 3  # measured: each costs the sampler some milliseconds

latest = LatestRun()
Controls = dict[str, gr.components.Component]


def build(page: gr.Blocks) -> tuple[Player, Controls, dict[str, Any]]:
    """Put player and controls into the open gradio context.

    Returns the player, the controls by the names of State, and what `wire` needs. Raises ArtifactError where a
    network or a recorded run is missing.
    """
    recorded = artifacts.certificate("journey-mnist")
    for name in denoise.NETWORKS:
        denoise.network(name)
        denoise.classes(name)
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            opening = figures.opening(equation.recorded())
            player = Player(opening, elem_id="player", server_functions=downloads.films())
        with gr.Column(scale=3, min_width=300):
            with gr.Row():
                go = gr.Button("Add noise, then denoise live", variant="primary", elem_id="denoise", scale=3)
                stop = gr.Button("Stop", elem_id="denoise-stop", scale=1, min_width=80)
            status = html(figures.recorded_status(recorded), elem_id="noisier-status")
            controls, own = settings(recorded.config["start"])
    return player, controls, {"go": go, "stop": stop, "status": status, "own": own}


def settings(opening: int) -> tuple[Controls, gr.State]:
    """All controls, by the names of State, and the state that holds the visitor's own picture."""
    certificates = {name: artifacts.certificate(f"ddpm-{name}") for name in denoise.NETWORKS}
    narrow = {"min_width": 130}
    network = gr.Radio(
        NETWORKS, value="mnist", label="Network", info=figures.schooling(certificates), elem_id="noisier-network"
    )
    gallery, own = start.build(network, opening)
    with gr.Row():
        label = gr.Dropdown(class_choices("mnist"), value="3", label="Class", elem_id="noisier-class", **narrow)
        samples = gr.Radio(["1", "4", "16"], value="1", label="Pictures", elem_id="noisier-samples", **narrow)
    sampler = gr.Radio(SAMPLERS, value="ddpm", label="Sampler of the way back", elem_id="noisier-sampler")
    steps = gr.Slider(5, 1000, value=50, step=1, label="Steps of the way back", elem_id="noisier-steps")
    guidance = gr.Slider(
        0,
        8,
        value=1.5,
        step=0.1,
        label="Guidance",
        info="How strongly the class steers. 1: the network is told the class, no more. 0: the class is ignored.",
        elem_id="noisier-guidance",
    )
    seed = gr.Number(0, precision=0, label="Seed, 0 to 999999", elem_id="noisier-seed")
    with gr.Accordion("Finer settings: sigma, eta, schedule of the way there", open=False, elem_id="noisier-finer"):
        sigma = gr.Radio(
            SIGMAS,
            value="beta",
            label="Noise of DDPM",
            info="How much noise Algorithm 2 adds after a step. The paper found both similar (section 3.2).",
            elem_id="noisier-sigma",
        )
        eta = gr.Slider(
            0,
            1,
            value=0,
            step=0.05,
            label="Eta of DDIM: 0 adds no noise, 1 as much as DDPM with β̃",
            elem_id="noisier-eta",
            interactive=False,
        )
        applies = html(figures.applies("ddpm"), elem_id="noisier-applies")
        view = gr.Radio(
            VIEWS,
            value="linear",
            label="Schedule of the way there",
            info="The way back always takes the steps that the network was trained on, the linear ones. "
            "After 1,000 steps both schedules end at noise, so it can start from either.",
            elem_id="noisier-view",
        )
    sampler.change(for_sampler, sampler, [sigma, eta, applies], **AT_ONCE)
    # a link sets both: at a change of the network the class would be taken back
    network.input(for_network, [network, label], label, **AT_ONCE)
    controls = {
        "network": network, "start": gallery, "label": label, "samples": samples, "sampler": sampler, "steps": steps,
        "guidance": guidance, "seed": seed, "sigma": sigma, "eta": eta, "view": view,
    }  # fmt: skip
    return controls, own


def wire(player: Player, controls: Controls, parts: dict[str, Any], worked: Worked, channel: gr.Radio) -> None:
    """The live run on the player, and once it has ended all its numbers in the equation."""
    run = latest.wire(
        parts["go"],
        parts["stop"],
        live,
        [parts["own"], *controls.values()],
        [player, parts["status"]],
        parts["status"],
        api_name="denoise",
    )
    run.then(equation.follow, None, [worked, channel], **AT_ONCE)


def set_up(request: gr.Request, network: str, gallery: Any, *settings: Any) -> Any:
    """What to say when a link has set the controls; nothing if they are as recorded, or after a run."""
    if equation.newest.of(request):
        return gr.skip()  # on a busy server whoever is quick has pressed the button before this is answered
    recorded = artifacts.certificate("journey-mnist")
    _, index = start.picture_of(gallery, network, None)
    as_recorded = index == recorded.config["start"] and journey_of(network, *settings) == Journey()
    return gr.skip() if as_recorded else figures.set_up_status(recorded)


def class_choices(network: str) -> list[tuple[str, str]]:
    return [*zip(denoise.classes(network), CLASSES, strict=True), ("any class", ANY)]


def for_network(network: str, label: str) -> dict[str, Any]:
    """The names of the classes; the same number stays chosen."""
    return gr.update(choices=class_choices(network), value=label if label in (*CLASSES, ANY) else "3")


def for_sampler(sampler: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """What can be set depends on the sampler."""
    return gr.update(interactive=sampler == "ddpm"), gr.update(interactive=sampler == "ddim"), figures.applies(sampler)


def values_of(state: State) -> dict[str, Any]:
    """What a link sets: the new values of the controls, by name."""
    plain = {name: getattr(state, name) for name in ("network", "samples", "sampler", "steps", "guidance", "seed")}
    label = gr.update(choices=class_choices(state.network), value=state.label)
    return plain | {
        "start": start.row(state.network, state.start),
        "label": label,
        "sigma": gr.update(value=state.sigma, interactive=state.sampler == "ddpm"),
        "eta": gr.update(value=state.eta, interactive=state.sampler == "ddim"),
        "view": state.view,
    }


def journey_of(
    network: Any,
    label: Any,
    samples: Any,
    sampler: Any,
    steps: Any,
    guidance: Any,
    seed: Any,
    sigma: Any,
    eta: Any,
    view: Any,
) -> Journey:
    """What the controls ask for. Raises ValueError, in a sentence for the visitor."""
    number = int(label) if label in CLASSES else label
    count = int(samples) if samples in ("1", "4", "16") else samples
    return Journey(
        network, None if label == ANY else number, sampler, whole(steps), guidance, whole(seed), count, eta, sigma, view
    )


def live(
    own: start.Own,
    network: str,
    gallery: dict[str, Any],
    label: str,
    samples: str,
    sampler: str,
    steps: int,
    guidance: float,
    seed: float | None,
    sigma: str,
    eta: float,
    view: str,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """The whole journey, streamed: (new frames for the player, what to say below it)."""
    try:
        journey = journey_of(network, label, samples, sampler, steps, guidance, seed, sigma, eta, view)
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    picture, index = start.picture_of(gallery, network, own)
    kept = Kept(time.time_ns() // 1_000_000, journey, downloads.recipe(journey, picture, index))
    equation.newest.keep(request, kept)
    yield from stream(kept, picture, request)


def stream(kept: Kept, picture: np.ndarray, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Messages as the frames come: the first at once, then some a second."""
    journey, began, sent, last = kept.journey, time.perf_counter(), 0, 0.0
    total, turn = denoise.frames_of(journey)
    followed = latest.follow(request, denoise.travel(journey, picture))
    for event in followed:
        if isinstance(event, Frame):
            kept.frames.append(event)
        now, done = time.perf_counter(), len(kept.frames) == total
        if not done and now - last < 1 / MESSAGES_PER_SECOND:
            continue
        once = done or not sent  # what need not come every time comes twice: a busy page misses messages
        recipe, said = kept.recipe if once else "", figures.outcome if done else figures.progress
        new = message(kept.run, total, turn, sent, fresh, True, recipe) if (fresh := kept.frames[sent:]) else gr.skip()
        yield new, said(journey, event, now - began)
        sent, last = len(kept.frames), now
    if len(kept.frames) < total and followed.stopped:
        told = style.told("Stopped. What was computed can still be played, scrubbed and looked into.")
        rest = message(kept.run, total, turn, sent, kept.frames[sent:], play=True) if kept.frames[sent:] else gr.skip()
        yield rest, told


def whole(value: float | None) -> int | None:
    """A number field's value as int where it is one; anything else is left for Journey to refuse."""
    return int(value) if isinstance(value, (int, float)) and float(value).is_integer() else value
