"""How a tab is connected to its link: what a link sets when the page opens, and which one its controls make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import gradio as gr

from visuals import style
from visuals.components.copy_link import CopyLink, link
from visuals.components.predict import Predict
from visuals.events import AT_ONCE, PRIVATE
from visuals.links import State, query, read

LINKED = "linked"


@dataclass(frozen=True)
class Linked:
    """A tab, its State, and the controls that a link sets, by the names of State's fields.

    `values` gives the controls' new values for a state, `names` what a link writes for the controls' values, as
    text or number; by default both are the same. What came from the browser can be anything: a value that State
    does not take becomes its default. `completed` adds what a link leaves out but means by what it says.
    """

    tab: str
    kind: type[State]
    controls: dict[str, gr.components.Component]
    question: Callable[[bool], dict[str, Any]]  # the predict card, which is off or not
    values: Callable[[State], dict[str, Any]] = asdict
    names: Callable[[dict[str, Any]], dict[str, Any]] = dict
    completed: Callable[[dict[str, str]], dict[str, str]] = dict

    def restore(self, request: gr.Request) -> tuple[Any, ...]:
        """What a link sets: its notices, the card, whether it asks, the controls, and that there was one."""
        if not request.query_params or request.query_params.get("tab", self.tab) != self.tab:
            return (gr.skip(),) * (4 + len(self.controls))  # the page is as it was built
        state, notices = read(self.kind, self.completed(dict(request.query_params)), self.tab)
        values, said = self.values(state), "".join(map(style.notice, notices))
        card = gr.skip() if state.predict else self.question(True)  # which a quick visitor may have answered by now
        return said, card, state.predict, *map(values.get, self.controls), LINKED

    def link_of(self, asks: Any, *values: Any) -> dict[str, Any]:
        """The link to what the controls are set to."""
        named = self.names(dict(zip(self.controls, values, strict=True)))
        state, _ = read(self.kind, {name: written(value) for name, value in named.items()}, self.tab)
        return link(query(replace(state, predict=asks is not False), self.tab))

    def connect(
        self, page: gr.Blocks, notices: gr.HTML, predict: Predict, copy: CopyLink, asks: gr.Checkbox
    ) -> gr.HTML:
        """Wires all this; returns what `restoring` does."""
        controls = [*self.controls.values()]
        by_link = restoring(page, self.restore, [notices, predict, asks, *controls])
        asks.input(lambda on: self.question(not on), asks, predict, **AT_ONCE)
        copy.asked(self.link_of, [asks, *controls], copy, **AT_ONCE)
        return by_link


def restoring(page: gr.Blocks, restore: Callable[..., Any], outputs: list[gr.components.Component]) -> gr.HTML:
    """When the page opens `restore` sets the outputs; if it says LINKED, what comes back, which nobody sees, changes.

    It changes once all of them are set: gradio sets them side by side, and one with new limits later than one with
    nothing but a value. It is no gr.State: in a tab that was never opened gradio calls a state changed that an event
    has skipped.
    """
    there, by_link = gr.HTML("", visible=False), gr.HTML("", visible=False)
    page.load(restore, None, [*outputs, there], **AT_ONCE).then(None, there, by_link, js="(there) => there", **PRIVATE)
    return by_link


def written(value: Any) -> str:
    """A control's value as a link writes it: whole numbers without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
