"""A tab of the page is a lesson: sections of which one is on the screen, listed in the rail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from models.core import artifacts
from models.core.artifacts import ArtifactError
from visuals.components.copy_link import CopyLink
from visuals.components.pager import Pager
from visuals.components.rail import Rail, Stop, rail
from visuals.page import opening, style
from visuals.page.events import PRIVATE
from visuals.page.lesson_link import ALOUD, HERE, OFF, LessonLink, Part
from visuals.page.section import Built, Section
from visuals.page.settings import Settings

# Of the rail's value: which tab of each gr.Tabs is open. It runs in the browser alone.
OPEN = """value => [value.tab, ...NAMES.map(name => name === value.tab ? value.at : null)]
    .map(selected => selected === null ? { __type__: 'update' } : { __type__: 'update', selected })"""
ASKS = (
    ("The link asks for a guess first", HERE),
    ("The link is for a class that is asked aloud", ALOUD),
    ("The link shows the outcome at once", OFF),
)


@dataclass(frozen=True)
class Lesson:
    """A tab: the name that links give it, its title, and its sections in their order.

    `share` puts what stays in sight above the sections into the open gradio context. It returns what the sections hand
    to each other, which every section's `build` gets, and what a link sets of it: the values of `settings`.
    """

    name: str
    title: str
    sections: Sequence[Section]
    share: Callable[[gr.Blocks], tuple[Any, Built]] = lambda page: (None, Built())
    settings: type[Settings] = Settings

    @property
    def asking(self) -> str:
        """What stands in the place of a section that waits: where the lesson's question is, the first that is asked."""
        first = next((section for section in self.sections if section.asks), None)
        return style.unguessed(f"?tab={self.name}&at={first.name}", first.title) if first else ""


def build(page: gr.Blocks, lessons: Sequence[Lesson]) -> list[LessonLink]:
    """Put the rail and all lessons into the page, whose context is open."""
    with gr.Row(elem_id="lesson", equal_height=False):
        with gr.Column(scale=0, min_width=210, elem_id="way"):
            way = Rail(rail({lesson.name: (lesson.title, _stops(lesson)) for lesson in lessons}), elem_id="rail")
        with gr.Column(scale=1, min_width=320, elem_id="stage"):
            with gr.Tabs(selected="", elem_id="lessons", elem_classes="no-tabs") as tabs:
                opened, links = zip(*(_lesson(page, way, lesson) for lesson in lessons), strict=True)
            Pager({"pager": True}, elem_id="pager")
    names = str([lesson.name for lesson in lessons])
    way.go(None, way, [tabs, *opened], js=OPEN.replace("NAMES", names), **PRIVATE)
    by_name = {
        lesson.name: opening.LessonTabs(own, link.about, link.chosen)
        for lesson, own, link in zip(lessons, opened, links, strict=True)
    }
    opening.OPENINGS[page] = opening.Opening(page, tabs, by_name)
    return list(links)


def _stops(lesson: Lesson) -> list[Stop]:
    return [Stop(section.name, section.title, section.waits) for section in lesson.sections]


def _lesson(page: gr.Blocks, way: Rail, lesson: Lesson) -> tuple[gr.Tabs, LessonLink]:
    with gr.Tab(lesson.title, id=lesson.name, elem_id=f"{lesson.name}-tab"):
        notices = gr.HTML("", elem_id=f"{lesson.name}-notices")
        shared, built = lesson.share(page)
        parts = {"": Part(lesson.settings, built)}
        with gr.Tabs(selected="", elem_classes="no-tabs") as tabs:
            for section in lesson.sections:
                with gr.Tab(section.title, id=section.name, elem_id=f"{lesson.name}-{section.name}"):
                    parts[section.name] = Part(section.settings, _section(section, shared, lesson.asking))
        with gr.Row(elem_classes="lesson-link"):
            copy = CopyLink(elem_id=f"{lesson.name}-link")
            asks = gr.Dropdown(
                list(ASKS),
                label="How the link asks",
                container=False,
                elem_id=f"{lesson.name}-asks",
                scale=0,
                min_width=380,
            )
        link = LessonLink(lesson.name, parts)
        link.connect(way, notices, asks, copy)
    return tabs, link


def _section(section: Section, shared: Any, asking: str) -> Built:
    gr.HTML(f"<h2>{section.heading or section.title}</h2>", elem_classes="section-heading")
    trouble = unreadable(section)
    if trouble:
        gr.HTML(style.notice(trouble))
        return Built()
    if not section.waits:
        return section.build(shared) or Built()
    with gr.Column(elem_classes=style.UNTIL_GUESSED):
        gr.HTML(asking, elem_classes="prose")
    with gr.Column(elem_classes=style.ONCE_GUESSED):
        return section.build(shared) or Built()


def unreadable(section: Section) -> str:
    """What is wrong with the files that a section needs, "" if nothing."""
    try:
        for name in section.needs:
            artifacts.check(name)
    except ArtifactError as error:
        return str(error)
    return ""
