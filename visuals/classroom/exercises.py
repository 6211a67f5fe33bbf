"""What a handout has of a tab: its exercises, with axes to sketch on, and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from visuals.components.exercise import OnPaper
from visuals.page.lesson import Lesson, unreadable


class Exercises:
    """Those of all lessons."""

    def __init__(self, lessons: Iterable[Lesson]):
        self._lessons = {lesson.name: lesson for lesson in lessons}

    def of(self, tab: str) -> dict[str, Any] | None:
        """A lesson's title and its exercises, where their recorded runs can be read; None where there is no lesson."""
        lesson = self._lessons.get(tab)
        if not lesson:
            return None
        found = [(s, s.exercises) for s in lesson.sections if s.exercises and not unreadable(s)]
        return {
            "lesson": lesson.title,
            "exercises": [as_json(each) for _, exercises in found for each in exercises()],
            "recorded": [name for section, _ in found for name in section.needs],
        }


def as_json(each: OnPaper) -> dict[str, Any]:
    """What the handout draws."""
    x, y = map(asdict, each.axes)
    return asdict(each.asked) | {"link": f"?{each.link}", "x": x, "y": y, "answer": each.answer}
