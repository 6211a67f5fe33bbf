"""What all visual components share."""

from __future__ import annotations

import json
import re
from functools import cache, partial
from pathlib import Path
from types import MethodType
from typing import Any

import gradio as gr

HERE = Path(__file__).parent


class Component(gr.HTML):
    """A component drawn by its own script. A subclass names its files: `FILES = "chart"` for chart.html, .css, .js.

    Its whole state is one dict in `value`: props of their own would be lost when a component is hidden or its tab
    was never opened. The html is static; the script draws with `watch('value', draw); draw()` and puts text on the
    page through textContent alone, because templates would evaluate it.

    `SHARED` names files that come before its own: "downloads" gives the script `downloads(place, name, makers)`, which
    puts a button for each maker into `place` ({PNG: () => a Blob or the promise of one}), and the makers' parts
    `svgFile(svg, title)`, `pngFile(svg, title)` and `csvFile(rows)`. They are described in downloads.js.

    `TEXTS` names long lists in the value, which travel as JSON text: gradio copies a list element by element, again
    and again, and sends the differences of two lists badly where their lengths differ.
    """

    FILES = ""
    SHARED: tuple[str, ...] = ()
    TEXTS: tuple[str, ...] = ()

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any):
        kwargs.setdefault("html_template", text(f"{self.FILES}.html"))
        for keyword, ending in (("css_template", "css"), ("js_on_load", "js")):
            kwargs.setdefault(keyword, text(*(f"{name}.{ending}" for name in (*self.SHARED, self.FILES))))
        kwargs.setdefault("apply_default_css", False)  # it is for text, and would hold a component to a text's width
        super().__init__(value=value, elem_classes="component", **kwargs)

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """What the browser gets."""
        return value and value | {key: json.dumps(value[key]) for key in self.TEXTS if key in value}

    def preprocess(self, payload: dict[str, Any] | None) -> dict[str, Any] | None:
        """What the browser shows, as it was sent. Raises gr.Error for what this component has never sent."""
        try:
            return payload and payload | {key: json.loads(payload[key]) for key in self.TEXTS if key in payload}
        except (TypeError, ValueError) as error:
            raise gr.Error("This is nothing that the page has sent.") from error

    def __getattr__(self, name: str) -> Any:
        """An event that the script triggers, as a method: gr.on takes these, and not the partials of gr.HTML.

        Gradio asks every component for many names that it does not have, for every visitor anew, and gr.HTML would
        search the whole script for each.
        """
        if name not in quoted(self.__dict__.get("js_on_load") or ""):
            raise AttributeError(f"{type(self).__name__} has no {name!r}, and its script triggers no such event")
        event = super().__getattr__(name)
        return MethodType(event.func, *event.args) if isinstance(event, partial) else event

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": (type(self).__doc__ or "").partition("\n")[0]}


@cache
def text(*names: str) -> str:
    """Those of these files that there are, one after the other. Gradio makes a component again at many an answer."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names if (HERE / name).exists())


@cache
def quoted(script: str) -> frozenset[str]:
    """The words in quotation marks, among which are the events that it triggers."""
    return frozenset(re.findall(r"(?<=['\"`])\w+(?=['\"`])", script))
