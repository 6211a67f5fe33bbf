"""Tab 1, Deeper: plain and residual nets of different depth race, recorded and live."""

from __future__ import annotations

import gradio as gr

from models import artifacts
from visuals.components.chart import Chart
from visuals.components.copy_link import CopyLink
from visuals.components.predict import Predict
from visuals.degradation import blocks, construction, exercises, figures, landscape, linked, sentences, signal, tables
from visuals.degradation import race as the_race
from visuals.degradation.layout import HERE, beside, html, prose
from visuals.degradation.state import State
from visuals.events import AT_ONCE
from visuals.linked import restoring

TITLE = "1 Deeper"


def build(page: gr.Blocks) -> None:
    """Put the tab into the page, whose context is open. Raises ArtifactError where a recorded run is missing."""
    digits, digits_origin = artifacts.load_run("races-digits"), artifacts.certificate("races-digits")
    cifar10, cifar10_origin = artifacts.load_run("races-cifar10"), artifacts.certificate("races-cifar10")
    nets = gr.State(the_race.kept())
    visit = gr.State(the_race.Visit())
    result = gr.State(None)  # of the visitor's last live race

    chart_value, said = the_race.opening(None, all_shown=False)
    with gr.Row():
        with gr.Column(scale=4, min_width=320):
            prose("question")
            predict = Predict(the_race.question(), elem_id="race-predict")
        with gr.Column(scale=7, min_width=320):
            with gr.Row():
                go = gr.Button("Train it live", variant="primary", elem_id="race-go", scale=3)
                stop = gr.Button("Stop", elem_id="race-stop", scale=1)
            status = html(said, elem_id="race-status")
            chart = Chart(chart_value, elem_id="race")
    with gr.Accordion("Change the race: nets, seeds, learning rate, data", open=False, elem_id="race-settings"):
        controls = the_race.controls(State())
        asks = gr.Checkbox(True, label="Ask for a guess before the race (a link carries this)", elem_id="race-asks")
        with gr.Row():
            fetch = gr.Button("Download CIFAR-10 (170 MB)", elem_id="race-fetch", scale=0, min_width=260)
            fetched = html("", elem_id="race-fetched")
    copy = CopyLink(elem_id="race-link")
    prose("link")
    with gr.Accordion("Is this gap real at this budget?", open=False, elem_id="race-gap"):
        prose("gap")
        lanes = the_race.choices(the_race.RECORDED.lanes)
        with gr.Row():
            first = gr.Dropdown(lanes, value=2, label="Training error of", elem_id="gap-first")
            second = gr.Dropdown(lanes, value=1, label="minus that of", elem_id="gap-second")
        gap = html(the_race.compare(None, 2, 1), elem_id="gap-said")

    with beside("block"):
        html((HERE / "blocks.svg").read_text(encoding="utf-8"))
    with beside("depth"):
        Chart(figures.depth_chart(digits, digits_origin), elem_id="depths")
        html(tables.by_depth(digits, digits_origin), elem_id="depths-table")
    layer_charts, layers_origin = signal.build()
    building = construction.build(nets)
    looking, at_link = blocks.build(nets)
    surveying, survey = landscape.build(nets)
    with beside("cifar10"):
        Chart(figures.cifar10_chart(cifar10, cifar10_origin), elem_id="cifar10")
        html(sentences.cifar10_outcome(cifar10_origin, tables.protocol(cifar10_origin)))
    prose("mathematics", **tables.final_training_errors(digits, digits_origin, the_race.RECORDED))
    with beside("paper"):
        html(tables.table_6(cifar10_origin), elem_id="table-6")
    with beside("imagenet"):
        html(tables.table_2(), elem_id="table-2")
    exercises.background()
    exercises.build()
    prose("departures", DATA=cifar10_origin.data)

    everything = [*controls, first, second, *building, *looking, *surveying]
    asks.input(lambda on: the_race.question(off=not on), asks, predict, **AT_ONCE)
    by_link = restoring(page, linked.restore, [chart, status, predict, asks, gap, *everything])
    for shows in (survey, *at_link):
        by_link.change(**shows, trigger_mode="multiple")  # events of one change that do not hold each other back
    copy.asked(linked.link_of, [asks, *everything], copy, **AT_ONCE)
    predict.guessed(the_race.guess, [predict, chart, visit], [chart, status], **AT_ONCE)
    the_race.latest.wire(
        go,
        stop,
        the_race.live,
        [predict, visit, *controls],
        [predict, chart, status, *layer_charts, layers_origin, nets, result],
        status,
        api_visibility="private",
    )
    fetch.click(the_race.fetch, None, fetched, api_visibility="private", concurrency_limit=1)
    result.change(the_race.lanes_to_compare, [result, first, second], [first, second, gap], **AT_ONCE)
    for choice in (first, second):
        choice.input(the_race.compare, [result, first, second], gap, **AT_ONCE)
