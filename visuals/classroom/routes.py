"""What the server answers about rooms, to their pages (pages.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from visuals.classroom import http, record, seed_words
from visuals.classroom.exercises import Exercises
from visuals.classroom.pages import pages
from visuals.classroom.places import Places
from visuals.classroom.questions import Question, questions
from visuals.classroom.rooms import Room, Rooms
from visuals.classroom.seeds import DEPTHS, SEEDS, SeedRace, Seeds
from visuals.classroom.trainer import Trainer
from visuals.page import hosting
from visuals.page.lesson import Lesson, unreadable


def routes(lessons: Iterable[Lesson], folder: Callable[[], Path] = hosting.kept_folder) -> list[BaseRoute]:
    """All of them, below class/. The rooms lie in `folder`."""
    answers = Answers(lessons, folder)
    return [
        Route("/class/questions", answers.questions),
        Route("/class/exercises/{tab}", answers.exercises),
        *(
            Route(f"/class/rooms{path}", http.refusing(answer), methods=[method])
            for method, path, answer in (
                ("POST", "", answers.open),
                ("DELETE", "/{code}", answers.end),
                ("GET", "/{code}/lead", answers.led),
                ("PUT", "/{code}/question", answers.ask),
                ("DELETE", "/{code}/question", answers.take_back),
                ("PUT", "/{code}/phase", answers.move),
                ("PUT", "/{code}/place", answers.send),
                ("PUT", "/{code}/seeds", answers.train),
                ("DELETE", "/{code}/seeds", answers.stop_training),
                ("GET", "/{code}/record.zip", answers.saved),
                ("GET", "/{code}/lesson", answers.lesson),
                ("PUT", "/{code}/learner", answers.join),
                ("GET", "/{code}/news", answers.news),
                ("PUT", "/{code}/guess", answers.guess),
            )
        ),
        *pages(),
    ]


class Answers:
    """To what the pages ask. A learner, or the browser that leads a room, says who they are in a header."""

    def __init__(self, lessons: Iterable[Lesson], folder: Callable[[], Path]):
        lessons = list(lessons)
        self._exercises = Exercises(lessons)
        self._questions, self._places, self._folder = questions(lessons), Places(lessons), folder

    @cached_property
    def _rooms(self) -> Rooms:
        """Made when it is first needed: a server without a class writes no file."""
        return Rooms(self._folder())

    @cached_property
    def _seeds(self) -> Seeds:
        return Seeds(self._rooms)

    @cached_property
    def _trainer(self) -> Trainer:
        return Trainer(self._seeds)

    async def questions(self, request: Request) -> Response:
        asked = [question.as_json() for question in self._questions.values() if not unreadable(question.section)]
        races = [seed_words.choice(depth) for depth in DEPTHS]
        return JSONResponse({"questions": asked, "races": races, "network": hosting.network()}, headers=http.FRESH)

    async def open(self, request: Request) -> Response:
        code, secret = self._rooms.open()
        return JSONResponse({"code": code, "secret": secret}, headers=http.FRESH)

    async def end(self, request: Request) -> Response:
        self._rooms.end(*http.leader(request))
        return Response(status_code=204)

    async def led(self, request: Request) -> Response:
        room = self._rooms.led(*http.leader(request))
        present = str(self._rooms.present(room))
        if http.since(request) >= room.news and request.query_params.get("present", present) == present:
            return Response(status_code=204)
        question, state = self._state(room)
        answers = self._rooms.guesses(room)
        state |= {"news": room.news, "joined": room.joined, "present": int(present), "in": len(answers)}
        state["done"] = [*self._revealed(room), *map(seed_words.key, self._seeds.trained(room.code))]
        if question and room.phase in ("closed", "reveal"):
            state["together"] = question.together(answers)
        if room.phase not in ("ask", "closed") and room.joined:
            state["takes"] = {depth: self._trainer.expected(depth, min(room.joined, SEEDS)) for depth in DEPTHS}
        if race := self._race(room):
            state["race"] = seed_words.on_projector(race)
        return JSONResponse(state, headers=http.FRESH)

    async def ask(self, request: Request) -> Response:
        sent = await http.sent(request)
        question, round = sent.get("question"), sent.get("round")
        if not isinstance(question, str) or question not in self._questions or not isinstance(round, int):
            raise http.Wrong("There is no such question.")
        self._rooms.ask(*http.leader(request), question, round)
        return Response(status_code=204)

    async def take_back(self, request: Request) -> Response:
        self._rooms.take_back(*http.leader(request))
        return Response(status_code=204)

    async def move(self, request: Request) -> Response:
        self._rooms.move(*http.leader(request), str((await http.sent(request)).get("to")))
        return Response(status_code=204)

    async def send(self, request: Request) -> Response:
        place = self._places.checked((await http.sent(request)).get("query"))
        if place is None:
            raise http.Wrong("There is no such section.")
        self._rooms.send(*http.leader(request), place)
        return Response(status_code=204)

    async def train(self, request: Request) -> Response:
        """Everybody gets a seed, or the race that was stopped goes on."""
        depth = (await http.sent(request)).get("depth")
        if type(depth) is not int or depth not in DEPTHS:
            raise http.Wrong("There is no such race.")
        code, secret = http.leader(request)
        self._seeds.begin(code, secret, depth)
        self._trainer.begin(code)
        return Response(status_code=204)

    async def stop_training(self, request: Request) -> Response:
        self._seeds.stop(*http.leader(request))
        return Response(status_code=204)

    async def saved(self, request: Request) -> Response:
        """The lesson as a ZIP. `page` is where the whole page is, as the teacher's browser finds it."""
        room, page = self._rooms.led(*http.leader(request)), request.query_params.get("page", "")
        if not http.is_address(page):
            raise http.Wrong("There is no page at this address.")
        parts = record.record(self._told(room), self._seeds.all_errors(room.code), page)
        return StreamingResponse(parts, media_type="application/zip", headers=http.FRESH)

    def _told(self, room: Room) -> Iterator[record.Told]:
        """Each round so far, its guesses once it is closed and its outcome once it is revealed."""
        for round, key in self._rooms.asked(room).items():
            if question := self._questions.get(key):
                over = round < room.round
                guesses = self._rooms.guesses_by(room, round) if over or room.phase != "ask" else None
                outcome = question.outcome() if over or room.phase in ("reveal", "seeds") else None
                yield record.Told(round, question, guesses, outcome)

    def _revealed(self, room: Room) -> list[str]:
        """The keys of the questions of which everybody knows what came out."""
        newest_too = room.phase in ("reveal", "seeds")
        return [key for round, key in self._rooms.asked(room).items() if round < room.round or newest_too]

    async def lesson(self, request: Request) -> Response:
        """For the handout: each round so far, its outcome once it is revealed, and what else these lessons ask."""
        room = self._rooms.led(*http.leader(request))
        rounds = list(self._told(room))
        told = [{"question": each.question.as_json()} | self._shown(each) for each in rounds]
        asked = [each.question for each in rounds]
        lessons = {question.lesson for question in asked}
        others = [q for q in self._questions.values() if q.lesson in lessons and q not in asked]
        told += [{"question": question.as_json()} for question in others if not unreadable(question.section)]
        races = [seed_words.on_projector(race) for race in self._seeds.races(room.code) if not race.goes_on]
        return JSONResponse({"questions": told, "races": races, "network": hosting.network()}, headers=http.FRESH)

    def exercises(self, request: Request) -> Response:
        """For the handout of a tab."""
        found = self._exercises.of(request.path_params["tab"])
        if found is None:
            raise HTTPException(404)
        return JSONResponse(found | {"network": hosting.network()}, headers=http.FRESH)

    def _shown(self, told: record.Told) -> dict[str, Any]:
        guesses, outcome = told.guesses, told.outcome
        together = {} if guesses is None else {"together": told.question.together(answer for _, answer in guesses)}
        return together | ({} if outcome is None else {"outcome": outcome})

    async def join(self, request: Request) -> Response:
        self._rooms.join(*http.learner(request))
        return Response(status_code=204)

    async def news(self, request: Request) -> Response:
        code, learner = http.learner(request)
        room = self._rooms.joined(code, learner)
        if http.since(request) >= room.moved:
            return Response(status_code=204)
        question, state = self._state(room)
        state |= {"news": room.moved, "mine": self._rooms.guess_of(room, learner)}
        if question and room.phase == "reveal":
            state["together"] = question.together(self._rooms.guesses(room))
        if race := self._race(room):
            state["race"] = seed_words.on_phone(race, *self._seeds.seed_of(code, learner))
        return JSONResponse(state, headers=http.FRESH)

    async def guess(self, request: Request) -> Response:
        code, learner = http.learner(request)
        sent, room = await http.sent(request), self._rooms.joined(code, learner)
        question = self._questions.get(room.question or "")
        answer = question and question.checked(sent.get("values"))
        if not answer or not isinstance(sent.get("round"), int):
            raise http.Wrong("That is no possible guess.")
        self._rooms.guess(code, learner, sent["round"], answer)
        return Response(status_code=204)

    def _state(self, room: Room) -> tuple[Question | None, dict[str, Any]]:
        """What everybody sees of a room: the outcome not before it is revealed."""
        racing = room.phase == "seeds"
        question = None if racing else self._questions.get(room.question or "")
        state: dict[str, Any] = {"phase": room.phase if question or racing else "lobby", "round": room.round}
        if place := self._places.as_json(room.place):
            state["place"] = place
        if question:
            state["question"] = question.as_json()
            if room.phase == "reveal":
                state["outcome"] = question.outcome()
        return question, state

    def _race(self, room: Room) -> SeedRace | None:
        """What is trained, where that is what everybody looks at."""
        return self._seeds.of(room.code) if room.phase == "seeds" else None
