"""Switch off: parts of the modules put out zeros; what one picture's answers become, and what many pictures lose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from models.core import artifacts
from models.core.data import DataError
from models.core.runtime import device, hardware
from models.wider import validation
from models.wider.activations import WEIGHTS
from models.wider.surgery import PARTS, Changes, Part, changes, operate, shrunk, summary
from visuals.components.bars import Bars
from visuals.components.heat import Heat
from visuals.components.predict import Predict
from visuals.components.switches import Switches
from visuals.page import style
from visuals.page.events import AT_ONCE, FOLLOWING, PRIVATE
from visuals.page.files import Later
from visuals.page.live import ANSWER, OPENING_RUN, LatestRun, new_run, refused, stream
from visuals.page.live.pace import Pace
from visuals.page.prose import Prose
from visuals.page.section import Built, Question, Section
from visuals.page.settings import checked, control
from visuals.page.shared_runs import runs
from visuals.wider import passes, question
from visuals.wider.examples import available, picture
from visuals.wider.layout import folded, html
from visuals.wider.settings import SurgerySettings, WiderSettings
from visuals.wider.shared import QUICK, Shared
from visuals.wider.surgery import view, words
from visuals.wider.words import paragraphs

RECORDED = "surgery"
BY_NAME = {str(part): part for part in PARTS}
OTHERS = tuple(head for head in words.HEADS if head != "main")
# The branch that the learner expects to be missed most is marked among the numbers, which unfold.
MARK_GUESS = """({ state, guesses }, shown) => [
    { ...shown, guess: state === 'given' ? PLACES[guesses[0].value] : null }, { __type__: 'update', open: true }
]""".replace("PLACES", json.dumps(view.PLACES))

latest = LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    opening = Later(lambda: shown_of(passes.at_start(), view.switches(), style.at_start))
    said, shown, others, behind = (opening.then(itemgetter(place)) for place in range(4))
    with gr.Row(equal_height=False):
        with gr.Column(scale=6, min_width=320):
            prose.show("switch")
            switches = Switches(view.switches(chosen=WiderSettings.module), elem_id="surgery-switches")
        with gr.Column(scale=5, min_width=320, elem_classes=style.ASKS):
            predict = Predict(question.card_of(), elem_id="wider-predict")
            answered = html("", elem_id="wider-answer")
            with gr.Column(elem_classes=style.AFTER_LINK):
                status = html(said, elem_id="surgery-status")
                bars = Bars(shown, elem_id="surgery-bars")
    count = _many(shared, predict)
    with folded("What the auxiliary heads answer now", elem_id="surgery-others-part"):
        of_others = html(others, elem_id="surgery-others-said")
        other_bars = Bars(behind, elem_id="surgery-others")
    with folded("For the curious: what the switches do"):
        prose.show("switch, more")

    effect = gr.HTML("", visible=False)
    outputs = [status, bars, of_others, other_bars, effect]
    predict.guessed(question.answer, predict, answered, **AT_ONCE)
    computed = [shared.follow(show, [switches], outputs)]
    switches.toggle(
        None, None, status, js=f"() => {json.dumps(style.told(words.COMPUTING, announce=False))}", **PRIVATE
    )
    computed.append(switches.toggle(show, [*shared.at_hand, switches], outputs, **QUICK, **ANSWER))
    for event in computed:
        event.then(None, [effect, switches], switches, js="(effect, shown) => ({ ...shown, effect })", **PRIVATE)
    shared.mark(switches)
    return Built({"off": switches, "pictures": count}, values, written, question=Question(predict, question.card_of))


# --- one picture ---


# Of the main head and of the auxiliary ones: what they say, in words and as bars. And for the switches, in short.
Shown = tuple[Any, Any, Any, Any, Any]


def show(picture: str, network: str, switches: Any, request: gr.Request) -> Shown:
    """What the heads say of the chosen picture without the parts that are off."""
    return shown_of(passes.chosen(request, picture, network), switches, style.measured)


def shown_of(chosen: passes.Chosen, switches: Any, label: Callable[[str], str]) -> Shown:
    """The same; `label` says when that was found."""
    try:
        off = off_of(switches)
    except ValueError as error:
        return style.notice(str(error)), gr.skip(), gr.skip(), gr.skip(), gr.skip()
    operation, classes = operate(chosen.run, off), chosen.run.classes
    found = label(f"a pass of {operation.milliseconds or chosen.run.milliseconds:.0f} ms; {hardware(device())}")
    return (
        paragraphs([words.main(operation, off, classes)]) + found,
        view.answers(operation, classes, ("main",)),
        paragraphs(words.others(operation, off, classes)) + found,
        view.answers(operation, classes, OTHERS),
        words.effect(operation, classes) if off else "",
    )


def off_of(switches: Any) -> tuple[Part, ...]:
    """The parts that are off, in the network's order. Raises ValueError, in words, for what no switches have sent."""
    off = switches.get("off") if isinstance(switches, dict) else None
    if not isinstance(off, list) or not all(isinstance(name, str) and name in BY_NAME for name in off):
        raise ValueError("This is no choice of parts of these modules.")
    return tuple(part for name, part in BY_NAME.items() if name in off)


def values(settings: SurgerySettings) -> dict[str, Any]:
    """What a link sets. The module is marked by the section itself."""
    off = (BY_NAME[part] for part in settings.off if part in BY_NAME)
    return asdict(settings) | {"off": view.switches(off)}


def written(values: dict[str, Any]) -> dict[str, Any]:
    off = values["off"].get("off") if isinstance(values["off"], dict) else None
    return values | {"off": ",".join(map(str, off)) if isinstance(off, list) and off else "nothing"}


# --- many pictures ---


def _many(shared: Shared, predict: Predict) -> gr.components.Component:
    """What every part of every module is worth: recorded, and measured on request."""
    here = validation.folder() is not None
    pictures = f"{recorded_pictures():,}"
    with folded(f"What is each branch worth? On {pictures} pictures", elem_id="lost-part") as part:
        with gr.Column(elem_classes=style.UNTIL_GUESSED):
            html(style.told(words.WAITING, announce=False) + style.recorded(artifacts.certificate(RECORDED)))
        with gr.Column(elem_classes=style.ONCE_GUESSED):
            with gr.Row(equal_height=False):
                with gr.Column(scale=7, min_width=320):
                    opening = Later(lambda: recorded_map(OPENING_RUN, WiderSettings.module))
                    table = Heat(opening, elem_id="lost")
                with gr.Column(scale=4, min_width=300):
                    prose.show("many", PICTURES=pictures)
                    outcome = html(Later(recorded_outcome), elem_id="lost-status")
                    with folded("Measure it on this machine", elem_id="lost-here"):
                        if not here:
                            prose.show("many, here")
                        count = control(SurgerySettings, "pictures", elem_id="lost-count", visible=here)
                        takes = html(expected(SurgerySettings.pictures), elem_id="lost-takes")
                        asks = words.button(here, len(available()))
                        with gr.Row():
                            go = gr.Button(asks, elem_id="lost-go", scale=3, min_width=180)
                            stop = gr.Button("Stop", elem_id="lost-stop", scale=1, min_width=80)
                        back = gr.Button("Show the recorded numbers again", elem_id="lost-back", size="sm")
            with folded("How to read the table"):
                prose.show_later("many, read", lambda: words.lesson(recorded()))

    predict.guessed(None, [predict, table], [table, part], js=MARK_GUESS, **PRIVATE)
    inputs, outputs = [*shared.at_hand, count], [table, outcome]
    latest.wire(go, stop, live, inputs, outputs, outcome, api_name="surgery").then(expected, count, takes, **AT_ONCE)
    count.change(expected, count, takes, **FOLLOWING)
    back.click(show_recorded, None, [table, outcome], **AT_ONCE)
    shared.mark(table)
    return count


@cache
def pace() -> Pace:
    """Of `changes`, a unit of work for each picture."""
    return Pace(artifacts.certificate(RECORDED), recorded_pictures())


def expected(pictures: Any) -> str:
    """How long a run over so many pictures will take."""
    try:
        count = checked(SurgerySettings, {"pictures": pictures}).pictures if validation.folder() else len(available())
    except ValueError as error:
        return style.notice(str(error))
    return style.told(pace().expected(count), announce=False)


@cache
def recorded() -> Changes:
    run = artifacts.load_run(RECORDED)
    return summary(run["whole"].astype(float), run["cut"].astype(float))


def recorded_pictures() -> int:
    return artifacts.load_run(RECORDED)["whole"].size


def recorded_map(run: int, module: str = "") -> dict[str, Any]:
    found = recorded()
    name = f"Accuracy without each part minus accuracy with it, {found.pictures:,} held-out pictures"
    return view.table(found, run, view.Measured(name, "points of accuracy", view.NOTE), module)


def recorded_outcome() -> str:
    return paragraphs([words.by_branch(recorded())]) + style.recorded(artifacts.certificate(RECORDED))


def show_recorded(request: gr.Request) -> tuple[dict[str, Any], str]:
    """The recorded numbers, after a live run. One that is under way is superseded and says no more."""
    list(latest.follow(request, (event for event in ())))
    return recorded_map(new_run()), recorded_outcome()


def at_hand(chosen: passes.Chosen, count: Any) -> tuple[np.ndarray, np.ndarray | None, view.Measured]:
    """Held-out pictures where there are some on this machine, else those of the page and the visitor's own; their
    labels, where they are known; and how that is called.

    Raises ValueError or DataError, with a sentence for the visitor.
    """
    root = validation.folder()
    if root is not None:
        found = validation.read_pictures(root, checked(SurgerySettings, {"pictures": count}).pictures)
        name = f"Accuracy without each part minus accuracy with it, {len(found.labels)} held-out pictures"
        return found.pictures, found.labels, view.Measured(name, "points of accuracy", view.NOTE)
    images = [picture(name) for name in available()]
    if chosen.name not in available():
        images.append(chosen.image)
    name = f"Probability of the first answer without each part minus with it, mean of {len(images)} pictures"
    return shrunk(images), None, view.Measured(name, "points of probability", view.FEW)


def live(picture: str, network: str, count: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """What every part is worth, streamed: (the map so far, what to say above it)."""
    try:
        pictures, labels, measured = at_hand(passes.chosen(request, picture, network), count)
    except (ValueError, DataError) as error:
        yield refused(error, 1)
        return
    asked = ("surgery", pictures.tobytes())
    events = latest.follow(request, runs.follow(asked, lambda: changes(pictures, labels)))
    drawn = view.LiveTable(len(pictures), labels is not None, measured, new_run(), hardware())
    yield from stream(events, drawn, per_second=2)
    if drawn.done >= 1:
        pace().note(len(pictures), events.seconds)


SECTION = Section(
    "surgery",
    "Switch off",
    build,
    heading="What happens without a branch?",
    needs=(WEIGHTS, RECORDED),
    settings=SurgerySettings,
    asks=question.IN_CLASS,
)
