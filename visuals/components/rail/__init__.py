"""The way through the page: its lessons, and the sections of the one that is open."""

from __future__ import annotations

from typing import Any

from visuals.components.base import Component


class Rail(Component):
    """Lists lessons and sections as links, and keeps address, browser history and what was visited.

    value = what `rail` returns. `go` is triggered when a section is opened, by a link of the rail, the address or the
    browser's back button: props.value then has "tab" and "at". The first one is the section that stands in the page
    itself (see page/opening). `linked` is triggered where the address names settings.
    """

    NAME = "rail"
    EVENTS = ("go", "linked")


def rail(lessons: dict[str, tuple[str, dict[str, str]]]) -> dict[str, Any]:
    """The value: every lesson by the name that links give it, with its title and its sections' names and titles."""
    return {
        "lessons": [
            {"name": name, "title": title, "sections": [{"name": at, "title": short} for at, short in sections.items()]}
            for name, (title, sections) in lessons.items()
        ]
    }
