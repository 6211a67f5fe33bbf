"""Numbers in words."""

from __future__ import annotations

import math

import pytest

from visuals.page.words import difference, fixed, named, number, percent, power, signed, whole


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1325.0, "1,325"),
        (0.0123, "0.0123"),
        (2.19, "2.19"),
        (9.997, "10.0"),
        (9.97e-5, "1.0 · 10⁻⁴"),
        (6.7e-10, "6.7 · 10⁻¹⁰"),
        (3.8e7, "3.8 · 10⁷"),
        (-2.5e6, "−2.5 · 10⁶"),
        (-0.0123, "−0.0123"),
        (0, "0"),
        (math.nan, "no finite number"),
        (math.inf, "no finite number"),
    ],
)
def test_three_digits_or_a_power_of_ten(value, said):
    assert number(value) == said


@pytest.mark.parametrize(("value", "said"), [(2.69e-5, "2.7 · 10⁻⁵"), (1e-5, "1 · 10⁻⁵"), (9.97e-5, "1 · 10⁻⁴")])
def test_powers_of_ten_without_a_last_zero(value, said):
    assert power(value, plain=True) == said


def test_so_many_decimals_have_a_true_minus():
    assert (fixed(-0.007, 3), fixed(1325, 1)) == ("−0.007", "1,325.0")


def test_limits_can_be_others():
    assert (number(51446.0, largest=1e5), number(0.0005, smallest=1e-4)) == ("51,446", "0.000500")


def test_a_difference_is_that_of_the_numbers_as_they_are_shown():
    assert (difference(21.63, 19.08), difference(0.04, 0.56), difference(3.149, 1.151, 2)) == (2.5, -0.6, 2.0)


def test_what_stays_whole_is_no_part_of_an_address():
    link = "[Train plain-8](?tab=deeper&lanes=plain-8%2Cplain-56)"
    assert whole(link) == link.replace("plain-8]", '<span class="whole">plain-8</span>]')


def test_shares_signs_and_lists():
    assert (percent(0.21849), signed(-0.25), signed(1.254), signed(-4.84, 1)) == ("21.8 %", "−0.25", "+1.25", "−4.8")
    assert [named(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
