"""Try this, on the page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import gradio as gr

from models.core import artifacts
from models.deeper.exercises import NAME, RACES
from visuals.components.exercise import Exercise, OnPaper, exercise
from visuals.deeper.exercises import words
from visuals.deeper.race_settings import settings_for
from visuals.deeper.shared import Shared, folded, html
from visuals.page import style, together
from visuals.page.files import Later
from visuals.page.prose import Prose
from visuals.page.section import Section
from visuals.page.settings import query

DIGITS, CONVERGED = "race-digits", "race-converged"
EXERCISES = tuple(words.WORDS)
PROSE = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    PROSE.show("exercises")
    for pair in (EXERCISES[:2], EXERCISES[2:]):
        with gr.Row(equal_height=False):
            for name in pair:
                with gr.Column(min_width=320):
                    Exercise(exercise(words.WORDS[name], _link(name)), elem_id=f"deeper-exercise-{name}")
                    with gr.Accordion("Answer", open=False, elem_classes="answer"):
                        PROSE.show_later(f"answer {name}", _numbers)
                        if name in words.TABLED:
                            html(Later(partial(_table, name)))
    with folded(together.TITLE):
        together.show()
    html(f"The answers: {style.recorded(artifacts.certificate(NAME))}", elem_id="answers-origin")


def _numbers() -> dict[str, str]:
    """For the answers."""
    return words.numbers(
        words.last_errors(artifacts.load_run(NAME)),
        (artifacts.load_run(DIGITS), artifacts.certificate(DIGITS)),
    )


def _table(name: str) -> str:
    errors = words.last_errors(artifacts.load_run(NAME))
    return words.tables(errors, artifacts.certificate(CONVERGED)).get(name, "")


def _link(name: str) -> str:
    return query("deeper", "race", settings_for(RACES[name]), asks=False, back="exercises")


def on_paper() -> list[OnPaper]:
    """For the handout."""
    numbers = _numbers()
    return [
        OnPaper(asked, _link(name), words.AXES[name], PROSE.html(f"answer {name}", numbers) + _table(name))
        for name, asked in words.WORDS.items()
    ]


SECTION = Section("exercises", "Try this", build, needs=(NAME, DIGITS, CONVERGED), exercises=on_paper, waits=True)
