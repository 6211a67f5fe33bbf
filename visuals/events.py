"""Events that only answer, and events that neither wait for each other nor set each other off again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}

# Arguments of every event that answers at once: what it needs a network for was computed once and kept. It goes past
# the queue: gradio closes a visitor's connection with the last answer of theirs that was queued, and drops what has
# been queued for them in that moment, such as the run that they have just started. Such an answer does not set off the
# change of a gr.State.
AT_ONCE = PRIVATE | {"queue": False}

# And of those that follow quick choices: of many in a row the last is answered in any case. By then its event may be
# gone, so what was chosen is read from the component's value.
FOLLOWING = AT_ONCE | {"trigger_mode": "always_last"}


def after(*triggers: Callable[..., Any]) -> Callable[..., Any]:
    """`after(slider.change)(function, inputs, outputs)` is `slider.change(function, inputs, outputs)` on its own.

    Gradio calls the functions of an event one after the other: this one waits for none, and none for it. And where
    gradio holds a function back until its last run has ended (`trigger_mode="always_last"`), it then repeats the whole
    event. Two such functions on one event hold each other back in turn, and it never ends.
    """
    return gr.on(triggers, None, js="() => []", api_visibility="private").then
