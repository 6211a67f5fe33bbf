"""The construction argument on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.deeper.construction import Construction, construct
from models.deeper.nets import DEPTHS
from visuals.components.chart import Chart
from visuals.components.predict import Predict
from visuals.deeper.construction import card, view, words
from visuals.deeper.nets import OF_DIGITS, Nets
from visuals.deeper.shared import Shared, folded, html, to_train_on
from visuals.page import live as runs_live
from visuals.page import style
from visuals.page.events import AT_ONCE
from visuals.page.live import LatestRun, new_run
from visuals.page.live.pace import Pace
from visuals.page.prose import Prose
from visuals.page.section import Built, Question, Section
from visuals.page.settings import Settings, choice, control
from visuals.page.shared_runs import runs

RUN, RACE = "construction-digits", "race-digits"
SHALLOW = tuple(f"{kind}-{depth}" for depth in OF_DIGITS for kind in ("plain", "residual"))
RATES = {"0.1": "0.1", "0.01": "0.01"}
MESSAGES_PER_SECOND = 8
PROSE = Prose(Path(__file__).with_name("prose.md"))

latest = LatestRun()


@dataclass(frozen=True)
class ConstructionSettings(Settings):
    """What is deepened how far, and how it trains on."""

    shallow: str = choice("plain-8", SHALLOW, "Shallow net, already trained")
    deep: str = choice(str(DEPTHS[-1]), tuple(map(str, DEPTHS[1:])), "Layers to reach")
    rate: str = choice("0.1", RATES, "Learning rate")


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    opened = ConstructionSettings()
    chart_value, said = recorded(None, opened.shallow, opened.deep, opened.rate)
    with gr.Row():
        with gr.Column(scale=7, min_width=320):
            with gr.Row():
                net, rate, depth = (
                    control(ConstructionSettings, name, elem_id=f"construction-{place}", min_width=140, **options)
                    for name, place, options in (
                        ("shallow", "net", {"dropdown": True}),
                        ("rate", "rate", {}),
                        ("deep", "depth", {"dropdown": True}),
                    )
                )
            with gr.Row(elem_classes="run"):
                go = gr.Button("Build and train", variant="primary", elem_id="construction-go", scale=3)
                stop = gr.Button("Stop", elem_id="construction-stop", scale=1, min_width=80)
                takes = html(expected(opened.deep), elem_id="construction-takes")
            chart = Chart(chart_value, elem_id="construction")
        with gr.Column(scale=4, min_width=320, elem_classes=style.ASKS):
            PROSE.show("question")
            predict = Predict(card.card_of(), elem_id="construction-predict")
            status = html(said, elem_id="construction-status")
    with folded("All recorded runs in numbers"):
        of_run = artifacts.load_run(RUN), artifacts.certificate(RUN)
        html(words.recorded_table(of_run[1]), elem_id="construction-table")
        html(words.checks(*of_run) + words.beside_the_race(*of_run, artifacts.certificate(RACE)))
    with folded("For the curious: how a block changes nothing"):
        PROSE.show("blocks")
    inputs = [net, depth, rate]
    run = latest.wire(go, stop, live, [*inputs, predict], [chart, status], status, api_name="construction")
    run.then(expected, depth, takes, **AT_ONCE)
    depth.change(expected, depth, takes, **AT_ONCE)
    showing: dict[str, Any] = {"fn": chosen, "inputs": [predict, *inputs], "outputs": [chart, status], **AT_ONCE}
    predict.guessed(guessed, showing["inputs"], showing["outputs"], **AT_ONCE)
    for each in inputs:
        each.input(**showing)
    shared.raced.change(fit_controls, net, net, **AT_ONCE)
    return Built(
        dict(zip(("shallow", "deep", "rate"), inputs, strict=True)),
        shown=(showing,),
        question=Question(predict, card.card_of, showing),
    )


def recorded(predict: Any, net: str | None, depth: str, rate: str, just_now: bool = False) -> Any:
    """Chart and sentence of what was recorded of this choice: its start, and all of it once the card is answered.

    None where nothing was recorded of it. `just_now`: whether the guess was made of this choice.
    """
    run, certificate = artifacts.load_run(RUN), artifacts.certificate(RUN)
    config = certificate.config
    known = {f"plain-{config['shallow']}": False, f"residual-{config['shallow']}": True}
    if net not in known or depth != str(config["deep"]) or rate not in RATES:
        return None
    of_net = run, certificate, known[net]
    if card.waits(predict):
        return view.recorded_chart(new_run(), *of_net, float(rate), whole=False), words.start(*of_net)
    said = words.recorded_outcome(*of_net, artifacts.certificate(RACE), float(rate), card.stays(predict), just_now)
    return view.recorded_chart(new_run(), *of_net, float(rate)), said


def chosen(
    predict: Any, net: str | None, depth: str, rate: str, request: gr.Request, just_now: bool = False
) -> tuple[Any, ...]:
    """The same; nothing where nothing was recorded, or while a run is under way."""
    return (None if latest.runs(request) else recorded(predict, net, depth, rate, just_now)) or (gr.skip(), gr.skip())


def guessed(predict: Any, net: str | None, depth: str, rate: str, request: gr.Request) -> tuple[Any, ...]:
    """The same for a guess that was made just now."""
    return chosen(predict, net, depth, rate, request, just_now=True)


def live(net: str | None, depth: str, rate: str, predict: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Build the deep net, check it, and train both on: the chart with its new points, what to say about it."""
    try:
        config = construction_of(to_train_on(request), net, depth, rate)
    except ValueError as error:
        yield runs_live.refused(error, 1)
        return
    shown = view.LiveConstruction(config, new_run(), card.stays(predict))
    asked = "construction", config.shallow, config.depth, config.steps, config.learning_rate
    run = latest.follow(request, runs.follow(asked, lambda: construct(config), in_turn=False))
    yield from runs_live.stream(run, shown, MESSAGES_PER_SECOND)
    if shown.done >= 1:
        pace().note(config.depth, shown.seconds)


def construction_of(nets: Nets, net: str | None, depth: str, rate: str) -> Construction:
    """What the controls say. Raises ValueError, in words, for what cannot be built."""
    found = {trained.lane.name: trained for trained in nets}
    if net not in found:
        raise ValueError("choose one of the trained nets at hand")
    if depth not in map(str, DEPTHS[1:]) or rate not in RATES:
        raise ValueError("choose layers and learning rate from their lists")
    return Construction(found[net], int(depth), learning_rate=float(rate))


@cache
def pace() -> Pace:
    """The pace of runs, by the layers of the deep nets."""
    certificate = artifacts.certificate(RUN)
    axes = certificate.config["axes"]
    count = len(axes["skip"]) * len(axes["learning_rate"]) * len(axes["seed"])
    return Pace(certificate, certificate.config["deep"] * count)


def expected(depth: Any) -> str:
    """How long a live run will take."""
    layers = int(depth) if depth in map(str, DEPTHS) else DEPTHS[-1]
    return f'<p class="line">{pace().expected(layers)}</p>'


def fit_controls(net: str | None, request: gr.Request) -> Any:
    """The choice among the nets at hand that can become deeper."""
    names = [trained.lane.name for trained in to_train_on(request) if trained.lane.depth < DEPTHS[-1]]
    return gr.update(choices=names, value=net if net in names else next(iter(names), None))


SECTION = Section(
    "construction",
    "The construction",
    build,
    "Good weights exist: build them",
    (RUN, RACE, *(f"digits-{name}" for name in SHALLOW)),
    ConstructionSettings,
)
