"""Section "There and back": the player, controls, events, and the live run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from models.core.runtime import hardware
from models.noisier import denoise, judge
from visuals.components.player import Player
from visuals.components.worked import Worked
from visuals.noisier import pictures
from visuals.noisier.gallery import Gallery, written_sample
from visuals.noisier.journey import films, kept, words
from visuals.noisier.journey.equation import COLOURS, story
from visuals.noisier.journey.kept import Kept
from visuals.noisier.journey.recipe import recipe
from visuals.noisier.journey.recorded import at_first, certificate_of, filed, journey_of, recorded, takes, told, work
from visuals.noisier.journey.view import JourneyView
from visuals.noisier.recorded_album import class_of_network, classes_called
from visuals.noisier.settings import ANY, NETWORKS, JourneySettings
from visuals.noisier.shared import PARTS, Shared, html, own_pictures
from visuals.page import style
from visuals.page.events import AT_ONCE, FOLLOWING, end_with_visit
from visuals.page.files import Later
from visuals.page.live import LatestRun, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import control, declared
from visuals.page.shared_runs import runs
from visuals.page.visitors import Visitors

MESSAGES_PER_SECOND = 3  # measured: each costs the sampler some milliseconds
OPENING = JourneySettings()
FEW = "4"

FOLDED = {
    "The symbols": "symbols",
    "What to look for": "what to look for",
    "The mathematics": "mathematics",
    "For the curious: where it comes from, and from a bound to a squared error": "origins",
}

latest = LatestRun()
newest: Visitors[Kept] = Visitors(lambda run: run.bytes)
prose = Prose(Path(__file__).with_name("prose.md"))
Controls = dict[str, Any]  # gradio's components
Answer = Callable[[Kept | None, dict[str, Any]], dict[str, Any] | None]  # of kept.py, to what a player asks


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    prose.show("first")
    with gr.Row(equal_height=False):
        with gr.Column(scale=8, min_width=320):
            player = Player(*at_first(), elem_id="player", server_functions=films.films())
        with gr.Column(scale=5, min_width=300):
            with gr.Row():
                go = gr.Button("Run it live", variant="primary", elem_id="journey-go", scale=3)
                stop = gr.Button("Stop", elem_id="journey-stop", scale=1, min_width=80)
            line = takes().show("journey", work("mnist", OPENING.samples, OPENING.steps))
            status = html(told("mnist"), elem_id="journey-status")
            with gr.Tabs(selected="equation", elem_id="journey-parts", **PARTS):
                with gr.Tab("Equation", id="equation", elem_id="journey-equation"):
                    prose.show("letters")
                    worked, channel = _equation(player, status)
                with gr.Tab("Settings", id="settings", elem_id="journey-settings"):
                    gallery, controls = _settings(shared)
                with gr.Tab("Sampler", id="sampler", elem_id="journey-sampling"):
                    controls |= _sampler()
    for title, part in FOLDED.items():
        with gr.Accordion(title, open=False):
            prose.show(part)

    inputs = [shared.network, *(controls[name] for name in declared(JourneySettings))]
    samples, sampler = controls["samples"], controls["sampler"]
    run = latest.wire(go, stop, live, inputs, [player, status], status, api_name="denoise")
    run.then(follow, None, [worked, channel], **AT_ONCE)
    takes().follow(line, work, [shared.network, samples, controls["steps"]], run)
    end_with_visit(newest.forget)
    names = {name: judge.classes(name) for name in NETWORKS}
    labels = {name: str(certificate_of(name).config["label"]) for name in NETWORKS}
    classes = class_of_network(shared, controls["label"], names, labels, {ANY: "any class"})
    ready = {name: filed(player, name) for name in NETWORKS}

    def show(network: Any, request: gr.Request) -> tuple[Any, ...]:
        return other_network(ready, network, request)

    def show_linked(request: gr.Request, network: Any, gallery: Any, *settings: Any) -> tuple[Any, ...]:
        return set_up(ready, request, network, gallery, *settings)

    shown = [player, worked, channel, status]
    shared.network.input(show, [shared.network], shown, **AT_ONCE)
    shared.network.input(fit, [shared.network, samples], [samples, sampler], **AT_ONCE)
    return Built(
        controls,
        values=lambda settings: values_of(settings, gallery),
        written=lambda values: values | {"start": written_sample(values["start"], OPENING.start)},
        called=classes_called("label", names),
        shown=(gallery.linked, classes, {"fn": show_linked, "inputs": inputs, "outputs": shown} | AT_ONCE),
    )


def _settings(shared: Shared) -> tuple[Gallery, Controls]:
    """What the way starts from and what it is asked to draw: the controls by the names of the settings."""
    html('<p class="line">Start picture: samples that the network drew itself</p>')
    gallery = Gallery(shared, "journey-gallery", {name: certificate_of(name).config["start"] for name in NETWORKS})
    with gr.Row():
        label = _control("label", dropdown=True, min_width=120)
        seed = _control("seed", min_width=90)
        samples = _control("samples", dropdown=True, min_width=90)
    return gallery, {"start": gallery.component, "label": label, "samples": samples, "seed": seed}


def _sampler() -> Controls:
    """How the sampler goes back: the controls by the names of the settings."""
    sampler, steps, guidance = _control("sampler", dropdown=True), _control("steps"), _control("guidance")
    with gr.Accordion("Finer settings: sigma, eta, schedule of the way there", open=False, elem_id="journey-finer"):
        sigma, eta = _control("sigma"), _control("eta", interactive=False)
        applies = html(words.applies("ddpm"), elem_id="journey-applies")
        view = _control("view")
    sampler.change(for_sampler, sampler, [sigma, eta, applies], **AT_ONCE)
    return {"sampler": sampler, "steps": steps, "guidance": guidance, "sigma": sigma, "eta": eta, "view": view}


def _control(name: str, **options: Any) -> Any:
    return control(JourneySettings, name, elem_id=f"journey-{name}", **options)


def for_sampler(sampler: Any) -> tuple[Any, Any, str]:
    """What can be set depends on the sampler."""
    return gr.update(interactive=sampler == "ddpm"), gr.update(interactive=sampler == "ddim"), words.applies(sampler)


def values_of(settings: JourneySettings, gallery: Gallery) -> dict[str, Any]:
    """What a link sets: the new values of the controls, by name."""
    return vars(settings) | {
        "start": gallery.row("mnist", settings.start),
        "sigma": gr.update(value=settings.sigma, interactive=settings.sampler == "ddpm"),
        "eta": gr.update(value=settings.eta, interactive=settings.sampler == "ddim"),
    }


def other_network(ready: dict[str, dict[str, Any]], network: Any, request: gr.Request) -> tuple[Any, ...]:
    """The recorded journey of a network, also in place of a run that goes on: player, equation, colour, what to say."""
    if network not in NETWORKS:
        return (gr.skip(),) * 4
    latest.stop(request)
    run = recorded(network, new_run())
    run.look_where(newest.of(request))  # the player keeps its pixel, too
    newest.keep(request, run)
    return ready[network] | {"run": run.run}, *follow(request), told(network)


def fit(network: Any, samples: Any) -> tuple[Any, Any]:
    """Pictures and sampler for another network: the sampler of its recorded run, and no more photographs than FEW.

    They take longer than digits.
    """
    if network not in NETWORKS:
        return gr.skip(), gr.skip()
    many = network == "cifar10" and samples == str(max(denoise.SAMPLES))
    return FEW if many else gr.skip(), certificate_of(network).config["sampler"]


def set_up(
    ready: dict[str, dict[str, Any]], request: gr.Request, network: Any, gallery: Any, *settings: Any
) -> tuple[Any, ...]:
    """What to show when a link has set the controls; nothing if they are as recorded, or after a run."""
    if newest.of(request) or network not in NETWORKS:
        return (gr.skip(),) * 4  # on a busy server whoever is quick has pressed the button before this is answered
    certificate = certificate_of(network)
    try:
        as_recorded = journey_of(network, *settings) == recorded(network).journey
    except ValueError:
        as_recorded = False  # the button says what is wrong
    as_recorded = as_recorded and pictures.chosen_in(gallery) == certificate.config["start"]
    shown = (gr.skip(),) * 4 if network == "mnist" else other_network(ready, network, request)
    return shown if as_recorded else (*shown[:3], words.set_up_status(certificate))


# --- the live run ---


def live(
    network: Any,
    gallery: Any,
    label: Any,
    samples: Any,
    sampler: Any,
    steps: Any,
    guidance: Any,
    seed: Any,
    sigma: Any,
    eta: Any,
    view: Any,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:  # by these names programs ask for it
    """The whole journey, streamed: (new frames for the player, what to say about it)."""
    try:
        journey = journey_of(network, label, samples, sampler, steps, guidance, seed, sigma, eta, view)
    except ValueError as error:
        yield refused(error, 1)
        return
    picture, index = pictures.picture_of(gallery, journey.network, own_pictures.of(request))
    run = Kept(new_run(), journey, recipe(journey, picture, index))
    run.look_where(newest.of(request))
    newest.keep(request, run)
    followed = runs.follow(("journey", journey, picture.tobytes()), lambda: denoise.travel(journey, picture))
    player = JourneyView(run, partial(judge.recognise, journey.network), judge.classes(journey.network), hardware())
    following = latest.follow(request, followed)
    for values in stream(following, player, MESSAGES_PER_SECOND):
        if (now := newest.of(request)) and now is not run:  # another network was chosen meanwhile, or a new run begun
            if following.stopped:  # a browser may hear the words of this run after those of the other network
                yield gr.skip(), told(now.journey.network)
            return
        yield values
    if player.done >= 1:
        takes().note(work(journey.network, str(journey.samples), journey.steps), following.seconds)


# --- what the player and the equation ask for ---


def _equation(player: Player, status: gr.HTML) -> tuple[Worked, gr.Radio]:
    """The equation with the numbers of the moment, and the choice of a colour, for photographs."""
    channel = gr.Radio(COLOURS, value=0, label="Colour of the pixel", elem_id="probe-colour", visible=False)
    worked = Worked(Later(lambda: story(recorded())), elem_id="equation")
    player.probe(probe, channel, [worked, status], **AT_ONCE)
    player.missing(_answered(kept.missing, "run", "start", "end"), None, [player, status], **AT_ONCE)
    player.alone(_answered(kept.panels, "run", "sample"), None, [player, status], **FOLLOWING)
    channel.input(recolour, channel, worked, **AT_ONCE)
    worked.missing(follow, None, [worked, channel], **FOLLOWING)
    return worked, channel


def asked(event: gr.EventData, *names: str) -> dict[str, Any]:
    """What a component's event carries. Anything may come from a browser."""
    return {name: getattr(event, name, None) for name in names}


def _answered(answer: Answer, *names: str) -> Callable[..., Any]:
    def answered(event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        run, which = newest.of(request), asked(event, *names)
        return answer(run, which) or gr.skip(), forgotten(run, which)

    return answered


def forgotten(run: Kept | None, which: dict[str, Any]) -> Any:
    """What to say where the run that is on the player is no longer kept."""
    lost = run is None and type(which["run"]) is int and which["run"] > 0
    return style.notice(words.FORGOTTEN) if lost else gr.skip()


def probe(channel: Any, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
    """A pixel of the player was chosen: its numbers in every frame that is there."""
    run, which = newest.of(request), asked(event, "run", "sample", "row", "column")
    if run is None and which["run"] == 0:
        newest.keep(request, run := recorded())
    chosen = kept.pixel_of(run, which, channel) if run else None
    if run is None or chosen is None or chosen == run.pixel:
        return gr.skip(), forgotten(run, which)
    run.pixel = chosen
    return story(run), gr.skip()


def recolour(channel: Any, request: gr.Request) -> Any:
    """Another of the three numbers of the pixel."""
    run = newest.of(request)
    if run is None or run.pixel is None or channel not in range(run.channels):
        return gr.skip()
    run.pixel = replace(run.pixel, channel=channel)
    return story(run)


def follow(request: gr.Request) -> tuple[Any, Any]:
    """The newest run's lines, with the numbers of the frames that are there, and the choice of a colour."""
    run = newest.of(request)
    if run is None:
        return gr.skip(), gr.skip()
    return story(run), gr.update(visible=run.channels == 3, value=run.pixel.channel if run.pixel else 0)


SECTION = Section(
    "journey",
    "There and back",
    build,
    heading="Can a network learn to undo noise?",
    needs=tuple(f"{kind}-{name}" for name in NETWORKS for kind in ("journey", "ddpm", "classifier")),
    settings=JourneySettings,
)
