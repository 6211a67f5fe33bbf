"""What the server answers about rooms, without a browser."""

from __future__ import annotations

import json
import re

import pytest
from starlette.testclient import TestClient

import app
from models.core import artifacts
from tests.classroom.serving import rooms
from visuals.classroom.questions import questions
from visuals.components.predict import Amount

RACE, BRANCH = "deeper/race", "wider/surgery"
ANN, BEN = {"Learner": "a" * 32}, {"Learner": "b" * 32}
ALL = questions(app.LESSONS)


@pytest.fixture
def client(tmp_path) -> TestClient:
    return TestClient(rooms(tmp_path))


@pytest.fixture
def room(client) -> tuple[str, dict[str, str]]:
    """The room's address, and what leads it."""
    opened = client.post("/class/rooms").json()
    return f"/class/rooms/{opened['code']}", {"Leader": opened["secret"]}


@pytest.fixture
def asked(client, room) -> tuple[str, dict[str, str]]:
    """A room with Ann in which the question of the race is asked."""
    where, leader = room
    assert client.put(f"{where}/learner", headers=ANN).status_code == 204
    assert client.put(f"{where}/question", headers=leader, json={"question": RACE, "round": 1}).status_code == 204
    return where, leader


def guess(plain: object = 70, residual: object = 3, round: object = 1) -> dict:
    return {"round": round, "values": {"plain-56": plain, "residual-56": residual}}


def test_a_lesson_from_the_first_question_to_the_outcome(client, asked):
    where, leader = asked
    client.put(f"{where}/learner", headers=BEN)
    seen = client.get(f"{where}/news", headers=ANN).json()
    assert (seen["phase"], seen["round"], seen["mine"]) == ("ask", 1, None)
    assert seen["question"]["question"] == ALL[RACE].asks.question
    assert client.put(f"{where}/guess", headers=ANN, json=guess()).status_code == 204
    asking = client.get(f"{where}/lead", headers=leader).json()
    assert (asking["in"], asking["joined"]) == (1, 2)
    assert "together" not in asking

    client.put(f"{where}/phase", headers=leader, json={"to": "closed"})
    closed = client.get(f"{where}/lead", headers=leader).json()
    assert closed["together"][0] == {"id": "plain-56", "values": [70.0], "median": 70.0}
    assert client.put(f"{where}/guess", headers=BEN, json=guess()).status_code == 409

    client.put(f"{where}/phase", headers=leader, json={"to": "reveal"})
    shown = client.get(f"{where}/news", headers=ANN, params={"since": seen["news"]}).json()
    assert shown["mine"] == {"plain-56": 70.0, "residual-56": 3.0}
    assert shown["together"] == client.get(f"{where}/lead", headers=leader).json()["together"]


def test_the_projector_hears_what_is_done_and_who_is_there(client, asked):
    where, leader = asked

    def led(**has: int):
        return client.get(f"{where}/lead", headers=leader, params=has)

    assert (led().json()["present"], led().json()["done"]) == (1, [])
    assert led(since=led().json()["news"], present=1).status_code == 204
    assert led(since=led().json()["news"], present=2).status_code == 200
    assert client.delete(f"{where}/question", headers=ANN).status_code == 404
    assert client.delete(f"{where}/question", headers=leader).status_code == 204
    assert (led().json()["phase"], led().json()["done"]) == ("lobby", [])
    client.put(f"{where}/question", headers=leader, json={"question": BRANCH, "round": 2})
    for phase in ("closed", "reveal"):
        client.put(f"{where}/phase", headers=leader, json={"to": phase})
    assert led().json()["done"] == [BRANCH]


def test_nothing_tells_the_outcome_before_it_is_revealed(client, asked):
    where, leader = asked
    client.put(f"{where}/guess", headers=ANN, json=guess())
    outcome = ALL[RACE].outcome()
    for phase in ("ask", "closed"):
        if phase == "closed":
            client.put(f"{where}/phase", headers=leader, json={"to": phase})
        for page, who in (("lead", leader), ("news", ANN)):
            found = client.get(f"{where}/{page}", headers=who)
            assert found.json()["phase"] == phase
            assert "outcome" not in found.json()
            assert f"{outcome['found']['plain-56']:.1f}" not in found.text
    assert "outcome" not in client.get("/class/questions").text


def test_a_handout_has_all_questions_of_the_lesson_and_no_outcome_before_it_is_revealed(client, asked):
    where, leader = asked
    client.put(f"{where}/guess", headers=ANN, json=guess())

    def handout() -> list[dict]:
        return client.get(f"{where}/lesson", headers=leader).json()["questions"]

    assert [set(each) for each in handout()] == [{"question"}]  # that is asked now
    client.put(f"{where}/phase", headers=leader, json={"to": "closed"})
    assert [set(each) for each in handout()] == [{"question", "together"}]
    client.put(f"{where}/phase", headers=leader, json={"to": "reveal"})
    client.put(f"{where}/question", headers=leader, json={"question": BRANCH, "round": 2})
    race, branch, *others = handout()
    assert race["together"][0]["values"] == [70.0]
    assert race["outcome"]["runs"] == ["race-digits"]
    assert (branch["question"]["key"], set(branch)) == (BRANCH, {"question"})
    wider = [key for key in ALL if key.startswith("wider/") and key != BRANCH]
    assert [each["question"]["key"] for each in others] == wider
    assert all(set(each) == {"question"} for each in others)


def test_a_teacher_sends_a_section_to_the_phones_until_something_is_asked(client, room):
    where, leader = room
    client.put(f"{where}/learner", headers=ANN)
    seen = client.get(f"{where}/news", headers=ANN).json()
    assert "place" not in seen
    sent = {"query": "?tab=deeper&at=block&kind=plain&present=on&x=<b>&run=7"}
    assert client.put(f"{where}/place", headers=leader, json=sent).status_code == 204
    found = client.get(f"{where}/news", headers=ANN, params={"since": seen["news"]}).json()
    link = "?tab=deeper&at=block&kind=plain&x=%3Cb%3E"
    place = {"lesson": "1 Deeper", "section": "Inside a block", "link": link, "run": "7", "ran": False}
    assert (found["phase"], found["place"]) == ("lobby", place)
    client.put(f"{where}/place", headers=leader, json={"query": "?tab=deeper&at=block&run=7&ran=on"})
    assert client.get(f"{where}/news", headers=ANN).json()["place"]["ran"]
    client.put(f"{where}/question", headers=leader, json={"question": RACE, "round": 1})
    assert "place" not in client.get(f"{where}/news", headers=ANN).json()
    for phase in ("closed", "reveal"):
        client.put(f"{where}/place", headers=leader, json={"query": "?tab=deeper&at=race"})
        client.put(f"{where}/phase", headers=leader, json={"to": phase})
        assert "place" not in client.get(f"{where}/news", headers=ANN).json()


@pytest.mark.parametrize("query", ["?tab=deeper", "?tab=deeper&at=see", "javascript:alert(1)", "", None, 3, "x" * 1600])
def test_what_is_no_section_is_sent_to_nobody(client, room, query):
    where, leader = room
    assert client.put(f"{where}/place", headers=leader, json={"query": query}).status_code == 422
    assert client.put(f"{where}/place", headers=ANN, json={"query": "?tab=deeper&at=race"}).status_code == 404


@pytest.mark.parametrize("key", ALL)
def test_an_outcome_is_a_possible_answer_to_what_is_asked_and_what_the_section_says(key):
    outcome = ALL[key].asks.outcome()
    assert set(outcome.found) == {ask.id for ask in ALL[key].asks.asked}
    for ask in ALL[key].asks.asked:
        found = outcome.found[ask.id]
        if isinstance(ask, Amount):
            low, high = found if isinstance(found, tuple) else (found, found)
            assert ask.low <= low <= high <= ask.high
        else:
            assert found in ask.options
    assert 'class="told"' in outcome.said
    assert 'class="truth' in outcome.said
    assert all(artifacts.certificate(run) for run in outcome.runs)


def test_of_a_lesson_s_questions_one_is_what_its_sections_wait_for():
    """As its cards say: those with a question of their own are `own`."""
    assert {key for key, question in ALL.items() if question.own} == {"wider/cost"}


def test_every_lesson_has_a_question():
    assert {key.split("/")[0] for key in ALL} == {lesson.name for lesson in app.LESSONS}


def test_the_outcome_of_the_race_is_that_of_its_recorded_run():
    errors = artifacts.certificate("race-digits").metrics
    found = ALL[RACE].asks.outcome().found
    assert found["plain-56"] == pytest.approx(sum(e := errors["plain-56"]["train_error"]) / len(e), abs=0.1)


def test_a_page_hears_only_of_what_is_newer(client, asked):
    where, leader = asked
    seen, led = client.get(f"{where}/news", headers=ANN).json(), client.get(f"{where}/lead", headers=leader).json()
    assert client.get(f"{where}/news", headers=ANN, params={"since": seen["news"]}).status_code == 204
    assert client.get(f"{where}/lead", headers=leader, params={"since": led["news"]}).status_code == 204
    client.put(f"{where}/guess", headers=ANN, json=guess())
    assert client.get(f"{where}/news", headers=ANN, params={"since": seen["news"]}).status_code == 204
    assert client.get(f"{where}/lead", headers=leader, params={"since": led["news"]}).json()["in"] == 1
    for odd in ("x", "-1", "9" * 5000, "²", ""):
        assert client.get(f"{where}/news", headers=ANN, params={"since": odd}).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        guess(plain="<img src=x onerror=alert(1)>"),
        guess(plain=-1),
        guess(plain=100.5),
        guess(plain=True),
        guess(plain=None),
        guess(plain=[1]),
        guess(round="1"),
        guess(round=None),
        {"round": 1},
        {"round": 1, "values": {"plain-56": 1}},
        {"round": 1, "values": [1, 2]},
        [],
        "x",
        None,
    ],
)
def test_what_is_no_guess_is_refused_with_a_sentence(client, asked, sent):
    answer = client.put(f"{asked[0]}/guess", headers=ANN, json=sent)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert client.get(f"{asked[0]}/lead", headers=asked[1]).json()["in"] == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[" * 1900, b"x" * 5000, b'{"round": 1, "values": {"plain-56": NaN, "residual-56": 1}}'],
)
def test_what_is_too_large_or_no_json_is_refused(client, asked, body):
    answer = client.put(f"{asked[0]}/guess", headers=ANN, content=body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")


def test_what_else_a_guess_brings_is_left_out(client, asked):
    client.put(f"{asked[0]}/guess", headers=ANN, json=guess() | {"values": guess()["values"] | {"name": "<b>Ann</b>"}})
    assert "Ann" not in client.get(f"{asked[0]}/news", headers=ANN).text


@pytest.mark.parametrize(
    ("method", "path", "who", "status"),
    [
        ("GET", "lead", {"Leader": "x"}, 404),
        ("GET", "lead", {}, 404),
        ("GET", "lead", ANN, 404),
        ("DELETE", "", {}, 404),
        ("GET", "record.zip?page=http://x/", ANN, 404),
        ("GET", "lesson", ANN, 404),
        ("GET", "news", BEN, 404),
        ("GET", "news", {}, 422),
        ("GET", "news", {"Learner": "<b>"}, 422),
    ],
)
def test_whoever_it_is_not_for_gets_nothing(client, asked, method, path, who, status):
    answer = client.request(method, f"{asked[0]}/{path}".rstrip("/"), headers=who)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_a_teacher_asks_what_there_is(client, room):
    where, leader = room
    for odd in ({"question": "x", "round": 1}, {"question": [], "round": 1}, {"question": RACE, "round": "1"}, {}):
        assert client.put(f"{where}/question", headers=leader, json=odd).status_code == 422
    assert client.put(f"{where}/phase", headers=leader, json={"to": "reveal"}).status_code == 409
    assert client.get(f"{where}/lead", headers=leader).json()["phase"] == "lobby"


def test_a_ninth_room_is_refused_with_a_sentence(client):
    answers = [client.post("/class/rooms") for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [409]
    assert json.loads(answers[-1].text)["error"].endswith(".")


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_a_tab_s_handout_has_its_exercises_with_axes_links_and_answers(client, lesson):
    found = client.get(f"/class/exercises/{lesson.name}").json()
    assert found["lesson"] == lesson.title
    assert len(found["exercises"]) == 4
    for each in found["exercises"]:
        assert each["link"].startswith(f"?tab={lesson.name}&at=")
        assert all(each[axis]["low"] < each[axis]["high"] and each[axis]["label"] for axis in "xy")
        assert re.fullmatch("(<p>.+?</p>|<div [^>]*><table.+?</table></div>)+", each["answer"], re.DOTALL)
        assert not re.search(r"[*${}]", each["answer"])
        assert re.search(r"\d", each["answer"])
    assert client.get("/class/exercises/x").status_code == 404
