"""A section of a lesson: what it declares, and what it gives the page once it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import gradio as gr

from visuals.components.exercise import OnPaper
from visuals.components.predict import Asks, Predict
from visuals.page.settings import Called, Settings


@dataclass(frozen=True)
class Question:
    """A question that a section asks: its card, and the card's value: "open", "aloud" or "off".

    `shown` is an event, as arguments of gradio's, that shows what the card lets be seen once the lesson asks otherwise.
    """

    card: Predict
    value: Callable[[str], dict[str, Any]]
    shown: dict[str, Any] | None = None


@dataclass(frozen=True)
class Built:
    """What a section gives to the link of its lesson.

    `controls` are those that a link sets, by the names of the section's settings. `values` gives the controls' new
    values for settings. `written` gives what a link writes for the controls' values, which came from a browser and can
    be anything; it may raise ValueError, with a sentence. By default both are the same. `completed` adds to a link's
    values what it leaves out but means. `called` gives what the values of a link's settings are called, where it is not
    what the settings say. `spoken_of` tells of a link, which may be older, whether it is about the
    section although it names none of its settings. `shown` are events, as arguments of gradio's, that run once a link
    has set the controls.
    """

    controls: Mapping[str, gr.components.Component] = field(default_factory=dict)
    values: Callable[[Any], dict[str, Any]] = asdict
    written: Callable[[dict[str, Any]], dict[str, Any]] = dict
    completed: Callable[[dict[str, str]], dict[str, str]] = dict
    called: Callable[[Mapping[str, str]], Called] = lambda params: {}
    spoken_of: Callable[[Mapping[str, str]], bool] = lambda params: False
    shown: tuple[dict[str, Any], ...] = ()
    question: Question | None = None


@dataclass(frozen=True)
class Section:
    """One section, as its tab lists it.

    `name` is its folder, its place in links and its element; `title` stands in the rail, and above the section where
    there is no `heading`. `needs` names the recorded runs and weights without which it cannot be shown: where one
    cannot be read the section says so, and the others work. `settings` is what a link can set; `build` puts the section
    into the open gradio context and gets what the sections of its tab share. `asks` is what a class can be asked here.
    `exercises` are those that a handout has of it.
    A section that `waits` tells how the lesson's question comes out: it is shown once that is answered.
    """

    name: str
    title: str
    build: Callable[[Any], Built | None]
    heading: str = ""
    needs: tuple[str, ...] = ()
    settings: type[Settings] = Settings
    asks: Asks | None = None
    exercises: Callable[[], Sequence[OnPaper]] | None = None
    waits: bool = False
