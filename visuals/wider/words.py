"""Sentences of tab 2 that several of its sections say."""

from __future__ import annotations

from html import escape

from models.wider.activations import Pass
from models.wider.surgery import Part
from visuals.page.words import percent

TITLES = {  # of a part: as the head of a column, and in a sentence
    "1x1": ("1×1", "1×1 branch"),
    "3x3": ("3×3", "3×3 branch"),
    "5x5": ("5×5", "5×5 branch"),
    "pool": ("pool", "pool branch"),
    "3r": ("1×1 reduction of 3×3", "1×1 reduction of the 3×3 branch"),
    "5r": ("1×1 reduction of 5×5", "1×1 reduction of the 5×5 branch"),
}


def part_of(part: Part) -> str:
    """What can be switched off, in a sentence: "1×1 branch of 5b"."""
    return f"{TITLES[part.name][1]} of {part.module}"


def answer(run: Pass) -> str:
    """What the main head answers first with all parts on, as HTML."""
    (name, share), *_ = run.heads["main"]
    who = "Whole network" if run.network == "tiny" else "torchvision's answer"
    return f'<p class="first">{who}: <b>{escape(name)}</b>, {percent(share)}</p>'


def paragraphs(sentences: list[str]) -> str:
    """Each on a line of its own; a screen reader says them at once."""
    return '<div role="status">' + "".join(f'<p class="told">{escape(s)}</p>' for s in sentences) + "</div>"
