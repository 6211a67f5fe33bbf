"""Which races there can be."""

from __future__ import annotations

import pytest

from models.deeper.exercises import RACES
from models.deeper.nets import Lane
from models.deeper.race import Race
from visuals.deeper.exercises.section import EXERCISES

PLAIN_8, PLAIN_56, RESIDUAL_8, RESIDUAL_56 = Race().lanes


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"lanes": ()}, "1 to 4 lanes"),
        ({"lanes": (*Race().lanes, PLAIN_8)}, "1 to 4 lanes"),
        ({"steps": 0}, "steps must be between 1 and 1000, not 0"),
        ({"steps": 1001}, "steps must be"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 2**31}, "seed must be"),
        ({"seeds": 0}, "number of seeds must be between 1 and 5, not 0"),
        ({"learning_rate": float("nan")}, "learning rate must be between 1e-05 and 10"),
        ({"data": "mnist"}, "data must be one of digits, cifar10"),
        ({"lanes": (PLAIN_8, PLAIN_8)}, "two lanes are the same net"),
    ],
)
def test_impossible_races_are_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        Race(**wrong)


DEEPEST = (PLAIN_56, RESIDUAL_56, Lane(56, False, init="small"), Lane(56, True, init="small"))


@pytest.mark.parametrize(
    "large",
    [
        {"lanes": DEEPEST, "steps": 400, "seeds": 5},
        {"lanes": (PLAIN_8, PLAIN_56, RESIDUAL_56), "steps": 1000},
        {"lanes": (Lane(20, False), Lane(20, True)), "steps": 300, "data": "cifar10"},
        {"lanes": (RESIDUAL_56,), "steps": 500, "data": "cifar10"},
    ],
)
def test_a_race_of_some_minutes_is_allowed(large):
    assert Race(**large).work > Race().work


def test_every_exercise_of_the_page_is_allowed():
    assert all(RACES[name].steps for name in EXERCISES)  # refused races raise


@pytest.mark.parametrize(
    ("endless", "sentence"),
    [
        (
            {"lanes": DEEPEST, "steps": 1000, "seeds": 5},
            "2.4 times as much .* fewer nets, layers, seeds or steps$",
        ),
        ({"lanes": DEEPEST, "steps": 1000, "seeds": 5, "data": "cifar10"}, "38.2 times .* or the digits$"),
        ({"steps": 1000, "data": "cifar10"}, "4.4 times as much work"),
    ],
)
def test_a_race_of_hours_is_refused_with_what_to_reduce(endless, sentence):
    with pytest.raises(ValueError, match=sentence):
        Race(**endless)


@pytest.mark.parametrize("depth", [2, 9, 62, 110, 5000])
def test_impossible_depths_are_refused(depth):
    with pytest.raises(ValueError, match="depth must be one of 8, 14, 20"):
        Lane(depth, skip=True)
