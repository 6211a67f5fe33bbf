"""How the sections of tab 1 are laid out: words from prose.md, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from visuals.prose import LATEX, sections

HERE = Path(__file__).parent
PROSE = sections(HERE / "prose.md")
CSS = (HERE / "figures.css").read_text(encoding="utf-8")


def prose(section: str, **values: str) -> None:
    """A section's words, with `values` in the places that bear their names."""
    text = PROSE[section]
    for name, value in values.items():
        text = text.replace(name, value)
    gr.Markdown(text, elem_classes="prose", latex_delimiters=LATEX)


def html(content: str, **options: Any) -> gr.HTML:
    return gr.HTML(content, css_template=CSS, elem_classes="page-wide", **options)


@contextmanager
def beside(section: str, **values: str) -> Iterator[None]:
    """What is put into this context stands beside the section's words, below them on a narrow screen."""
    with gr.Row():
        with gr.Column(scale=4, min_width=320):
            prose(section, **values)
        with gr.Column(scale=7, min_width=320):
            yield
