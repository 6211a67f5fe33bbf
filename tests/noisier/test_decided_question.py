"""When is it decided: what is asked was measured, a guess is held against that, and the words follow the data."""

from __future__ import annotations

import numpy as np
import pytest

from models.core import artifacts
from models.noisier.decided import Split
from models.noisier.reverse_chains import Row
from visuals.noisier.decided import question, words
from visuals.noisier.settings import NETWORKS

LEGIBLE, DECIDED = artifacts.certificate("legible-mnist"), artifacts.certificate("decided-mnist")
SHARES = question.curves(artifacts.load_run("legible-mnist"), DECIDED)
PIXELS = np.zeros((8, 32, 32, 1), np.uint8)
CURVES = {"told": "predicted", "decided": "kept"}  # a guess, and the curve that answers it


@pytest.mark.parametrize("asked", question.ASKED, ids=lambda asked: asked.id)
def test_the_right_guess_is_where_the_curve_crosses_one_half(asked):
    low, high = question.outcome(SHARES, LEGIBLE, DECIDED).found[asked.id]
    share = dict(SHARES[CURVES[asked.id]])
    assert share[low] > question.HALF >= share[high]
    near = f"near enough. We measured at {low} and {high}, and the limit lies between"
    for guess, verdict in (
        (low, near),
        (high, near),
        (low - 30, "30 below that"),
        (high + 20, "20 above that"),
    ):
        said = question.sentence(SHARES, {one.id: guess for one in question.ASKED}, LEGIBLE, DECIDED)
        assert f"between t = {low} and {high}" in said
        assert f"You said {guess}: {verdict}." in said


def test_each_thing_is_asked_in_one_line_and_answered_by_the_same_name():
    lines, said = question.QUESTION.splitlines(), question.sentence(SHARES, None, LEGIBLE, DECIDED)
    assert len(lines) == len(question.ASKED)
    for line, asked, answer in zip(lines, question.ASKED, ("most digits can be read", "it is decided"), strict=True):
        way = line.split(":")[0]
        assert asked.label.split()[0] in line
        assert line.count("?") == 1
        assert set(answer.split()) <= set(line[:-1].split())
        assert f"{way}: " in said
        assert answer in said


def test_the_numbers_beside_the_curves_begin_where_something_is_seen():
    start = question.picture(SHARES, None)["start"]
    assert all(share > 50 for share in (dict(SHARES["predicted"])[start], dict(SHARES["kept"])[start]))


@pytest.mark.parametrize(
    ("same", "said"),
    [([0, 1, 4, 8], ""), ([0, 0, 8, 8], ""), ([0, 4, 1, 8], "From t = 500 fewer do than from t = 750")],
)
def test_fewer_that_end_alike_from_a_later_moment_are_spoken_of(same, said):
    found = words.out_of_order((1000, 750, 500, 250), same)
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("same", "said"), [(0, "0 of 8 continuations end as 9 too"), (1, "1 of 8 continuations ends as 9 too")]
)
def test_one_continuation_ends_and_several_end(same, said):
    config, own = Split(), Row(0, 1, 1, PIXELS, ((9, 0.9),))
    rows = [Row(1 + k, 1, 1, PIXELS, ((9, 0.9),) * same + ((1, 0.9),) * (8 - same)) for k in range(len(config.times))]
    found = words.split_sentence(config, [own, *rows], tuple("0123456789"))
    assert said in found
    assert found.endswith("1 does." if same == 1 else "0 do.")


@pytest.mark.parametrize("network", NETWORKS)
def test_in_the_chain_that_is_shown_it_is_decided_step_by_step(network):
    run, certificate = artifacts.load_run(f"decided-{network}"), artifacts.certificate(f"decided-{network}")
    same = (run["classes"] == run["chain_classes"].item()).sum(1).tolist()
    assert same == sorted(same)
    assert same[-1] > 4 > same[0]
    assert words.out_of_order(tuple(certificate.config["times"]), same) == ""


def test_what_is_said_of_photographs_follows_from_their_chains():
    certificates = {name: artifacts.certificate(f"decided-{name}") for name in NETWORKS}
    said = words.of_photographs(certificates)
    kept = {int(t): metrics["class_kept"] for t, metrics in certificates["cifar10"].metrics.items()}
    assert f"from t = {words.decided_from(certificates['cifar10'])} down" in said
    assert all((share > 50) == (t <= words.decided_from(certificates["cifar10"])) for t, share in kept.items())
    assert "decided later" in said
    turned = dict(zip(certificates, reversed(certificates.values()), strict=True))
    assert "decided earlier" in words.of_photographs(turned)
    assert "decided about as late" in words.of_photographs(dict.fromkeys(NETWORKS, certificates["mnist"]))
