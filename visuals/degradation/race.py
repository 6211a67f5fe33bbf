"""The race: up to four lanes, recorded and live, and what the learner expects of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import gradio as gr

from models import artifacts
from models.data import DataError, cifar10_folder, download_cifar10
from models.race import (
    DEPTHS,
    MAX_LANES,
    MAX_LEARNING_RATE,
    MAX_SEEDS,
    MAX_STEPS,
    Lane,
    Race,
    Trained,
    images,
    recorded,
)
from models.race import race as run_race
from models.resnet import INITS
from visuals import style
from visuals.components.chart import Level, levelled
from visuals.components.predict import Amount, card, guesses_of, turned
from visuals.components.predict import state as state_of_card
from visuals.degradation import figures, sentences
from visuals.degradation.signal import LiveLayers
from visuals.degradation.state import KINDS, State, controls_of, state_of
from visuals.live import LatestRun

MESSAGES_PER_SECOND = 5
KEPT = (8, 20, 56)  # layers of the recorded nets that ship
RECORDED = Race()
SHOWN = Race(tuple(lane for lane in RECORDED.lanes if lane.depth == DEPTHS[0]))
HIDDEN = tuple(lane for lane in RECORDED.lanes if lane not in SHOWN.lanes)  # until the learner has said a word
ASKED = tuple(Amount(lane.name, lane.name, colour=figures.colour(lane.skip, 1)) for lane in HIDDEN)
QUESTION = (
    f"The nets with {DEPTHS[0]} layers get almost all of their training images right. How many per cent of them will "
    f"the nets with {DEPTHS[-1]} layers get wrong after {RECORDED.steps} steps?"
)

FIRST_SAY = (
    f"First say in the card what you expect of the nets with {DEPTHS[-1]} layers, or skip it. Press the button again "
    "to train without a guess."
)

DATA = {"scikit-learn's digits, 8 x 8": "digits", "CIFAR-10, 32 x 32": "cifar10"}
WEIGHTS = {"kaiming": "Kaiming", "xavier": "Xavier", "small": "small normal"}

latest = LatestRun()

Guesses = Mapping[str, float] | None


@dataclass(eq=False)  # by identity: gradio asks for the hash of a state
class Visit:
    """One visitor's guesses and live race: through this a guess that is made late reaches the race that it is about."""

    guesses: Guesses = None
    race: Race | None = None  # the live race on screen, if the card asks about it
    ended: tuple[sentences.Result, float] | None = None  # what came out of it, and its seconds


@cache
def kept() -> tuple[Trained, ...]:
    """The recorded nets that ship."""
    return tuple(recorded(f"{kind}-{depth}") for depth in KEPT for kind in ("plain", "residual"))


def at_hand(own: list[Trained]) -> tuple[Trained, ...]:
    """The visitor's own nets, and of the recorded ones those of which they have trained no counterpart."""

    def kind(net: Trained) -> tuple[int, bool, str]:
        return net.lane.depth, net.lane.norm, net.lane.init

    trained = set(map(kind, own))
    return (*(net for net in kept() if kind(net) not in trained), *own)


def question(guesses: Guesses = None, off: bool = False) -> dict[str, Any]:
    """The predict card of this tab."""
    return card(QUESTION, ASKED, guesses, off=off)


def controls(state: State) -> list[gr.components.Component]:
    """The settings of the race, in the order of `state.controls_of`."""
    values = iter(controls_of(state))
    made: list[gr.components.Component] = []
    for lane in range(1, MAX_LANES + 1):
        with gr.Row(elem_classes="lane"):
            made += [
                gr.Radio(
                    list(KINDS),
                    value=next(values),
                    label=f"Lane {lane}",
                    elem_id=f"lane-{lane}",
                    scale=2,
                    min_width=330,
                ),
                gr.Dropdown(list(DEPTHS), value=next(values), label="Layers", min_width=90),
                gr.Checkbox(value=next(values), label="batch norm", min_width=120),
                gr.Dropdown(
                    [(WEIGHTS[init], init) for init in INITS], value=next(values), label="First weights", min_width=150
                ),
            ]
    with gr.Row():
        made += [
            gr.Slider(20, MAX_STEPS, next(values), step=20, label="Steps", elem_id="race-steps", min_width=200),
            gr.Number(
                next(values), precision=0, label="First seed, a whole number", elem_id="race-seed", min_width=160
            ),
            gr.Slider(1, MAX_SEEDS, next(values), step=1, label="Number of seeds", elem_id="race-seeds", min_width=160),
            gr.Number(
                next(values), label=f"Learning rate, up to {MAX_LEARNING_RATE:g}", elem_id="race-rate", min_width=160
            ),
            gr.Radio(list(DATA.items()), value=next(values), label="Data", elem_id="race-data", min_width=200),
        ]
    return made


def opening(guesses: Guesses, all_shown: bool) -> tuple[dict[str, Any], str]:
    """The recorded race: chart and sentence; the deep nets only after a guess, or if they are not asked about."""
    run, certificate = artifacts.load_run("races-digits"), artifacts.certificate("races-digits")
    if all_shown:
        result = sentences.recorded_result(run, certificate, RECORDED)
        chart = figures.recorded_chart(run, certificate, RECORDED, levels(guesses, RECORDED))
        return chart, sentences.recorded_outcome(result, certificate, guesses)
    result = sentences.recorded_result(run, certificate, SHOWN)
    return figures.recorded_chart(run, certificate, SHOWN), sentences.hidden(result, certificate, HIDDEN)


def levels(guesses: Guesses, config: Race) -> tuple[Level, ...]:
    """What the learner expects of the lanes of this race, as lines on its chart."""
    lanes = {lane.name: lane for lane in config.lanes}
    return tuple(
        Level(f"your guess: {name}", guess, figures.colour(lanes[name].skip, 1))
        for name, guess in (guesses or {}).items()
        if name in lanes
    )


def live(request: gr.Request, predict: Any, visit: Visit, *settings: Any) -> Iterator[tuple[Any, ...]]:
    """A race, streamed: card, chart, sentence, both charts of the layers, their label, the nets, the result."""
    try:
        config = state_of(settings).race()
        if config.data == "cifar10":
            cifar10_folder()
    except (ValueError, DataError) as error:
        yield gr.skip(), gr.skip(), style.notice(str(error)), *[gr.skip()] * 5
        return
    asked = asked_about(config)
    if asked and state_of_card(predict) == "open":
        visit.guesses = None  # an earlier one was taken back
        yield turned(question(), "urged"), gr.skip(), style.told(FIRST_SAY), *[gr.skip()] * 5
        return
    visit.guesses = guesses_of(predict, ASKED) or visit.guesses  # it may have been made while this race waited
    skipped = state_of_card(predict) == "urged" and not visit.guesses
    card_now = turned(question(), "skipped") if skipped else gr.skip()
    chart, layers, nets = figures.LiveChart(config), LiveLayers(config), []
    began = shown = time.perf_counter()
    yield card_now, gr.skip(), style.told("Preparing the networks."), *[gr.skip()] * 5
    try:
        images(config.data)  # of CIFAR-10 this takes some seconds
    except DataError as error:
        yield gr.skip(), gr.skip(), style.notice(str(error)), *[gr.skip()] * 5
        return
    visit.race, visit.ended = config if asked else None, None
    label = style.measured(f"{sentences.seeds_in_words(config)}, while the race above was trained")
    chart.expect(levels_of(visit, config))
    yield gr.skip(), chart.start(), gr.skip(), *layers.start(), label, gr.skip(), gr.skip()
    run = latest.follow(request, run_race(config))
    for event in run:
        if isinstance(event, Trained):
            nets.append(event)
            continue
        chart.add(event)
        layers.add(event)
        now = time.perf_counter()
        if now - shown >= 1 / MESSAGES_PER_SECOND and not chart.finished:
            chart.expect(levels_of(visit, config))
            said = sentences.progress(config, chart.last.values(), chart.seconds_left)
            yield gr.skip(), chart.news(), said, *layers.news(), gr.skip(), gr.skip(), gr.skip()
            shown = now
    chart.expect(levels_of(visit, config))
    if chart.finished:
        result, seconds = sentences.result_of(config, chart.last), time.perf_counter() - began
        if visit.race is config:  # not if the visitor has begun another one meanwhile
            visit.ended = result, seconds
        said = sentences.outcome(config, result, seconds, visit.guesses if asked else None)
        yield gr.skip(), chart.whole(), said, *layers.whole(), gr.skip(), at_hand(nets), result
    elif run.stopped:
        said = sentences.stopped(config, chart.last.values())
        yield gr.skip(), chart.whole(), said, *layers.whole(), gr.skip(), gr.skip(), gr.skip()


def levels_of(visit: Visit, config: Race) -> tuple[Level, ...]:
    """What the visitor expects of a live race, if the card asks about it."""
    return levels(visit.guesses, config) if asked_about(config) else ()


def asked_about(config: Race) -> bool:
    """Whether the card speaks of lanes of this race, and of a race like this one but for its lanes and seeds."""
    if not set(HIDDEN) & set(config.lanes):
        return False
    return replace(config, lanes=RECORDED.lanes, seed=RECORDED.seed, seeds=RECORDED.seeds) == RECORDED


def guess(value: Any, chart: Any, visit: Visit) -> tuple[Any, ...]:
    """Chart and sentence after the card: the recorded race in full; a live one stays, with the guess if it is asked."""
    visit.guesses = guesses = guesses_of(value, ASKED)
    if not isinstance(chart, dict):
        return gr.skip(), gr.skip()
    if chart.get("run") in figures.RECORDED_RUNS:
        return opening(guesses, all_shown=True)
    if visit.race is None:
        return gr.skip(), gr.skip()
    said = sentences.outcome(visit.race, *visit.ended, guesses) if visit.ended else gr.skip()
    return levelled(chart, levels_of(visit, visit.race)), said


def fetch() -> str:
    """Download CIFAR-10, and say how that went."""
    try:
        download_cifar10()
    except DataError as error:
        return style.notice(str(error))
    return style.told("CIFAR-10 is here. Choose it as data, and train.")


def lanes_to_compare(result: sentences.Result, first: Any, second: Any) -> tuple[Any, Any, str]:
    """The two choices and the sentence for a race that has just ended: the lanes chosen before, where it has them."""
    lanes = choices(result.errors)
    found = [(first, second), (min(2, len(lanes)), 1)]
    chosen = next((pair for pair in found if set(pair) <= {k for _, k in lanes}), found[-1])
    first, second = (gr.update(choices=lanes, value=lane) for lane in chosen)
    return first, second, compare(result, *chosen)


def choices(lanes: Iterable[Lane]) -> list[tuple[str, int]]:
    """The lanes of a race by their numbers, which begin with 1."""
    return [(lane.name, k) for k, lane in enumerate(lanes, start=1)]


def compare(result: sentences.Result | None, first: Any, second: Any) -> str:
    """Whether the gap between two lanes of the last race, given by their numbers, is real."""
    label = style.measured("the last race above")
    if result is None:
        run, certificate = artifacts.load_run("races-digits"), artifacts.certificate("races-digits")
        result, label = sentences.recorded_result(run, certificate, RECORDED), style.recorded(certificate)
    lanes = dict(enumerate(result.errors, start=1))
    if first not in lanes or second not in lanes or first == second:
        return style.notice("Choose two different lanes.")
    return sentences.gap(result, lanes[first], lanes[second]) + label
