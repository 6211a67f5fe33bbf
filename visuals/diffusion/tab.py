"""Tab 3, Noisier: one player on which an image becomes noise and, live, the noise becomes an image."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from models import artifacts, denoise
from models.denoise import Journey
from visuals import style
from visuals.components.pictures import Pictures
from visuals.components.player import Player, message
from visuals.diffusion import figures, plane
from visuals.live import LatestRun
from visuals.prose import LATEX, sections
from visuals.uploads import UploadError, read_image

TITLE = "3 Noisier"
PROSE = sections(Path(__file__).with_name("prose.md"))
NETWORKS = [("MNIST digits", "mnist"), ("CIFAR-10 photographs", "cifar10")]
SAMPLERS = [("DDPM, Algorithm 2", "ddpm"), ("DDIM, no added noise", "ddim")]
ANY = "any class"
MESSAGES_PER_SECOND = 12

latest = LatestRun()


def build(page: gr.Blocks) -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where a network or a recorded run is missing."""
    runs = {name: artifacts.load_run(f"journey-{name}") for name in denoise.NETWORKS}
    certificates = {name: artifacts.certificate(f"ddpm-{name}") for name in denoise.NETWORKS}
    recorded = artifacts.certificate("journey-mnist")
    for name in denoise.NETWORKS:
        denoise.network(name)
        denoise.classes(name)
    opening = recorded.config["start"]

    gr.Markdown(PROSE["question"], elem_classes="prose")
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            player = Player(figures.opening(runs["mnist"]), elem_id="player")
            status = gr.HTML(figures.recorded_status(recorded), elem_id="noisier-status")
        with gr.Column(scale=3, min_width=300):
            go = gr.Button("Add noise, then denoise live", variant="primary", elem_id="denoise")
            stop = gr.Button("Stop", elem_id="denoise-stop")
            network = gr.Radio(
                NETWORKS,
                value="mnist",
                label="Network",
                info=figures.schooling(certificates),
                elem_id="noisier-network",
            )
            start = gr.State({"network": "mnist", "index": opening, "picture": runs["mnist"]["samples"][opening]})
            gr.HTML('<p class="label">Start picture: samples that the network drew itself</p>')
            gallery = Pictures(figures.gallery(runs["mnist"]["samples"], "mnist", opening), elem_id="gallery")
            upload = gr.UploadButton("Start from your own picture", elem_id="noisier-upload", size="sm")
            told = gr.HTML(elem_id="noisier-told")
            label = gr.Dropdown(class_choices("mnist"), value=3, label="Class to ask for", elem_id="noisier-class")
            sampler = gr.Radio(SAMPLERS, value="ddpm", label="Sampler", elem_id="noisier-sampler")
            steps = gr.Slider(5, 1000, value=50, step=1, label="Steps of the way back", elem_id="noisier-steps")
            guidance = gr.Slider(0, 8, value=1.5, step=0.1, label="Guidance (1 is none)", elem_id="noisier-guidance")
            seed = gr.Number(0, precision=0, label="Seed, 0 to 999999", elem_id="noisier-seed")
    gr.Markdown(PROSE["what to look for"], elem_classes="prose")
    plane.build()
    gr.Markdown(PROSE["mathematics"], elem_classes="prose", latex_delimiters=LATEX)
    gr.HTML(figures.schedule_table(), elem_classes="prose")
    gr.Markdown(PROSE["numbers"], elem_classes="prose")
    gr.HTML(figures.quality_table(certificates), elem_classes="prose")
    gr.Markdown(PROSE["departures"], elem_classes="prose", latex_delimiters=LATEX)

    latest.wire(
        go,
        stop,
        live,
        [start, network, label, sampler, steps, guidance, seed],
        [player, status],
        status,
        api_name="denoise",
    )
    network.input(choose_network, network, [start, gallery, label, told], api_visibility="private")
    gallery.choose(choose_picture, [network, gallery], [start, gallery, told], api_visibility="private")
    upload.upload(choose_upload, [upload, network, start, gallery], [start, gallery, told], api_visibility="private")


def live(
    start: dict[str, Any],
    network: str,
    label: int | None,
    sampler: str,
    steps: int,
    guidance: float,
    seed: float | None,
    request: gr.Request,
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """The whole journey, streamed: (new frames for the player, what to say below it)."""
    try:
        wanted = None if label in (ANY, None) else label
        journey = Journey(network, wanted, sampler, whole(steps), guidance, whole(seed))
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    if start["network"] != network:
        start = choose_network(network)[0]
    run, began = time.time_ns() // 1_000_000, time.perf_counter()
    total, turn = denoise.frames_of(journey)
    waiting, sent, last = [], 0, 0.0
    followed = latest.follow(request, denoise.travel(journey, start["picture"]))
    for frame in followed:
        waiting.append(frame)
        done = sent + len(waiting) == total
        now = time.perf_counter()
        if done or (frame.way == "back" and now - last >= 1 / MESSAGES_PER_SECOND):
            said = (
                figures.outcome(journey, frame, now - began) if done else figures.progress(journey, frame, now - began)
            )
            yield message(run, total, turn, sent, waiting, play=True), said
            sent, waiting, last = sent + len(waiting), [], now
    if sent < total and followed.stopped:
        yield gr.skip(), style.told("Stopped. What was computed can still be played and scrubbed.")


def choose_network(network: str) -> tuple[dict[str, Any], dict[str, Any], Any, str]:
    """Another network: its pictures, its classes, and the first of its samples to start from."""
    samples = artifacts.load_run(f"journey-{network}")["samples"]
    chosen = {"network": network, "index": 0, "picture": samples[0]}
    return chosen, figures.gallery(samples, network, 0), gr.Dropdown(class_choices(network), value=3), ""


def choose_picture(network: str, gallery: dict[str, Any], event: gr.EventData) -> tuple[dict[str, Any], Any, str]:
    """The sample that was pressed becomes the start."""
    samples = artifacts.load_run(f"journey-{network}")["samples"]
    index = int(event.index) % len(samples)
    return {"network": network, "index": index, "picture": samples[index]}, gallery | {"chosen": index}, ""


def choose_upload(
    path: str, network: str, start: dict[str, Any], gallery: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A visitor's picture becomes the start; where it cannot, the one before stays and a sentence says why."""
    try:
        picture = figures.fitted(read_image(path), channels=1 if network == "mnist" else 3)
    except UploadError as error:
        return start, gallery, style.notice(str(error))
    shown = figures.with_upload(gallery, picture)
    start = {"network": network, "index": None, "picture": picture}
    return start, shown, style.told("Your picture, at 32 x 32 pixels, is the start now.")


def class_choices(network: str) -> list[tuple[str, int | str]]:
    return [(name, number) for number, name in enumerate(denoise.classes(network))] + [(ANY, ANY)]


def whole(value: float | None) -> int | None:
    """A number field's value as int where it is one; anything else is left for Journey to refuse."""
    return int(value) if isinstance(value, (int, float)) and float(value).is_integer() else value
