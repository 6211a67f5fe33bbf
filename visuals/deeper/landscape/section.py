"""The landscape on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from models.core import artifacts
from models.core.artifacts import Certificate
from models.deeper import photographs
from models.deeper.landscape import REACH, SIZES, Landscape, landscape, seen, work
from models.deeper.nets import Trained, images
from visuals.components.surfaces import Surfaces
from visuals.deeper.landscape import view, words
from visuals.deeper.nets import OWN, Nets, is_own, of_photographs, pairs
from visuals.deeper.shared import Shared, at_hand, folded, html
from visuals.page import live as runs_live
from visuals.page.events import AT_ONCE, FOLLOWING
from visuals.page.live import LatestRun, new_run
from visuals.page.live.pace import Pace
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import Settings, checked, choice, control, number
from visuals.page.shared_runs import runs

RUN = "landscape-cifar10"
MESSAGES_PER_SECOND = 1  # each carries both surfaces whole, some 20 kB, and they are drawn again
PROSE = Prose(Path(__file__).with_name("prose.md"))

latest = LatestRun()


@dataclass(frozen=True)
class LandscapeSettings(Settings):
    """Which nets, and how much of the plane is measured how finely. The seed is not the recorded one."""

    surfaces: str = choice(
        "plain-20 and residual-20",
        tuple(f"plain-{depth} and residual-{depth}" for depth in photographs.DEPTHS),
        "Which nets",
    )
    grid: int = number(11, SIZES[0], SIZES[-1], "Grid n × n", step=2)
    distance: float = number(1.0, *REACH, "Distance", step=0.1)
    directions: int = number(1, 0, 2**31 - 1, "Seed of the directions")


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    opened = LandscapeSettings()
    opening = two(of_photographs())[opened.surfaces]
    with gr.Row():
        with gr.Column(scale=8, min_width=320):
            with gr.Row(elem_classes="run"):
                go = gr.Button("Compute it live", variant="primary", elem_id="landscape-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="landscape-stop", scale=1, min_width=80)
                takes = html(takes_for(opening, opened.grid), elem_id="landscape-takes")
            picture = Surfaces(recorded_picture(opening, run=1), elem_id="landscape")
        with gr.Column(scale=5, min_width=320):
            PROSE.show("landscape", WEIGHTS=f"{weights(opening[0]):,}")
            pair = control(LandscapeSettings, "surfaces", dropdown=True, elem_id="landscape-pair")
            status = html(words.recorded_outcome(*recorded_of(opening)), elem_id="landscape-status")
    with folded("Grid, distance, seed", elem_id="landscape-settings"), gr.Row():
        size, reach, seed = (
            control(LandscapeSettings, name, elem_id=f"landscape-{place}")
            for name, place in (("grid", "size"), ("distance", "reach"), ("directions", "seed"))
        )
    with folded():
        PROSE.show("limits", **in_words())

    inputs = [pair, size, reach, seed]
    run = latest.wire(go, stop, live, inputs, [picture, status], status, api_name="landscape")
    run.then(expected, [pair, size], takes, **AT_ONCE)
    for each in (pair, size):
        each.change(expected, [pair, size], takes, **FOLLOWING)
    choosing = {"fn": chosen, "inputs": pair, "outputs": [picture, status], **AT_ONCE}
    pair.input(**choosing)
    shared.raced.change(offered, None, pair, **AT_ONCE)
    controls: dict[str, Any] = dict(zip(("surfaces", "grid", "distance", "directions"), inputs, strict=True))
    return Built(controls, shown=(choosing,))


# --- the nets at hand ---


def two(nets: Nets) -> dict[str, tuple[Trained, Trained]]:
    """A plain and a residual net that differ in nothing but the shortcut, under their names."""
    found = [pair for pair in pairs(nets).values() if len(pair) == 2]
    return {" and ".join(net.lane.name for net in pair) + f", {OWN}" * is_own(pair[0]): pair for pair in found}


def offered(request: gr.Request) -> dict[str, Any]:
    """The choice of pairs, after a race has left other nets."""
    return gr.update(choices=list(two(at_hand(request))), value=LandscapeSettings().surfaces)


def chosen(name: str | None, request: gr.Request) -> tuple[Any, Any]:
    """The recorded surfaces of the chosen pair, where there are any and no run is under way."""
    pair = two(at_hand(request)).get(name or "")
    if pair is None or any(map(is_own, pair)) or latest.runs(request):
        return gr.skip(), gr.skip()
    return recorded_picture(pair, new_run()), words.recorded_outcome(*recorded_of(pair))


def weights(net: Trained) -> int:
    """How many weights the filters of this net have: the dimensions of the space it is moved in."""
    return sum(value.size for value in net.state.values() if value.ndim > 1)


# --- the live run ---


def live(
    name: str | None, size: Any, reach: Any, seed: Any, request: gr.Request
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """A landscape, streamed: the surfaces so far, what to say beside them."""
    try:
        config = config_of(at_hand(request), name, size, reach, seed)
    except ValueError as error:
        yield runs_live.refused(error, 1)
        return
    shown = view.LiveLandscape(config, new_run())
    asked = "landscape", config.nets, config.size, config.reach, config.seed
    run = latest.follow(request, runs.follow(asked, lambda: landscape(config), in_turn=False))
    yield from runs_live.stream(run, shown, MESSAGES_PER_SECOND)
    if shown.done >= 1:
        pace().note(work(config.nets, config.size), shown.seconds)


def config_of(nets: Nets, name: str | None, size: Any, reach: Any, seed: Any) -> Landscape:
    """What the controls say; raises ValueError with a sentence for the visitor."""
    found = two(nets)
    if name not in found:
        raise ValueError("Choose a pair of nets from the list.")
    asked = checked(LandscapeSettings, {"grid": size, "distance": reach, "directions": seed})
    return Landscape(found[name], asked.grid, asked.distance, asked.directions)


@cache
def pace() -> Pace:
    """Of runs, by their work."""
    return Pace(artifacts.certificate(RUN), work(of_photographs(), artifacts.certificate(RUN).config["size"]))


def takes_for(pair: Nets, size: int) -> str:
    return f'<p class="line">{pace().expected(work(pair, size))}</p>'


def expected(name: Any, size: Any, request: gr.Request) -> str:
    """How long a live run will take."""
    found = two(at_hand(request))
    pair = found.get(name) if isinstance(name, str) else None
    places = size if type(size) in (int, float) and SIZES[0] <= size <= SIZES[-1] else SIZES[-1]
    return takes_for(pair or found[LandscapeSettings().surfaces], int(places))


# --- what was recorded ---


def recorded_of(pair: Nets) -> tuple[Landscape, np.ndarray, np.ndarray, Certificate]:
    """The recorded run of these nets: configuration, loss and error (net, row, column), certificate."""
    run, certificate = artifacts.load_run(RUN), artifacts.certificate(RUN)
    places = [certificate.config["axes"]["net"].index(net.lane.name) for net in pair]
    config = Landscape(tuple(pair), certificate.config["size"], certificate.config["reach"], certificate.seed)
    return config, run["loss"][places], run["error"][places], certificate


def recorded_picture(pair: Nets, run: int) -> dict[str, Any]:
    config, loss, error, _ = recorded_of(pair)
    return view.picture_of(config, loss, error, run)


def in_words() -> dict[str, str]:
    """What the recorded planes say together, under the names of the places in the words."""
    run, names = artifacts.load_run(RUN), artifacts.certificate(RUN).config["axes"]["net"]
    said = words.all_recorded(dict(zip(names, run["loss"], strict=True)))
    return said | {"IMAGES": str(len(seen(images(photographs.NAME))[1]))}


SECTION = Section(
    "landscape",
    "Loss landscape",
    build,
    "The landscape around a trained net",
    (RUN, photographs.RUN, *(f"{photographs.WEIGHTS}-{name}" for name in photographs.NETS)),
    LandscapeSettings,
    waits=True,
)
