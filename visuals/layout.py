"""How the sections of a tab are laid out: words from its prose.md, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from visuals.links import State, query
from visuals.prose import LATEX, sections


class Layout:
    """Puts the words and pictures of one tab into the open gradio context. `here` is the tab's folder."""

    def __init__(self, here: Path):
        self._prose = sections(here / "prose.md")
        self._css = (here / "figures.css").read_text(encoding="utf-8")

    def prose(self, section: str, **values: str) -> None:
        """A section's words, with `values` in the places that bear their names."""
        text = self._prose[section]
        for name, value in values.items():
            text = text.replace(name, value)
        gr.Markdown(text, elem_classes="prose", latex_delimiters=LATEX)

    def html(self, content: str, **options: Any) -> gr.HTML:
        """HTML in the tab's own style."""
        return gr.HTML(content, css_template=self._css, elem_classes="page-wide", **options)

    def exercises(self, tab: str, states: Mapping[str, State], **values: str) -> None:
        """The section "try": every exercise with a link to its state, and an answer that unfolds."""
        self.prose("try")
        for exercise, state in states.items():
            self.prose(f"try {exercise}", LINK=f"?{query(state, tab)}")
            with gr.Accordion("Answer", open=False, elem_classes="answer"):
                self.prose(f"answer {exercise}", **values)

    @contextmanager
    def beside(self, section: str, widths: tuple[int, int] = (4, 7), **values: str) -> Iterator[None]:
        """What is put into this context stands beside the section's words, below them on a narrow screen.

        `widths` are the shares of the words and of what stands beside them.
        """
        words, rest = widths
        with gr.Row():
            with gr.Column(scale=words, min_width=320):
                self.prose(section, **values)
            with gr.Column(scale=rest, min_width=320):
                yield
