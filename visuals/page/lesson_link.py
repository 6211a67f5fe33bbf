"""How a lesson is connected to its link: what a link sets when the page opens, and which one its controls make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from visuals.components.copy_link import CopyLink, link, no_link
from visuals.components.rail import Rail
from visuals.page import style
from visuals.page.events import AT_ONCE, PRIVATE
from visuals.page.section import Built, Question
from visuals.page.settings import PLACE, Settings, changed, declared, query, read, write

LINKED = "linked"
HERE, ALOUD, OFF = "open", "aloud", "off"  # how a link asks: the states of the cards
CHANGED = "() => { document.dispatchEvent(new Event('setting-changed')); return []; }"  # see copy_link.js
# For pressing.js: each event that follows a link has ended, and how many there are in this lesson.
FOLLOWED = """() => {
  document.dispatchEvent(new CustomEvent('link-followed', { detail: { tab: 'TAB', events: EVENTS } }));
  return [];
}"""
MOST_TOLD = 6  # of what a link has set; what is more is counted


@dataclass(frozen=True)
class Part:
    """Settings that a link sets together: those of a section, or those that all sections of a lesson share."""

    settings: type[Settings]
    built: Built

    def read(self, params: Mapping[str, str]) -> tuple[Settings, list[str]]:
        """What a link asks for, and a sentence for each value that could not be taken as it was."""
        return read(self.settings, self.built.completed(dict(params)))

    def restored(self, params: Mapping[str, str]) -> tuple[list[Any], list[str]]:
        """The controls' new values, none where a link does not speak of them; and those sentences."""
        named = set(self.built.completed(dict(params))) & set(declared(self.settings))
        if not named:
            return [gr.skip()] * len(self.built.controls), []
        settings, notices = self.read(params)
        values = self.built.values(settings)
        return [values[name] for name in self.built.controls], notices

    def told(self, params: Mapping[str, str]) -> list[str]:
        """What a link changes, in words: of what it names itself, and not of what it means besides."""
        return changed(read(self.settings, params)[0], params, self.built.called(params))

    def asked(self, values: list[Any]) -> Settings:
        """The settings that the controls stand for; what a setting does not take becomes its default."""
        named = self.built.written(dict(zip(self.built.controls, values, strict=True)))
        return read(self.settings, {name: write(value) for name, value in named.items()})[0]


@dataclass(frozen=True)
class LessonLink:
    """The link of one lesson. `parts` are its sections by name; the part named "" is what they share."""

    tab: str
    parts: Mapping[str, Part]

    @property
    def questions(self) -> list[Question]:
        """The lesson's questions, of the sections that could be built."""
        return [part.built.question for part in self.parts.values() if part.built.question]

    @property
    def controls(self) -> list[gr.components.Component]:
        return [control for part in self.parts.values() for control in part.built.controls.values()]

    def restore(self, event: gr.EventData) -> tuple[Any, ...]:
        """What a link sets: its notices, how the lesson asks, the cards, the controls, and that there was one.

        The rail hands it over: by now another section may be open, and the address say something else.
        """
        params = dict(parse_qsl(str(getattr(event, "link", "")).removeprefix("?"), keep_blank_values=True))
        if params.get("tab", self.tab) != self.tab or set(params) <= PLACE:
            return (gr.skip(),) * (3 + len(self.questions) + len(self.controls))  # the page is as it was built
        values, notices = [], []
        for part in self.parts.values():
            own, said = part.restored(params)
            values += own
            notices += said
        reloaded = bool(getattr(event, "reloaded", False))  # then it is the visitor who has set all this
        changes = [] if reloaded else [said for part in self.parts.values() for said in part.told(params)]
        asks = next((how for how in (ALOUD, OFF) if params.get("predict") == how), HERE)
        cards = [gr.skip() if asks == HERE else question.value(asks) for question in self.questions]
        back = address(self.tab, params["from"]) if params.get("from") in set(self.parts) - {""} else ""
        said = told(changes, params.get("at", ""), back) + "".join(map(style.notice, notices))
        return said, asks, *cards, *values, LINKED

    def about(self, params: Mapping[str, str]) -> str | None:
        """The section that a link is about which does not say so: the first with a setting that it changes."""
        for name, part in self.parts.items():
            if name and (part.read(params)[0] != part.settings() or part.built.spoken_of(params)):
                return name
        return None

    def chosen(self, params: Mapping[str, str]) -> dict[int, Any]:
        """What is marked in each row of choices once a link has set it, by the number of its component."""
        return {
            control._id: getattr(part.read(params)[0], name, control.value)  # some make up a setting together
            for part in self.parts.values()
            for name, control in part.built.controls.items()
            if isinstance(control, gr.Radio)
        }

    def link_of(self, at: str, asks: Any, *values: Any) -> dict[str, Any]:
        """The link to a section, with what its controls and the shared ones are set to; or why there is none."""
        rest, settings = list(values), []
        for name, part in self.parts.items():
            count = len(part.built.controls)
            own, rest = rest[:count], rest[count:]
            if name in ("", at):
                try:
                    settings.append(part.asked(own))
                except ValueError as error:
                    return no_link(str(error))
        return link(query(self.tab, at, *settings, asks=asks != OFF, aloud=asks == ALOUD))

    def connect(self, rail: Rail, notices: gr.HTML, asks: gr.Dropdown, copy: CopyLink) -> None:
        """Wire all this."""
        cards = [question.card for question in self.questions]
        there, by_link = gr.HTML("", visible=False), gr.HTML("", visible=False)
        # `by_link` changes once all controls are set: gradio sets them side by side, and one with new limits later than
        # one with nothing but a value. It is no gr.State: in a tab that was never opened gradio calls a state changed
        # that an event has skipped.
        rail.linked(self.restore, None, [notices, asks, *cards, *self.controls, there], **AT_ONCE).then(
            None, there, by_link, js="(there) => there", **PRIVATE
        )
        shown = [shows for part in self.parts.values() for shows in part.built.shown]
        followed = [by_link.change(**shows, trigger_mode="multiple") for shows in shown]  # not holding each other back
        said = FOLLOWED.replace("TAB", self.tab).replace("EVENTS", str(1 + len(followed)))
        for event in (by_link.change, *(each.then for each in followed)):
            event(None, js=said, **PRIVATE)
        if cards:
            asked = asks.input(self._asking, asks, cards, **AT_ONCE)
            for question in self.questions:
                if question.shown:
                    asked.then(**question.shown)
        copy.asked(self._link_here, [rail, asks, *self.controls], copy, **AT_ONCE)
        changing: list[Any] = [asks, *self.controls]
        gr.on([control.change for control in changing], None, js=CHANGED, **PRIVATE)

    def _asking(self, how: Any) -> list[dict[str, Any]] | dict[str, Any]:
        """The cards, as the lesson asks."""
        found = [question.value(how if how in (ALOUD, OFF) else HERE) for question in self.questions]
        return found if len(found) > 1 else found[0]

    def _link_here(self, rail: Any, asks: Any, *values: Any) -> dict[str, Any]:
        at = rail.get("at") if isinstance(rail, dict) else None
        sections = [name for name in self.parts if name]
        return self.link_of(at if at in sections else sections[0], asks, *values)


def address(tab: str, at: str) -> str:
    return f"?{query(tab, at)}"


def told(changes: list[str], at: str, back: str = "") -> str:
    """What a link has set, as HTML; the rail takes it away when another section than `at` is opened.

    `back` is the address of the section with the link, and leads there.
    """
    if not changes and not back:
        return ""
    more = len(changes) - MOST_TOLD
    listed = "; ".join(changes[:MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")
    said = f"<b>Set by the link:</b> {escape(listed)}. " if changes else ""
    way = f'<a href="{escape(back)}">Back to the exercises</a>' if back else ""
    return f'<p class="set-by-link" role="status" data-at="{escape(at)}">{said}{way}</p>'
