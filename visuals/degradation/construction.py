"""The construction argument, in tab 1: identity blocks go into a trained net, and the deep net trains on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from models import artifacts
from models.construction import Check, Construction, construct
from models.race import DEPTHS, Trained
from models.runtime import hardware
from visuals import style
from visuals.components.chart import Chart
from visuals.degradation import construction_figures as figures
from visuals.degradation.layout import beside, html
from visuals.events import AT_ONCE
from visuals.live import LatestRun

RECORDED = "construction-digits"
LEARNING_RATES = (0.1, 0.01)
MESSAGES_PER_SECOND = 8

latest = LatestRun()
Nets = tuple[Trained, ...]


def build(nets: gr.State) -> list[gr.components.Component]:
    """Put the section into the open gradio context; returns its controls. `nets` at hand may change."""
    run, certificate = artifacts.load_run(RECORDED), artifacts.certificate(RECORDED)
    names = shallow(nets.value)
    with beside("construction"):
        with gr.Row():
            net = gr.Radio(names, value=names[0], label="Shallow net, already trained", elem_id="construction-net")
            depth = gr.Radio(list(DEPTHS[1:]), value=DEPTHS[-1], label="Layers to reach", elem_id="construction-depth")
            rate = gr.Radio(list(LEARNING_RATES), value=0.1, label="Learning rate", elem_id="construction-rate")
        with gr.Row():
            go = gr.Button("Insert identity blocks and train on", elem_id="construction-go", scale=3)
            stop = gr.Button("Stop", elem_id="construction-stop", scale=1)
        status = html(figures.recorded_outcome(run, certificate), elem_id="construction-status")
        chart = Chart(figures.recorded_chart(run, certificate), elem_id="construction")
        html(figures.recorded_table(certificate), elem_id="construction-table")
    latest.wire(go, stop, live, [nets, net, depth, rate], [chart, status], status, api_name="construction")
    nets.change(fit_controls, [nets, net], net, **AT_ONCE)
    return [net, depth, rate]


def live(
    nets: Nets, net: str | None, depth: int, learning_rate: float, request: gr.Request
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """Build the deep net, check it, and train both on: (the chart with its new points, what to say about it)."""
    try:
        config = construction_of(nets, net, depth, learning_rate)
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    running, began = figures.LiveConstruction(config), time.perf_counter()
    yield running.start(), style.told("Building the deep net and comparing all outputs.")
    shown = began
    run = latest.follow(request, construct(config))
    for event in run:
        running.add(event)
        now = time.perf_counter()
        if running.finished:
            seconds = f"seed {config.shallow.seed}, which alone proves little; {now - began:.0f} s, {hardware('cpu')}"
            yield running.whole(), style.told(running.outcome()) + style.measured(seconds)
        elif isinstance(event, Check) or now - shown >= 1 / MESSAGES_PER_SECOND:
            yield running.news(), style.told(running.progress(), announce=False)
            shown = now
    if not running.finished and run.stopped:
        yield running.whole(), style.told(running.stopped())


def construction_of(nets: Nets, net: str | None, depth: int, learning_rate: float) -> Construction:
    """What the controls say. Raises ValueError, in words, for what cannot be built."""
    found = {trained.lane.name: trained for trained in nets}
    if net not in found:
        raise ValueError("choose one of the trained nets at hand")
    return Construction(found[net], depth, learning_rate=learning_rate)


def shallow(nets: Nets) -> list[str]:
    """The names of the nets at hand that can become deeper."""
    return [trained.lane.name for trained in nets if trained.lane.depth < DEPTHS[-1]]


def fit_controls(nets: Nets, net: str | None) -> Any:
    """The choice among other nets."""
    names = shallow(nets)
    return gr.update(choices=names, value=net if net in names else next(iter(names), None))
