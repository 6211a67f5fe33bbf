"""What a teacher keeps of a lesson: what is in the ZIP, for whom, and what is not told too soon."""

from __future__ import annotations

import csv
import io
from datetime import date
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient

from tests.classroom.serving import rooms
from visuals.classroom import rooms as module
from visuals.classroom.rooms import NotNow, Rooms
from visuals.classroom.seeds import Seeds

PAGE = "http://192.168.1.5:7860/"
RACE, BRANCH = "deeper/race", "wider/surgery"
LEARNERS = [{"Learner": f"{k:032x}"} for k in range(3)]


class Lesson:
    """A room with three learners, as a teacher leads it; of one question each learner guesses another number."""

    def __init__(self, client: TestClient):
        self.client, opened = client, client.post("/class/rooms").json()
        self.code, self.secret = opened["code"], opened["secret"]
        self.where, self.leader, self.round = f"/class/rooms/{self.code}", {"Leader": self.secret}, 0
        for who in LEARNERS:
            client.put(f"{self.where}/learner", headers=who)

    def ask(self, question: str, *answers: dict) -> None:
        self.round += 1
        self.client.put(f"{self.where}/question", headers=self.leader, json={"question": question, "round": self.round})
        for who, values in zip(LEARNERS, answers, strict=False):
            self.client.put(f"{self.where}/guess", headers=who, json={"round": self.round, "values": values})

    def move(self, *phases: str) -> None:
        for phase in phases:
            self.client.put(f"{self.where}/phase", headers=self.leader, json={"to": phase})

    def record(self) -> ZipFile:
        answer = self.client.get(f"{self.where}/record.zip", params={"page": PAGE}, headers=self.leader)
        assert answer.status_code == 200
        return ZipFile(io.BytesIO(answer.content))


@pytest.fixture
def lesson(tmp_path) -> Lesson:
    return Lesson(TestClient(rooms(tmp_path)))


def table(file: ZipFile, name: str) -> list[list[str]]:
    text = file.read(name).decode()
    assert text.startswith("\ufeff")  # so that a spreadsheet reads 3×3
    return list(csv.reader(text[1:].splitlines()))


def words(file: ZipFile, name: str) -> str:
    return " ".join(ElementTree.fromstring(file.read(name)).itertext())


def circles(file: ZipFile, name: str) -> int:
    return len(ElementTree.fromstring(file.read(name)).findall(".//{*}circle"))


def test_a_lesson_is_kept_as_tables_figures_and_links(lesson):
    lesson.ask(RACE, *({"plain-56": 50 + k, "residual-56": k} for k in range(3)))
    lesson.move("closed", "reveal")
    lesson.ask(BRANCH)
    file = lesson.record()
    assert set(file.namelist()) == {"guesses.csv", "links.csv", "question-1.svg", "question-2.svg"}
    head, *rows = table(file, "guesses.csv")
    assert head == ["round", "question", "asked", "unit", "participant", "guess", "outcome"]
    assert {row[0] for row in rows} == {"1"}
    assert {(row[2], row[3], row[6]) for row in rows} == {("plain-56", "%", "71"), ("residual-56", "%", "1")}
    assert {row[5] for row in rows} == {"50", "51", "52", "0", "1", "2"}
    of_learner = {row[4]: {} for row in rows}
    for _, _, asked, _, participant, guess, _ in rows:
        of_learner[participant][asked] = float(guess)
    assert set(of_learner) == {"1", "2", "3"}
    assert all(each["plain-56"] == 50 + each["residual-56"] for each in of_learner.values())
    assert table(file, "links.csv")[1] == ["1", "1 Deeper, The race", f"{PAGE}?tab=deeper&at=race"]
    assert circles(file, "question-1.svg") == 6
    assert "median 51 % (dashed), outcome 71 %" in words(file, "question-1.svg")


def test_nothing_is_told_before_its_time(lesson):
    lesson.ask(RACE, {"plain-56": 50, "residual-56": 3})
    assert (len(table(lesson.record(), "guesses.csv")), circles(lesson.record(), "question-1.svg")) == (1, 0)
    lesson.move("closed")
    file = lesson.record()
    assert (len(table(file, "guesses.csv")), circles(file, "question-1.svg")) == (3, 2)
    assert "outcome" not in words(file, "question-1.svg")


def test_an_answer_that_is_chosen_is_drawn_with_all_others(lesson):
    question = next(q for q in lesson.client.get("/class/questions").json()["questions"] if q["key"] == BRANCH)
    (asked,) = question["asked"]
    lesson.ask(BRANCH, {asked["id"]: asked["options"][0]}, {asked["id"]: asked["options"][0]})
    lesson.move("closed", "reveal")
    file = lesson.record()
    assert circles(file, "question-1.svg") == 2
    assert f"{asked['options'][0]}: 2" in words(file, "question-1.svg")
    assert words(file, "question-1.svg").count("the outcome") == 1


def test_the_seeds_are_kept_too(lesson, tmp_path):
    again = Seeds(Rooms(tmp_path))
    again.begin(lesson.code, lesson.secret, 8)
    again.take(lesson.code)
    again.finish(lesson.code, 8, 1, (2.5, None))
    again.take(lesson.code)
    again.finish(lesson.code, 8, 2, (4.0, 1.0))
    rows = table(lesson.record(), "seeds.csv")
    today = date.today().isoformat()
    assert rows[1:] == [
        ["plain-8", "1", "2.50", "100", "digits", today],
        ["residual-8", "1", "diverged", "100", "digits", today],
        ["plain-8", "2", "4.00", "100", "digits", today],
        ["residual-8", "2", "1.00", "100", "digits", today],
    ]
    (race,) = lesson.client.get(f"{lesson.where}/lesson", headers=lesson.leader).json()["races"]
    assert (race["nets"], race["done"]) == (["plain-8", "residual-8"], [[1, 2.5, None], [2, 4.0, 1.0]])


def test_the_seeds_chart_is_a_picture_of_the_record(lesson, tmp_path):
    again = Seeds(Rooms(tmp_path))
    again.begin(lesson.code, lesson.secret, 8)
    for seed, errors in ((1, (2.5, None)), (2, (4.0, 1.0))):
        again.take(lesson.code)
        again.finish(lesson.code, 8, seed, errors)
    file = lesson.record()
    marks = ElementTree.fromstring(file.read("seeds-8.svg"))
    squares, dots = (marks.findall(f".//{{*}}{kind}") for kind in ("rect", "circle"))
    heights = [float(square.attrib["y"]) for square in squares[2:]]  # behind the background and the key
    lower, upper = heights
    assert lower > upper  # 2.5 % lies below 4 %
    assert len(dots) == 1 + 1
    said = words(file, "seeds-8.svg")
    assert all(word in said for word in ("plain-8", "residual-8", "Training error in % after 100 steps", "×: diverged"))


def test_it_is_for_the_browser_that_leads_the_room_and_names_a_page(lesson):
    where = f"{lesson.where}/record.zip"
    for who in (LEARNERS[0], {}, {"Leader": "x"}):
        assert lesson.client.get(where, params={"page": PAGE}, headers=who).status_code == 404
    for odd in ("", "javascript:alert(1)", "http://" + "x" * 300):
        assert lesson.client.get(where, params={"page": odd}, headers=lesson.leader).status_code == 422


def test_a_room_asks_so_many_questions_at_most(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROUNDS", 2)
    all_rooms = Rooms(tmp_path)
    code, secret = all_rooms.open()
    for round in (1, 2):
        all_rooms.ask(code, secret, "q", round)
    with pytest.raises(NotNow):
        all_rooms.ask(code, secret, "q", 3)
