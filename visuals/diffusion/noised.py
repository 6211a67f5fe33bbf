"""Tab 3, part of the way: a picture with noise up to t, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, chains, denoise
from models.chains import Reading, Row
from models.decided import CONTINUATIONS, EVERY, Frozen, Split, from_picture
from models.runtime import hardware
from visuals import style
from visuals.components.album import Album, Cell, Heading, album
from visuals.components.pictures import Pictures
from visuals.diffusion import albums, start
from visuals.diffusion.albums import LiveAlbum, Rows, hits, listed
from visuals.diffusion.layout import html, prose
from visuals.events import AT_ONCE
from visuals.live import LatestRun

latest = LatestRun()


def build() -> albums.Section:
    """Put the section into the open gradio context. Raises ArtifactError without its runs."""
    opening, said = albums.first(recorded)
    own = gr.State(None)
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            prose("noised")
            html('<p class="label">The picture: a sample of the network, or your own</p>')
            gallery = Pictures(row_of("mnist"), elem_id="noised-gallery")
            upload = gr.UploadButton("Use your own picture", elem_id="noised-upload", size="sm")
            told = html("", elem_id="noised-told")
        with gr.Column(scale=4, min_width=320):
            network = gr.Radio(albums.NETWORKS, value="mnist", label="Network", elem_id="noised-network")
            t = gr.Slider(EVERY, 1000, value=500, step=EVERY, label="Noise up to t", elem_id="noised-t")
            seed = gr.Number(
                artifacts.certificate("decided-mnist").seed, precision=0, label="Seed", elem_id="noised-seed"
            )
            with gr.Row():
                go = gr.Button("Add noise and bring it back live", elem_id="noised-go", scale=3, min_width=140)
                stop = gr.Button("Stop", elem_id="noised-stop", scale=1, min_width=80)
            status = html(said, elem_id="noised-status")
    pictures = Album(opening, elem_id="noised")

    latest.wire(go, stop, live, [gallery, own, network, t, seed], [pictures, status], status, api_name="noised")
    network.input(choose_network, [network, own], [gallery, told, seed, pictures, status], **AT_ONCE)
    gallery.choose(start.choose_sample, [network, gallery], [gallery, told], **AT_ONCE)
    upload.upload(start.taking(start.from_file), [upload, network, gallery, own], [gallery, own, told], **AT_ONCE)
    controls = {"noised_network": network, "noised_picture": gallery, "noised_t": t, "noised_seed": seed}
    return controls, albums.at_link(recorded, network, [pictures, status])


def live(
    gallery: Any, own: start.Own, network: str, t: float, seed: float | None, request: gr.Request
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """The ways back from one noised picture, streamed: (the album with its new pictures, what to say above it)."""
    try:
        config = Split(albums.chosen(network), albums.number("The seed", seed), times=(albums.number("The time t", t),))
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    picture, _ = start.picture_of(gallery, config.network, own)
    seen = denoise.recognise(config.network, picture)
    running = LiveAlbum(
        config.network,
        label(config),
        (1, *(t * config.steps // 1000 for t in config.times)),
        lambda events: headings(config, events, picture, seen),
        lambda _, __: (seen[0],) * CONTINUATIONS,
    )
    events = with_original(from_picture(config, picture), picture, seen)
    yield from albums.streamed(latest.follow(request, events), running, lambda run: outcome(config, run, picture, seen))


def with_original(events: Iterator[Row | Frozen], picture: np.ndarray, seen: Reading) -> Iterator[Row | Frozen]:
    """The events, below a row of their own for the picture itself."""
    try:
        yield Row(0, 1, 1, picture[None], (seen,))
        for event in events:
            yield below(event)
    finally:
        events.close()


def below(event: Row | Frozen) -> Row | Frozen:
    """The event one row further down."""
    return type(event)(**{**vars(event), "row": event.row + 1})


def row_of(network: str, own: start.Own = None, chosen: int | None = None) -> dict[str, Any]:
    """The row of pictures to choose from; where none is `chosen`, the recorded one is."""
    index = artifacts.certificate(f"decided-{network}").config["picture"] if chosen is None else chosen
    return start.row(network, index, own) | {"label": "The picture to add noise to"}


def choose_network(network: str, own: start.Own, request: gr.Request) -> tuple[Any, ...]:
    """Another network: its samples, the recorded one of them chosen, and what was recorded with it."""
    if network not in denoise.NETWORKS:
        return (gr.skip(),) * 5
    if latest.runs(request):
        return row_of(network, own), "", *(gr.skip(),) * 3
    return row_of(network, own), "", artifacts.certificate(f"decided-{network}").seed, *recorded(network)


# --- what is shown ---


def recorded(network: str) -> tuple[dict[str, Any], str]:
    """The recorded ways back for a sample of the network, and what to say above them."""
    run, certificate = artifacts.load_run(f"decided-{network}"), artifacts.certificate(f"decided-{network}")
    config = Split(network, certificate.seed, certificate.config["steps"], tuple(certificate.config["times"]))
    picture, signal = run["picture"], denoise.TRAINED_ON.alpha_bar.sqrt().tolist()
    seen = recognised(network)
    rows = albums.recorded_rows(run, "back_", first=1)
    leads = [Frozen(k + 1, t, signal[t], run["back_xt"][k]) for k, t in enumerate(config.times)]
    events: Rows = [Row(0, 1, 1, picture[None], (seen,)), *leads, *rows]
    cells: list[Cell] = [albums.lead(frozen) for frozen in leads]
    cells += albums.row_cells(network, events[0], (seen[0],))
    cells += [cell for row in rows for cell in albums.row_cells(network, row, (seen[0],) * CONTINUATIONS)]
    said = style.told(sentence(config, events, picture, seen), announce=False)
    said += style.told("These four times were recorded. A live run takes the one that is set above.", announce=False)
    said += style.recorded(certificate, f"seed {certificate.seed}, {config.steps} steps, {certificate.hardware}")
    return album(albums.newest(), label(config), headings(config, events, picture, seen), cells), said


@cache
def recognised(network: str) -> Reading:
    """What the recorded picture is read as."""
    return denoise.recognise(network, artifacts.load_run(f"decided-{network}")["picture"])


def label(config: Split) -> str:
    return f"A picture noised to t = {listed(list(map(str, config.times)))} and brought back, {config.network}"


def headings(config: Split, events: Rows, picture: np.ndarray, seen: Reading) -> tuple[Heading, ...]:
    """The picture, and a row for each time; under it how much of the picture came back, once that is known."""
    rows = {event.row: event for event in events if isinstance(event, Row)}
    found = [Heading("The picture", f"Read as {denoise.classes(config.network)[seen[0]]}.", 1)]
    for number, t in enumerate(config.times, start=1):
        note = f"√ᾱ = {denoise.TRAINED_ON.alpha_bar[t].sqrt().item():.3f}"
        if number in rows:
            row = rows[number]
            note += (
                f". {hits(row.seen, (seen[0],) * CONTINUATIONS)} of {CONTINUATIONS} are read as the picture is; "
                f"RMSE to it {chains.rmse(row.pictures, picture):.0f}"
            )
        found.append(Heading(f"Noise up to t = {t}", note + ".", CONTINUATIONS))
    return tuple(found)


def sentence(config: Split, events: Rows, picture: np.ndarray, seen: Reading) -> str:
    """How much of the picture came back from each time."""
    rows = sorted((event for event in events if isinstance(event, Row)), key=lambda row: row.row)[1:]
    name = denoise.classes(config.network)[seen[0]]
    same = [
        f"{hits(row.seen, (seen[0],) * CONTINUATIONS)} from t = {t}" for row, t in zip(rows, config.times, strict=True)
    ]
    far = [f"{chains.rmse(row.pictures, picture):.0f}" for row in rows]
    return (
        f"The classifier reads the picture as {name}. Of {CONTINUATIONS} ways back, {listed(same)} are read as {name} "
        f"too. They are {listed(far)} grey levels (RMSE) from the picture."
    )


def outcome(config: Split, run: LiveAlbum, picture: np.ndarray, seen: Reading) -> str:
    detail = f"{config.steps} steps from t = 1000, seed {config.seed}; {run.seconds:.1f} s, {hardware()}"
    return style.told(sentence(config, run.events, picture, seen)) + style.measured(detail)
