"""What a class can be asked: the questions that the sections of the lessons declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from models.core.artifacts import ArtifactError
from visuals.classroom.rooms import Answer
from visuals.components.predict import Amount, Asks, Outcome, card, guesses_of
from visuals.page.lesson import Lesson
from visuals.page.section import Section


@dataclass(frozen=True)
class Question:
    """A section's question. `key` is its place, as "deeper/race". `own`: nothing else in its lesson waits for it."""

    key: str
    lesson: str
    section: Section
    asks: Asks
    own: bool

    @property
    def link(self) -> str:
        """The query of the section's address."""
        tab, at = self.key.split("/")
        return f"?tab={tab}&at={at}"

    def as_json(self) -> dict[str, Any]:
        """What is asked, without the answer."""
        asked = [asdict(ask) for ask in self.asks.asked]
        place = {"lesson": self.lesson, "section": self.section.title, "link": self.link}
        return {"key": self.key, "own": self.own, "question": self.asks.question, "asked": asked} | place

    def checked(self, values: Any) -> Answer | None:
        """A guess for each thing that is asked, None where `values`, which can be anything, are no such guess."""
        return guesses_of(card("", self.asks.asked, values), self.asks.asked) if isinstance(values, dict) else None

    def together(self, answers: Iterable[Answer]) -> list[dict[str, Any]]:
        """Everybody's guesses of each thing that is asked, sorted, and their median where they are numbers."""
        answers = list(answers)
        found = []
        for ask in self.asks.asked:
            values = sorted(answer[ask.id] for answer in answers)
            middle = median(values) if values and isinstance(ask, Amount) else None
            found.append({"id": ask.id, "values": values, "median": middle})
        return found

    def outcome(self) -> dict[str, Any]:
        """What came out; a sentence alone where the recorded run cannot be read."""
        try:
            return asdict(self.asks.outcome())
        except ArtifactError as error:
            return asdict(Outcome({}, str(error)))


def questions(lessons: Iterable[Lesson]) -> Mapping[str, Question]:
    """All of them, by their keys. Of a lesson the first is what its sections wait for."""
    found: dict[str, Question] = {}
    for lesson in lessons:
        asking = [(section, asks) for section in lesson.sections if (asks := section.asks)]
        for k, (section, asks) in enumerate(asking):
            key = f"{lesson.name}/{section.name}"
            found[key] = Question(key, lesson.title, section, asks, own=k > 0)
    return found
