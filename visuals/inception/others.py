"""Against the others, in tab 2: what six networks cost, and how often they are wrong."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from models import artifacts
from models.cost import layer_costs
from models.others import NETWORKS, PASSES, Count, Pass, passes
from models.runtime import hardware
from visuals import style
from visuals.components.bubbles import Bubble, Bubbles, bubbles
from visuals.components.chart import Axis
from visuals.events import FOLLOWING
from visuals.inception.layout import beside, html, prose
from visuals.live import LatestRun

RECORDED = "others"
OURS = "GoogLeNet"
ALEXNET = 60.97e6  # parameters of the network of 2012
RESNET = "He et al. 2016"


@dataclass(frozen=True)
class Error:
    """A network's error on ImageNet's validation pictures, ten crops each, in %, as printed; None where it is not."""

    top5: float | None
    top1: float | None
    source: str


ERRORS = {
    "AlexNet": Error(18.2, 40.7, "Krizhevsky et al. 2012, Table 2, one network"),
    "VGG-16": Error(9.33, 28.07, f"{RESNET}, Table 3"),
    "GoogLeNet": Error(9.15, None, "Szegedy et al. 2014, Table 3"),
    "ResNet-18": Error(None, 27.88, f"{RESNET}, Table 2"),
    "ResNet-34": Error(7.46, 24.52, f"{RESNET}, Table 3, option B"),
    "ResNet-50": Error(6.71, 22.85, f"{RESNET}, Table 3"),
}
KINDS = {"top-5": "top5", "top-1": "top1"}
AXES = {"top-5": Axis("top-5 error, %", 0, 22, "%", 2), "top-1": Axis("top-1 error, %", 15, 45, "%", 2)}

latest = LatestRun()


def build() -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them.

    Raises ArtifactError where the recorded counts are missing.
    """
    certificate, by_name = artifacts.certificate(RECORDED), {one.name: one for one in counts()}
    printed = sum(cost.printed_weights.value for cost in layer_costs()) / 1024 * 1000
    ratios = ALEXNET / printed, ALEXNET / by_name[OURS].parameters
    with beside("others", PRINTED=f"{ratios[0]:.1f}", COUNTED=f"{ratios[1]:.1f}"):
        error = gr.Radio(list(KINDS), value="top-5", label="Error", elem_id="others-error")
        shown = Bubbles(chart("top-5"), elem_id="others")
        missing = html(missing_sentence("top-5"), elem_id="others-missing")
    html(table(), elem_id="others-table", apply_default_css=False)
    html(f"<p>{style.recorded(certificate, 'parameters and multiply-adds, counted on the definitions')}</p>")
    prose("others, notes")
    with beside("others, time"):
        with gr.Row():
            go = gr.Button("Measure all six here", elem_id="others-go", scale=3, min_width=200)
            stop = gr.Button("Stop", elem_id="others-stop", scale=1, min_width=80)
        status = html(style.told("Not measured yet.", announce=False), elem_id="others-status")
        times = html("", elem_id="others-times", apply_default_css=False)
    error.change(show, error, [shown, missing], **FOLLOWING)
    latest.wire(go, stop, live, [], [status, times], status, api_name="others")
    return {"error": error}


def counts() -> tuple[Count, ...]:
    """The recorded counts, in the order of NETWORKS."""
    run = artifacts.load_run(RECORDED)
    return tuple(Count(*one) for one in zip(NETWORKS, map(int, run["parameters"]), map(int, run["macs"]), strict=True))


def show(kind: Any) -> tuple[Any, str]:
    """The chart of the other error."""
    if kind not in KINDS:
        return gr.skip(), style.notice("Choose one of the two errors.")
    return chart(kind), missing_sentence(kind)


def chart(kind: str) -> dict[str, Any]:
    """Multiply-adds, error and parameters of the networks whose papers print this error."""
    shown = tuple(
        Bubble(one.name, one.macs / 1e9, error, one.parameters / 1e6, one.name == OURS)
        for one in counts()
        if (error := getattr(ERRORS[one.name], KINDS[kind])) is not None
    )
    size = Axis("parameters, millions", 0, max(bubble.size for bubble in shown), decimals=1)
    x = Axis("multiply-adds, billions", 0.5, 30, decimals=2, log=True)
    return bubbles(f"Multiply-adds and {kind} error of {len(shown)} networks on ImageNet", x, AXES[kind], size, shown)


def missing_sentence(kind: str) -> str:
    absent = [name for name, error in ERRORS.items() if getattr(error, KINDS[kind]) is None]
    return style.told(f"Not in the chart: {', '.join(absent)}, whose paper does not print this error.", False)


def table() -> str:
    rows = [
        [
            one.name,
            f"{one.parameters / 1e6:.2f} M",
            f"{one.macs / 1e9:.2f} G",
            number(ERRORS[one.name].top5),
            number(ERRORS[one.name].top1),
            style.paper(ERRORS[one.name].source),
        ]
        for one in counts()
    ]
    head = ["network", "parameters", "multiply-adds", "top-5 error, %", "top-1 error, %", "source of the errors"]
    return f'<div class="results">{style.table("Six networks at 224 × 224 pixels", head, rows)}</div>'


def number(error: float | None) -> str:
    return "not printed" if error is None else f"{error:g}"


# --- measured ---


def live(request: gr.Request) -> Iterator[tuple[str, str]]:
    """The time of a pass of each network: what to say, and the table so far."""
    yield style.told("Waiting for other measurements to end, then building AlexNet.", announce=False), ""
    done: list[Pass] = []
    began = time.perf_counter()
    followed = latest.follow(request, passes())
    for event in followed:
        done.append(event)
        passed = f"{event.name}: pass {event.number} of {PASSES}"
        place = f"network {NETWORKS.index(event.name) + 1} of {len(NETWORKS)}, {time.perf_counter() - began:.0f} s"
        yield style.told(f"{passed}; {place}.", announce=False), times_table(done)
    if followed.stopped:
        yield style.told("Stopped. What was measured stays."), times_table(done)
    elif len(done) == len(NETWORKS) * PASSES:
        yield outcome(done), times_table(done)


def medians(done: list[Pass]) -> dict[str, float]:
    """Milliseconds of each network that was measured."""
    return {
        name: statistics.median(found)
        for name in NETWORKS
        if (found := [one.milliseconds for one in done if one.name == name])
    }


def outcome(done: list[Pass]) -> str:
    """Who is fastest, and what it has to do with multiply-adds."""
    found, by_name = medians(done), {one.name: one for one in counts()}
    fast, slow = min(found, key=found.get), max(found, key=found.get)
    other = fast if slow == OURS else OURS  # a network is not compared with itself
    macs = by_name[slow].macs / by_name[other].macs
    return style.told(
        f"{fast} is the fastest with {found[fast]:.1f} ms, {slow} the slowest with {found[slow]:.1f} ms. {slow} has "
        f"{macs:.1f} times the multiply-adds of {other} and takes {found[slow] / found[other]:.1f} times as long."
    )


def times_table(done: list[Pass]) -> str:
    by_name = {one.name: one for one in counts()}
    rows = [
        [name, f"{took:.1f}", f"{by_name[name].macs / 1e9:.2f} G", f"{by_name[name].macs / took / 1e6:.1f} G"]
        for name, took in medians(done).items()
    ]
    head = ["network", "milliseconds", "multiply-adds", "multiply-adds a second"]
    label = style.measured(f"medians of up to {PASSES} passes, one picture at a time, made-up weights; {hardware()}")
    return style.table("One picture, here", head, rows) + label if rows else ""
