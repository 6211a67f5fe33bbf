"""The paper's nets: printed numbers, and what is said of the recorded run."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from models.core import artifacts
from models.deeper import photographs
from models.train.deeper.cifar10 import Before, recorded_before
from visuals.deeper.cifar10 import view, words
from visuals.deeper.cifar10.section import RUN
from visuals.page.words import difference

CERTIFICATE = artifacts.certificate(RUN)


def errors(**ends: tuple[float, float]) -> dict[str, dict[str, float]]:
    """Training and test error by net: errors(plain_8=(5.0, 7.0))."""
    kinds = ("train_error", "test_error")
    return {name.replace("_", "-"): dict(zip(kinds, found, strict=True)) for name, found in ends.items()}


def test_the_paper_s_numbers_are_the_printed_ones_and_no_plain_one_is_invented():
    text = re.sub(r"<[^>]+>", " ", words.table_6(CERTIFICATE))
    assert words.TABLE_6 == {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}
    assert words.TABLE_2 == {18: (27.94, 27.88), 34: (28.54, 25.03)}
    assert "paper, plain" not in text
    for depth, error in words.TABLE_6.items():  # layers, counted weights, and right after them the paper's number
        assert re.search(rf"\b{depth}\s+[\d,]+\s+{error:.2f}\b", text)


def test_the_metrics_are_the_ends_of_the_curves():
    run = artifacts.load_run(RUN)
    assert set(CERTIFICATE.metrics) == set(photographs.NETS)
    for name, metrics in CERTIFICATE.metrics.items():
        for kind in ("train_error", "test_error"):
            assert metrics[kind] == pytest.approx(float(run[f"{name} {kind}"][-1]), abs=0.006)


def test_nets_trained_later_join_those_that_were_trained_in_the_same_way():
    names = [name for name in CERTIFICATE.metrics if name.endswith("-20")]
    before = recorded_before(names, CERTIFICATE.config, CERTIFICATE.data)
    assert set(before.metrics) == set(CERTIFICATE.metrics) - set(names) == {name.split()[0] for name in before.arrays}
    assert before.commands == (CERTIFICATE.command,)
    assert recorded_before(names, CERTIFICATE.config | {"epochs": 1}, CERTIFICATE.data) == Before({}, {})
    assert recorded_before(list(CERTIFICATE.metrics), CERTIFICATE.config, CERTIFICATE.data) == Before({}, {})


def test_a_net_that_ships_has_the_errors_of_its_run():
    for name, metrics in CERTIFICATE.metrics.items():
        kept = artifacts.certificate(f"{photographs.WEIGHTS}-{name}").metrics
        assert kept == {kind: metrics[f"kept_{kind}"] for kind in ("train_error", "test_error")}


@pytest.mark.parametrize(
    ("deep", "said"),
    [
        ((9.0, 9.5), "with 20 layers. With 56 its test error is 1.5 points higher, its training error 3.0 higher."),
        ((5.0, 9.0), "with 20 layers. With 56 its test error is 1.0 points higher, its training error 1.0 lower."),
        ((5.0, 6.0), "with 56 layers, the most that were trained."),
    ],
)
def test_the_sentence_follows_the_data(deep, said):
    found = errors(plain_8=(7.0, 9.0), plain_20=(6.0, 8.0), plain_56=deep)
    assert words.by_depth(found, "plain") == f"The plain net errs least {said}"


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ((8.2, 12.0), "hardly matters at 8 layers. At 20 it saves 4.0 points."),
        ((7.8, 12.0), "hardly matters at 8 layers. At 20 it saves 4.0 points."),
        ((9.0, 7.0), "saves 1.0 points at 8 layers. At 20 it costs 1.0 points."),
    ],
)
def test_what_the_shortcut_gains_is_said_whatever_it_is(plain, said):
    found = errors(plain_8=(0, plain[0]), residual_8=(0, 8.0), plain_20=(0, plain[1]), residual_20=(0, 8.0))
    assert words.between(found).endswith(said)


def test_a_difference_is_that_of_the_numbers_as_they_are_shown():
    found = errors(plain_20=(5.04, 21.6), plain_56=(8.06, 24.0))
    assert words.saved(errors(plain_20=(0, 21.63), residual_20=(0, 19.08)), 20) == "saves 2.5 points"
    assert "its training error 3.1 higher" in words.by_depth(found, "plain")


def test_the_sentences_have_the_differences_of_the_run():
    said = words.outcome(CERTIFICATE)
    ends = {name: metrics["test_error"] for name, metrics in CERTIFICATE.metrics.items()}
    for kind in ("plain", "residual"):
        best = min((name for name in ends if name.startswith(kind)), key=ends.get)
        assert f"The {kind} net errs least with {best.partition('-')[2]} layers" in said
        higher = difference(ends[f"{kind}-{photographs.DEPTHS[-1]}"], ends[best])
        assert not higher or f"its test error is {higher:.1f} points higher" in said


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((9.0, 8.0, 7.4), "So do ours, which go up to 56"),
        ((9.0, 8.0, 7.6), "Ours do up to 20; with 56 layers the error is about the same"),
        ((9.0, 8.0, 8.6), "Ours do up to 20; with 56 layers the error is higher"),
        ((9.0, 9.1, 7.0), "Ours do not: with 20 layers the error is about the same"),
    ],
)
def test_the_order_of_the_residual_nets_is_compared_with_the_paper_s(ends, said):
    found = errors(**{f"residual_{depth}": (0, end) for depth, end in zip((8, 20, 56), ends, strict=True)})
    assert words.order(replace(CERTIFICATE, metrics=found)) == {"ORDER": said}


def test_where_the_shallow_nets_end_level_is_said():
    apart = errors(plain_8=(0, 9.0), residual_8=(0, 8.0))
    assert words.level(replace(CERTIFICATE, metrics=apart)) == {"LEVEL": "On the digits"}
    close = errors(plain_8=(0, 8.2), residual_8=(0, 8.0))
    assert words.level(replace(CERTIFICATE, metrics=close)) == {"LEVEL": "On the digits and on CIFAR-10"}


def test_how_long_the_paper_trained_is_counted_in_epochs():
    assert words.given(replace(CERTIFICATE, config={"epochs": 12})) == {"EPOCHS": "12", "PAPER": "164"}


def test_the_first_chart_has_the_error_at_the_end_of_every_net_by_its_depth():
    shown = view.ends_chart(CERTIFICATE)
    for kind in ("plain", "residual"):
        for error, word in (("train_error", "training"), ("test_error", "test")):
            expected = [(depth, CERTIFICATE.metrics[f"{kind}-{depth}"][error]) for depth in photographs.DEPTHS]
            assert shown["new"][f"{kind} {word}"]["points"] == expected
    assert max(error for curve in shown["new"].values() for _, error in curve["points"]) <= shown["y"]["high"]


def test_the_chart_ends_with_the_run_s_numbers():
    run = artifacts.load_run(RUN)
    shown = view.cifar10_chart(run, CERTIFICATE)["new"]
    assert {id.partition(" ")[0] for id in shown} == set(photographs.NETS)
    for name in photographs.NETS:
        tests = shown[f"{name} test"]["points"]
        assert [epoch for epoch, _ in tests] == list(range(1, CERTIFICATE.config["epochs"] + 1))
        assert tests[-1][1] == pytest.approx(float(run[f"{name} test_error"][-1]), abs=0.001)
