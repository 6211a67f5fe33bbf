"""Sentences of tab 2 that several of its sections say."""

from __future__ import annotations

from html import escape

from models.wider.activations import Pass
from visuals.page.words import percent


def answer(run: Pass) -> str:
    """What the main head answers first, as HTML."""
    (name, share), *_ = run.heads["main"]
    who = "Answer" if run.network == "tiny" else "torchvision's answer"
    return f'<p class="first">{who}: <b>{escape(name)}</b>, {percent(share)}</p>'


def paragraphs(sentences: list[str]) -> str:
    """Each on a line of its own; a screen reader says them at once."""
    return '<div role="status">' + "".join(f'<p class="told">{escape(s)}</p>' for s in sentences) + "</div>"
