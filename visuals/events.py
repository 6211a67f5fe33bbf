"""Events that do not set each other off again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr


def after(*triggers: Callable[..., Any]) -> Callable[..., Any]:
    """`after(slider.change)(function, inputs, outputs)` is `slider.change(function, inputs, outputs)` on its own.

    Where gradio holds a function back until its last run has ended (`trigger_mode="always_last"`), it then repeats the
    whole event. Two such functions on one event hold each other back in turn, and it never ends.
    """
    return gr.on(triggers, None, js="() => []", api_visibility="private").then
