"""The way through the page: its lessons, and the sections of the one that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component


class Rail(Component):
    """Lists lessons and sections as links, and keeps address, browser history and what was visited.

    value = what `rail` returns. `go` is triggered when a section is opened, by a link of the rail, the address or the
    browser's back button: props.value then has "tab" and "at". The first one is the section that stands in the page
    itself (see page/opening). `linked` is triggered with the `link` that the page was opened by, where it names
    settings.
    """

    NAME = "rail"
    EVENTS = ("go", "linked")


@dataclass(frozen=True)
class Stop:
    """A section on the way: its name in links, its title, and whether it waits for the answer to its lesson's question.

    One that waits is marked as visited once it is shown.
    """

    name: str
    title: str
    waits: bool = False


def rail(lessons: Mapping[str, tuple[str, Sequence[Stop]]]) -> dict[str, Any]:
    """The value: every lesson by the name that links give it, with its title and its sections."""
    return {
        "lessons": [
            {"name": name, "title": title, "sections": [asdict(stop) for stop in stops]}
            for name, (title, stops) in lessons.items()
        ]
    }
