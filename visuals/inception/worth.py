"""What every part of every module is worth, in tab 2: recorded, and measured live."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, held_out
from models.data import DataError
from models.runtime import hardware
from models.surgery import CHUNK, LAYERS, MODULES, PARTS, Worth, shrunk, summary, worth
from visuals import style
from visuals.components.heat import Heat
from visuals.components.predict import Predict, guesses_of
from visuals.events import AT_ONCE, PRIVATE
from visuals.inception import question
from visuals.inception import surgery_figures as figures
from visuals.inception.examples import available, picture
from visuals.inception.layout import html, prose
from visuals.inception.look import FIRST_MODULE, MARK, Chosen
from visuals.inception.state import COUNT, COUNTS
from visuals.live import LatestRun

RECORDED = "surgery"
MESSAGES_PER_SECOND = 2
NOTE = "Bold: the interval leaves out zero. Of 54 intervals of 95 %, two or three miss the true value by chance."
WITHOUT_THE_SET = (
    '<p class="remark">The recorded numbers are those of held-out pictures, which do not come with this page. So the '
    "button measures something else: how the probability of the main head's first answer changes on the page's own "
    "pictures. Where the environment variable "
    f"<code>{held_out.FOLDER}</code> names a folder with Tiny ImageNet's <code>val</code>, it measures accuracy.</p>"
)

WAITING = "The numbers of all parts appear here once you have answered or skipped the question at the top."

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

latest = LatestRun()


def build(chosen: Chosen, predict: Predict) -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them.

    Raises ArtifactError where the recorded run is missing.
    """
    here = held_out.folder() is not None
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            prose("worth", PICTURES=f"{recorded().pictures:,}")
            with gr.Column(elem_classes=style.UNTIL_GUESSED):
                html(style.told(WAITING, announce=False) + style.recorded(artifacts.certificate(RECORDED)))
            with gr.Column(elem_classes=style.ONCE_GUESSED):
                guess = html("", elem_id="worth-guess")
                outcome = html(recorded_outcome(), elem_id="worth-status")
                count = gr.Slider(
                    *COUNTS, COUNT, step=20, label="Held-out pictures", elem_id="worth-count", visible=here
                )
                with gr.Row():
                    go = gr.Button(live_label(here), elem_id="worth-go", scale=3, min_width=200)
                    stop = gr.Button("Stop", elem_id="worth-stop", scale=1, min_width=80)
                back = gr.Button("Show the recorded numbers again", elem_id="worth-back", size="sm")
                if not here:
                    html(WITHOUT_THE_SET, elem_id="worth-without")
        with gr.Column(scale=7, min_width=320, elem_classes=style.ONCE_GUESSED):
            worth_map = Heat(recorded_map(FIRST_MODULE), elem_id="worth")
            prose("worth, read", **lesson(recorded()))

    predict.guessed(mark_guess, predict, [worth_map, guess], **AT_ONCE)
    latest.wire(go, stop, live, [chosen.image, count], [worth_map, outcome], outcome, api_name="worth")
    back.click(show_recorded, None, [worth_map, outcome], **AT_ONCE)
    for event in (chosen.map.choose, chosen.look.change):  # a link may have set the module
        event(None, chosen.map, worth_map, js=MARK, **PRIVATE)
    return {"pictures": count}


def mark_guess(card: Any) -> tuple[dict[str, Any], str]:
    """The branch that the learner expects to be missed most, marked among the numbers and named beside them."""
    guesses = guesses_of(card, question.ASKED)
    column = list(question.TITLES.values()).index(guesses["branch"]) if guesses else None
    at = [MODULES.index(question.MODULE), column] if guesses else None
    return {"guess": at}, question.missed(guesses)


@cache
def recorded() -> Worth:
    run = artifacts.load_run(RECORDED)
    return summary(run["whole"].astype(float), run["cut"].astype(float))


def recorded_map(module: str = "") -> dict[str, Any]:
    found = recorded()
    name = f"Accuracy without each part minus accuracy with it, {found.pictures:,} held-out pictures"
    return figures.worth_map(found, new_run(), name, "points of accuracy", NOTE, module)


def recorded_outcome() -> str:
    return figures.paragraphs(figures.most_and_least(recorded())) + style.recorded(artifacts.certificate(RECORDED))


def lesson(found: Worth) -> dict[str, str]:
    """What the words say of the whole table, under the names that it has there."""
    cost = {name: -100 * found.mean[:, column] for column, name in enumerate(LAYERS)}
    narrowest = cost["1x1"] >= np.maximum.reduce([cost["3x3"], cost["5x5"], cost["pool"]])
    return {"NARROWEST": NUMBERS[narrowest.sum()], "WIDEST": f"{cost['5x5'].max():.1f}"}


def show_recorded(request: gr.Request) -> tuple[dict[str, Any], str]:
    """The recorded numbers, after a live run. One that is under way is superseded and says no more."""
    list(latest.follow(request, (event for event in ())))
    return recorded_map(), recorded_outcome()


def new_run() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Pictures:
    """What a live run measures on, and how that is called."""

    pictures: np.ndarray  # (N, SEEN, SEEN, 3) uint8
    labels: np.ndarray | None  # (N,), where the classes are known
    name: str  # of the whole map
    unit: str
    note: str

    @property
    def steps(self) -> int:
        return len(PARTS) * math.ceil(len(self.pictures) / CHUNK)


def live_label(here: bool) -> str:
    return "Measure it here, now" if here else f"Measure it on the {len(available())} pictures of this page"


def at_hand(image: np.ndarray, count: Any) -> Pictures:
    """Held-out pictures where there are some on this machine, else those of the page and the visitor's own.

    Raises ValueError or DataError, with a sentence for the visitor.
    """
    root = held_out.folder()
    if root is not None:
        if type(count) not in (int, float) or not COUNTS[0] <= count <= COUNTS[1]:
            raise ValueError(f"The number of pictures must be between {COUNTS[0]} and {COUNTS[1]}.")
        found = held_out.held_out(root, int(count))
        name = f"Accuracy without each part minus accuracy with it, {len(found.labels)} held-out pictures"
        return Pictures(found.pictures, found.labels, name, "points of accuracy", NOTE)
    images = [picture(name) for name in available()]
    if not any(np.array_equal(image, example) for example in images):
        images.append(image)
    name = f"Probability of the first answer without each part minus with it, mean of {len(images)} pictures"
    note = "Not an accuracy: the pictures are few, and some show nothing that the network knows. Hence no interval."
    return Pictures(shrunk(images), None, name, "points of probability", note)


def live(image: np.ndarray, count: Any, request: gr.Request) -> Iterator[tuple[Any, str]]:
    """What every part is worth, streamed: (the map so far, what to say above it)."""
    yield gr.skip(), style.told("Reading the pictures.", announce=False)
    try:
        at = at_hand(image, count)
    except (ValueError, DataError) as error:
        yield gr.skip(), style.notice(str(error))
        return
    run, began = new_run(), time.perf_counter()
    whole = np.full(len(at.pictures), np.nan)
    cut = np.full((len(MODULES), len(LAYERS), len(whole)), np.nan)
    done, shown = 0, 0.0
    followed = latest.follow(request, worth(at.pictures, at.labels))
    for event in followed:
        here = slice(event.start, event.start + len(event.cut))
        whole[here] = event.whole
        cut[MODULES.index(event.part.module), list(LAYERS).index(event.part.name), here] = event.cut
        done, now = done + 1, time.perf_counter()
        if done == at.steps:
            yield map_of(at, whole, cut, run), finished(at, whole, cut, now - began)
        elif now - shown >= 1 / MESSAGES_PER_SECOND:
            yield map_of(at, whole, cut, run), progress(at, done, (now - began) / done * (at.steps - done))
            shown = now
    if done < at.steps and followed.stopped:
        measured = int((~np.isnan(cut)).sum())
        told = f"Stopped after {measured:,} of {cut.size:,} passes. What was measured stays drawn: {at.name.lower()}."
        yield map_of(at, whole, cut, run), style.told(told)


def map_of(at: Pictures, whole: np.ndarray, cut: np.ndarray, run: int) -> dict[str, Any]:
    """The map of what has been measured so far; intervals only for accuracies."""
    found = summary(whole, cut)
    if at.labels is None:
        found = without_interval(found)
    return figures.worth_map(found, run, at.name, at.unit, at.note)


def without_interval(found: Worth) -> Worth:
    none = np.full(found.mean.shape, np.nan)
    return Worth(found.whole, found.mean, none, none, found.pictures)


def progress(at: Pictures, done: int, seconds_left: float) -> str:
    told = f"Switching off each part in turn: {done:,} of {at.steps:,} steps, about {seconds_left:.0f} s left."
    return style.told(told, announce=False)


def finished(at: Pictures, whole: np.ndarray, cut: np.ndarray, seconds: float) -> str:
    found = summary(whole, cut)
    what = (
        [f"Accuracy of our network on {len(whole)} held-out pictures of this machine."]
        if at.labels is not None
        else [
            f"No labelled pictures are on this machine, so this is no accuracy: it is how the probability of our "
            f"network's first answer changes, {figures.share(found.whole)} on the mean of {len(whole)} pictures."
        ]
    )
    found = found if at.labels is not None else without_interval(found)
    label = style.measured(f"{cut.size:,} passes in {seconds:.0f} s; {hardware('cpu')}")
    return figures.paragraphs(what + figures.most_and_least(found)) + label
