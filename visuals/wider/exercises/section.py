"""Try this: exercises that set the controls of other sections, with answers out of the recorded runs."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from models.core import artifacts
from models.wider.activations import WEIGHTS
from models.wider.cost import module_costs
from visuals.components.exercise import Exercise, OnPaper, exercise
from visuals.page.prose import Prose
from visuals.page.section import Section
from visuals.page.settings import Settings, query
from visuals.wider import question
from visuals.wider.exercises.words import AXES, WORDS
from visuals.wider.layout import folded
from visuals.wider.settings import TAB, HeadsSettings, SurgerySettings, WiderSettings
from visuals.wider.shared import Shared

EXERCISES: dict[str, tuple[str, tuple[Settings, ...]]] = {  # its section, and what it sets
    "lean": ("surgery", (WiderSettings(module="3a"), SurgerySettings(off=("3a-1x1",)))),
    "late": ("surgery", (WiderSettings(module="5b"), SurgerySettings(off=("5b-1x1",)))),
    "help": ("heads", (WiderSettings(), HeadsSettings(weights="before training"))),
    "price": ("cost", (WiderSettings(module="5b"),)),
}

prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    prose.show("start")
    names = list(EXERCISES)
    for pair in (names[:2], names[2:]):
        with gr.Row(equal_height=False):
            for name in pair:
                with gr.Column(min_width=320):
                    Exercise(exercise(WORDS[name], _link(name)), elem_id=f"exercise-{name}")
                    with folded("Answer"):
                        prose.show_later(f"answer {name}", numbers)


def _link(name: str) -> str:
    at, settings = EXERCISES[name]
    return query(TAB, at, *settings, asks=at == "cost", back="exercises")  # cost has a question of its own


def on_paper() -> list[OnPaper]:
    """For the handout."""
    known = numbers()
    return [
        OnPaper(asked, _link(name), AXES[name], prose.html(f"answer {name}", known)) for name, asked in WORDS.items()
    ]


def numbers() -> dict[str, str]:
    """For the answers."""
    surgery, heads = artifacts.certificate("surgery").metrics, artifacts.certificate("heads").metrics
    whole, without = surgery["main_top1"], surgery["main_top1_without"]
    small, kaiming = (heads["gradient_at_3a_all_over_main"][start] for start in ("small", "kaiming"))
    times = {name: module.naive_weights / module.weights for name, module in module_costs().items()}
    most = max(times, key=times.__getitem__)
    return {
        "WHOLE": f"{whole:.1f} %",
        "EARLY": f"{whole - without['3a']['1x1']:.1f}",
        "LATE": f"{without['5b']['1x1']:.1f} %",
        "LEFT": f"{without['3a']['1x1']:.1f} %",
        "FIVE": f"{question.lost()['5x5']:.1f}",
        "SMALL": f"{small:,.0f}",
        "KAIMING": f"{kaiming:.2f}",
        "AUX": f"{artifacts.certificate(WEIGHTS).metrics['aux_4a_top1']:.1f} %",
        "MOST": f"module {most}",
        "TIMES": f"{times[most]:.1f}",
        "FIRST": f"{times['3a']:.1f}",
    }


SECTION = Section("exercises", "Try this", build, needs=(WEIGHTS, "surgery", "heads"), exercises=on_paper, waits=True)
