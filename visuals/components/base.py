"""What all visual components share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

HERE = Path(__file__).parent


class Component(gr.HTML):
    """A component drawn by its own script. A subclass names its files: `FILES = "chart"` for chart.html, .css, .js.

    Its whole state is one dict in `value`: props of their own would be lost when a component is hidden or its tab
    was never opened. The html is static; the script draws with `watch('value', draw); draw()` and puts text on the
    page through textContent alone, because templates would evaluate it.
    """

    FILES = ""

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any):
        for keyword, ending in (("html_template", "html"), ("css_template", "css"), ("js_on_load", "js")):
            kwargs.setdefault(keyword, (HERE / f"{self.FILES}.{ending}").read_text())
        kwargs.setdefault("apply_default_css", False)  # it is for text, and would hold a component to a text's width
        super().__init__(value=value, elem_classes="component", **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": (type(self).__doc__ or "").partition("\n")[0]}
