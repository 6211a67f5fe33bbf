"""Tab 1, the loss landscape: the loss around a plain and a residual net, recorded and live."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts
from models.artifacts import Certificate
from models.landscape import REACH, SIZES, Height, Landscape, landscape
from models.race import Trained, recorded
from visuals import style
from visuals.components.surfaces import Surface, Surfaces, surfaces
from visuals.degradation.landscape_sentences import live_outcome, number, progress, recorded_outcome, verdict
from visuals.degradation.layout import html, prose
from visuals.events import AT_ONCE
from visuals.live import LatestRun

RECORDED = "landscape-digits"
OPENS_ON = "plain-20 and residual-20"
FIRST_SEED = 1  # one that is not the recorded one
CUT = 5  # where the linear scale ends: about twice the loss of guessing
MESSAGES_PER_SECOND = 1  # each carries both surfaces whole, some 20 kB, and they are drawn anew
AXES = ("first direction α", "second direction β", "loss")

latest = LatestRun()


def build(nets: gr.State) -> tuple[list[gr.components.Component], dict[str, Any]]:
    """Put the section into the open gradio context; returns its controls, and the event that shows the chosen pair.

    Raises ArtifactError where the recorded surfaces are missing.
    """
    opening = tuple(recorded(name) for name in OPENS_ON.split(" and "))
    names = list(pairs(nets.value))
    with gr.Row():
        with gr.Column(scale=6, min_width=320):
            prose("landscape", WEIGHTS=f"{weights(opening[0]):,}")
        with gr.Column(scale=5, min_width=320):
            pair = gr.Dropdown(names, value=default(names), label="Which nets", elem_id="landscape-pair")
            with gr.Row():
                size = gr.Slider(
                    SIZES[0],
                    SIZES[-1],
                    25,
                    step=2,
                    label="Grid n × n",
                    elem_id="landscape-size",
                    min_width=190,
                )
                reach = gr.Slider(*REACH, 1, step=0.1, label="Distance", elem_id="landscape-reach", min_width=190)
                seed = gr.Number(
                    FIRST_SEED, precision=0, label="Seed of the directions", elem_id="landscape-seed", min_width=140
                )
            with gr.Row():
                go = gr.Button("Compute it live", elem_id="landscape-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="landscape-stop", scale=1, min_width=80)
            status = html(recorded_outcome(*recorded_of(opening)), elem_id="landscape-status")
    picture = Surfaces(recorded_picture(opening, run=1), elem_id="landscape")
    prose("landscape limits", **heights())

    latest.wire(go, stop, live, [nets, pair, size, reach, seed], [picture, status], status, api_name="landscape")
    choosing = {
        "fn": chosen,
        "inputs": [nets, pair],
        "outputs": [picture, status],
        **AT_ONCE,
    }
    pair.input(**choosing)
    nets.change(offered, nets, pair, **AT_ONCE)
    return [pair, size, reach, seed], choosing


# --- the nets at hand ---


def pairs(nets: tuple[Trained, ...]) -> dict[str, tuple[Trained, Trained]]:
    """A plain and a residual net that differ in nothing but the shortcut, under their names."""
    found = {}
    for plain in nets:
        for residual in nets:
            of_one_kind = all(
                getattr(plain.lane, what) == getattr(residual.lane, what) for what in ("depth", "norm", "init")
            )
            if of_one_kind and residual.lane.skip and not plain.lane.skip:
                found[f"{plain.lane.name} and {residual.lane.name}"] = plain, residual
    return found


def default(names: list[str]) -> str | None:
    return OPENS_ON if OPENS_ON in names else (names[-1] if names else None)


def offered(nets: tuple[Trained, ...]) -> dict[str, Any]:
    """The choice of pairs, after a race has left other nets."""
    names = list(pairs(nets))
    return gr.update(choices=names, value=default(names))


def is_recorded(net: Trained) -> bool:
    """Whether this is a net whose surface was recorded, and not one of the same name from the visitor's race."""
    if net.lane.name not in artifacts.certificate(RECORDED).config["axes"]["net"]:
        return False
    theirs = recorded(net.lane.name).state
    return theirs.keys() == net.state.keys() and all(np.array_equal(theirs[key], net.state[key]) for key in theirs)


def chosen(nets: tuple[Trained, ...], name: str | None, request: gr.Request) -> tuple[dict[str, Any] | Any, str | Any]:
    """The recorded surfaces of the chosen pair, where there are any and no run is under way."""
    pair = pairs(nets).get(name)
    if pair is None or not all(map(is_recorded, pair)) or latest.runs(request):
        return gr.skip(), gr.skip()
    return recorded_picture(pair, new_run()), recorded_outcome(*recorded_of(pair))


def weights(net: Trained) -> int:
    """How many weights the filters of this net have: the dimensions of the space it is moved in."""
    return sum(value.size for value in net.state.values() if value.ndim > 1)


def new_run() -> int:
    return time.time_ns() // 1_000_000


# --- the live run ---


def live(
    nets: tuple[Trained, ...],
    name: str | None,
    size: float | None,
    reach: float | None,
    seed: float | None,
    request: gr.Request,
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """A landscape, streamed: (the surfaces so far, what to say above them)."""
    try:
        config = config_of(nets, name, size, reach, seed)
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    run, began = new_run(), time.perf_counter()
    loss, error = np.full((2, len(config.nets), config.size, config.size), np.nan)
    done, shown, events = 0, began, loss.size
    yield (
        picture_of(config, loss, error, run),
        style.told(f"Preparing the nets: {events:,} evaluations.", announce=False),
    )
    followed = latest.follow(request, landscape(config))
    for event in followed:
        add(event, loss, error)
        done, now = done + 1, time.perf_counter()
        if done == events:
            yield picture_of(config, loss, error, run), live_outcome(config, loss, error, now - began)
        elif now - shown >= 1 / MESSAGES_PER_SECOND:
            left = (now - began) / done * (events - done)
            yield picture_of(config, loss, error, run), progress(config, done, left)
            shown = now
    if done < events and followed.stopped:
        yield (
            picture_of(config, loss, error, run),
            style.told(f"Stopped after {done} of {events:,} places. They stay drawn."),
        )


def config_of(
    nets: tuple[Trained, ...], name: str | None, size: float | None, reach: float | None, seed: float | None
) -> Landscape:
    """What the controls say; raises ValueError with a sentence for the visitor."""
    found = pairs(nets)
    if not found:
        at_hand = "; ".join(net.lane.name for net in nets) or "none"
        raise ValueError(
            f"The nets at hand are {at_hand}. Train a plain and a residual net of the same depth in the race above."
        )
    if name not in found:
        raise ValueError("Choose a pair of nets from the list.")
    for what, given in {"the number of places": size, "seed": seed}.items():
        if not isinstance(given, (int, float)) or not float(given).is_integer():
            raise ValueError(f"{what} must be a whole number")
    if not isinstance(reach, (int, float)):
        raise ValueError("the distance must be a number")
    return Landscape(found[name], int(size), float(reach), int(seed))


def add(event: Height, loss: np.ndarray, error: np.ndarray) -> None:
    """Write an event into the arrays (net, row, column)."""
    at = event.net, event.row, event.column
    loss[at], error[at] = math.inf if event.loss is None else event.loss, event.error


# --- what is shown ---


def picture_of(config: Landscape, loss: np.ndarray, error: np.ndarray, run: int) -> dict[str, Any]:
    """The component's value for (net, row, column) arrays in which NaN is not measured yet."""
    shown = tuple(
        Surface(net.lane.name, f"var(--role-{'residual' if net.lane.skip else 'plain'})", loss[k], error[k])
        for k, net in enumerate(config.nets)
    )
    names = " and ".join(surface.name for surface in shown)
    finished = not np.isnan(loss).any()
    label = f"Loss around {names} in two random directions. " + (
        " ".join(verdict(config, loss, error)) if finished else ""
    )
    return surfaces(run, label.strip(), config.ticks, shown, AXES, "wrong answers in %", CUT)


def recorded_of(pair: tuple[Trained, ...]) -> tuple[Landscape, np.ndarray, np.ndarray, Certificate]:
    """The recorded run of these nets: configuration, loss and error (net, row, column), certificate."""
    run, certificate = artifacts.load_run(RECORDED), artifacts.certificate(RECORDED)
    places = [certificate.config["axes"]["net"].index(net.lane.name) for net in pair]
    config = Landscape(tuple(pair), certificate.config["size"], certificate.config["reach"], certificate.seed)
    return config, run["loss"][places], run["error"][places], certificate


def heights() -> dict[str, str]:
    """The largest recorded losses, under the names that they have in the words."""
    run, names = artifacts.load_run(RECORDED), artifacts.certificate(RECORDED).config["axes"]["net"]
    of_nets = {"HIGHEST_PLAIN": "plain-56", "HIGHEST_RESIDUAL": "residual-56", "HIGHEST_SHALLOW": "plain-20"}
    return {place: number(float(run["loss"][names.index(net)].max())) for place, net in of_nets.items()}


def recorded_picture(pair: tuple[Trained, ...], run: int) -> dict[str, Any]:
    config, loss, error, _ = recorded_of(pair)
    return picture_of(config, loss, error, run)
