"""Settings: they survive the way through an address to the last digit, and hostile links do no harm."""

from __future__ import annotations

import math
import random
from dataclasses import FrozenInstanceError, dataclass, fields
from urllib.parse import parse_qsl

import pytest

from visuals.page.lesson_link import told
from visuals.page.settings import Settings, changed, choice, control, number, query, read, several

LANES = ("plain-8", "plain-56", "residual-56", "plain-20 without batch norm")


@dataclass(frozen=True)
class Example(Settings):
    lanes: tuple[str, ...] = several(LANES[:2], LANES, most=4, label="lanes")
    steps: int = number(200, 10, 400, "steps")
    seed: int = number(5, -3, 2**32 - 1, "seed")
    rate: float = number(0.1, 1e-5, 3.0, "learning rate")
    data: str = choice("digits", ("digits", "cifar10", "é&=?#+ %"), "data")


def params(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))


def random_state(chance: random.Random) -> Example:
    return Example(
        lanes=tuple(chance.choices(LANES, k=chance.randint(1, 4))),
        steps=chance.randint(10, 400),
        seed=chance.randint(-3, 2**32 - 1),
        rate=math.exp(chance.uniform(math.log(1e-5), math.log(3))),
        data=chance.choice(("digits", "cifar10", "é&=?#+ %")),
    )


def in_range(state: Example) -> bool:
    return (
        1 <= len(state.lanes) <= 4
        and set(state.lanes) <= set(LANES)
        and isinstance(state.steps, int)
        and 10 <= state.steps <= 400
        and isinstance(state.seed, int)
        and -3 <= state.seed < 2**32
        and isinstance(state.rate, float)
        and 1e-5 <= state.rate <= 3
        and state.data in ("digits", "cifar10", "é&=?#+ %")
    )


# --- there and back ---


def test_a_thousand_states_come_back_exactly():
    chance = random.Random(0)
    for _ in range(1000):
        state = random_state(chance)
        assert read(Example, params(query("t", "s", state))) == (state, [])


@pytest.mark.parametrize("rate", [1e-5, 0.1 + 0.2, 1 / 3, 3.0, 2.5e-05, math.nextafter(3, 0), math.nextafter(1e-5, 1)])
def test_floats_come_back_to_the_last_bit(rate):
    state, _ = read(Example, params(query("t", "s", Example(rate=rate))))
    assert state.rate.hex() == rate.hex()


def test_a_link_carries_every_value_so_that_later_defaults_change_nothing():
    assert set(params(query("t", "s", Example()))) == {"tab", "at", *(f.name for f in fields(Example))}
    assert params(query("t", "s", Example()))["tab"] == "t"


def test_a_state_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Example().steps = 3


# --- what a link must not do ---


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"steps": "5"}, "steps", 10),
        ({"steps": "401"}, "steps", 400),
        ({"steps": "-9" * 60}, "steps", 200),
        ({"steps": "9" * 399}, "steps", 400),
        ({"steps": "9" * 5000}, "steps", 200),
        ({"steps": "20.0"}, "steps", 200),
        ({"steps": "1_00"}, "steps", 200),
        ({"steps": " 20"}, "steps", 200),
        ({"steps": "２０"}, "steps", 200),
        ({"steps": ""}, "steps", 200),
        ({"seed": "4294967296"}, "seed", 2**32 - 1),
        ({"rate": "nan"}, "rate", 0.1),
        ({"rate": "inf"}, "rate", 0.1),
        ({"rate": "1e999"}, "rate", 3.0),
        ({"rate": "-1e999"}, "rate", 1e-5),
        ({"rate": "0x1p3"}, "rate", 0.1),
        ({"rate": "1,5"}, "rate", 0.1),
        ({"rate": "."}, "rate", 0.1),
        ({"data": "<script>alert(1)</script>"}, "data", "digits"),
        ({"data": "DIGITS"}, "data", "digits"),
        ({"lanes": ""}, "lanes", LANES[:2]),
        ({"lanes": "residual-56,<script>"}, "lanes", ("residual-56",)),
        ({"lanes": ",".join(LANES[:1] * 9)}, "lanes", LANES[:1] * 4),
        ({"lanes": "plain-8," * 500}, "lanes", LANES[:2]),
    ],
)
def test_what_cannot_be_taken_is_clamped_or_left_and_told_in_one_sentence(given, name, value):
    state, notices = read(Example, given)
    assert state == Example(**{name: value})
    label = next(f.metadata["setting"].label for f in fields(Example) if f.name == name)
    assert len(notices) == 1
    assert label in notices[0]
    assert "<" not in notices[0]
    assert len(notices[0]) < 200


def test_right_values_are_taken_without_a_word():
    given = {"steps": "+20", "rate": ".5", "seed": "-3", "data": "cifar10", "lanes": "residual-56"}
    state = Example(steps=20, rate=0.5, seed=-3, data="cifar10", lanes=("residual-56",))
    assert read(Example, given) == (state, [])


def test_unknown_names_are_passed_over():
    assert read(Example, {"__theme": "dark", "take": "1", "__class__": "x", "step": "3"}) == (Example(), [])


def test_no_link_gets_anything_else_than_a_state_in_range():
    chance = random.Random(1)
    pieces = [
        "nan",
        "1e999",
        "-",
        "<script>",
        "${1}",
        "{{x}}",
        "\0",
        "é",
        "💥",
        ",",
        "on",
        "off",
        "plain-8",
        "7",
        "1e3",
        "e",
        ".",
    ]
    for _ in range(2000):
        given = {f.name: "".join(chance.choices(pieces, k=chance.randint(0, 4))) for f in fields(Example)}
        state, notices = read(Example, given)
        assert in_range(state)
        assert read(Example, params(query("t", "s", state))) == (state, [])
        assert not any("script" in notice or "💥" in notice for notice in notices)


def test_what_a_link_changes_is_told_in_words():
    state = Example(lanes=("plain-8", "residual-56"), steps=200, data="cifar10")
    assert changed(state, ("lanes", "steps", "data")) == ["lanes: plain-8, residual-56", "data: cifar10"]
    assert changed(Example(), params(query("deeper", "race", Example()))) == []


@dataclass(frozen=True)
class Named(Settings):
    data: str = choice("digits", {"digits": "scikit-learn's digits", "cifar10": "CIFAR-10 <b>"}, "Data")
    off: tuple[str, ...] = several(("none",), {"none": "nothing", "5b-1x1": "1×1 branch of 5b"}, 2, "switched off")


def test_a_choice_is_told_in_its_own_words_and_what_is_more_is_counted():
    (said,) = changed(Named(data="cifar10"), {"data"})
    assert said == "Data: CIFAR-10 <b>"
    assert changed(Named(off=("5b-1x1",)), {"off"}) == ["switched off: 1×1 branch of 5b"]
    assert told([], "race") == ""
    text = told([said, *"abcdefg"], '"race"')
    assert "CIFAR-10 &lt;b&gt;; a; b; c; d; e; and 2 more." in text
    assert 'data-at="&quot;race&quot;"' in text


class Unread(tuple[str, ...]):
    """As a list that takes seconds to read."""

    def __iter__(self):
        raise AssertionError("nobody needs it")


@dataclass(frozen=True)
class Long(Settings):
    data: str = choice("digits", Unread(("digits", "cifar10")), "Data")


def test_the_list_of_a_setting_is_not_read_for_a_control_that_has_its_own():
    assert control(Long, "data", dropdown=True, choices=["digits"]).choices == [("digits", "digits")]
