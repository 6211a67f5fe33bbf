"""Signal and gradient on the page: annotated moments of the recorded race, and charts that go through any race."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.deeper.nets import Lane
from visuals.components.chart import Chart
from visuals.deeper.lanes import seeds_in_words
from visuals.deeper.nets import RACED, Looks
from visuals.deeper.shared import Shared, folded, html
from visuals.deeper.signal import view, words
from visuals.page import style
from visuals.page.events import AT_ONCE
from visuals.page.live import new_run
from visuals.page.prose import Prose
from visuals.page.section import Section

RUN, LONG = "signal-digits", "race-converged"
NORMED, BARE, OWN = "with batch norm", "without batch norm", "your last race"
LANES = {NORMED: (words.PLAIN, words.RESIDUAL), BARE: (2, 3)}
PROSE = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    lanes, looks = recorded()
    long = artifacts.load_run(LONG)["1 gradient"][:, 0]
    numbers = words.numbers(artifacts.certificate(RUN), looks, long)
    show(PROSE, "question", numbers)
    normed = {step: {k: mine[k] for k in LANES[NORMED]} for step, mine in looks.items()}
    html(view.panels(lanes, normed, words.notes(looks)) + style.recorded(artifacts.certificate(RUN)), elem_id="panels")
    show(PROSE, "answer", numbers)
    with folded("Go through the training, step by step: gradient and signal", elem_id="layers-fold"):
        show(PROSE, "bare", numbers)
        which = gr.Radio([NORMED, BARE, OWN], value=NORMED, label="Nets", elem_id="layers-which")
        first, second, said = charts(NORMED, None, 1)
        origin = html(said, elem_id="layers-origin")
        with gr.Row() as both:
            with gr.Column(min_width=320):
                gradient = Chart(first, elem_id="layers-gradient")
            with gr.Column(min_width=320):
                signal = Chart(second, elem_id="layers-signal")
    with folded():
        show(PROSE, "curious", numbers)
    shown = [gradient, signal, origin, both]
    which.input(chosen, which, shown, **AT_ONCE)
    shared.raced.change(raced, None, [which, *shown], **AT_ONCE)


def show(prose: Prose, heading: str, numbers: dict[str, str]) -> None:
    prose.show(heading, **{name: numbers[name] for name in prose.places(heading)})


def recorded() -> tuple[tuple[Lane, ...], Looks]:
    """The lanes of the recorded race, and what was seen in them."""
    lanes = tuple(Lane(**lane) for lane in artifacts.certificate(RUN).config["lanes"])
    return lanes, view.recorded_looks(artifacts.load_run(RUN), lanes)


def charts(which: str, request: gr.Request | None, run: int) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Gradient, signal and where they come from; of the visitor's last race, or of lanes of the recorded one."""
    found = RACED.of(request) if which == OWN and request else None
    if found:
        lanes, looks, kind = found.config.lanes, found.looks, "measured now"
        label = style.measured(f"{seeds_in_words(found.config)}, while your race was trained")
    else:
        (lanes, all_looks), kind, label = recorded(), "recorded", style.recorded(artifacts.certificate(RUN))
        chosen = LANES.get(which, LANES[NORMED])
        looks = {step: {k: mine[k] for k in chosen} for step, mine in all_looks.items()}
    gradient, signal = (view.layers_chart(run, lanes, looks, each, kind) for each in view.KINDS)
    return gradient, signal, label


def chosen(which: str, request: gr.Request) -> tuple[Any, ...]:
    """The charts of these nets; a sentence in their place where the visitor has not trained any yet."""
    if which == OWN and not RACED.of(request):
        return gr.skip(), gr.skip(), style.notice(words.NO_RACE), gr.update(visible=False)
    return *charts(which, request, new_run()), gr.update(visible=True)


def raced(request: gr.Request) -> tuple[Any, ...]:
    """The charts of the race that has just ended."""
    if not RACED.of(request):
        return (gr.skip(),) * 5
    return OWN, *charts(OWN, request, new_run()), gr.update(visible=True)


SECTION = Section("signal", "Vanishing gradients", build, "Do the gradients vanish?", (RUN, LONG), waits=True)
