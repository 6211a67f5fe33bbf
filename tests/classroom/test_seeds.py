"""Everybody a seed: who trains what and when, what stops it, and what is said of it."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from models.core import artifacts
from models.core.statistics import paired_difference
from models.deeper.race import Point, Race, race
from tests.classroom.seeding import errors, until
from tests.classroom.serving import rooms
from visuals.classroom import seed_words, trainer
from visuals.classroom import seeds as module
from visuals.classroom.rooms import NotNow, Rooms
from visuals.classroom.seeds import DEPTHS, SEEDS, SeedRace, Seeds, race_of
from visuals.classroom.trainer import AT_ONCE, Trainer
from visuals.deeper.race_settings import RaceSettings
from visuals.page import settings
from visuals.page.shared_runs import Followed
from visuals.page.words import signed


def learner(k: int) -> str:
    return f"{k:032x}"


@pytest.fixture
def class_of(tmp_path):
    """class_of(n): a room with so many learners, its seeds, and who trains them."""
    all_rooms = Rooms(tmp_path)
    seeds = Seeds(all_rooms)
    trains = Trainer(seeds)

    def new(learners: int) -> SimpleNamespace:
        code, secret = all_rooms.open()
        for k in range(learners):
            all_rooms.join(code, learner(k))
        return SimpleNamespace(code=code, secret=secret, rooms=all_rooms, seeds=seeds, trainer=trains)

    return new


def begin(room: SimpleNamespace, depth: int = 20) -> None:
    room.seeds.begin(room.code, room.secret, depth)
    room.trainer.begin(room.code)


def test_two_at_a_time_are_trained_until_everybody_s_seed_is(class_of, races):
    room = class_of(5)
    begin(room)
    until(lambda: len(races.begun) == AT_ONCE)
    assert room.seeds.of(room.code) == SeedRace(20, 5, True, (1, 2), {})
    races.go_on.set()
    until(lambda: room.seeds.of(room.code).ended)
    assert room.seeds.of(room.code) == SeedRace(20, 5, False, (), {k: errors(k) for k in range(1, 6)})
    assert (sorted(races.begun), races.left) == ([1, 2, 3, 4, 5], [])


@pytest.mark.parametrize("how", ["stopped", "room ended"])
def test_what_nobody_wants_any_more_is_not_computed(class_of, races, how):
    room = class_of(5)
    begin(room)
    until(lambda: len(races.begun) == AT_ONCE)
    if how == "stopped":
        room.seeds.stop(room.code, room.secret)
        assert room.seeds.of(room.code) == SeedRace(20, 5, False, (), {})
    else:
        room.rooms.end(room.code, room.secret)
        assert room.seeds.of(room.code) is None
    races.go_on.set()
    until(lambda: len(races.left) == AT_ONCE)
    assert len(races.begun) == AT_ONCE


def test_a_race_that_was_stopped_goes_on_with_what_is_missing(class_of, races):
    room = class_of(3)
    room.seeds.begin(room.code, room.secret, 20)
    room.seeds.take(room.code)
    room.seeds.finish(room.code, 20, 1, (5.0, 1.0))
    room.seeds.stop(room.code, room.secret)
    races.go_on.set()
    begin(room)
    until(lambda: room.seeds.of(room.code).ended)
    assert sorted(races.begun) == [2, 3]
    assert room.seeds.of(room.code).errors[1] == (5.0, 1.0)


def test_after_a_restart_the_trained_seeds_are_there_and_the_others_wait(class_of, tmp_path):
    room = class_of(3)
    room.seeds.begin(room.code, room.secret, 20)
    for _ in range(2):
        room.seeds.take(room.code)
    room.seeds.finish(room.code, 20, 1, (5.0, None))
    before, again = room.rooms.led(room.code, room.secret), Rooms(tmp_path)
    race = Seeds(again).of(room.code)
    assert race == SeedRace(20, 3, False, (), {1: (5.0, None)})
    assert seed_words.so_far(race) == "Stopped: 1 of 3 seeds are trained."
    assert again.led(room.code, room.secret).moved > before.news  # the pages hear of it
    again.ask(room.code, room.secret, "q", 1)


def test_rooms_take_turns(class_of, races, monkeypatch):
    monkeypatch.setattr(trainer, "AT_ONCE", 1)
    one, two = class_of(2), class_of(2)
    order, finish = [], one.seeds.finish
    monkeypatch.setattr(one.seeds, "finish", lambda code, *rest: (order.append(code), finish(code, *rest)))
    begin(one)
    until(lambda: len(races.begun) == 1)
    begin(two)
    races.go_on.set()
    until(lambda: len(order) == 4)
    assert order == [one.code, two.code] * 2


def test_rooms_that_train_the_same_share_it(class_of, races):
    one, two = class_of(1), class_of(1)
    for room in (one, two):
        begin(room)
    races.go_on.set()
    until(lambda: one.seeds.of(one.code).ended and two.seeds.of(two.code).ended)
    assert races.begun == [1]


def test_a_race_that_cannot_be_trained_has_stopped(class_of, monkeypatch, capsys):
    def broken(config: Race):
        raise RuntimeError("no memory")
        yield

    monkeypatch.setattr(trainer, "race", broken)
    room = class_of(3)
    begin(room)
    until(lambda: not room.seeds.of(room.code).goes_on)
    assert room.seeds.of(room.code).training == ()
    assert "no memory" in capsys.readouterr().err


def test_a_seed_s_errors_are_those_of_its_race(class_of, monkeypatch):
    monkeypatch.setattr(module, "STEPS", 2)
    room = class_of(1)
    begin(room, 8)
    until(lambda: room.seeds.of(room.code).ended)
    last = {point.lane: point.train_error[0] for point in race(race_of(8, 1)) if isinstance(point, Point)}
    assert room.seeds.of(room.code).errors == {1: (last[0], last[1])}


def test_everybody_has_a_seed_and_in_a_large_class_some_share_one(class_of):
    room = class_of(SEEDS + 2)
    room.seeds.begin(room.code, room.secret, 20)
    assert room.seeds.of(room.code).seeds == SEEDS
    found = [room.seeds.seed_of(room.code, learner(k)) for k in range(SEEDS + 2)]
    assert found == [*((k, False) for k in range(1, SEEDS + 1)), (1, True), (2, True)]
    race = SeedRace(20, SEEDS, True, (), {})
    said = [seed_words.on_phone(race, *seed)["said"] for seed in found]
    assert [text.endswith("Another phone has this seed, too.") for text in said] == [shared for _, shared in found]


def test_a_race_begins_where_somebody_is_there_and_nothing_is_asked(class_of):
    with pytest.raises(NotNow):
        begin(class_of(0))
    room = class_of(2)
    room.rooms.ask(room.code, room.secret, "q", 1)
    with pytest.raises(NotNow):
        begin(room)
    for phase in ("closed", "reveal"):
        room.rooms.move(room.code, room.secret, phase)
    room.seeds.begin(room.code, room.secret, 20)
    with pytest.raises(NotNow):
        room.rooms.ask(room.code, room.secret, "q", 2)
    room.seeds.stop(room.code, room.secret)
    room.rooms.ask(room.code, room.secret, "q", 2)
    assert room.rooms.led(room.code, room.secret).phase == "ask"


def test_thirty_seeds_take_at_most_three_minutes_by_the_recorded_pace(class_of):
    found = artifacts.certificate("signal-digits")
    work = sum(lane["depth"] for lane in found.config["lanes"]) * found.config["steps"] * 64
    assert SEEDS * race_of(max(DEPTHS), 1).work * found.seconds / work < 180
    assert class_of(1).trainer.expected(20, SEEDS) == "about 2 minutes, as recorded"


def test_how_long_seeds_take_is_told_by_those_that_were_trained_here(class_of, races, monkeypatch):
    """Two at a time took so long as they took: three more take twice as long as one did."""
    monkeypatch.setattr(Followed, "seconds", 30.0)
    room = class_of(2)
    begin(room)
    races.go_on.set()
    until(lambda: room.seeds.of(room.code).ended)
    assert room.trainer.expected(20, 2) == "about 30 s here"
    assert room.trainer.expected(20, 3) == "about 60 s here"


# --- what is said ---


def ended(*pairs: tuple[float | None, float | None]) -> SeedRace:
    return SeedRace(20, len(pairs), False, (), dict(enumerate(pairs, start=1)))


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(10.0, 1.0), (12.0, 2.0), (11.0, 3.0)], "It excludes zero: the gap is unlikely to be chance."),
        ([(3.0, 1.0), (1.0, 3.0), (2.0, 2.5)], "It contains zero: these seeds do not settle which net is ahead."),
        ([(1.0, 3.0), (1.1, 3.0), (0.9, 3.0)], "in 0 of 3 seeds"),
        ([(3.0, 1.0)], "One seed cannot tell whether that is more than chance."),
        ([(None, 1.0), (3.0, 1.0), (4.0, 1.0)], "(1 diverged and is left out)"),
        ([(None, 1.0)], "There is no seed in which both nets ended with a number."),
    ],
)
def test_the_outcome_says_what_the_seeds_tell(pairs, said):
    assert said in seed_words.outcome(ended(*pairs))


def test_the_gap_and_its_interval_are_those_of_the_paired_difference():
    pairs = [(10.0, 1.0), (12.0, 2.5), (11.0, 3.0)]
    found = paired_difference([residual for _, residual in pairs], [plain for plain, _ in pairs])
    said = seed_words.outcome(ended(*pairs))
    assert found.mean > 0
    assert f"{signed(found.mean)} percentage points" in said
    assert f"from {signed(found.low)} to {signed(found.high)}" in said


def test_a_phone_hears_of_its_own_seed():
    race = SeedRace(20, 4, True, (2,), {1: (10.94, 1.25), 4: (None, 1.0)})
    assert seed_words.own(race, 1) == (
        "plain-20 gets 10.9 % of its training images wrong. residual-20 gets 1.2 % of its training images wrong."
    )
    assert seed_words.own(race, 2) == "It is being trained now."
    assert seed_words.own(race, 3) == "It waits for its turn."
    assert seed_words.own(race, 4).startswith("plain-20 has diverged.")
    assert "stopped" in seed_words.own(SeedRace(20, 4, False, (), {}), 3)


def test_a_phone_s_link_sets_up_its_own_race():
    link = seed_words.on_phone(ended((3.0, 1.0)), 1, False)["link"]
    found, notices = settings.read(RaceSettings, dict(parse_qsl(link.removeprefix("?"))))
    assert (found.race(), notices) == (race_of(20, 1), [])


# --- the routes ---


def test_a_class_trains_and_its_pages_are_answered_meanwhile(tmp_path, races):
    client = TestClient(rooms(tmp_path))
    opened = client.post("/class/rooms").json()
    where, leads = f"/class/rooms/{opened['code']}", {"Leader": opened["secret"]}
    assert client.put(f"{where}/seeds", headers=leads, json={"depth": 20}).status_code == 409  # nobody is there
    phones = [{"Learner": learner(k)} for k in range(3)]
    for who in phones:
        client.put(f"{where}/learner", headers=who)
    assert set(client.get(f"{where}/lead", headers=leads).json()["takes"]) == {str(depth) for depth in DEPTHS}
    for odd in ({"depth": 9}, {"depth": "20"}, {"depth": [20]}, {"depth": True}, {}):
        assert client.put(f"{where}/seeds", headers=leads, json=odd).status_code == 422
    assert client.put(f"{where}/seeds", headers=phones[0], json={"depth": 20}).status_code == 404
    assert client.put(f"{where}/seeds", headers=leads, json={"depth": 20}).status_code == 204
    until(lambda: len(races.begun) == AT_ONCE)
    shown = client.get(f"{where}/lead", headers=leads).json()
    assert (shown["phase"], shown["race"]["training"], shown["race"]["done"]) == ("seeds", [1, 2], [])
    said = [client.get(f"{where}/news", headers=who).json()["race"]["said"] for who in phones]
    assert said == ["It is being trained now."] * 2 + ["It waits for its turn."]
    assert client.delete(f"{where}/seeds", headers=phones[0]).status_code == 404
    assert client.delete(f"{where}/seeds", headers=leads).status_code == 204
    assert "Stopped: 0 of 3" in client.get(f"{where}/lead", headers=leads).json()["race"]["said"]
    races.go_on.set()
    client.put(f"{where}/seeds", headers=leads, json={"depth": 20})
    until(lambda: client.get(f"{where}/lead", headers=leads).json()["race"]["ended"])
    shown = client.get(f"{where}/lead", headers=leads).json()["race"]
    assert shown["done"] == [[k, *errors(k)] for k in (1, 2, 3)]
    assert "unlikely to be chance" in shown["said"]
    assert "unlikely to be chance" in client.get(f"{where}/news", headers=phones[2]).json()["race"]["outcome"]
