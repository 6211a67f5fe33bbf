"""Try this, in tab 1: races to run by a link, with answers out of the recorded ones."""

from __future__ import annotations

import numpy as np

from models import artifacts
from models.exercises import NAME, RACES, SEED
from models.race import Lane, Race
from models.resnet import INITS
from models.statistics import paired_difference
from visuals import style
from visuals.degradation.layout import exercises, html, prose
from visuals.degradation.state import TAB, State, state_for
from visuals.links import query

EXERCISES: dict[str, State] = {name: state_for(RACES[name]) for name in ("depths", "time", "norm", "chance")}
BACKGROUND = {
    "NORM_LINK": Race((Lane(8, False), Lane(8, False, norm=False)), seed=SEED, learning_rate=1.0),
    "WEIGHTS_LINK": Race(tuple(Lane(8, False, False, init) for init in INITS), seed=SEED, learning_rate=0.01),
}

Errors = dict[str, dict[str, list[float | None]]]  # race: lane: training error of each seed, None where it diverged


def background() -> None:
    """The section about batch norm and initialisation, with links that show them."""
    links = {name: f"?{query(state_for(race), TAB)}" for name, race in BACKGROUND.items()}
    prose("background", **links)


def build() -> None:
    """Put the section into the open gradio context. Raises ArtifactError where the recorded races are missing."""
    exercises(TAB, EXERCISES, **numbers(last_errors()))
    html(f"The answers: {style.recorded(artifacts.certificate(NAME))}", elem_id="answers-origin")


def last_errors() -> Errors:
    """Training errors in % after the last step, as recorded."""
    run = artifacts.load_run(NAME)
    return {
        name: {
            lane.name: [None if np.isnan(e) else float(e) for e in run[f"{name} train_error"][k, :, -1]]
            for k, lane in enumerate(race.lanes)
        }
        for name, race in RACES.items()
    }


def numbers(errors: Errors) -> dict[str, str]:
    """What the answers say, under the names that it has there."""
    depths, fast, slow, chance = (errors[name] for name in ("depths", "norm", "norm, slower", "chance"))
    gap = paired_difference(*(tuple(chance[net]) for net in ("plain-8", "residual-8")))
    bare_8, bare_20 = "plain-8, no batch norm", "plain-20, no batch norm"
    return {
        "OF_14": in_words(depths["plain-14"]),
        "OF_20": in_words(depths["plain-20"]),
        "OF_32": in_words(depths["plain-32"]),
        "LONG_PLAIN": in_words(errors["time"]["plain-56"]),
        "LONG_RESIDUAL": in_words(errors["time"]["residual-56"]),
        "FAST_8": in_words(fast["plain-8"]),
        "FAST_20": in_words(fast["plain-20"]),
        "BARE_8": in_words(fast[bare_8]),
        "SLOW_8": in_words(slow[bare_8]),
        "SLOW_20": in_words(slow[bare_20]),
        "GAP_MEAN": f"{gap.mean:+.2f}",
        "GAP_LOW": f"{gap.low:+.2f}",
        "GAP_HIGH": f"{gap.high:+.2f}",
    }


def in_words(errors: list[float]) -> str:
    """1.6, 0.9 and 2.3 %"""
    *most, last = (f"{error:.1f}" for error in errors)
    said = f"{', '.join(most)} and {last}" if most else last
    return f"{said} %"
