"""Try this: the answers are true of the recorded races, which are those of the links."""

from __future__ import annotations

import json
from dataclasses import asdict
from urllib.parse import parse_qsl

import numpy as np

from models.core import artifacts
from models.deeper.exercises import NAME, RACES
from visuals.deeper.exercises import section, words
from visuals.deeper.race_settings import RaceSettings, settings_for
from visuals.page.settings import query, read

RUN = artifacts.load_run(NAME)
ERRORS = words.last_errors(RUN)
DIGITS = artifacts.load_run("race-digits"), artifacts.certificate("race-digits")


def test_the_answers_are_true_of_the_recorded_races():
    depths = ERRORS["depths"]
    assert all(max(depths[f"plain-{depth}"]) < 8 for depth in (8, 14, 20))
    assert all(max(depths["plain-8"]) < error for error in depths["plain-20"])
    assert min(depths["plain-32"]) > 15
    assert max(depths["plain-32"]) - min(depths["plain-32"]) > 20
    assert ERRORS["time"]["plain-56"][0] > 40
    assert ERRORS["time"]["residual-56"][0] < 1
    fast, slow = ERRORS["norm"], ERRORS["norm, slower"]
    assert max(fast["plain-8"]) < 5
    assert max(fast["plain-20"]) < 80
    assert min(fast["plain-8, no batch norm"]) > 85
    assert sorted(error is None for error in fast["plain-20, no batch norm"]) == [False, True]
    assert all(error > 85 for error in fast["plain-20, no batch norm"] if error is not None)
    assert 0 < np.isnan(RUN["norm train_error"][3]).argmax(1).max() < 20  # the step at which one diverges
    assert all(error < 25 for lane in slow.values() for error in lane)
    assert min(slow["plain-20, no batch norm"]) > max(slow["plain-20"])  # slower


def test_at_8_layers_the_shortcut_helps_a_little_over_all_recorded_pairs():
    said = words.numbers(ERRORS, DIGITS)
    assert said["PAIRS"] == "10"
    assert 0 < float(said["GAP_LOW"]) < float(said["GAP_MEAN"]) < 0.5


def test_the_tables_have_the_errors_of_all_seeds():
    certificate = artifacts.certificate("race-converged")
    tables = words.tables(ERRORS, certificate)
    assert list(tables) == list(words.TABLED)
    long = {name: certificate.metrics[name]["train_error"] for name in ("plain-20", "plain-56")}
    assert max(long["plain-20"]) < min(long["plain-56"])  # behind, with each of its seeds
    for error in (*long["plain-56"], *ERRORS["time"]["plain-56"]):
        assert f"{error:.1f}" in tables["time"]
    assert all(f"{error:.1f}" in tables["depths"] for seeds in ERRORS["depths"].values() for error in seeds)
    assert tables["norm"].count("diverged") == 1
    assert "<td>90.7 · diverged</td>" in tables["norm"]


def test_the_recorded_exercises_are_the_races_of_their_links():
    certificate = artifacts.certificate(NAME)
    for name in section.EXERCISES:
        link = dict(parse_qsl(query("deeper", "race", settings_for(RACES[name]))))
        settings, notices = read(RaceSettings, link)
        assert not notices
        assert settings.race() == RACES[name]
        assert json.loads(json.dumps(asdict(settings.race()))) == certificate.config["races"][name]
