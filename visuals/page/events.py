"""Events that only answer, and events that neither wait for each other nor set each other off again.

This is also the one module that uses what gradio keeps to itself: `without_interfaces`, `not_served_yet`, `guarded`,
`without_progress`, `without_deep_links`, `AS_IT_IS`, `LIGHTER`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio import component_meta
from gradio.context import Context
from gradio.routes import App
from gradio.state_holder import SessionState

from visuals.page.visitors import presence

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

# Arguments of every event that answers at once: what it needs a network for was computed once and kept. It goes past
# the queue: gradio closes a visitor's connection with the last answer of theirs that was queued, and drops what has
# been queued for them in that moment, such as the run that they have just started. Such an answer does not set off the
# change of a gr.State.
AT_ONCE: dict[str, Any] = PRIVATE | {"queue": False}

# And of those that follow quick choices: of many in a row the last is answered in any case. By then its event may be
# gone, so what was chosen is read from the component's value.
FOLLOWING: dict[str, Any] = AT_ONCE | {"trigger_mode": "always_last"}

# Of `launch`. Gradio would ask for the page once, and end where a busy machine takes 3 s to answer.
AS_IT_IS: dict[str, Any] = {"_frontend": False}

# In the browser, before gradio starts. It goes through all events for every component, several times, and watches all
# that it reads for changes. What is in a list of another kind it only reads, in a tenth of the time. An event that
# follows on another has no component, for which it would look through all of them. And each time that it has learned
# what sets off an event, it goes through this once more and searches all components for each, to set arguments that
# no event of ours has: every second time there is nothing to go through. Of all events it wants those that a component
# sets off, for one component after the other in the layout's order: so the next one is asked for, and they are known.
LIGHTER = """class Unwatched extends Array {}
class Once extends Unwatched {
  *[Symbol.iterator]() {
    this.learned = !this.learned;
    if (this.learned) yield* super[Symbol.iterator]();
  }
}
const order = [], setOff = new Map();
const follow = ({ id, children = [] }) => { order.push(id); children.forEach(follow); };
follow(gradio_config.layout);
let next = 0;
class Events extends Unwatched {
  filter(wanted) {
    let is;
    try { wanted({ targets: { find: test => { is = test; } } }); } catch { is = undefined; }
    const id = order[next];
    if (!is?.([id])) return super.filter(wanted);
    next = (next + 1) % order.length;
    return setOff.get(id) ?? new Unwatched();
  }
}
const { components, dependencies } = gradio_config;
for (const event of dependencies) {
  const targets = event.targets.filter(([id]) => id !== null);
  for (const id of new Set(targets.map(([id]) => id))) setOff.set(id, Unwatched.of(...setOff.get(id) ?? [], event));
  event.targets = Object.setPrototypeOf(targets, Once.prototype);
}
Object.setPrototypeOf(components, Unwatched.prototype);
Object.setPrototypeOf(dependencies, Events.prototype);"""


class Refusal(gr.Error):
    """What came from a browser cannot be used: a sentence for the visitor, and none for the log."""

    def __init__(self, sentence: str):
        super().__init__(sentence, print_exception=False)


NOTHING_OF_OURS = "This is nothing that the page has sent. If it was you, please reload the page."


# What a browser sends for gradio's own components, where gradio itself does not look, and for what is made of some.
SENT: dict[type, tuple[type, ...]] = {gr.HTML: (str, dict, type(None))}
SENT_FOR_KINDS: dict[type, tuple[type, ...]] = {
    gr.Radio: (str, int, float, type(None)),
    gr.Dropdown: (str, int, float, type(None)),
    gr.Checkbox: (bool,),
}


def fits(block: Any, value: Any) -> bool:
    """Whether this is something that a browser sends for the component."""
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return False  # browsers have no such number, and what computes with it fails
    if isinstance(value, dict) and ("__type__" in value or (type(block) is gr.HTML and block.value)):
        return False  # gradio would take it for an update of its own; and what opens with a text holds texts
    if value is None and isinstance(block, gr.Radio) and block.value is None:
        return True  # nothing is chosen yet
    kinds = (types for kind, types in SENT_FOR_KINDS.items() if isinstance(block, kind))
    return isinstance(value, next(kinds, SENT.get(type(block), object)))


def guarded(page: gr.Blocks) -> None:
    """What comes from a browser is looked at before anything uses it, by the declaration of its component.

    Controls of settings hand on what they get: their sections say in a sentence what they take.
    """
    process, preprocess = page.process_api, page.preprocess_data

    async def told_of(block_fn: Any, inputs: list[Any], *args: Any, event_data: Any = None, **kwargs: Any) -> Any:
        if event_data is not None and not isinstance(event_data._data, dict):
            event_data._data = {}
        return await process(block_fn, inputs, *args, event_data=event_data, **kwargs)

    async def looked_at(block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        try:
            if not all(map(fits, block_fn.inputs, inputs)):
                raise Refusal(NOTHING_OF_OURS)
            return await preprocess(block_fn, inputs, *args, **kwargs)
        except Refusal:
            raise
        except Exception as error:  # gradio's components raise many kinds
            print(f"Refused what came from a browser for {block_fn.name}: {type(error).__name__}")
            raise Refusal(NOTHING_OF_OURS) from error

    page.process_api, page.preprocess_data = told_of, looked_at


def without_interfaces() -> None:
    """Before classes of components: gradio parses the file of each, and writes an interface for editors beside it."""
    component_meta.create_or_modify_pyi = lambda *_: None


@contextmanager
def not_served_yet() -> Iterator[None]:
    """Around what builds a page.

    Gradio makes a server of it at each of three points, with all its routes, and at one describes all its components;
    `launch` does both anew.
    """
    served, described = App.create_app, gr.Blocks.get_config_file
    App.create_app, gr.Blocks.get_config_file = lambda *_, **__: None, lambda *_: None  # pyright: ignore
    try:
        yield
    finally:
        App.create_app, gr.Blocks.get_config_file = staticmethod(served), described


def end_with_visit(end: Callable[[gr.Request], None]) -> None:
    """Call `end` when a visitor has left the page that is being built, and does not come back at once."""
    page = Context.root_block
    if page is None:
        raise RuntimeError("no page is being built")
    page.unload(presence.end_if_left(end))


def without_progress(page: gr.Blocks, anywhere: gr.components.Component) -> None:
    """Of events with hidden progress: let one component that never changes be where it is not shown.

    Else every event copies the values of all outputs there are, and of all that is inside them, only to note a progress
    that nobody sees.
    """
    for event in page.fns.values():
        if event.show_progress == "hidden":
            event.show_progress_on = [anywhere]


def after(*triggers: Callable[..., Any]) -> Callable[..., Any]:
    """`after(slider.change)(function, inputs, outputs)` is `slider.change(function, inputs, outputs)` on its own.

    Gradio calls the functions of an event one after the other: this one waits for none, and none for it. And where
    gradio holds a function back until its last run has ended (`trigger_mode="always_last"`), it then repeats the whole
    event. Two such functions on one event hold each other back in turn, and it never ends.
    """
    return gr.on(triggers, None, js="() => []", api_visibility="private").then


def without_deep_links() -> None:
    """For gradio's own links, which this page does without, every visit would begin with a description of all parts.

    Measured: 0.2 s in which nobody else is answered, and 3 MB that stay for an hour. And each press would add to it
    what it sends and gets, which is a fifth of what answering takes.
    """
    begin = SessionState.__init__

    def begin_without(self: SessionState, blocks: gr.Blocks) -> None:
        begin(self, SimpleNamespace(default_config=blocks.default_config, blocks={}))  # pyright: ignore

    if begin.__name__ != begin_without.__name__:
        SessionState.__init__ = begin_without
        SessionState._update_value_in_config = lambda self, key, value: None  # pyright: ignore[reportAttributeAccessIssue]
