"""An exercise: its question, what to do, and a link that sets a section up for it; marked once it was followed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from visuals.components.base import Component
from visuals.components.chart import Axis


class Exercise(Component):
    """value = what `exercise` returns. The browser keeps which links were followed."""

    NAME = "exercise"
    DRAWN_EARLY = False


@dataclass(frozen=True)
class Asked:
    """The words of an exercise; `label` is that of its link, and says what that sets."""

    question: str
    task: str
    label: str


@dataclass(frozen=True)
class OnPaper:
    """An exercise on a handout: the query of its link, the axes to sketch on, x and y, and its answer as HTML."""

    asked: Asked
    link: str
    axes: tuple[Axis, Axis]
    answer: str


def exercise(asked: Asked, link: str) -> dict[str, Any]:
    """The component's value. `link` is a query (see `visuals.page.settings`)."""
    return asdict(asked) | {"link": f"?{link}"}
