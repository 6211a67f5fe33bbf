"""Section "Try this": exercises, with links to their sections, and answers that unfold."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from models.core import artifacts
from models.noisier import judge
from visuals.components.exercise import Exercise, OnPaper, exercise
from visuals.noisier.exercises.words import AXES, WORDS, numbers
from visuals.noisier.settings import (
    TAB,
    CounterfactualsSettings,
    DecidedSettings,
    JourneySettings,
    SharedSettings,
)
from visuals.noisier.shared import Shared
from visuals.page import together
from visuals.page.prose import Prose
from visuals.page.section import Section
from visuals.page.settings import query

EXERCISES = {
    "steps": ("journey", SharedSettings(), JourneySettings(sampler="ddim", steps=5)),
    "guidance": (
        "journey",
        SharedSettings("cifar10"),
        JourneySettings(start=0, label="7", samples="4", guidance=8.0),
    ),
    "cut": ("counterfactuals", SharedSettings(), CounterfactualsSettings(wrong_way="cut")),
    "back": ("decided", SharedSettings(), DecidedSettings(noised_t=300)),
}
RECORDED = {
    "samplers": "samplers-mnist",
    "counterfactuals": "counterfactuals-mnist",
    "guidance": "guidance-cifar10",
    "decided": "decided-mnist",
}
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    prose.show("exercises")
    names = list(EXERCISES)
    for pair in (names[:2], names[2:]):
        with gr.Row(equal_height=False):
            for name in pair:
                with gr.Column(min_width=320):
                    _exercise(name)
    with gr.Accordion(together.TITLE, open=False):
        prose.show("end")
        together.show()


def _exercise(name: str) -> None:
    """One exercise, and its answer, which unfolds."""
    Exercise(exercise(WORDS[name], _link(name)), elem_id=f"noisier-exercise-{name}")
    with gr.Accordion("Answer", open=False, elem_classes="answer"):
        prose.show_later(f"answer {name}", _values)


def _values() -> dict[str, str]:
    """For the answers."""
    run = artifacts.load_run("decided-mnist")
    digit, _ = judge.recognise("mnist", run["picture"])
    back = (run["back_classes"] == digit).sum(1).tolist()
    return numbers({name: artifacts.certificate(recorded) for name, recorded in RECORDED.items()}, back)


def _link(name: str) -> str:
    at, *settings = EXERCISES[name]
    return query(TAB, at, *settings, asks=False, back="exercises")


def on_paper() -> list[OnPaper]:
    """For the handout."""
    values = _values()
    return [
        OnPaper(asked, _link(name), AXES[name], prose.html(f"answer {name}", values)) for name, asked in WORDS.items()
    ]


SECTION = Section(
    "exercises",
    "Try this",
    build,
    needs=(*RECORDED.values(), "classifier-mnist"),
    exercises=on_paper,
    waits=True,
)
