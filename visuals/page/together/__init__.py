"""What holds the three lessons together, in one line each: for the end of a lesson."""

from __future__ import annotations

from pathlib import Path

from visuals.page.prose import Prose

TITLE = "What holds the three lessons together"
_prose = Prose(Path(__file__).with_name("prose.md"))


def show() -> None:
    """Put it into the open gradio context."""
    _prose.show("together")
