"""Section "When is it decided?": the question, controls, events, and the two live runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from models.core import artifacts
from models.core.artifacts import Certificate
from models.core.runtime import hardware
from models.noisier import images, judge
from models.noisier.decided import CONTINUATIONS, EVERY, Split, from_picture, split
from visuals.components.chart import Chart
from visuals.components.pictures import data_url
from visuals.components.predict import Asks, Outcome, Predict, guesses_of
from visuals.noisier import pictures
from visuals.noisier.albums import Recorded
from visuals.noisier.decided import question, view, words
from visuals.noisier.gallery import Gallery, written_sample
from visuals.noisier.recorded_album import RecordedAlbum
from visuals.noisier.settings import NETWORKS, DecidedSettings, SharedSettings
from visuals.noisier.shared import PARTS, Shared, html, own_pictures
from visuals.noisier.takes import Takes, Work
from visuals.page.events import AT_ONCE, PRIVATE
from visuals.page.files import Later
from visuals.page.live import LatestRun, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Question, Section
from visuals.page.settings import checked, control
from visuals.page.shared_runs import runs
from visuals.page.style import ONCE_GUESSED, UNTIL_GUESSED, told

splitting, bringing_back = LatestRun(), LatestRun()
Certificates = dict[str, Certificate]
Controls = dict[str, gr.components.Component]
Event = dict[str, Any]  # arguments of gradio's
prose = Prose(Path(__file__).with_name("prose.md"))
SEEN_BESIDE_PHOTOGRAPHS = "network => ({ __type__: 'update', visible: network === 'cifar10' })"


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    _strip(shared)
    predict = Predict(question.question(), elem_id="noisier-predict")
    with gr.Column(elem_classes=UNTIL_GUESSED):
        prose.show("measured")
    certificates = {name: artifacts.certificate(f"decided-{name}") for name in NETWORKS}
    with (
        gr.Column(elem_classes=ONCE_GUESSED),
        gr.Tabs(selected="answer", elem_id="decided-parts", **PARTS) as parts,
    ):
        with gr.Tab("The answer", id="answer", elem_id="decided-answer"):
            _answer(shared, predict, certificates)
        with gr.Tab("Split a chain", id="split", elem_id="decided-split"):
            split_controls, split_shown = _split(shared, certificates)
        with gr.Tab("Many chains", id="many", elem_id="decided-many"):
            _many(certificates)
        with gr.Tab("Part of the way, and back", id="back", elem_id="decided-back"):
            gallery, back_controls, back_shown = _part_of_the_way(shared, certificates)
    opened = {"fn": part_of_link, "inputs": [*split_controls.values(), *back_controls.values()], "outputs": parts}
    return Built(
        split_controls | back_controls,
        values=lambda settings: vars(settings) | {"noised_picture": gallery.row("mnist", settings.noised_picture)},
        written=lambda values: values | {"noised_picture": written_sample(values["noised_picture"], 7)},
        spoken_of=lambda params: {params.get(f"{of}_network", "mnist") for of in ("decided", "noised")} != {"mnist"},
        shown=(split_shown, gallery.linked, back_shown, opened | AT_ONCE),
        question=Question(predict, question.question),
    )


def part_of_link(steps: Any, seed: Any, gallery: Any, t: Any, noised_seed: Any) -> Any:
    """The part that a link is about, by what it has set."""
    start = DecidedSettings()
    back = pictures.chosen_in(gallery), t, noised_seed
    if back != (start.noised_picture, start.noised_t, start.noised_seed):
        return gr.Tabs(selected="back")
    return gr.Tabs(selected="split") if (steps, seed) != (start.decided_steps, start.decided_seed) else gr.skip()


def _strip(shared: Shared) -> None:
    """What the guess is about, until it is made."""
    with gr.Column(elem_classes=UNTIL_GUESSED):
        html(Later(_journey), elem_id="decided-strip")
        _beside_photographs(shared, words.ABOUT_DIGITS, "decided-asks")


def _beside_photographs(shared: Shared, said: str, elem_id: str) -> None:
    """Words that stand there while photographs are chosen."""
    line = html(told(said, announce=False), elem_id=elem_id, visible=False)
    shared.network.change(None, shared.network, line, js=SEEN_BESIDE_PHOTOGRAPHS, **PRIVATE)


def _journey() -> str:
    """The recorded journey, at every hundredth t."""
    run = artifacts.load_run("journey-mnist")
    ways, times = run["way"].tolist(), list(range(0, 1001, 100))
    found = {way: [_nearest(run["t"], [w == way for w in ways], t) for t in times] for way in ("there", "back")}
    there, back = ([data_url(images.to_images(run["xt"][k])[0]) for k in found[way]] for way in ("there", "back"))
    return question.strip(times, there, back)


def _nearest(times: np.ndarray, among: list[bool], t: int) -> int:
    """Which of the moments `among` is nearest to t."""
    return int(np.where(among, np.abs(times - t), np.inf).argmin())


def _answer(shared: Shared, predict: Predict, certificates: Certificates) -> None:
    """What was measured, which shows itself after a guess."""
    legible, decided = artifacts.certificate("legible-mnist"), artifacts.certificate("decided-mnist")
    shares = question.curves(artifacts.load_run("legible-mnist"), decided)
    with gr.Row(elem_id="noisier-outcome", equal_height=False):
        with gr.Column(scale=7, min_width=320):
            chart = Chart(question.picture(shares, None), elem_id="noisier-told-chart")
        with gr.Column(scale=4, min_width=260):
            said = html(question.sentence(shares, None, legible, decided), elem_id="noisier-found")
            _beside_photographs(shared, words.of_photographs(certificates), "decided-photographs")
            with gr.Accordion("For the curious: how the digits are read", open=False):
                prose.show("read so")

    def answer(value: Any) -> tuple[dict[str, Any], str]:
        """After the card: what was measured, with the guess if there is one."""
        guesses = guesses_of(value, question.ASKED)
        return question.picture(shares, guesses), question.sentence(shares, guesses, legible, decided)

    predict.guessed(answer, predict, [chart, said], **AT_ONCE)


def _found() -> Outcome:
    legible, decided = artifacts.certificate("legible-mnist"), artifacts.certificate("decided-mnist")
    return question.outcome(question.curves(artifacts.load_run("legible-mnist"), decided), legible, decided)


def _many(certificates: Certificates) -> None:
    kept = {name: artifacts.load_run(f"decided-{name}")["kept"] for name in NETWORKS}
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            Chart(view.curve(certificates), elem_id="decided-curve")
        with gr.Column(scale=4, min_width=260):
            prose.show("curve")
            html(words.curve_sentence(certificates, kept), elem_id="decided-sentence")
            with gr.Accordion("For the curious: likeness, and the paper’s Fig. 7", open=False):
                prose.show("many")
                html(words.curve_table(certificates))


# --- a chain that is split ---


def _split(shared: Shared, certificates: Certificates) -> tuple[Controls, Event]:

    def recorded(name: str) -> Recorded:
        run = artifacts.load_run(f"decided-{name}")
        return view.recorded_split(run, certificates[name], name, judge.classes(name))

    shown = RecordedAlbum("decided", recorded)
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            album = shown.pictures()
        with gr.Column(scale=4, min_width=260):
            prose.show("decided")
            with gr.Row():
                steps = control(DecidedSettings, "decided_steps", dropdown=True, elem_id="decided-steps", min_width=120)
                seed = control(DecidedSettings, "decided_seed", elem_id="decided-seed", min_width=100)
            with gr.Row():
                go = gr.Button("Split a chain live", variant="primary", elem_id="decided-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="decided-stop", scale=1, min_width=80)
            line = takes().show("decided", split_work("mnist", DecidedSettings().decided_steps))
            status = shown.status()
    inputs = [shared.network, steps, seed]
    run = splitting.wire(go, stop, live_split, inputs, [album, status], status, api_name="decided")
    takes().follow(line, split_work, [shared.network, steps], run)
    _seeds(shared, seed, certificates)
    return {"decided_steps": steps, "decided_seed": seed}, shown.wire(shared, splitting)


def split_work(network: Any, steps: Any) -> Work:
    """How many pictures the network draws for a split chain, times the steps of each."""
    shared = checked(SharedSettings, {"network": network})
    asked = checked(DecidedSettings, {"decided_steps": steps})
    return _work(Split(shared.network, steps=int(asked.decided_steps)))


def _work(config: Split, chain: bool = True) -> Work:
    return config.network, chain * config.steps + CONTINUATIONS * sum(view.left(config))


@cache
def takes() -> Takes:
    """The pace of split chains; many were recorded, each split at every 50th time."""
    found = {}
    for name in NETWORKS:
        certificate = artifacts.certificate(f"decided-{name}")
        every = Split(name, steps=certificate.config["steps"], times=tuple(range(EVERY, 1001, EVERY)))
        found[name] = certificate, certificate.config["chains"] * _work(every)[1]
    return Takes(found)


def live_split(network: Any, steps: Any, seed: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """One chain and its continuations, streamed: (the album with its new pictures, what to say above it)."""
    try:
        shared = checked(SharedSettings, {"network": network})
        asked = checked(DecidedSettings, {"decided_steps": steps, "decided_seed": seed})
    except ValueError as error:
        yield refused(error, 1)
        return
    config = Split(shared.network, asked.decided_seed, int(asked.decided_steps))
    run = splitting.follow(request, runs.follow(("decided", config), lambda: split(config)))
    shown = view.SplitView(config, new_run(), judge.classes(config.network), hardware())
    yield from stream(run, shown)
    if shown.done >= 1:
        takes().note(_work(config), run.seconds)


# --- part of the way, and back ---


def _part_of_the_way(shared: Shared, certificates: Certificates) -> tuple[Gallery, Controls, Event]:

    def recorded(name: str) -> Recorded:
        return view.recorded_back(artifacts.load_run(f"decided-{name}"), certificates[name], name)

    shown = RecordedAlbum("noised", recorded)
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            album = shown.pictures()
        with gr.Column(scale=4, min_width=260):
            prose.show("part of the way")
            opening = {name: certificate.config["picture"] for name, certificate in certificates.items()}
            gallery = Gallery(shared, "noised-gallery", opening, "The picture to add noise to")
            t = control(DecidedSettings, "noised_t", elem_id="noised-t")
            with gr.Row():
                go = gr.Button("Bring it back live", variant="primary", elem_id="noised-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="noised-stop", scale=1, min_width=80)
            line = takes().show("noised", back_work("mnist", DecidedSettings().noised_t))
            status = shown.status()
            with gr.Accordion("Finer settings: seed", open=False, elem_id="noised-finer"):
                seed = control(DecidedSettings, "noised_seed", elem_id="noised-seed")
    with gr.Accordion("For the curious: what this is good for", open=False):
        prose.show("editing")
    inputs = [gallery.component, shared.network, t, seed]
    run = bringing_back.wire(go, stop, live_back, inputs, [album, status], status, api_name="noised")
    takes().follow(line, back_work, [shared.network, t], run)
    _seeds(shared, seed, certificates)
    controls = {"noised_picture": gallery.component, "noised_t": t, "noised_seed": seed}
    return gallery, controls, shown.wire(shared, bringing_back)


def back_work(network: Any, t: Any) -> Work:
    """How many pictures the network draws on the ways back from t, times the steps of each."""
    shared = checked(SharedSettings, {"network": network})
    asked = checked(DecidedSettings, {"noised_t": t})
    return _work(Split(shared.network, times=(asked.noised_t,)), chain=False)


def live_back(gallery: Any, network: Any, t: Any, seed: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """The ways back from one noised picture, streamed: (the album with its new pictures, what to say above it)."""
    try:
        shared = checked(SharedSettings, {"network": network})
        asked = checked(DecidedSettings, {"noised_t": t, "noised_seed": seed})
        config = Split(shared.network, asked.noised_seed, times=(asked.noised_t,))
    except ValueError as error:
        yield refused(error, 1)
        return
    picture, _ = pictures.picture_of(gallery, config.network, own_pictures.of(request))
    seen, names = judge.recognise(config.network, picture), judge.classes(config.network)
    asked_for = ("noised", config, picture.tobytes())
    run = bringing_back.follow(request, runs.follow(asked_for, lambda: from_picture(config, picture)))
    shown = view.BackView(config, picture, seen, new_run(), names, hardware())
    yield from stream(run, shown)
    if shown.done >= 1:
        takes().note(_work(config, chain=False), run.seconds)


def _seeds(shared: Shared, seed: gr.Number, certificates: Certificates) -> None:
    """The seed of what was recorded goes along with the network."""
    recorded = {name: certificate.seed for name, certificate in certificates.items()}
    shared.network.input(lambda network: recorded.get(network, gr.skip()), shared.network, seed, **AT_ONCE)


SECTION = Section(
    "decided",
    "When is it decided?",
    build,
    heading="When is it decided what a picture shows?",
    needs=(
        *(f"{kind}-{name}" for name in NETWORKS for kind in ("decided", "journey", "ddpm", "classifier")),
        "legible-mnist",
    ),
    settings=DecidedSettings,
    asks=Asks(question.QUESTION, question.ASKED, _found),
)
