"""How a tab is connected to its link: what a link sets when the page opens, and how it follows the controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import gradio as gr

from visuals import style
from visuals.components.copy_link import CopyLink, link
from visuals.components.predict import Predict
from visuals.events import AT_ONCE, FOLLOWING, after
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
        """What a link sets: its notices, the card, the link, whether it asks, the controls, and that there was one."""
        if not request.query_params or request.query_params.get("tab", self.tab) != self.tab:
            return (gr.skip(),) * (5 + len(self.controls))  # the page is as it was built
        state, notices = read(self.kind, self.completed(dict(request.query_params)), self.tab)
        values, said = self.values(state), "".join(map(style.notice, notices))
        own = link(query(state, self.tab))
        card = gr.skip() if state.predict else self.question(True)  # which a quick visitor may have answered by now
        return said, card, own, state.predict, *map(values.get, self.controls), LINKED

    def link_of(self, asks: Any, *values: Any) -> dict[str, Any]:
        """The link to what the controls are set to."""
        named = self.names(dict(zip(self.controls, values, strict=True)))
        state, _ = read(self.kind, {name: written(value) for name, value in named.items()}, self.tab)
        return link(query(replace(state, predict=asks is not False), self.tab))

    def connect(
        self, page: gr.Blocks, notices: gr.HTML, predict: Predict, copy: CopyLink, asks: gr.Checkbox
    ) -> gr.HTML:
        """Wires all this. What comes back, which nobody sees, changes once a link has set the controls.

        It is no gr.State: in a tab that was never opened gradio calls a state changed that an event has skipped.
        """
        by_link, controls = gr.HTML(visible=False), [*self.controls.values()]
        # by_link comes last: what follows it must find the controls set
        page.load(self.restore, None, [notices, predict, copy, asks, *controls, by_link], **AT_ONCE)
        asks.input(lambda on: self.question(not on), asks, predict, **AT_ONCE)
        changes = [asks.change, *(control.change for control in controls)]
        after(*changes)(self.link_of, [asks, *controls], copy, **FOLLOWING)
        return by_link


def written(value: Any) -> str:
    """A control's value as a link writes it: whole numbers without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
