"""What the server answers about rooms, and their pages: the learner's, the one on the projector, and a handout.

All addresses that the pages use are relative, so that they work below any path.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Awaitable, Callable, Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from visuals.classroom.places import Places
from visuals.classroom.questions import Question, questions
from visuals.classroom.rooms import CODE, LEARNER, NoRoom, NotNow, Room, Rooms, Wait
from visuals.page import hosting, style
from visuals.page.files import KEPT, TYPES, VISUALS
from visuals.page.lesson import Lesson, unreadable

HERE = Path(__file__).parent
BORROWED = ("components/predict/controls.js", "components/shared/axes.js")
LONGEST = 2000  # bytes of what a page sends
FRESH = {"Cache-Control": "no-store"}
# Of all pages: nothing but these files is run, shown or asked for.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'"
)


class Wrong(Exception):
    """Nothing that our pages send."""


STATUS: dict[type[Exception], int] = {NoRoom: 404, Wait: 429, NotNow: 409, Wrong: 422}


def routes(lessons: Iterable[Lesson], folder: Callable[[], Path] = hosting.kept_folder) -> list[BaseRoute]:
    """All of them, below class/. The rooms lie in `folder`."""
    answers = Answers(lessons, folder)
    return [
        Route("/class", lambda request: RedirectResponse("class/")),
        Route("/class/", _page("learner.html")),
        Route("/class/lead", _page("lead.html")),
        Route("/class/handout", _page("handout.html")),
        Route("/class/files/{version}/{path:path}", _file),
        Route("/class/qr.svg", _qr),
        Route("/class/questions", answers.questions),
        *(
            Route(f"/class/rooms{path}", _refusing(answer), methods=[method])
            for method, path, answer in (
                ("POST", "", answers.open),
                ("DELETE", "/{code}", answers.end),
                ("GET", "/{code}/lead", answers.led),
                ("PUT", "/{code}/question", answers.ask),
                ("PUT", "/{code}/phase", answers.move),
                ("PUT", "/{code}/place", answers.send),
                ("GET", "/{code}/guesses.csv", answers.saved),
                ("GET", "/{code}/lesson", answers.lesson),
                ("PUT", "/{code}/learner", answers.join),
                ("GET", "/{code}/news", answers.news),
                ("PUT", "/{code}/guess", answers.guess),
            )
        ),
        Route("/class/{code}", _page("learner.html")),
    ]


# --- the pages and their files ---


@cache
def _files() -> dict[str, str]:
    """Path to content. Scripts lie as they do here, so that they find what they import."""
    found = {path: (VISUALS / path).read_text("utf-8") for path in BORROWED}
    found |= {f"classroom/{path.name}": path.read_text("utf-8") for path in sorted(HERE.glob("*.js"))}
    sheets = (VISUALS / "components/predict/predict.css", HERE / "class.css")
    found["handout.css"] = (HERE / "handout.css").read_text("utf-8")
    return found | {"class.css": style.ROLES + "".join(sheet.read_text("utf-8") for sheet in sheets)}


@cache
def _version() -> str:
    return hashlib.sha256("".join(_files().values()).encode()).hexdigest()[:16]


async def _file(request: Request) -> Response:
    path = request.path_params["path"]
    if path not in _files():
        raise HTTPException(404)
    return Response(_files()[path], media_type=TYPES[path.rpartition(".")[2]], headers=KEPT)


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if not CODE.fullmatch(request.path_params.get("code", "BCDF").upper()):
            raise HTTPException(404)
        page = (HERE / name).read_text("utf-8").replace("{{FILES}}", f"files/{_version()}")
        return Response(page, media_type="text/html", headers=FRESH | {"Content-Security-Policy": STRICT})

    return answer


async def _qr(request: Request) -> Response:
    """The address `of` as a picture that phones read."""
    of = request.query_params.get("of", "")
    if not of.startswith(("http://", "https://")) or len(of) > 200:
        raise HTTPException(404)
    drawn = io.BytesIO()
    segno.make(of, micro=False).save(drawn, kind="svg", xmldecl=False, light="white", border=2, omitsize=True)
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=KEPT)


# --- the rooms ---


def _refusing(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def refusing(request: Request) -> Response:
        try:
            return await answer(request)
        except tuple(STATUS) as error:
            return JSONResponse({"error": str(error)}, STATUS[type(error)], FRESH)

    return refusing


class Answers:
    """To what the pages ask. A learner, or the browser that leads a room, says who they are in a header."""

    def __init__(self, lessons: Iterable[Lesson], folder: Callable[[], Path]):
        lessons = list(lessons)
        self._questions, self._places, self._folder = questions(lessons), Places(lessons), folder

    @cached_property
    def _rooms(self) -> Rooms:
        """Made when it is first needed: a server without a class writes no file."""
        return Rooms(self._folder())

    async def questions(self, request: Request) -> Response:
        asked = [question.as_json() for question in self._questions.values() if not unreadable(question.section)]
        return JSONResponse({"questions": asked, "network": hosting.network()}, headers=FRESH)

    async def open(self, request: Request) -> Response:
        code, secret = self._rooms.open()
        return JSONResponse({"code": code, "secret": secret}, headers=FRESH)

    async def end(self, request: Request) -> Response:
        self._rooms.end(*_leader(request))
        return Response(status_code=204)

    async def led(self, request: Request) -> Response:
        room = self._rooms.led(*_leader(request))
        if _since(request) >= room.news:
            return Response(status_code=204)
        question, state = self._state(room)
        answers = self._rooms.guesses(room)
        state |= {"news": room.news, "joined": room.joined, "in": len(answers)}
        if question and room.phase in ("closed", "reveal"):
            state["together"] = question.together(answers)
        return JSONResponse(state, headers=FRESH)

    async def ask(self, request: Request) -> Response:
        sent = await _sent(request)
        question, round = sent.get("question"), sent.get("round")
        if not isinstance(question, str) or question not in self._questions or not isinstance(round, int):
            raise Wrong("There is no such question.")
        self._rooms.ask(*_leader(request), question, round)
        return Response(status_code=204)

    async def move(self, request: Request) -> Response:
        self._rooms.move(*_leader(request), str((await _sent(request)).get("to")))
        return Response(status_code=204)

    async def send(self, request: Request) -> Response:
        place = self._places.checked((await _sent(request)).get("query"))
        if place is None:
            raise Wrong("There is no such section.")
        self._rooms.send(*_leader(request), place)
        return Response(status_code=204)

    async def saved(self, request: Request) -> Response:
        """All guesses of the lesson as a table."""
        room = self._rooms.led(*_leader(request))
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(["round", "question", "asked", "guess"])
        for round, key in self._rooms.asked(room).items():
            if question := self._questions.get(key):
                rows.writerows((round, *row) for row in question.rows(self._rooms.guesses(room, round)))
        return Response(table.getvalue(), media_type="text/csv; charset=utf-8", headers=FRESH)

    async def lesson(self, request: Request) -> Response:
        """For the handout: each round so far, its outcome once it is revealed, and what else these lessons ask."""
        room = self._rooms.led(*_leader(request))
        rounds = {
            round: self._questions[key] for round, key in self._rooms.asked(room).items() if key in self._questions
        }
        told: list[dict[str, Any]] = []
        for round, question in rounds.items():
            told.append({"question": question.as_json()})
            if round < room.round or room.phase in ("closed", "reveal"):
                told[-1]["together"] = question.together(self._rooms.guesses(room, round))
            if round < room.round or room.phase == "reveal":
                told[-1]["outcome"] = question.outcome()
        lessons = {question.lesson for question in rounds.values()}
        others = [q for q in self._questions.values() if q.lesson in lessons and q not in rounds.values()]
        told += [{"question": question.as_json()} for question in others if not unreadable(question.section)]
        return JSONResponse({"questions": told, "network": hosting.network()}, headers=FRESH)

    async def join(self, request: Request) -> Response:
        self._rooms.join(*_learner(request))
        return Response(status_code=204)

    async def news(self, request: Request) -> Response:
        code, learner = _learner(request)
        room = self._rooms.joined(code, learner)
        if _since(request) >= room.moved:
            return Response(status_code=204)
        question, state = self._state(room)
        state |= {"news": room.moved, "mine": self._rooms.guess_of(room, learner)}
        if question and room.phase == "reveal":
            state["together"] = question.together(self._rooms.guesses(room))
        return JSONResponse(state, headers=FRESH)

    async def guess(self, request: Request) -> Response:
        code, learner = _learner(request)
        sent, room = await _sent(request), self._rooms.joined(code, learner)
        question = self._questions.get(room.question or "")
        answer = question and question.checked(sent.get("values"))
        if not answer or not isinstance(sent.get("round"), int):
            raise Wrong("That is no possible guess.")
        self._rooms.guess(code, learner, sent["round"], answer)
        return Response(status_code=204)

    def _state(self, room: Room) -> tuple[Question | None, dict[str, Any]]:
        """What everybody sees of a room: the outcome not before it is revealed."""
        question = self._questions.get(room.question or "")
        state: dict[str, Any] = {"phase": room.phase if question else "lobby", "round": room.round}
        if place := self._places.as_json(room.place):
            state["place"] = place
        if question:
            state["question"] = question.as_json()
            if room.phase == "reveal":
                state["outcome"] = question.outcome()
        return question, state


def _leader(request: Request) -> tuple[str, str]:
    return request.path_params["code"].upper(), request.headers.get("leader", "")


def _learner(request: Request) -> tuple[str, str]:
    """Raises Wrong for what no learner's page sends."""
    code, learner = request.path_params["code"].upper(), request.headers.get("learner", "")
    if not CODE.fullmatch(code) or not LEARNER.fullmatch(learner):
        raise Wrong("A code has four letters, none of them a vowel.")
    return code, learner


def _since(request: Request) -> int:
    """The number of the news that a page has."""
    text = request.query_params.get("since", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


async def _sent(request: Request) -> dict[str, Any]:
    """Raises Wrong for what is too large, or no JSON object."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            raise Wrong("That is too large.")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise Wrong("That is nothing our pages send.")
    return sent
