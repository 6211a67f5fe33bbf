"""The words of a tab or a section: a Markdown file cut at its second-level headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import gradio as gr

from visuals.components import base
from visuals.page.files import Later
from visuals.page.words import whole

# What gr.Markdown sets as mathematics.
LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
SIGNED = re.compile(r"(?<!\$)(\$[^$\n]+\$)([.,;:])")
PLACE = re.compile(r"\{\{(\w+)\}\}")


class Prose:
    """The words of one file, which go on the page part by part."""

    def __init__(self, path: Path):
        self._path, self._parts = path, sections(path)

    def text(self, heading: str, **values: str) -> str:
        """The part below this heading, as `filled` fills it. Raises ValueError, too, where there is no such part."""
        if heading not in self._parts:
            raise ValueError(f"{self._path} has no part {heading!r}")
        return filled(self._parts[heading], values)

    def show(self, heading: str, **values: str) -> None:
        """Put it into the open gradio context."""
        gr.Markdown(unbroken(self.text(heading, **values)), elem_classes="prose", latex_delimiters=LATEX)

    def show_later(self, heading: str, values: Callable[[], Mapping[str, str]]) -> None:
        """Put it there as HTML, with values that are computed when it is first unfolded."""
        base.Words(**base.words(Later(lambda: self.html(heading, values()))), elem_classes="prose")

    def html(self, heading: str, values: Mapping[str, str]) -> str:
        """It without gradio, as HTML; of `values` those for its places."""
        return as_html(self.text(heading, **{place: values[place] for place in self.places(heading)}))

    def places(self, heading: str) -> set[str]:
        """The names of the part's places."""
        return set(PLACE.findall(self._parts[heading]))


def unbroken(text: str) -> str:
    """The text with each formula and the sign behind it as a whole: between them a browser would begin a new line."""
    return whole(SIGNED.sub(r'<span class="whole">\1\2</span>', text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in each of its places, which are written {{NAME}}.

    Raises ValueError for a place without a value and for a value without a place.
    """
    wrong = set(values) ^ set(PLACE.findall(text))
    if wrong:
        raise ValueError(f"places without a value, or values without a place: {', '.join(sorted(wrong))}")
    return PLACE.sub(lambda place: values[place[1]], text)


def as_html(text: str) -> str:
    """Paragraphs with emphasis, and symbols with an index, of the Markdown that our answers are written in."""
    text = re.sub(r"\$(\w)_(\w)\$", r"<i>\1<sub>\2</sub></i>", escape(text, quote=False))
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    return "".join(f"<p>{paragraph}</p>" for paragraph in re.split(r"\n\s*\n", text.strip()))


def sections(path: Path) -> dict[str, str]:
    """Heading to text of every `## heading` section of the file.

    Headings inside a section move up one level: on the page they stand right below its title.
    """
    parts = re.split(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    texts = [re.sub(r"^#(##+ )", r"\1", text, flags=re.MULTILINE).strip() for text in parts[2::2]]
    return dict(zip(map(str.strip, parts[1::2]), texts, strict=True))
