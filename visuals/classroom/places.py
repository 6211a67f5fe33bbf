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
        for name in ("present", "room"):
            named.pop(name, None)
        return urlencode(named) if (named.get("tab"), named.get("at")) in self._titles else None

    def as_json(self, query: str | None) -> dict[str, str | bool | None] | None:
        """What a learner's page says of it. `run` tells apart the runs that were started there; `ran`: it has ended."""
        named = dict(parse_qsl(query or ""))
        run, ran = named.pop("run", None), "ran" in named and bool(named.pop("ran"))
        titles = self._titles.get((named.get("tab", ""), named.get("at", "")))
        if not titles:
            return None
        return {"lesson": titles[0], "section": titles[1], "link": f"?{urlencode(named)}", "run": run, "ran": ran}
