"""The rooms: who may do what, when it is over, and what a restart leaves."""

from __future__ import annotations

import re

import pytest

from visuals.classroom import rooms as module
from visuals.classroom.rooms import BETWEEN, CODE, HOURS, LATELY, LEARNERS, ROOMS, NoRoom, NotNow, Rooms, Wait

ANN, BEN = "a" * 32, "b" * 32


class Clock:
    def __init__(self) -> None:
        self.now = 1e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rooms(tmp_path, clock) -> Rooms:
    return Rooms(tmp_path, clock)


@pytest.fixture
def room(rooms) -> tuple[str, str]:
    return rooms.open()


def test_a_code_has_no_letters_that_look_alike_and_makes_no_word(room):
    code, secret = room
    assert CODE.fullmatch(code)
    assert not set("AEIOUL") & set(module.LETTERS)
    assert len(set(module.LETTERS)) ** 4 > 100_000
    assert len(secret) >= 20


def test_a_round_goes_from_asking_to_the_outcome(rooms, room):
    code, secret = room
    rooms.join(code, ANN)
    rooms.join(code, ANN)  # after a reload
    rooms.join(code, BEN)
    assert (rooms.led(code, secret).joined, rooms.led(code, secret).phase) == (2, "lobby")
    rooms.ask(code, secret, "deeper/race", 1)
    rooms.guess(code, ANN, 1, {"x": 3.0})
    assert rooms.guess_of(rooms.joined(code, ANN), ANN) == {"x": 3.0}
    assert rooms.guess_of(rooms.joined(code, BEN), BEN) is None
    rooms.move(code, secret, "closed")
    rooms.move(code, secret, "closed")  # pressed twice
    with pytest.raises(NotNow):
        rooms.guess(code, BEN, 1, {"x": 4.0})
    rooms.move(code, secret, "reveal")
    assert rooms.guesses(rooms.joined(code, BEN)) == [{"x": 3.0}]
    rooms.ask(code, secret, "wider/cost", 2)
    rooms.ask(code, secret, "wider/cost", 2)
    found = rooms.led(code, secret)
    assert (found.round, found.phase, found.question) == (2, "ask", "wider/cost")
    assert rooms.guesses(found) == []
    assert rooms.asked(found) == {1: "deeper/race", 2: "wider/cost"}
    assert rooms.guesses(found, 1) == [{"x": 3.0}]


def test_a_question_is_taken_back_with_its_guesses_until_it_is_revealed(rooms, room):
    code, secret = room
    rooms.join(code, ANN)
    with pytest.raises(NotNow):
        rooms.take_back(code, secret)
    for round, phases in enumerate(((), ("closed",)), start=1):
        rooms.ask(code, secret, "wider/cost", round)
        rooms.guess(code, ANN, round, {"x": 3.0})
        for phase in phases:
            rooms.move(code, secret, phase)
        rooms.take_back(code, secret)
        found = rooms.joined(code, ANN)
        assert (found.phase, found.question, found.round) == ("lobby", None, round)
        assert (rooms.guesses(found), rooms.asked(found)) == ([], {})
    rooms.ask(code, secret, "deeper/race", 3)
    for phase in ("closed", "reveal"):
        rooms.move(code, secret, phase)
    with pytest.raises(NotNow):
        rooms.take_back(code, secret)


def test_who_has_gone_is_not_waited_for(rooms, room, clock):
    code, secret = room
    for who in (ANN, BEN):
        rooms.join(code, who)
    rooms.ask(code, secret, "q", 1)
    assert rooms.present(rooms.led(code, secret)) == 2
    clock.now += LATELY + 1
    rooms.joined(code, ANN)
    assert rooms.present(rooms.led(code, secret)) == 1
    rooms.guess(code, ANN, 1, {"x": 1.0})
    clock.now += LATELY + 1
    assert rooms.present(rooms.joined(code, BEN)) == 2  # Ann's phone sleeps, and her guess is in
    rooms.ask(code, secret, "q", 2)
    assert rooms.present(rooms.led(code, secret)) == 1


def test_the_newest_guess_counts_and_none_comes_right_behind_another(rooms, room, clock):
    code, secret = room
    rooms.join(code, ANN)
    rooms.ask(code, secret, "q", 1)
    rooms.guess(code, ANN, 1, {"x": 1.0})
    with pytest.raises(Wait):
        rooms.guess(code, ANN, 1, {"x": 2.0})
    clock.now += 2 * BETWEEN
    rooms.guess(code, ANN, 1, {"x": 3.0})
    assert rooms.guesses(rooms.led(code, secret)) == [{"x": 3.0}]
    with pytest.raises(NotNow):
        rooms.guess(code, ANN, 2, {"x": 4.0})


@pytest.mark.parametrize("phase", ["reveal", "ask", "lobby", "", "<b>"])
def test_no_phase_is_left_out(rooms, room, phase):
    code, secret = room
    rooms.ask(code, secret, "q", 1)
    with pytest.raises(NotNow):
        rooms.move(code, secret, phase)
    assert rooms.led(code, secret).phase == "ask"


def test_only_the_browser_that_opened_a_room_leads_it(rooms, room):
    code, _ = room
    _, another = rooms.open()
    for secret in ("", "x", another):
        for do in (rooms.led, rooms.end, lambda c, s: rooms.ask(c, s, "q", 1), lambda c, s: rooms.move(c, s, "closed")):
            with pytest.raises(NoRoom):
                do(code, secret)


def test_whoever_has_not_joined_sees_nothing(rooms, room):
    code, secret = room
    rooms.join(code, ANN)
    rooms.ask(code, secret, "q", 1)
    with pytest.raises(NoRoom):
        rooms.joined(code, BEN)
    with pytest.raises(NoRoom):
        rooms.guess(code, BEN, 1, {"x": 1.0})


def test_a_thousand_tries_are_as_good_as_forty(rooms, clock, monkeypatch):
    """Even the right code is refused among so many wrong ones; who is in already is not disturbed."""
    monkeypatch.setattr(module, "_codes", lambda: iter(["ZZZZ"]))
    code, _ = rooms.open()
    rooms.join(code, ANN)
    answers = []
    for k in range(1000):
        clock.now += 0.001
        with pytest.raises((NoRoom, Wait)) as refused:
            rooms.join("BCDF" if k < 999 else code, BEN)
        answers.append(refused.type)
    assert answers.count(NoRoom) <= module.TRIES + 1
    assert rooms.joined(code, ANN).joined == 1
    clock.now += 60
    rooms.join(code, BEN)


def test_rooms_and_learners_are_so_many_at_most(rooms, clock):
    opened = [rooms.open() for _ in range(ROOMS)]
    assert len({code for code, _ in opened}) == ROOMS
    (first, _), (second, secret) = opened[:2]
    for k in range(LEARNERS):
        rooms.join(first, f"{k:032x}")
    with pytest.raises(NotNow):
        rooms.join(first, ANN)
    rooms.join(first, f"{0:032x}")
    with pytest.raises(NotNow):
        rooms.open()
    clock.now += module.DESERTED + 1
    rooms.open()  # in the place of the oldest that nobody has joined
    with pytest.raises(NoRoom):
        rooms.led(second, secret)
    assert rooms.joined(first, f"{0:032x}").joined == LEARNERS


def test_a_restart_loses_nothing(rooms, room, tmp_path, clock):
    code, secret = room
    rooms.join(code, ANN)
    rooms.ask(code, secret, "q", 1)
    rooms.guess(code, ANN, 1, {"x": 1.0})
    before, again = rooms.led(code, secret), Rooms(tmp_path, clock)
    assert again.led(code, secret) == before
    assert again.guess_of(again.joined(code, ANN), ANN) == {"x": 1.0}


@pytest.mark.parametrize("how", ["late", "ended"])
def test_of_a_room_that_is_over_nothing_is_left(rooms, room, clock, tmp_path, how):
    code, secret = room
    rooms.join(code, ANN)
    rooms.ask(code, secret, "q", 1)
    rooms.guess(code, ANN, 1, {"x": 1.0})
    if how == "late":
        clock.now += HOURS * 3600 + 1
    else:
        rooms.end(code, secret)
    with pytest.raises(NoRoom):
        rooms.led(code, secret)
    with pytest.raises(NoRoom):
        rooms.joined(code, ANN)
    with rooms.now() as db:
        tables = re.findall(r"EXISTS (\w+)", module.TABLES)
        assert {db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables} == {0}


def test_a_learner_s_number_is_not_kept(rooms, room, tmp_path):
    rooms.join(room[0], ANN)
    rooms._db.close()
    assert all(ANN.encode() not in path.read_bytes() for path in tmp_path.iterdir())
    assert all(room[1].encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_every_change_is_news_and_a_learner_hears_of_the_teacher_s_alone(rooms, room):
    code, secret = room
    rooms.join(code, ANN)
    first = rooms.led(code, secret)
    rooms.join(code, BEN)
    second = rooms.led(code, secret)
    assert second.news > first.news
    assert second.moved == first.moved
    rooms.ask(code, secret, "q", 1)
    third = rooms.led(code, secret)
    assert third.moved == third.news > second.news
    rooms.guess(code, ANN, 1, {"x": 1.0})
    assert rooms.led(code, secret).news > third.news == rooms.led(code, secret).moved
