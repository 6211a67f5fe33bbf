"""The recorded races: what the section opens on, the one to convergence, and the gap between two lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np

from models.core import artifacts
from models.deeper.nets import Lane
from models.deeper.race import Race
from visuals.components.chart import Chart
from visuals.components.net_columns import NetColumns
from visuals.deeper.curves import seeds_of
from visuals.deeper.race import view, words
from visuals.deeper.race.view import ASKED, RECORDED, Guesses
from visuals.page import style
from visuals.page.files import Later
from visuals.page.live import OPENING_RUN
from visuals.page.live.pace import Pace

SHALLOW = tuple(lane for lane in RECORDED.lanes if lane not in ASKED)
Picture = tuple[dict[str, Any], dict[str, Any], str]  # columns, chart and sentence


def opening(number: int, guesses: Guesses, all_shown: bool) -> Picture:
    """The recorded race; the deep nets only after a guess, or if they are not asked about."""
    run, certificate = artifacts.load_run("race-digits"), artifacts.certificate("race-digits")
    lanes = RECORDED.lanes if all_shown else SHALLOW
    columns = view.recorded_columns(number, artifacts.load_run("race-layers"), RECORDED.lanes, lanes)
    chart = view.recorded_chart(number, run, certificate, lanes, guesses)
    if all_shown:
        result = words.recorded_result(run, certificate, lanes)
        ends = {lane: float(seeds_of(run["train_error"], certificate, lane)[:, -1].mean()) for lane in lanes}
        columns |= {"note": note(artifacts.load_run("race-layers"), ends)}
        return columns, chart, words.recorded_outcome(result, certificate, guesses)
    return columns, chart, words.hidden(certificate, ASKED)


def darkest() -> tuple[words.Darkest, ...]:
    """The dark columns of the recorded race."""
    run, certificate = artifacts.load_run("race-digits"), artifacts.certificate("race-digits")
    layers, lanes = artifacts.load_run("race-layers"), RECORDED.lanes
    gradients = {lane: layers[f"{k} gradient"] for k, lane in enumerate(lanes)}
    errors = {lane: seeds_of(run["train_error"], certificate, lane).mean(axis=0) for lane in lanes}
    return words.darkest_columns(layers["looks"], gradients, errors, ASKED[0])


def note(layers: dict[str, np.ndarray], errors: Mapping[Lane, float]) -> str:
    """Which nets of a recorded race end with the largest and the smallest gradients. `errors`: of training, in %."""
    gradients = {lane: float(np.median(layers[f"{k} gradient"][-1])) for k, lane in enumerate(errors)}
    return words.largest_and_smallest(gradients, errors, int(layers["looks"][-1]))


def long_race(number: int) -> Picture:
    """The recorded race to convergence."""
    run, certificate = artifacts.load_run("race-converged"), artifacts.certificate("race-converged")
    lanes = view.converged_lanes(certificate)
    ends = {lane: float(run["train_error"][k, :, -1].mean()) for k, lane in enumerate(lanes)}
    columns = view.recorded_columns(number, run, lanes, lanes) | {"note": note(run, ends)}
    return columns, view.converged_chart(number, run, certificate), words.converged(certificate)


def long_race_in_files(columns: NetColumns, chart: Chart) -> Callable[[int], Picture]:
    """The same with files in the place of what these components show: a browser fetches each once."""
    made = Later(lambda: long_race(OPENING_RUN))
    shown = columns.filed(made.then(itemgetter(0))), chart.filed(made.then(itemgetter(1)))

    def picture(number: int) -> Picture:
        first, second = (value | {"run": number} for value in shown)
        return first, second, words.converged(artifacts.certificate("race-converged"))

    return picture


def choices(lanes: Iterable[Lane]) -> list[tuple[str, int]]:
    """The lanes of a race by their numbers, which begin with 1."""
    return [(lane.name, k) for k, lane in enumerate(lanes, start=1)]


def gap_of(result: words.Result | None, first: Any, second: Any) -> str:
    """Whether a gap is more than chance, in this result or else in the recorded race."""
    label = style.measured("the last race above")
    if result is None:
        run, certificate = artifacts.load_run("race-digits"), artifacts.certificate("race-digits")
        result, label = words.recorded_result(run, certificate, RECORDED.lanes), style.recorded(certificate)
    lanes = dict(enumerate(result.errors, start=1))
    if first not in lanes or second not in lanes or first == second:
        return style.notice("Choose two different lanes.")
    return words.gap(result, lanes[first], lanes[second]) + label


@cache
def pace() -> Pace:
    """The pace of races, after a recorded one with one seed, as most live ones have."""
    found = artifacts.certificate("signal-digits")
    return Pace(found, Race(tuple(Lane(**lane) for lane in found.config["lanes"])).work)
