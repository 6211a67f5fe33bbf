"""The race on the page: the stage with its four nets, their curves and the question, and what unfolds below."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from models.core.data import DataError, cifar10_folder, download_cifar10
from models.core.resnet import INITS
from models.deeper.nets import DEPTHS, images
from models.deeper.race import MAX_LANES, Race, race
from visuals.components.chart import Chart
from visuals.components.net_columns import NetColumns
from visuals.components.predict import Predict, guesses_of, turned
from visuals.components.predict import state as state_of_card
from visuals.deeper.lanes import WEIGHTS, seeds_in_words
from visuals.deeper.nets import RACED
from visuals.deeper.race import view, words
from visuals.deeper.race.card import FIRST_SAY, GUESSED, IN_CLASS, question
from visuals.deeper.race.recorded import Picture, choices, darkest, gap_of, long_race_in_files, opening, pace
from visuals.deeper.race.view import RECORDED, Guesses, LiveRace
from visuals.deeper.race_settings import CONTROLS, KINDS, NUMBERS, RaceSettings, part, settings_of, values_of
from visuals.deeper.shared import Shared, folded, html
from visuals.page import live as runs_live
from visuals.page import style
from visuals.page.events import AT_ONCE, FOLLOWING, end_with_visit
from visuals.page.files import Later
from visuals.page.live import OPENING_RUN, LatestRun, new_run
from visuals.page.prose import Prose
from visuals.page.section import Built, Question, Section
from visuals.page.settings import Control, control
from visuals.page.shared_runs import runs
from visuals.page.visitors import Visitors

MESSAGES_PER_SECOND = 5
SHORT, LONG = "200 steps at 0.1", "3,000 steps at 0.01"
PROSE = Prose(Path(__file__).with_name("prose.md"))

latest = LatestRun()


@dataclass(eq=False)
class Visit:
    """What one visitor expects, and the live race on their screen: a guess that is made late still reaches it."""

    guesses: Guesses = None
    live: LiveRace | None = None


VISITS: Visitors[Visit] = Visitors(lambda visit: 1)


def visit_of(request: gr.Request) -> Visit:
    found = VISITS.of(request)
    if found is None:
        VISITS.keep(request, found := Visit())
    return found


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    columns_value, chart_value, said = opening(OPENING_RUN, None, all_shown=False)
    with gr.Row():
        with gr.Column(scale=8, min_width=320):
            with gr.Row(elem_classes="run"):
                go = gr.Button("Train it live", variant="primary", elem_id="race-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="race-stop", scale=1, min_width=80)
                takes = html(takes_words(RECORDED), elem_id="race-takes")
            with gr.Row():
                with gr.Column(scale=2, min_width=220):
                    columns = NetColumns(columns_value, elem_id="race-columns")
                with gr.Column(scale=5, min_width=320):
                    chart = Chart(chart_value, elem_id="race")
        with gr.Column(scale=5, min_width=300, elem_classes=style.ASKS):
            PROSE.show("question")
            predict = Predict(question(), elem_id="race-predict")
            which = gr.Radio(
                [SHORT, LONG],
                value=SHORT,
                label="Recorded race: steps at a learning rate",
                elem_id="race-which",
                elem_classes=style.ONCE_GUESSED,
            )
            status = html(said, elem_id="race-status")
    with gr.Accordion("Change the race: nets, seeds, learning rate, data", open=False, elem_id="race-settings"):
        controls = race_controls()
        with gr.Row():
            fetch_button = gr.Button("Download CIFAR-10 (170 MB)", elem_id="race-fetch", scale=0, min_width=260)
            fetched = html("", elem_id="race-fetched")
    with gr.Column(elem_classes=style.ONCE_GUESSED):
        gap = build_gap(controls)
        with folded("For the curious: has it converged, is it overfitting, why is the test error so high?"):
            for heading in ("degradation", "converged", "test", "columns", "errors"):
                PROSE.show(heading, **(words.dark_columns(darkest()) if heading == "columns" else {}))

    lanes = [controls[name] for name in CONTROLS]
    picture = [columns, chart, status]
    predict.guessed(guess, predict, [*picture, which], **AT_ONCE)
    which.input(chooser(long_race_in_files(columns, chart)), which, picture, **AT_ONCE)
    go.click(lambda: None, None, which, **AT_ONCE)
    sent, shown = [predict, *lanes], [predict, *picture, shared.raced]
    run = latest.wire(go, stop, live, sent, shown, status, api_visibility="private")
    end_with_visit(VISITS.forget)
    run.then(expected, lanes, takes, **AT_ONCE)
    gr.on([each.change for each in lanes], expected, lanes, takes, **FOLLOWING)
    fetch_button.click(fetch, None, fetched, api_visibility="private", concurrency_limit=1)
    gap_controls = [controls["first"], controls["second"]]
    shared.raced.change(lanes_to_compare, gap_controls, [*gap_controls, gap], **AT_ONCE)
    for each in gap_controls:
        each.input(compare, gap_controls, gap, **AT_ONCE)
    by_link = {"fn": linked, "inputs": [predict, *lanes], "outputs": [*picture, takes], **AT_ONCE}
    gap_by_link = {"fn": compare, "inputs": gap_controls, "outputs": gap, **AT_ONCE}
    asked = Question(predict, question, {"fn": unasked, "inputs": predict, "outputs": picture, **AT_ONCE})
    return Built(controls, values_of, written, shown=(by_link, gap_by_link), question=asked)


def race_controls() -> dict[str, Control]:
    """The settings of the race by the names of its controls."""
    values = values_of(RaceSettings())
    made: dict[str, Control] = {}
    for k in range(1, MAX_LANES + 1):
        kind, layers, norm, init = (values[part(k, name)] for name in ("kind", "layers", "norm", "init"))
        with gr.Row(elem_classes="lane"):
            made[part(k, "kind")] = gr.Radio(
                list(KINDS), value=kind, label=f"Lane {k}", elem_id=f"lane-{k}", scale=2, min_width=280
            )
            made[part(k, "layers")] = gr.Dropdown(list(DEPTHS), value=layers, label="Layers", min_width=90)
            made[part(k, "norm")] = gr.Checkbox(value=norm, label="batch norm", min_width=120)
            weights = [(WEIGHTS[each], each) for each in INITS]
            made[part(k, "init")] = gr.Dropdown(weights, value=init, label="First weights", min_width=150)
    with gr.Row():
        for name, place in zip(NUMBERS, ("steps", "seed", "seeds", "rate", "data"), strict=True):
            made[name] = control(RaceSettings, name, elem_id=f"race-{place}", min_width=160)
    return made


def build_gap(controls: dict[str, Control]) -> gr.HTML:
    """Whether a gap is more than chance: adds its two choices to `controls`, and returns what is said."""
    with gr.Accordion("Is this gap more than chance?", open=False, elem_id="race-gap"):
        lanes = choices(RECORDED.lanes)
        with gr.Row():
            first = control(RaceSettings, "first", choices=lanes, elem_id="gap-first")
            second = control(RaceSettings, "second", choices=lanes, elem_id="gap-second")
        gap = html(Later(lambda: gap_of(None, 2, 1)), elem_id="gap-said")
        PROSE.show("gap")
    controls |= {"first": first, "second": second}
    return gap


# --- the recorded races ---


def chooser(long_race: Callable[[int], Picture]) -> Callable[..., Picture]:
    """One of the two recorded races, in the place of whatever is there; a live one that goes on ends."""

    def choose(which: str, request: gr.Request) -> Picture:
        visit = visit_of(request)
        visit.live = None
        next(latest.follow(request, (nothing for nothing in ())), None)  # the visitor's newest run
        return long_race(new_run()) if which == LONG else opening(new_run(), visit.guesses, all_shown=True)

    return choose


# --- the question ---


def guess(value: Any, request: gr.Request) -> tuple[Any, ...]:
    """The picture after the card: the recorded race in full; a live one stays, with the guess if it is asked."""
    visit = visit_of(request)
    visit.guesses = guesses_of(value, GUESSED)
    if visit.live is None:
        return *opening(new_run(), visit.guesses, all_shown=True), SHORT
    ended = visit.live.outcome(visit.live.seconds) if visit.live.done >= 1 else gr.skip()
    return gr.skip(), visit.live.whole()[1], ended, gr.skip()


def unasked(predict: Any, request: gr.Request) -> tuple[Any, ...]:
    """The recorded race in full where the lesson does not ask; a live one stays."""
    if state_of_card(predict) == "off" and visit_of(request).live is None:
        return opening(new_run(), None, all_shown=True)
    return (gr.skip(),) * 3


def linked(request: gr.Request, predict: Any, *values: Any) -> tuple[Any, ...]:
    """The picture, and the time of a link's race; where the link asks, a quick visitor may have answered by now."""
    columns, chart, said = unasked(predict, request)
    try:
        config = race_of(values)
    except ValueError as error:
        return columns, chart, style.notice(f"The link's race cannot be run: {error}."), gr.skip()
    return columns, chart, said if config == RECORDED else words.set_up(config), takes_words(config)


def race_of(values: tuple[Any, ...]) -> Race:
    return settings_of(dict(zip(CONTROLS, values, strict=True))).race()


def written(values: dict[str, Any]) -> dict[str, Any]:
    """What a link writes. Raises ValueError where there is no such race."""
    try:
        settings = settings_of(values)
    except ValueError as error:
        raise ValueError(f"There is no link to this race: {error}") from error
    named = {name: getattr(settings, name) for name in ("lanes", *NUMBERS)}
    return named | {name: values[name] for name in ("first", "second")}


# --- the live race ---


def live(request: gr.Request, predict: Any, *values: Any) -> Iterator[tuple[Any, ...]]:
    """A race, streamed: card, columns, chart, sentence, and at the end the number under which its nets are kept."""
    try:
        config = race_of(values)
        if config.data == "cifar10":
            cifar10_folder()
    except (ValueError, DataError) as error:
        yield only(style.notice(str(error)))
        return
    visit, asked = visit_of(request), view.asked_about(config)
    if asked and state_of_card(predict) == "open":
        visit.guesses = None  # an earlier one was taken back
        yield turned(question(), "urged"), gr.skip(), gr.skip(), style.told(FIRST_SAY), gr.skip()
        return
    visit.guesses = guesses_of(predict, GUESSED) or visit.guesses  # it may have been made while this race waited
    skipped = state_of_card(predict) == "urged" and not visit.guesses
    first = turned(question(), "skipped") if skipped else gr.skip()
    yield first, gr.skip(), gr.skip(), style.told("The networks are being prepared.", announce=False), gr.skip()
    try:
        images(config.data)  # of CIFAR-10 this takes some seconds
    except DataError as error:
        yield only(style.notice(str(error)))
        return
    shown = visit.live = LiveRace(config, new_run(), lambda: visit.guesses)
    run = latest.follow(request, runs.follow(("race", config), lambda: race(config), in_turn=False))
    for news in runs_live.stream(run, shown, MESSAGES_PER_SECOND):
        yield gr.skip(), *news, gr.skip()
    if shown.done >= 1:
        pace().note(config.work, shown.seconds)
        RACED.keep(request, shown.left)
        yield *[gr.skip()] * 4, new_run()


def only(said: str) -> tuple[Any, ...]:
    return *[gr.skip()] * 3, said, gr.skip()


def takes_words(config: Race) -> str:
    return f'<p class="line">{seeds_in_words(config).capitalize()}. {pace().expected(config.work)}</p>'


def expected(*values: Any) -> str:
    """How long the race will take that the controls are set to."""
    try:
        return takes_words(race_of(values))
    except ValueError as error:
        return style.notice(str(error))


def fetch() -> str:
    """Download CIFAR-10, and say how that went."""
    try:
        download_cifar10()
    except DataError as error:
        return style.notice(str(error))
    return style.told("CIFAR-10 is here. Choose it as data, and train.")


# --- the gap ---


def result_of(request: gr.Request) -> words.Result | None:
    """What the visitor's last race has ended with, if it is on the screen."""
    visit = visit_of(request)
    return visit.live.result if visit.live and visit.live.done >= 1 else None


def lanes_to_compare(first: Any, second: Any, request: gr.Request) -> tuple[Any, ...]:
    """The two choices and the sentence for a race that has just ended: the lanes chosen before, where it has them."""
    result = result_of(request)
    if result is None:
        return (gr.skip(),) * 3
    lanes = choices(result.errors)
    found = [(first, second), (min(2, len(lanes)), 1)]
    chosen = next((pair for pair in found if set(pair) <= {k for _, k in lanes}), found[-1])
    return *(gr.update(choices=lanes, value=lane) for lane in chosen), gap_of(result, *chosen)


def compare(first: Any, second: Any, request: gr.Request) -> str:
    """Whether the gap between two lanes of the last race, given by their numbers, is more than chance."""
    return gap_of(result_of(request), first, second)


NEEDS = ("race-digits", "race-layers", "race-converged", "signal-digits")
SECTION = Section("race", "The race", build, "Does a deeper network learn better?", NEEDS, RaceSettings, IN_CLASS)
