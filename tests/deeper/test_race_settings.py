"""The race's settings and links, and what a visitor's guess and race leave."""

from __future__ import annotations

import json
from types import SimpleNamespace
from urllib.error import URLError
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from models.core import artifacts
from models.deeper.exercises import RACES
from models.deeper.race import Point, Race
from visuals.components import predict
from visuals.deeper.lanes import LANES, code, seeds_in_words
from visuals.deeper.race import card, section
from visuals.deeper.race.recorded import pace
from visuals.deeper.race.view import LiveRace
from visuals.deeper.race_settings import CONTROLS, RaceSettings, part, settings_for, settings_of, values_of
from visuals.page.live.pace import Pace
from visuals.page.settings import query, read
from visuals.page.words import duration

PLAIN_8, PLAIN_56, *_ = Race().lanes


def visitor(name: str) -> SimpleNamespace:
    return SimpleNamespace(session_hash=name)


def controls(**settings: object) -> list[object]:
    """What the controls are set to, in their order."""
    values = values_of(RaceSettings(**settings))
    return [values[name] for name in CONTROLS]


def test_every_setting_comes_back_from_its_controls_and_from_its_link():
    assert len(LANES) == 9 * 2 * 2 * 3
    for lanes in (
        ("plain-8",),
        ("residual-20-nobn", "plain-56-nobn-small"),
        ("plain-14-xavier", *RaceSettings().lanes[:3]),
    ):
        settings = RaceSettings(lanes, 120, 77, 3, 0.3, "digits", 4, 1)
        named = settings_of(values_of(settings))
        assert named == RaceSettings(lanes, 120, 77, 3, 0.3, "digits")  # the gap's lanes are no part of the race
        assert read(RaceSettings, dict(parse_qsl(query("deeper", "race", settings)))) == (settings, [])
        assert [code(lane) for lane in settings.race().lanes] == list(lanes)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("seed", None, "First seed must be a whole number"),
        ("seed", 1.5, "First seed must be a whole number"),
        ("seed", float("nan"), "First seed must be a whole number"),
        ("seed", -1, "First seed must be a number from 0"),
        ("seed", 2**40, "First seed must be a number from 0"),
        ("seed", "1", "First seed must be a whole number"),
        ("learning_rate", None, "Learning rate, up to 10 must be a number"),
        ("learning_rate", float("nan"), "must be a number from"),
        ("learning_rate", 0, "must be a number from"),
        ("seeds", 6, "Number of seeds must be a number from 1 to 5"),
        ("steps", 10**6, "Steps must be a number from"),
        (part(1, "layers"), 9, "Layers must be one of"),
        (part(1, "layers"), 8.5, "Layers must be one of"),
        (part(1, "layers"), [], "Layers must be one of"),
        (part(1, "init"), "zeros", "First weights must be one of"),
        (part(2, "layers"), 8, "two lanes are the same net"),
        ("data", "mnist", "Choose one of the list for data"),
        ("data", [], "Choose one of the list for data"),
    ],
)
def test_impossible_settings_are_refused_in_words(name, value, sentence):
    values = values_of(RaceSettings()) | {name: value}
    with pytest.raises(ValueError, match=sentence):
        settings_of(values)
    *_, said, _ = next(section.live(visitor("refused"), None, *(values[each] for each in CONTROLS)))
    assert sentence in said
    with pytest.raises(ValueError, match=sentence):
        section.written(values)


def test_no_net_at_all_is_no_race():
    with pytest.raises(ValueError, match="1 to 4 lanes"):
        settings_of(values_of(RaceSettings()) | {part(lane, "kind"): "no net" for lane in range(1, 5)})


def test_what_a_link_writes_is_what_it_read():
    settings = RaceSettings(("plain-8", "residual-14"), 60, 3, 2, 0.05, "digits", 2, 1)
    written = section.written(values_of(settings))
    assert RaceSettings(**written) == settings


@pytest.mark.parametrize(
    ("lanes", "more", "sentence"),
    [
        (("plain-8", "plain-8"), {}, "two lanes are the same net"),
        (("plain-8",), {"data": "cifar10", "steps": 1000, "seeds": 5}, "times as much work"),
    ],
)
def test_a_link_to_an_impossible_race_says_why(lanes, more, sentence):
    off = card.question(how="off")
    *_, said, takes = section.linked(visitor("linked"), off, *controls(lanes=lanes, **more))
    assert said.count('class="notice"') == 1
    assert sentence in said
    assert takes == gr.skip()


def test_the_time_of_a_links_race_counts_its_seeds_and_lanes():
    exercise = values_of(settings_for(RACES["chance"]))
    *_, takes = section.linked(visitor("linked"), card.question(), *(exercise[name] for name in CONTROLS))
    assert RACES["chance"].work == (8 + 8) * 5 * RACES["chance"].steps * 64
    assert takes == section.takes_words(RACES["chance"])
    assert seeds_in_words(RACES["chance"]).capitalize() in takes
    assert pace().expected(RACES["chance"].work) in takes


def test_a_link_that_asks_leaves_the_answer_of_a_quick_visitor():
    columns, chart, said, _ = section.linked(
        visitor("linked"), card.question(), *controls(lanes=("plain-8", "plain-56"))
    )
    assert columns == chart == gr.skip()
    assert "This link sets up a race" in said
    assert section.linked(visitor("linked"), card.question(), *controls())[:3] == (gr.skip(),) * 3


def test_a_link_that_does_not_ask_shows_everything():
    _, chart, said, _ = section.linked(visitor("linked"), card.question(how="off"), *controls())
    assert "plain-56 training" in chart["new"]
    assert "plain-56 trains worse than plain-8" in said


def test_a_guess_made_while_the_race_waits_is_kept_and_one_taken_back_is_not():
    me, guesses = visitor("waits"), {"plain-56": 3.0, "residual-56": 40.0}
    urged = card.question() | {"state": "urged"}
    race = section.live(me, urged, *controls())
    section.guess(predict.card(card.QUESTION, card.GUESSED, guesses), me)  # before its turn has come
    first, *_ = next(race)
    assert "state" not in first  # it stays as the guess has left it
    _, _, chart, *_ = next(race)
    assert "your guess: plain-56" in json.dumps(chart)
    race.close()

    asks = section.live(me, card.question(), *controls())
    first, *_ = next(asks)
    assert first["state"] == "urged"
    race = section.live(me, first, *controls())
    first, *_ = next(race)
    assert first["state"] == "skipped"
    _, _, chart, *_ = next(race)
    assert "your guess" not in json.dumps(chart)
    race.close()


def test_the_lanes_of_the_gap_stay_chosen_where_the_race_has_them():
    me = visitor("gap")
    live = section.visit_of(me).live = LiveRace(Race((PLAIN_8, PLAIN_56)), 7)
    assert section.lanes_to_compare(1, 2, me) == (gr.skip(),) * 3  # it has not ended
    for lane, error in enumerate((1.0, 70.0)):
        live.add(Point(lane, 200, (error,), (error,)))
    assert [chosen["value"] for chosen in section.lanes_to_compare(1, 2, me)[:2]] == [1, 2]
    assert [chosen["value"] for chosen in section.lanes_to_compare(4, 3, me)[:2]] == [2, 1]


def test_the_time_is_told_before_the_button_is_pressed_from_the_last_run_here():
    pace, other, third = (Pace(artifacts.certificate("signal-digits"), 55) for _ in range(3))
    assert pace.expected(30) == "Takes about 30 s where it was recorded (CPU, 2 cores)."
    pace.note(10, 25.0)
    assert pace.expected(40) == "Takes about 2 minutes on this machine, by the last run."
    assert other.expected(30) == "Takes about 75 s here, going by another run."
    other.note(30, 15.0)
    assert third.expected(30) == "Takes about 30 s where it was recorded (CPU, 2 cores)."  # no shorter than it may be
    assert [duration(s) for s in (0.2, 7.6, 52, 99, 150)] == ["1 s", "8 s", "50 s", "100 s", "2 minutes"]
    assert "Takes about" in section.expected(*controls())
    assert "notice" in section.expected(*controls(lanes=("plain-8", "plain-8")))


# --- CIFAR-10 ---


def test_without_cifar10_on_this_machine_the_race_says_so(monkeypatch, tmp_path):
    monkeypatch.delenv("CIFAR10_DIR", raising=False)
    monkeypatch.setattr("models.core.data.CACHE", tmp_path)
    *_, said, _ = next(section.live(visitor("without"), None, *controls(data="cifar10")))
    assert "CIFAR-10 is not on this machine" in said


def test_a_download_that_fails_says_so_and_leaves_nothing(monkeypatch, tmp_path):
    def offline(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setattr("models.core.data.CACHE", tmp_path)
    monkeypatch.setattr("torchvision.datasets.cifar.download_and_extract_archive", offline)
    said = section.fetch()
    assert "CIFAR-10 could not be downloaded" in said
    assert "notice" in said
    assert not list(tmp_path.rglob("*.tar.gz"))
