"""What the sections of tab 2 put on the page in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from visuals.components import base
from visuals.page.files import Later
from visuals.page.prose import Prose


def html(content: str | Later[str], **options: Any) -> gr.HTML:
    """HTML in the tab's own style."""
    return base.Words(**base.words(content), elem_classes=["page-wide", "of-wider"], **options)


@contextmanager
def beside(prose: Prose, heading: str, **values: str) -> Iterator[None]:
    """What is put into this context stands beside the words below a heading, under them on a narrow screen."""
    with gr.Row():
        with gr.Column(scale=4, min_width=320):
            prose.show(heading, **values)
        with gr.Column(scale=7, min_width=320):
            yield


@contextmanager
def folded(title: str, **options: Any) -> Iterator[gr.Accordion]:
    """What is put into this context unfolds on request."""
    with gr.Accordion(title, open=False, **options) as part:
        yield part
