"""Depth and the block: the chart and the table are those of the recorded race."""

from __future__ import annotations

import pytest

from models.core import artifacts
from visuals.deeper.depth.view import by_depth, depth_chart

RUN, CERTIFICATE = artifacts.load_run("race-digits"), artifacts.certificate("race-digits")


def test_the_chart_has_means_and_seeds_by_depth():
    final = RUN["train_error"][-1, 0, :, -1]  # plain-56, by seed
    shown = depth_chart(RUN, CERTIFICATE)["new"]
    assert shown["plain training"]["points"][-1] == (56, pytest.approx(final.mean(), abs=0.01))
    assert [y for x, y in shown["plain training seeds"]["points"] if x == 56] == pytest.approx(list(final), abs=0.01)


def test_before_the_guess_the_shallow_nets_alone_are_there():
    shown = depth_chart(RUN, CERTIFICATE, all_shown=False)
    assert {x for curve in shown["new"].values() for x, _ in curve["points"]} == {8}
    assert "rises" not in shown["label"]


def test_the_table_has_mean_and_range_of_the_seeds():
    for kind in ("train_error", "test_error"):
        for of_seeds in RUN[kind][:, :, :, -1].reshape(-1, RUN[kind].shape[2]):
            said = f"{of_seeds.mean():.1f} <small>({of_seeds.min():.1f} to {of_seeds.max():.1f})"
            assert said in by_depth(RUN, CERTIFICATE)


def test_what_is_said_of_depth_is_true():
    """The training error of the plain nets rises with depth; that of the residual nets stays close to zero."""
    plain, residual = (RUN["train_error"][:, kind, :, -1].mean(1) for kind in (0, 1))
    assert (plain[1:] > plain[:-1]).all()
    assert (residual < 2).all()
    assert abs(plain[0] - residual[0]) < 0.2
