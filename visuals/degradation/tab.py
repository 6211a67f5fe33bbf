"""Tab 1, Deeper: plain and residual nets of different depth race, recorded and live."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from models import artifacts
from models.race import DEPTHS, Lane, Race, race
from visuals import style
from visuals.components.chart import Chart
from visuals.degradation import figures, sentences, tables
from visuals.degradation.layout import HERE, beside, html, prose
from visuals.live import COMPUTE, LatestRun

TITLE = "1 Deeper"
SHALLOW = DEPTHS[0]
FIRST_SEED = 5  # one that is not among the recorded ones
MESSAGES_PER_SECOND = 8

latest = LatestRun()


def build() -> None:
    """Put the tab into the open gradio context. Raises ArtifactError where a recorded run is missing."""
    digits, digits_origin = artifacts.load_run("races-digits"), artifacts.certificate("races-digits")
    cifar10, cifar10_origin = artifacts.load_run("races-cifar10"), artifacts.certificate("races-cifar10")
    recorded = race_of(DEPTHS[-1], seed=0)

    with gr.Row():
        with gr.Column(scale=4, min_width=320):
            prose("question")
            depth = gr.Radio(list(DEPTHS[1:]), value=DEPTHS[-1], label="Layers of the deep nets", elem_id="race-depth")
            seed = gr.Number(FIRST_SEED, precision=0, label="Seed, a whole number", elem_id="race-seed")
        with gr.Column(scale=7, min_width=320):
            with gr.Row():
                go = gr.Button("Train it live", variant="primary", elem_id="race-go", scale=3)
                stop = gr.Button("Stop", elem_id="race-stop", scale=1)
            status = html(sentences.recorded_outcome(digits, digits_origin, recorded), elem_id="race-status")
            chart = Chart(figures.recorded_chart(digits, digits_origin, recorded), elem_id="race")
    with beside("block"):
        html((HERE / "blocks.svg").read_text(encoding="utf-8"))
    with beside("depth"):
        Chart(figures.depth_chart(digits, digits_origin), elem_id="depths")
        html(tables.by_depth(digits, digits_origin), elem_id="depths-table")
    with beside("cifar10"):
        Chart(figures.cifar10_chart(cifar10, cifar10_origin), elem_id="cifar10")
        html(sentences.cifar10_outcome(cifar10_origin, tables.protocol(cifar10_origin)))
    prose("mathematics", **tables.final_training_errors(digits, digits_origin, recorded))
    with beside("paper"):
        html(tables.table_6(cifar10_origin), elem_id="table-6")
    with beside("imagenet"):
        html(tables.table_2(), elem_id="table-2")
    prose("departures", DATA=cifar10_origin.data)

    go.click(
        live,
        [depth, seed],
        [chart, status],
        api_name="race",
        show_progress="minimal",
        show_progress_on=status,
        trigger_mode="multiple",  # a new click supersedes the race before
        **COMPUTE,
    )
    stop.click(latest.stop, None, None, queue=False, api_visibility="private")


def live(depth: int, seed: float | None, request: gr.Request) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """A race, streamed: (the chart with its new points, what to say below it)."""
    try:
        config = race_of(depth, seed)
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    chart, began = figures.LiveChart(config), time.perf_counter()
    yield chart.start(), sentences.told("Preparing the networks.")
    shown = began
    for event in latest.follow(request, race(config)):
        chart.add(event)
        now = time.perf_counter()
        if chart.finished:
            yield chart.news(), sentences.outcome(config, list(chart.last.values()), now - began)
        elif now - shown >= 1 / MESSAGES_PER_SECOND:
            yield chart.news(), sentences.progress(config, list(chart.last.values()), chart.seconds_left)
            shown = now
    if not chart.finished and latest.stopped(request):
        yield chart.news(), sentences.stopped(list(chart.last.values()))


def race_of(depth: int, seed: float | None) -> Race:
    """The shallow net against one of `depth` layers, both plain and residual."""
    if not isinstance(seed, (int, float)) or not float(seed).is_integer():
        raise ValueError("seed must be a whole number")
    return Race(tuple(Lane(d, skip) for skip in (False, True) for d in (SHALLOW, depth)), seed=int(seed))
