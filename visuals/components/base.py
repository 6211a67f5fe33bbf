"""What all visual components share."""

from __future__ import annotations

import json
from functools import partial
from types import MethodType
from typing import Any

import gradio as gr

from visuals.page import events, files
from visuals.page.events import NOTHING_OF_OURS, Refusal
from visuals.page.files import Later
from visuals.page.words import whole

events.without_interfaces()


class Component(gr.HTML):
    """A component drawn by its own script, which the browser fetches once it is on the page.

    A subclass names its folder, which holds its script, template and style: `NAME = "chart"` for chart/chart.js and so
    on. The script is a module with one function, which gets gradio's `element`, `props`, `watch`, `trigger` and
    `server`, and `signal`, aborted when the component has gone. It draws with `watch('value', draw); draw()` and puts
    text on the page through textContent alone. `EVENTS` are those that it triggers.

    The whole state is one dict in `value`: props of their own would be lost when a component is hidden or its tab was
    never opened. A large first value is a file, which the browser fetches with the script (`publish`).

    `DRAWN_EARLY`: it is drawn before gradio is there, too (see page/opening/first_screen.py). Its script then gets
    `still`, and must neither move nor change anything outside its element. `early` is what is drawn then, where that is
    less than the whole value.

    `TEXTS` names long lists in the value, which travel as JSON text: gradio copies a list element by element, again
    and again, and sends the differences of two lists badly where their lengths differ.
    """

    NAME = ""
    EVENTS: tuple[str, ...] = ()
    TEXTS: tuple[str, ...] = ()
    DRAWN_EARLY = True

    def __init__(
        self,
        value: dict[str, Any] | Later[dict[str, Any]] | None = None,
        early: Later[dict[str, Any]] | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            value=self.filed(value) if isinstance(value, Later) else value,
            html_template="",
            js_on_load=self._start(),
            apply_default_css=False,  # it is for text, and would hold a component to a text's width
            elem_classes=["component", f"of-{self.NAME}"],
            **kwargs,
        )
        self._early = early and self.filed(early)

    def early_value(self) -> dict[str, Any] | None:
        """What is drawn before gradio is there."""
        return self._early or self.value

    def _start(self) -> str:
        """The script within the page: it starts the one of the component, and names its events, as gradio requires."""
        events = "".join(f" '{event}'" for event in self.EVENTS)
        address = files.address("mount.js")
        place = "{ element, props, watch, trigger, server, upload }"
        return f"import(new URL('{address}', document.baseURI)).then(m => m.mount('{self.NAME}', {place})); //{events}"

    def postprocess(self, value: Any) -> Any:
        """What the browser gets."""
        return value and value | {key: json.dumps(value[key]) for key in self.TEXTS if key in value}

    def filed(self, value: dict[str, Any] | Later[dict[str, Any]]) -> dict[str, Any]:
        """A value to be shown later, as a file that the browser fetches when it shows it; while the page is built.

        What an event adds to it with `|`, such as a new number of a run, stands in place of what the file holds.
        """
        if isinstance(value, Later):
            return {"file": files.awaited(value.then(self.postprocess))}
        return files.published(self.postprocess(value)) or {}

    def preprocess(self, payload: Any) -> Any:
        """What the browser shows, as it was sent. Raises Refusal for what this component has never sent."""
        if payload is None:
            return None
        if not isinstance(payload, dict) or "__type__" in payload:  # gradio would take it for an update of its own
            raise Refusal(NOTHING_OF_OURS)
        try:
            value = files.resolved(payload)
            return value and value | {key: json.loads(value[key]) for key in self.TEXTS if key in value}
        except (TypeError, ValueError, KeyError) as error:
            raise Refusal(NOTHING_OF_OURS) from error

    def __getattr__(self, name: str) -> Any:
        """An event that the script triggers, as a method: gr.on takes these, and not the partials of gr.HTML.

        Gradio asks every component for many names that it does not have, again for every visitor, and gr.HTML would
        search the whole script for each.
        """
        if name not in self.EVENTS:
            raise AttributeError(f"{type(self).__name__} has no {name!r}, and its script triggers no such event")
        event = super().__getattr__(name)
        return MethodType(event.func, *event.args) if isinstance(event, partial) else event

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": (type(self).__doc__ or "").partition("\n")[0]}


class Words(gr.HTML):
    """Sentences and tables: no line of theirs begins within a number or a name."""

    def postprocess(self, value: Any) -> Any:
        return whole(value) if isinstance(value, str) else value


WAITING = "<p>Computing …</p>"
# Puts the words into their place, unless an event was faster: perhaps before this place was on the screen. Again, where
# gradio brings back what a place began with: it does so in the frame after it was unfolded.
FETCH = """const waits = () => props.value === 'WAITING';
if (waits()) fetch(new URL('ADDRESS', document.baseURI)).then(answer => answer.json()).then(words => {
  const put = () => { if (waits()) props.value = words; };
  put();
  watch('value', put);
})""".replace("WAITING", WAITING)


def words(content: str | Later[str]) -> dict[str, Any]:
    """As arguments of Words: what it says, or what it will say once it was computed."""
    if isinstance(content, str):
        return {"value": content}
    address = f"{files.ROOT}/values/{files.awaited(content.then(whole))}.json"
    return {"value": WAITING, "js_on_load": FETCH.replace("ADDRESS", address)}


def publish(page: gr.Blocks) -> None:
    """Put the large values of the page's components, which is built, into files."""
    for block in page.blocks.values():
        if isinstance(block, Component):
            block.value = files.published(block.value)
