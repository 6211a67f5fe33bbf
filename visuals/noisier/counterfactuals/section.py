"""Section "What if": controls, events, and the live run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.core.runtime import hardware
from models.noisier import judge
from models.noisier.counterfactuals import RIGHT, WAYS, Comparison, compare
from visuals.noisier.albums import Recorded
from visuals.noisier.counterfactuals import words
from visuals.noisier.counterfactuals.view import CounterfactualsView, recorded
from visuals.noisier.recorded_album import RecordedAlbum, class_of_network, classes_called
from visuals.noisier.settings import ALL, EACH, NETWORKS, ONE_OF_EACH, CounterfactualsSettings, SharedSettings
from visuals.noisier.shared import Shared
from visuals.noisier.takes import Takes, Work
from visuals.page.live import LatestRun, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import checked, control
from visuals.page.shared_runs import runs

COUNT = 8  # pictures in a row
OPENING = (ALL, EACH, CounterfactualsSettings().wrong_steps)
latest = LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    names = {name: judge.classes(name) for name in NETWORKS}

    def counterfactuals(name: str) -> Recorded:
        run = f"counterfactuals-{name}"
        return recorded(artifacts.load_run(run), artifacts.certificate(run), name, names[name])

    shown = RecordedAlbum("counterfactuals", counterfactuals)
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            pictures = shown.pictures()
        with gr.Column(scale=4, min_width=300):
            prose.show("counterfactuals")
            shown.answer()
            with gr.Row():
                way = _dropdown("wrong_way", "way", 210, 3)
                steps = _dropdown("wrong_steps", "steps", 105)
            with gr.Row():
                go = gr.Button(
                    "Draw them live", variant="primary", elem_id="counterfactuals-go", scale=3, min_width=140
                )
                stop = gr.Button("Stop", elem_id="counterfactuals-stop", scale=1, min_width=80)
            line = takes().show("counterfactuals", work("mnist", *OPENING))
            status = shown.status()
            with gr.Accordion("Finer settings: class, seed", open=False, elem_id="counterfactuals-finer"):
                label = _dropdown("wrong_class", "class", 160)
                seed = control(CounterfactualsSettings, "wrong_seed", elem_id="counterfactuals-seed")
    with gr.Accordion("For the curious: why each part is there, and more chains", open=False):
        prose.show("explained", **words.explained())
        shown.table()

    inputs = [shared.network, way, label, steps, seed]
    run = latest.wire(go, stop, live, inputs, [pictures, status], status, api_name="counterfactuals")
    takes().follow(line, work, inputs[:4], run)
    return Built(
        {"wrong_way": way, "wrong_class": label, "wrong_steps": steps, "wrong_seed": seed},
        called=classes_called("wrong_class", names),
        shown=(
            class_of_network(shared, label, names, dict.fromkeys(NETWORKS, EACH), ONE_OF_EACH),
            shown.wire(shared, latest),
        ),
        spoken_of=lambda params: params.get("wrong_network", "mnist") != "mnist",
    )


def _dropdown(setting: str, name: str, width: int, scale: int = 1) -> gr.Dropdown:
    options = {"elem_id": f"counterfactuals-{name}", "min_width": width, "scale": scale}
    return control(CounterfactualsSettings, setting, dropdown=True, **options)


def live(network: Any, way: Any, label: Any, steps: Any, seed: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """The right way and what was chosen, streamed: (the album with its new pictures, what to say above it)."""
    try:
        config = comparison_of(network, way, label, steps, seed)
    except ValueError as error:
        yield refused(error, 1)
        return
    picture = artifacts.load_run(f"counterfactuals-{config.network}")["picture"]  # what the oracle knows
    view = CounterfactualsView(config, picture, new_run(), judge.classes(config.network), hardware())
    run = latest.follow(request, runs.follow(("counterfactuals", config), lambda: compare(config, picture)))
    yield from stream(run, view)
    if view.done >= 1:
        takes().note(_work(config), run.seconds)


def work(network: Any, way: Any, label: Any, steps: Any) -> Work:
    """How many pictures the network sees for these settings."""
    return _work(comparison_of(network, way, label, steps, 0))


def _work(config: Comparison) -> Work:
    asking = [way for way in config.ways if way != "oracle"]  # which asks no network
    return config.network, len(asking) * len(config.asked) * config.steps


@cache
def takes() -> Takes:
    """The pace of comparisons; those that were recorded took the shown chains and many more."""
    found = {}
    for name in NETWORKS:
        certificate = artifacts.certificate(f"counterfactuals-{name}")
        chains, steps = certificate.config["chains"] + COUNT, certificate.config["steps"]
        found[name] = certificate, (len(WAYS) - 1) * chains * steps
    return Takes(found)


def comparison_of(network: Any, way: Any, label: Any, steps: Any, seed: Any) -> Comparison:
    """What the controls say. Raises ValueError, in a sentence, for what cannot be done."""
    shared = checked(SharedSettings, {"network": network})
    given = {"wrong_way": way, "wrong_class": label, "wrong_steps": steps, "wrong_seed": seed}
    asked = checked(CounterfactualsSettings, given)
    classes = tuple(range(COUNT)) if asked.wrong_class == EACH else (int(asked.wrong_class),) * COUNT
    ways = WAYS if asked.wrong_way == ALL else (RIGHT, asked.wrong_way)
    return Comparison(shared.network, classes, int(asked.wrong_steps), asked.wrong_seed, ways)


SECTION = Section(
    "counterfactuals",
    "What if",
    build,
    heading="What if the sampler were a little different?",
    needs=tuple(f"{kind}-{name}" for name in NETWORKS for kind in ("counterfactuals", "ddpm", "classifier")),
    settings=CounterfactualsSettings,
)
