"""Where a teacher takes a class: a section of the lessons, with what its link sets."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from visuals.page.lesson import Lesson

LONGEST = 1500  # letters of a link


class Places:
    """All sections of the lessons."""

    def __init__(self, lessons: Iterable[Lesson]):
        self._titles = {
            (lesson.name, section.name): (lesson.title, section.title)
            for lesson in lessons
            for section in lesson.sections
        }

    def checked(self, query: object) -> str | None:
        """The query of an address of the page, as it is kept; None where it names no section."""
        if not isinstance(query, str) or len(query) > LONGEST:
            return None
        named = dict(parse_qsl(query.removeprefix("?")))
        named.pop("present", None)
        return urlencode(named) if (named.get("tab"), named.get("at")) in self._titles else None

    def as_json(self, query: str | None) -> dict[str, str] | None:
        """What a learner's page says of it."""
        named = dict(parse_qsl(query or ""))
        titles = self._titles.get((named.get("tab", ""), named.get("at", "")))
        return {"lesson": titles[0], "section": titles[1], "link": f"?{query}"} if titles else None
