"""Surgery, in tab 2: parts of the modules switched off, for the chosen picture and for what every part is worth."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, held_out
from models.data import DataError
from models.insight import known
from models.runtime import hardware
from models.surgery import CHUNK, LAYERS, MODULES, PARTS, Part, Worth, operate, shrunk, summary, worth
from visuals import style
from visuals.components.bars import Bars
from visuals.components.heat import Heat
from visuals.components.switches import Switches
from visuals.inception import surgery_figures as figures
from visuals.inception.examples import EXAMPLES, picture
from visuals.inception.layout import html, prose
from visuals.inception.look import FIRST_MODULE, FIRST_PICTURE, QUICK, Chosen, module_of
from visuals.inception.state import COUNT, COUNTS
from visuals.live import COMPUTE, LatestRun

RECORDED = "surgery"
MESSAGES_PER_SECOND = 2
BY_NAME = {str(part): part for part in PARTS}
NOTE = "Bold: the interval leaves out zero. Of 54 intervals of 95 %, two or three miss the true value by chance."
WITHOUT_THE_SET = (
    '<p class="remark">This machine has no held-out pictures, so the button measures something else: how the '
    "probability of the main head's first answer changes. Where the environment variable "
    f"<code>{held_out.FOLDER}</code> names a folder with Tiny ImageNet's <code>val</code>, it measures accuracy.</p>"
)

latest = LatestRun()


def build(chosen: Chosen) -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them.

    Raises ArtifactError where the recorded run is missing.
    """
    said, shown = show(picture(FIRST_PICTURE), "tiny", figures.switches())
    prose("surgery")
    with gr.Row():
        with gr.Column(scale=6, min_width=320):
            switches = Switches(figures.switches(chosen=FIRST_MODULE), elem_id="surgery-switches")
        with gr.Column(scale=5, min_width=320):
            status = html(said, elem_id="surgery-status")
            prose("surgery, off")
    bars = Bars(shown, elem_id="surgery-bars")
    prose("worth", PICTURES=f"{recorded().pictures:,}")
    outcome = html(recorded_outcome(), elem_id="worth-status")
    worth_map = Heat(recorded_map(FIRST_MODULE), elem_id="worth")
    prose("worth, read")
    with gr.Row():
        here = held_out.folder() is not None
        count = gr.Slider(
            *COUNTS, COUNT, step=20, label="Held-out pictures", elem_id="worth-count", visible=here, min_width=200
        )
        go = gr.Button(live_label(here), elem_id="worth-go", scale=2, min_width=200)
        stop = gr.Button("Stop", elem_id="worth-stop", scale=1, min_width=80)
    if not here:
        html(WITHOUT_THE_SET, elem_id="worth-without")

    operating = {"fn": show, "inputs": [chosen.image, chosen.known, switches], "outputs": [status, bars]}
    for event in (switches.toggle, chosen.look.change):
        event(**operating, **QUICK, **COMPUTE)
    chosen.map.choose(mark, chosen.map, [switches, worth_map], **QUICK)
    latest.wire(go, stop, live, [chosen.image, count], [worth_map, outcome], outcome, api_name="worth")
    return {"off": switches, "pictures": count}


# --- the chosen picture ---


def show(image: np.ndarray, name: str, switches: Any) -> tuple[str, Any]:
    """What the heads say without the parts that are off, in words and as bars."""
    try:
        off = off_of(switches)
    except ValueError as error:
        return style.notice(str(error)), gr.skip()
    operation, classes = operate(image, off, name), known(name).classes
    label = style.measured(f"a pass of {operation.milliseconds:.0f} ms; {hardware('cpu')}")
    return paragraphs(figures.outcome(operation, off, classes)) + label, figures.answers(operation, classes)


def off_of(switches: Any) -> tuple[Part, ...]:
    """The parts that are off, in the network's order. Raises ValueError, in words, for what no switches have sent."""
    off = switches.get("off") if isinstance(switches, dict) else None
    if not isinstance(off, list) or not all(isinstance(name, str) and name in BY_NAME for name in off):
        raise ValueError("This is no choice of parts of these modules.")
    return tuple(part for name, part in BY_NAME.items() if name in off)


def mark(network_map: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The module that is chosen on the map, marked in the switches and in what every part is worth."""
    chosen = {"chosen": module_of(network_map)}
    return chosen, chosen


# --- what every part is worth ---


@cache
def recorded() -> Worth:
    run = artifacts.load_run(RECORDED)
    return summary(run["whole"].astype(float), run["cut"].astype(float))


def recorded_map(module: str) -> dict[str, Any]:
    found = recorded()
    name = f"Accuracy without each part minus accuracy with it, {found.pictures:,} held-out pictures"
    return figures.worth_map(found, 0, name, "points of accuracy", NOTE, module)


def recorded_outcome() -> str:
    return paragraphs(figures.most_and_least(recorded())) + style.recorded(artifacts.certificate(RECORDED))


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
    return "Measure it here, now" if here else f"Measure it on the {len(EXAMPLES)} pictures of this page"


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
    images = [picture(name) for name in EXAMPLES]
    if not any(np.array_equal(image, example) for example in images):
        images.append(image)
    name = f"Probability of the first answer without each part minus with it, mean of {len(images)} pictures"
    note = "Not an accuracy: these pictures are too few, and of most the right class is not among the 52. No interval."
    return Pictures(shrunk(images), None, name, "points of probability", note)


def live(image: np.ndarray, count: Any, request: gr.Request) -> Iterator[tuple[Any, str]]:
    """What every part is worth, streamed: (the map so far, what to say above it)."""
    yield gr.skip(), style.told("Reading the pictures.", announce=False)
    try:
        at = at_hand(image, count)
    except (ValueError, DataError) as error:
        yield gr.skip(), style.notice(str(error))
        return
    run, began = time.time_ns() // 1_000_000, time.perf_counter()
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
        [f"Accuracy on {len(whole)} held-out pictures of this machine."]
        if at.labels is not None
        else [
            f"No labelled pictures are on this machine, so this is no accuracy: it is how the probability of the main "
            f"head's first answer changes, {figures.share(found.whole)} on the mean of {len(whole)} pictures."
        ]
    )
    found = found if at.labels is not None else without_interval(found)
    label = style.measured(f"{cut.size:,} passes in {seconds:.0f} s; {hardware('cpu')}")
    return paragraphs(what + figures.most_and_least(found)) + label


def paragraphs(sentences: list[str]) -> str:
    """Each on a line of its own; a screen reader says them at once."""
    return '<div role="status">' + "".join(f'<p class="told">{escape(s)}</p>' for s in sentences) + "</div>"
