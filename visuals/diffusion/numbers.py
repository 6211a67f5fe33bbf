"""Tab 3, the numbers: schedules, what is left of this picture, and the bound of our networks beside the paper's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, denoise
from models.forward import both_ways, histograms
from models.runtime import hardware
from visuals import style
from visuals.components.chart import Chart
from visuals.components.pictures import Pictures
from visuals.diffusion import numbers_charts as charts
from visuals.diffusion import numbers_sentences as sentences
from visuals.diffusion import start
from visuals.diffusion.layout import html, prose
from visuals.events import PRIVATE
from visuals.live import COMPUTE, LatestRun

SEED = 0
MESSAGES_PER_SECOND = 4

latest = LatestRun()


def build(
    network: gr.Radio, gallery: Pictures, own: gr.State, opening: np.ndarray
) -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; the first three say which picture the journey starts from.

    `opening` is the picture that is chosen at first. Returns the controls by the names that links give them. Raises
    ArtifactError where a recorded run is missing.
    """
    runs = {name: artifacts.load_run(f"bound-{name}") for name in denoise.NETWORKS}
    bounds = {name: artifacts.certificate(f"bound-{name}") for name in denoise.NETWORKS}
    prose("schedule numbers")
    _in_a_row(charts.schedule_charts(), "schedule")
    html(sentences.crossings() + style.derived("from the schedules"))
    seed = _about_the_picture([network, gallery, own], opening)
    prose("bound")
    _in_a_row([charts.error_chart(runs), charts.bits_chart(runs), charts.rate_chart(runs)], "bound")
    html(sentences.bound(runs, bounds))
    trained = {name: artifacts.certificate(f"ddpm-{name}") for name in denoise.NETWORKS}
    prose(
        "numbers",
        MNIST_MINUTES=f"{trained['mnist'].seconds / 60:.0f}",
        MNIST_HARDWARE=trained["mnist"].hardware,
        CIFAR_MINUTES=f"{trained['cifar10'].seconds / 60:.0f}",
        CIFAR_HARDWARE=trained["cifar10"].hardware,
    )
    html(sentences.quality_table(trained))
    return {"numbers_seed": seed}


def departures() -> None:
    """What is different from the paper, at the end of the tab."""
    trained = {name: artifacts.certificate(f"ddpm-{name}").config for name in denoise.NETWORKS}
    prose(
        "departures",
        MNIST_RATE=f"{trained['mnist']['lr']:g}",
        CIFAR_RATE=f"{trained['cifar10']['lr']:g}",
        MNIST_MEAN=f"{trained['mnist']['ema']:g}",
        CIFAR_MEAN=f"{trained['cifar10']['ema']:g}",
        SPLIT_STEPS=str(artifacts.certificate("decided-mnist").config["steps"]),
    )


def _in_a_row(values: list[dict[str, Any]], name: str) -> None:
    with gr.Row():
        for number, value in enumerate(values, 1):
            with gr.Column(min_width=320):
                Chart(value, elem_id=f"noisier-{name}-{number}")


def _about_the_picture(chosen: list[gr.components.Component], opening: np.ndarray) -> gr.Number:
    """What is measured on the picture that the components `chosen` tell; returns the control of the seed."""
    prose("this picture")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            shown, said = measured(opening, SEED)
            histogram = Chart(shown, elem_id="noisier-histogram")
            told = html(said, elem_id="noisier-left")
        with gr.Column(min_width=320):
            events = list(both_ways(opening, SEED))
            ways = Chart(charts.both_ways_chart(1, events), elem_id="noisier-ways")
            status = html(sentences.compared(events), elem_id="noisier-ways-status")
            with gr.Row():
                seed = gr.Number(SEED, precision=0, label="Seed", elem_id="noisier-ways-seed", min_width=120)
                go = gr.Button("Compare both ways live", elem_id="noisier-ways-go", min_width=160)
                stop = gr.Button("Stop", elem_id="noisier-ways-stop", min_width=80)
    measuring = {
        "fn": measure,
        "inputs": [*chosen, seed],
        "outputs": [histogram, told],
        **PRIVATE,
        **COMPUTE,
    }
    chosen[1].change(**measuring)
    seed.change(**measuring)
    latest.wire(go, stop, live, [*chosen, seed], [ways, status], status, api_visibility="private")
    return seed


def measure(network: str, gallery: Any, own: start.Own, seed: float | None) -> tuple[Any, str]:
    """The histogram of the start picture, and what is left of it at the end."""
    try:
        return measured(start.picture_of(gallery, network, own)[0], seed_of(seed))
    except ValueError as error:
        return gr.skip(), style.notice(str(error))


def measured(picture: np.ndarray, seed: int) -> tuple[dict[str, Any], str]:
    found = histograms(picture, seed)
    return charts.histogram_chart(new_run(), found), sentences.left(found, picture.size)


def live(
    network: str, gallery: Any, own: start.Own, seed: float | None, request: gr.Request
) -> Iterator[tuple[Any, str]]:
    """Both ways to x_t of the start picture, streamed: (the chart so far, what to say below it)."""
    try:
        events = both_ways(start.picture_of(gallery, network, own)[0], seed_of(seed))
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    run, began, seen = new_run(), time.perf_counter(), []
    shown = began
    followed = latest.follow(request, events)
    for event in followed:
        seen.append(event)
        now = time.perf_counter()
        if event.t == charts.T:
            yield (
                charts.both_ways_chart(run, seen),
                sentences.compared(seen, f"in {now - began:.1f} s; {hardware('cpu')}"),
            )
        elif now - shown >= 1 / MESSAGES_PER_SECOND:
            yield charts.both_ways_chart(run, seen), sentences.comparing(event, now - began)
            shown = now
    if followed.stopped:
        yield gr.skip(), style.told(f"Stopped at t = {len(seen)}. What was computed stays drawn.")


def seed_of(value: Any) -> int:
    """A seed field's value. Raises ValueError with a sentence for the visitor."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value in range(1_000_000):
        return int(value)
    raise ValueError("The seed must be a whole number from 0 to 999999.")


def new_run() -> int:
    return time.time_ns() // 1_000_000
