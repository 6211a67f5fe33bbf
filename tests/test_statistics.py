"""Paired differences against scipy's own interval, and against how often it covers the truth."""

import numpy as np
import pytest
from scipy import stats

from models.core.statistics import Difference, paired_difference


def test_interval_is_that_of_a_paired_t_test():
    a, b = (1.0, 2.5, 0.5, 4.0, 2.0), (3.0, 2.0, 4.5, 9.0, 2.5)
    found = paired_difference(a, b)
    expected = stats.ttest_rel(b, a).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.mean == pytest.approx(np.mean(b) - np.mean(a))


def test_the_interval_covers_the_true_difference_19_times_of_20():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(2000):
        common = rng.normal(size=5) * 10  # what a seed does to both lanes, and the pairing takes away
        found = paired_difference(tuple(common), tuple(common + 3 + rng.normal(size=5)))
        covered += found.low <= 3 <= found.high
    assert covered / 2000 == pytest.approx(0.95, abs=0.015)


def test_one_pair_has_no_interval_and_diverged_seeds_no_pair():
    assert paired_difference((1.0,), (4.0,)) == Difference(3.0, None, None, 1)
    assert paired_difference((1.0,), (4.0,)).real is None
    assert paired_difference((None, 1.0), (4.0, 2.0)).pairs == 1
    assert paired_difference((None,), (4.0,)) is None


def test_a_gap_is_real_when_the_interval_leaves_out_zero():
    assert paired_difference((1.0, 2.0, 1.5), (61.0, 70.0, 65.0)).real is True
    assert paired_difference((1.0, 2.0, 1.5), (2.0, 0.5, 1.6)).real is False
    assert paired_difference((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)).real is False
