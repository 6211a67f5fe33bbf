"""Section "Numbers": charts, controls, events, and the live run."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import gradio as gr

from models.core import artifacts
from models.core.runtime import hardware
from models.noisier.forward import both_ways, histograms
from visuals.components.chart import Chart
from visuals.noisier import pictures
from visuals.noisier.gallery import Gallery, written_sample
from visuals.noisier.numbers import charts, words
from visuals.noisier.numbers.view import BothWaysView
from visuals.noisier.settings import NETWORKS, NumbersSettings, SharedSettings
from visuals.noisier.shared import PARTS, Shared, html, own_pictures
from visuals.page import style
from visuals.page.events import AT_ONCE, PRIVATE
from visuals.page.files import Later
from visuals.page.live import ANSWER, OPENING_RUN, LatestRun, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import checked, control
from visuals.page.shared_runs import runs

OPENING = NumbersSettings()
latest = LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context: one group of charts at a time."""
    with gr.Tabs(selected="schedule", elem_id="numbers-parts", **PARTS) as parts:
        with gr.Tab("The schedule", id="schedule", elem_id="numbers-schedule"):
            _schedule()
        with gr.Tab("One picture", id="picture", elem_id="numbers-picture"):
            gallery, histogram, left = _one_picture(shared)
        with gr.Tab("Two ways", id="ways", elem_id="numbers-two"):
            seed = _two_ways(shared, gallery)
        with gr.Tab("The bound", id="bound", elem_id="numbers-bound"):
            _bound()
        with gr.Tab("Quality", id="quality", elem_id="numbers-quality"):
            _quality()
    measuring = {
        "fn": measure, "inputs": [shared.network, gallery.component, seed], "outputs": [histogram, left]
    } | PRIVATE | ANSWER  # fmt: skip
    for changed in gallery.changed:
        changed.then(**measuring)
    seed.change(**measuring)
    opened = {"fn": part_of_link, "inputs": [gallery.component, seed], "outputs": parts} | AT_ONCE
    return Built(
        {"numbers_picture": gallery.component, "numbers_seed": seed},
        values=lambda settings: vars(settings) | {"numbers_picture": gallery.row("mnist", settings.numbers_picture)},
        written=lambda values: (
            values | {"numbers_picture": written_sample(values["numbers_picture"], OPENING.numbers_picture)}
        ),
        shown=(gallery.linked, measuring, opened),
    )


def part_of_link(gallery: Any, seed: Any) -> Any:
    """A link that has set a picture or a seed is about the part that has it."""
    if pictures.chosen_in(gallery) != OPENING.numbers_picture:
        return gr.Tabs(selected="picture")
    return gr.Tabs(selected="ways") if seed != OPENING.numbers_seed else gr.skip()


def _schedule() -> None:
    added, left, ratio = charts.schedule_charts()
    with gr.Row(equal_height=False):
        for number, value in enumerate((left, ratio), 1):
            with gr.Column(scale=5, min_width=300):
                Chart(value, elem_id=f"numbers-schedule-{number}")
        with gr.Column(scale=4, min_width=260):
            prose.show("schedule")
            html(words.crossings() + style.derived("from the schedules"))
    with gr.Accordion("For the curious: the noise that each step adds", open=False):
        Chart(added, elem_id="numbers-schedule-3")


def _bound() -> None:
    measured = {name: artifacts.load_run(f"bound-{name}") for name in NETWORKS}
    made = artifacts.certificate("bound-cifar10")
    with gr.Row(equal_height=False):
        for number, value in enumerate((charts.error_chart(measured), charts.bits_chart(measured)), 1):
            with gr.Column(scale=5, min_width=300):
                Chart(value, elem_id=f"numbers-bound-{number}")
        with gr.Column(scale=4, min_width=260):
            prose.show("bound")
            html(words.rate(measured, made))
    with (
        gr.Accordion("For the curious: beside the paper, and how it is measured", open=False),
        gr.Row(equal_height=False),
    ):
        with gr.Column(scale=5, min_width=320):
            Chart(charts.rate_chart(measured), elem_id="numbers-bound-3")
        with gr.Column(scale=4, min_width=320):
            html(words.bound(measured, made))
            prose.show("bound explained", IMAGES=str(made.config["images"]))


def _quality() -> None:
    """Our networks beside the paper's, and what is different from the paper."""
    trained = {name: artifacts.certificate(f"ddpm-{name}") for name in NETWORKS}
    mnist, cifar = trained["mnist"], trained["cifar10"]
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            html(words.quality_table(trained))
        with gr.Column(scale=2, min_width=240):
            prose.show("quality")
    with gr.Accordion("For the curious: how to compare them, and what is different from the paper", open=False):
        prose.show(
            "beside ours",
            MNIST_MINUTES=f"{mnist.seconds / 60:.0f}",
            MNIST_HARDWARE=mnist.hardware,
            CIFAR_MINUTES=f"{cifar.seconds / 60:.0f}",
            CIFAR_HARDWARE=cifar.hardware,
        )
        html(words.provenance(trained))
        prose.show(
            "departures",
            MNIST_RATE=f"{mnist.config['lr']:g}",
            CIFAR_RATE=f"{cifar.config['lr']:g}",
            MNIST_MEAN=f"{mnist.config['ema']:g}",
            CIFAR_MEAN=f"{cifar.config['ema']:g}",
            SPLIT_STEPS=str(artifacts.certificate("decided-mnist").config["steps"]),
        )


def _one_picture(shared: Shared) -> tuple[Gallery, Chart, gr.HTML]:
    """The values of one picture's pixels, t by t; returns its row of pictures, the chart, and what is said of it."""
    picture = pictures.samples("mnist")[OPENING.numbers_picture]
    left = Later(lambda: measured(picture, OPENING.numbers_seed, style.at_start, OPENING_RUN))
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            histogram = Chart(left.then(itemgetter(0)), elem_id="numbers-histogram")
        with gr.Column(scale=4, min_width=260):
            prose.show("one picture")
            opening = {"mnist": OPENING.numbers_picture, "cifar10": 0}
            gallery = Gallery(shared, "numbers-gallery", opening, "The picture to measure")
            said = html(left.then(itemgetter(1)), elem_id="numbers-left")
    return gallery, histogram, said


def _two_ways(shared: Shared, gallery: Gallery) -> gr.Number:
    """Both ways to x_t of the chosen picture, compared; returns the seed of the noises."""
    picture = pictures.samples("mnist")[OPENING.numbers_picture]
    compared = Later(lambda: list(both_ways(picture, OPENING.numbers_seed)))
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            ways = Chart(
                compared.then(lambda events: charts.both_ways_chart(OPENING_RUN, events)), elem_id="numbers-ways"
            )
        with gr.Column(scale=4, min_width=260):
            prose.show("two ways")
            seed = control(NumbersSettings, "numbers_seed", elem_id="numbers-seed", min_width=110)
            with gr.Row():
                go = gr.Button(
                    "Compare both ways live", variant="primary", elem_id="numbers-go", scale=3, min_width=190
                )
                stop = gr.Button("Stop", elem_id="numbers-stop", scale=1, min_width=70)
            status = html(
                compared.then(lambda events: words.compared(events, style.at_start)), elem_id="numbers-status"
            )
    inputs = [shared.network, gallery.component, seed]
    latest.wire(go, stop, live, inputs, [ways, status], status, api_visibility="private")
    return seed


def measure(network: Any, gallery: Any, seed: Any, request: gr.Request) -> tuple[Any, ...]:
    """The histogram of the chosen picture, and what is left of it at the end."""
    try:
        name, asked = checked(SharedSettings, {"network": network}).network, _seed(seed)
    except ValueError as error:
        return refused(error, 1)
    picture, _ = pictures.picture_of(gallery, name, own_pictures.of(request))
    return measured(picture, asked, style.measured, new_run())


def measured(picture: Any, seed: int, label: words.Label, run: int) -> tuple[dict[str, Any], str]:
    """The chart and the words of what was measured on a picture (32, 32, C)."""
    found = histograms(picture, seed)
    return charts.histogram_chart(run, found), words.left(found, picture.size, label)


def live(network: Any, gallery: Any, seed: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Both ways to x_t of the chosen picture, streamed: (the chart so far, what to say below it)."""
    try:
        name, asked = checked(SharedSettings, {"network": network}).network, _seed(seed)
    except ValueError as error:
        yield refused(error, 1)
        return
    picture, _ = pictures.picture_of(gallery, name, own_pictures.of(request))
    events = runs.follow(("both ways", picture.tobytes(), asked), lambda: both_ways(picture, asked))
    yield from stream(latest.follow(request, events), BothWaysView(new_run(), hardware("cpu")))


def _seed(value: Any) -> int:
    return checked(NumbersSettings, {"numbers_seed": value}).numbers_seed


SECTION = Section(
    "numbers",
    "Numbers",
    build,
    heading="What do the numbers say?",
    needs=(*(f"{kind}-{name}" for name in NETWORKS for kind in ("bound", "ddpm", "journey")), "decided-mnist"),
    settings=NumbersSettings,
)
