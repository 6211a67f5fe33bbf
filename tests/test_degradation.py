"""Tab 1: what it says and draws, and what its settings and its link stand for."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from itertools import pairwise
from types import SimpleNamespace
from urllib.error import URLError
from urllib.parse import parse_qsl

import gradio as gr
import numpy as np
import pytest

from models import artifacts
from models import race as module
from models.race import Lane, Point, Race
from visuals.components.chart import Level
from visuals.degradation import exercises, figures, linked, sentences, signal, tables
from visuals.degradation import race as section
from visuals.degradation.sentences import Result
from visuals.degradation.signal import LiveLayers
from visuals.degradation.state import FURTHER, LANES, ORDERS, State, code, controls_of, state_for, state_of
from visuals.links import query, read

DEFAULT = Race()
PLAIN_8, PLAIN_56, RESIDUAL_8, RESIDUAL_56 = DEFAULT.lanes
POINTS = 200 + 10  # training errors and test errors of a lane


def race(config: Race) -> list[Point]:
    return [event for event in module.race(config) if isinstance(event, Point)]


def result(*errors: float | None) -> Result:
    """One seed's training errors of the default lanes."""
    return Result(200, {lane: (error,) for lane, error in zip(DEFAULT.lanes, errors, strict=True)})


@pytest.fixture(scope="module")
def digits():
    return artifacts.load_run("races-digits"), artifacts.certificate("races-digits")


# --- words and numbers ---


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ((0.2, 66.5, 0.0, 0.3), ("plain-56 trains worse, as in the paper", "residual-56 trains about as well")),
        ((3.0, 4.9, 9.0, 3.0), ("plain-56 trains about as well", "residual-56 trains better than residual-8")),
        ((90.0, 89.5, 0.1, 0.2), ("neither plain-8 nor plain-56 has learned much", "does no harm")),
        ((4.5, 1.0, 1.0, 8.0), ("plain-56 trains better, unlike in the paper", "residual-56 trains worse than")),
        ((14.8, 78.9, 1.0, 2.0), ("plain-56 trains worse than plain-8",)),  # the shallow one is not done, either
    ],
)
def test_the_sentence_is_true_whatever_comes_out(errors, said):
    sentence = sentences.verdict(result(*errors))
    assert all(part in sentence for part in said)
    assert [float(n) for n in re.findall(r"([\d.]+) %", sentence)] == list(errors)


def test_a_diverged_net_is_called_so_and_compared_with_nothing():
    points = [
        Point(0, 200, (0.1,), (1.0,)), Point(1, 12, (None,)), Point(2, 200, (0.0,)), Point(3, 200, (0.2,))
    ]  # fmt: skip
    said = sentences.verdict(sentences.result_of(DEFAULT, {p.lane: p for p in points}))
    assert "plain-56 has diverged" in said
    assert "plain-56 trains" not in said
    assert "residual-56 trains about as well" in said
    assert "plain-56 diverged at step 12" in sentences.progress(DEFAULT, points[:2], seconds_left=9)


def test_seeds_that_diverged_are_counted_and_left_out_of_the_mean():
    lane = Lane(20, True, norm=False)
    said = sentences.verdict(Result(50, {lane: (10.0, None, 20.0)}))
    assert said.startswith(
        "residual-20, no batch norm gets 15.0 % of its training images wrong (1 of 3 seeds diverged)"
    )


def test_nets_without_batch_norm_are_not_compared_with_the_paper():
    lanes = (Lane(8, False, norm=False), Lane(20, False, norm=False))
    said = sentences.verdict(Result(50, dict(zip(lanes, ((10.0,), (90.0,)), strict=True))))
    assert "plain-20, no batch norm trains worse than plain-8, no batch norm" in said
    assert "paper" not in said


def test_a_guess_is_told_with_what_was_measured():
    measured = result(0.1, 70.0, 0.0, 1.0)
    said = sentences.guessed({"plain-56": 12, "residual-56": 2.5, "plain-20": 3}, measured)
    assert said == (
        "You guessed 12 % for plain-56; it is 70.0 %: 58 points too low. "
        "You guessed 2.5 % for residual-56; it is 1.0 %: about right. "
    )
    assert sentences.guessed(None, measured) == ""


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (((1.0, 2.0, 1.5), (61.0, 70.0, 65.0)), "leaves out zero: after 200 steps the gap is real"),
        (((1.0, 2.0, 1.5), (2.0, 0.5, 1.6)), "contains zero"),
        (((1.0,), (61.0,)), "+60.0 percentage points, from one seed"),
        (((None,), (61.0,)), "no seed in which both"),
    ],
)
def test_whether_a_gap_is_real_is_said_in_words(errors, said):
    assert said in sentences.gap(Result(200, dict(zip((PLAIN_8, PLAIN_56), errors, strict=True))), PLAIN_56, PLAIN_8)


def test_a_seed_that_diverged_is_marked_and_left_out_with_a_word():
    chart = figures.LiveChart(Race((PLAIN_8, PLAIN_56), steps=40, seeds=3))
    for event in (Point(0, 19, (1.0, 2.0, 3.0)), Point(0, 20, (1.0, 2.0, None), (2.0, 6.0, None))):
        chart.add(event)
    assert chart.news()["ended"] == {f"plain-8 {kind} seed 2": "diverged" for kind in ("training", "test")}
    assert "plain-8: 1 of 3 seeds diverged." in sentences.progress(chart.config, chart.last.values(), None)
    said = sentences.gap(Result(40, {PLAIN_8: (1.0, 2.0, None), PLAIN_56: (61.0, 70.0, 65.0)}), PLAIN_56, PLAIN_8)
    assert "in the mean of 2 seeds (1 of 3 seeds diverged and are left out), 95 % interval" in said


def test_what_is_said_of_the_gradients_is_true():
    run, certificate = artifacts.load_run("races-signal"), artifacts.certificate("races-signal")
    lanes = tuple(Lane(**lane) for lane in certificate.config["lanes"])
    said = signal.numbers(certificate, signal.recorded_looks(run, lanes))
    steps, (plain, residual) = run["0 steps"], (run[f"{lane} gradient"][:, 0] for lane in (0, 1))
    ratio = plain / residual
    weak = (steps > 1) & (steps <= int(said["BELOW"]))
    assert (ratio[weak] < 1).all()
    assert ratio[0] > 100  # it begins large
    assert ratio[-1] > 5  # and comes back
    assert ratio.min() == ratio[steps == int(said["LOW_STEP"])] == pytest.approx(1 / float(said["LOW_TIMES"]), rel=0.01)
    assert run["0 gradient"].min() > 1e-3  # never gone
    assert run["2 gradient"][:, 0].max() < 1e-3  # unlike without batch norm
    assert run["0 signal"][-1][:6].min() > run["0 signal"][-1][6:].max()  # strongest in the first layers
    last = run["0 train_error"][[149, 199]]
    assert 2 < last[0] - last[1] < 10  # in the last quarter it learns, slowly


def test_the_answers_are_true_of_the_recorded_races():
    errors = exercises.last_errors()
    depths = errors["depths"]
    assert all(max(depths[f"plain-{depth}"]) < 8 for depth in (8, 14, 20))
    assert all(max(depths["plain-8"]) < error for error in depths["plain-20"])
    assert min(depths["plain-32"]) > 15
    assert max(depths["plain-32"]) - min(depths["plain-32"]) > 20
    assert errors["time"]["plain-56"][0] > 40
    assert errors["time"]["residual-56"][0] < 1
    fast, slow = errors["norm"], errors["norm, slower"]
    assert max(fast["plain-8"]) < 5
    assert max(fast["plain-20"]) < 80
    assert min(fast["plain-8, no batch norm"]) > 85
    assert sorted(error is None for error in fast["plain-20, no batch norm"]) == [False, True]
    assert all(error > 85 for error in fast["plain-20, no batch norm"] if error is not None)
    bare = artifacts.load_run(exercises.NAME)["norm train_error"][3]
    assert 0 < np.isnan(bare).argmax(1).max() < 20  # the step at which one diverges
    assert all(error < 25 for lane in slow.values() for error in lane)
    said = exercises.numbers(errors)
    assert float(said["GAP_LOW"]) < 0 < float(said["GAP_HIGH"])
    assert -1 < float(said["GAP_MEAN"]) < 0


def test_the_recorded_exercises_are_the_races_of_their_links():
    certificate = artifacts.certificate(exercises.NAME)
    for name, state in exercises.EXERCISES.items():
        assert state.race() == exercises.RACES[name]
        assert json.loads(json.dumps(asdict(state.race()))) == certificate.config["races"][name]
    for race in exercises.BACKGROUND.values():
        assert state_for(race).race() == race


def test_progress_says_the_time_left_once_the_pace_is_known(monkeypatch):
    now = iter((100.0, 106.0))
    monkeypatch.setattr("time.perf_counter", lambda: next(now))
    chart = figures.LiveChart(DEFAULT)
    chart.add(Point(0, 5, (10.0,)))  # at 100 s
    said = sentences.progress(DEFAULT, chart.last.values(), chart.seconds_left)
    assert said.startswith('<p class="told">Training: step 5 of 200.')
    chart.add(Point(0, 25, (10.0,)))
    said = sentences.progress(DEFAULT, chart.last.values(), chart.seconds_left)
    assert "step 25 of 200, about 52 s left" in said  # 20 steps in 6 s


def test_recorded_numbers_in_words_chart_and_table_are_those_of_the_run(digits):
    run, certificate = digits
    final = run["train_error"][-1, 0, :, -1]  # plain-56, by seed
    recorded = sentences.recorded_result(run, certificate, DEFAULT)
    assert f"plain-56 gets {final.mean():.1f} % wrong" in sentences.recorded_outcome(recorded, certificate)
    assert f"{final.mean():.1f} <small>({final.min():.1f} to {final.max():.1f})" in tables.by_depth(run, certificate)
    new = figures.recorded_chart(run, certificate, DEFAULT)["new"]
    step, error = new["plain-56 training"]["points"][-1]
    assert (step, error) == (200, pytest.approx(final.mean(), abs=0.01))
    assert [e for _, e in new["plain-56 training seeds"]["points"]] == pytest.approx(list(final), abs=0.01)
    assert new["plain-56 training seed 3"]["points"][-1] == (200, pytest.approx(final[3], abs=0.01))
    by_depth = figures.depth_chart(run, certificate)["new"]
    assert by_depth["plain training"]["points"][-1] == (56, pytest.approx(final.mean(), abs=0.01))


def test_before_a_guess_nothing_of_the_deep_nets_is_sent():
    chart, said = section.opening(None, all_shown=False)
    assert "plain-8" in json.dumps(chart)
    assert "-56" not in json.dumps(chart)
    assert not re.search(r"-56 (gets|trains)", said)
    assert "-56 gets" in section.opening(None, all_shown=True)[1]


def test_live_points_land_on_the_curves_that_they_belong_to_and_are_sent_once():
    chart = figures.LiveChart(Race(DEFAULT.lanes, steps=21))
    chart.expect((Level("your guess: plain-56", 3, "red"),))
    run = chart.start()["run"]
    assert chart.start()["levels"][0]["at"] == 3
    for event in (Point(1, 20, (81.25,), (90.0,)), Point(2, 20, (3.5,), None)):
        chart.add(event)
    value = chart.news()
    assert value["new"] == {
        "plain-56 training": {"start": 0, "points": [(20, 81.25)]},
        "plain-56 test": {"start": 0, "points": [(20, 90.0)]},
        "residual-8 training": {"start": 0, "points": [(20, 3.5)]},
    }
    assert value["run"] == run
    assert {series["id"] for series in value["series"]} >= set(value["new"])
    chart.add(Point(1, 21, (None,)))
    chart.add(Point(2, 21, (3.25,), (4.0,)))
    assert not chart.finished  # two lanes have not said a word yet
    chart.add(Point(0, 21, (1.0,), (2.0,)))
    chart.add(Point(3, 21, (1.0,), (2.0,)))
    assert chart.finished
    last = chart.news()
    assert last["new"]["residual-8 training"] == {"start": 1, "points": [(21, 3.25)]}
    assert "plain-56 training" not in last["new"]
    assert last["ended"] == {"plain-56 training": "diverged", "plain-56 test": "diverged"}


def test_with_several_seeds_the_curve_is_their_mean_and_each_has_a_thread_and_a_dot():
    chart = figures.LiveChart(Race((PLAIN_8,), steps=20, seeds=3))
    chart.add(Point(0, 19, (1.0, 2.0, None)))
    chart.add(Point(0, 20, (1.0, 4.0, None), (2.0, 6.0, None)))
    new = {name: part["points"] for name, part in chart.news()["new"].items()}
    assert new["plain-8 training"] == [(19, 1.5), (20, 2.5)]
    assert new["plain-8 training seed 1"] == [(19, 2.0), (20, 4.0)]
    assert [y for _, y in new["plain-8 test seeds"]] == [2.0, 6.0]
    assert "plain-8 training seed 2" not in new


def test_layers_are_sent_by_look_and_a_look_that_was_not_whole_is_sent_again():
    config = Race((PLAIN_8, RESIDUAL_8), steps=10)
    layers = LiveLayers(config)
    points = race(config)
    layers.add(points[0])
    (first, _), (whole, gradient) = layers.news(), (layers.add(points[1]), layers.news())[1]
    assert first["moments"]["start"] == whole["moments"]["start"] == 0
    assert [set(curves) for _, curves in first["moments"]["new"]] == [{"plain-8"}]
    ((step, curves),) = whole["moments"]["new"]
    assert (step, set(curves)) == (1, {"plain-8", "residual-8"})
    assert [y for _, y in curves["residual-8"]] == pytest.approx(points[1].layers.signal, rel=1e-3)
    assert [y for _, y in gradient["moments"]["new"][0][1]["plain-8"]] == pytest.approx(
        points[0].layers.gradient, rel=1e-3
    )
    for point in points[2:]:
        layers.add(point)
    assert [step for step, _ in layers.news()[0]["moments"]["new"]] == [1, 10]


def test_the_paper_s_numbers_are_the_printed_ones_and_no_plain_one_is_invented():
    cifar10 = artifacts.certificate("races-cifar10")
    text = re.sub(r"<[^>]+>", " ", tables.table_6(cifar10))
    assert tables.TABLE_6 == {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}
    assert tables.TABLE_2 == {18: (27.94, 27.88), 34: (28.54, 25.03)}
    assert "paper, plain" not in text
    for depth, error in tables.TABLE_6.items():  # layers, counted weights, and right after them the paper's number
        assert re.search(rf"\b{depth}\s+[\d,]+\s+{error:.2f}\b", text)


# --- settings and links ---


def test_every_state_comes_back_from_its_controls_and_from_its_link():
    assert len(LANES) == 9 * 2 * 2 * 3
    for lanes in (("plain-8",), ("residual-20-nobn", "plain-56-nobn-small"), ("plain-14-xavier", *State().lanes[:3])):
        state = State(True, lanes, 120, 77, 3, 0.3, "digits")
        assert state_of(controls_of(state)) == state
        assert read(State, dict(parse_qsl(query(state, "deeper"))), "deeper") == (state, [])
        assert [code(lane) for lane in state.race().lanes] == list(lanes)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (-4, None, "seed must be a whole number"),
        (-4, 1.5, "seed must be a whole number"),
        (-4, float("nan"), "seed must be a whole number"),
        (-4, -1, "seed must be between"),
        (-4, 2**40, "seed must be between"),
        (-4, "1", "seed must be a whole number"),
        (-4, 10**400, "seed must be between"),
        (-2, None, "learning rate must be a number"),
        (-2, float("nan"), "learning rate must be a number up to 10"),
        (-2, 10**400, "learning rate must be a number up to 10"),
        (-2, 0, "learning rate must be between"),
        (-3, 6, "number of seeds must be between 1 and 5"),
        (-5, 10**6, "steps must be between"),
        (1, 9, "depth must be one of"),
        (3, "zeros", "initialisation must be one of"),
        (5, 8, "two lanes are the same net"),
        (1, 8.5, "depth must be a whole number"),
        (-1, "mnist", "data must be one of"),
        (-1, [], "data must be chosen"),
    ],
)
def test_impossible_settings_are_refused_in_words(place, value, sentence):
    controls = controls_of(State())
    controls[place] = value
    with pytest.raises(ValueError, match=sentence):
        state_of(controls)
    first = next(section.live(SimpleNamespace(session_hash="x"), None, section.Visit(), *controls))
    assert sentence in first[2]
    assert sentence in linked.link_of(True, *controls, *[None] * len(FURTHER))["problem"]


@pytest.mark.parametrize(
    ("race", "sentence"),
    [
        ("lanes=plain-8,plain-8", "two lanes are the same net"),
        ("lanes=plain-56,residual-56,plain-56-nobn,residual-56-nobn&steps=1000&seeds=5", "times as much work"),
        ("lanes=plain-8&data=cifar10&steps=1000&seeds=5", "times as much work"),
    ],
)
def test_a_link_to_an_impossible_race_says_why_and_sets_everything_else(race, sentence):
    text = f"tab=deeper&predict=off&grid=13&order={ORDERS[1]}&first=4&second=3&{race}"
    set_by_link = linked.restore(SimpleNamespace(query_params=dict(parse_qsl(text))))
    _, said, card, asks, gap, *_ = set_by_link
    assert said.count('class="notice"') == 1
    assert sentence in said
    assert (card["state"], asks) == ("off", False)
    assert "residual-56 minus that of residual-8" in gap
    assert set_by_link[5 : -len(FURTHER) - 1] == tuple(controls_of(State()))


@pytest.mark.parametrize(
    ("race", "said"), [("", None), ("&lanes=plain-8,plain-56", "This link sets up a race"), ("&seed=x", "seed")]
)
def test_a_link_that_asks_leaves_the_answer_of_a_quick_visitor(race, said):
    chart, status, card, *_ = linked.restore(SimpleNamespace(query_params=dict(parse_qsl(f"tab=deeper{race}"))))
    assert chart == card == gr.skip()
    assert status == gr.skip() if said is None else said in status


def test_a_guess_made_while_the_race_waits_is_kept_and_one_taken_back_is_not():
    visit, visitor, settings = section.Visit(), SimpleNamespace(session_hash="x"), controls_of(State())
    guesses = {"plain-56": 3.0, "residual-56": 40.0}
    urged = section.question() | {"state": "urged"}
    race = section.live(visitor, urged, visit, *settings)
    section.guess(section.question(guesses), {"run": figures.RECORDED_RUNS[0]}, visit)  # before its turn has come
    card, *_ = next(race)
    assert "state" not in card  # it stays as the guess has left it
    _, chart, *_ = next(race)
    assert "your guess: plain-56" in json.dumps(chart)
    race.close()

    asks = section.live(visitor, section.question(), visit, *settings)
    card, *_ = next(asks)
    assert card["state"] == "urged"
    race = section.live(visitor, card, visit, *settings)
    card, *_ = next(race)
    assert card["state"] == "skipped"
    _, chart, *_ = next(race)
    assert "your guess" not in json.dumps(chart)
    race.close()


def test_the_lanes_of_the_gap_stay_chosen_where_the_race_has_them():
    two = Result(200, {PLAIN_8: (1.0,), PLAIN_56: (70.0,)})
    assert [chosen["value"] for chosen in section.lanes_to_compare(two, 1, 2)[:2]] == [1, 2]
    assert [chosen["value"] for chosen in section.lanes_to_compare(two, 4, 3)[:2]] == [2, 1]


def test_without_cifar10_on_this_machine_the_race_says_so(monkeypatch, tmp_path):
    monkeypatch.delenv("CIFAR10_DIR", raising=False)
    monkeypatch.setattr("models.data.CACHE", tmp_path)
    first = next(
        section.live(SimpleNamespace(session_hash="x"), None, section.Visit(), *controls_of(State(data="cifar10")))
    )
    assert "CIFAR-10 is not on this machine" in first[2]


def test_a_download_that_fails_says_so_and_leaves_nothing(monkeypatch, tmp_path):
    def offline(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setattr("models.data.CACHE", tmp_path)
    monkeypatch.setattr("torchvision.datasets.cifar.download_and_extract_archive", offline)
    said = section.fetch()
    assert "CIFAR-10 could not be downloaded" in said
    assert "notice" in said
    assert not list(tmp_path.rglob("*.tar.gz"))


def test_what_was_lost_on_the_way_is_there_at_the_end():
    chart = figures.LiveChart(Race((PLAIN_8,), steps=20))
    for point in race(chart.config):
        chart.add(point)
        chart.news()
    assert chart.news()["new"] == {}
    assert [x for x, _ in chart.whole()["new"]["plain-8 training"]["points"]] == list(range(1, 21))


@pytest.mark.parametrize("link", exercises.BACKGROUND)
def test_the_races_of_the_background_end_far_apart(link):
    """From left to right each net does clearly worse than the one before."""
    last = {point.lane: point.train_error[0] for point in race(exercises.BACKGROUND[link])}
    ends = [last[lane] for lane in sorted(last)]
    assert ends[0] < 10
    assert all(better + 10 < worse for better, worse in pairwise(ends)), ends
