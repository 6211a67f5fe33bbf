"""Tab 3, guidance: the same noises and class at seven guidance scales."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from models import artifacts, chains, denoise
from models.artifacts import Certificate
from models.chains import Row
from models.guidance import SCALES, STEPS, Strip, at_the_ends, relative_variety, strip
from models.runtime import hardware
from visuals import style
from visuals.components.album import Album, Heading, album
from visuals.diffusion import albums
from visuals.diffusion.albums import LiveAlbum, Rows, hits, listed
from visuals.diffusion.layout import beside, html, prose
from visuals.events import AT_ONCE
from visuals.live import LatestRun

latest = LatestRun()


def build() -> albums.Section:
    """Put the section into the open gradio context. Raises ArtifactError without its runs."""
    opening, said, table = albums.first(recorded)
    with beside("guidance"):
        network = gr.Radio(albums.NETWORKS, value="mnist", label="Network", elem_id="guided-network")
        with gr.Row():
            label = gr.Dropdown(class_choices("mnist"), value="3", label="Class", elem_id="guided-class", min_width=140)
            steps = gr.Dropdown(list(map(str, STEPS)), value="25", label="Steps", elem_id="guided-steps", min_width=110)
            seed = gr.Number(0, precision=0, label="Seed", elem_id="guided-seed", min_width=80)
        with gr.Row():
            go = gr.Button("Draw the strip live", elem_id="guided-go", scale=3, min_width=140)
            stop = gr.Button("Stop", elem_id="guided-stop", scale=1, min_width=80)
        status = html(said, elem_id="guided-status")
    pictures = Album(opening, elem_id="guided")
    numbers = html(table, elem_id="guided-table")
    prose("guidance explained")

    latest.wire(go, stop, live, [network, label, steps, seed], [pictures, status], status, api_name="guidance")
    network.input(choose_network, network, [label, pictures, status, numbers], **AT_ONCE)
    controls = {"guided_network": network, "guided_class": label, "guided_steps": steps, "guided_seed": seed}
    return controls, albums.at_link(recorded, network, [pictures, status, numbers])


def live(
    network: str, label: str, steps: str, seed: float | None, request: gr.Request
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """The strip, streamed scale by scale: (the album with its new pictures, what to say above it)."""
    try:
        config = Strip(
            albums.chosen(network),
            albums.number("The class", label),
            albums.number("Steps", steps),
            albums.number("The seed", seed),
        )
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    running = LiveAlbum(
        config.network,
        title(config),
        (config.steps,) * len(SCALES),
        lambda events: headings(config, events),
        lambda _, __: (config.label,) * config.count,
    )
    yield from albums.streamed(latest.follow(request, strip(config)), running, lambda run: outcome(config, run))


def choose_network(network: str, request: gr.Request) -> tuple[Any, Any, Any, Any]:
    """The classes of the other network, and its recorded strip unless the visitor's own is being drawn."""
    if network not in denoise.NETWORKS:
        return (gr.skip(),) * 4
    opening, said, table = recorded(network)
    choices = gr.Dropdown(
        class_choices(network), value=str(artifacts.certificate(f"guidance-{network}").config["label"])
    )
    return (choices, gr.skip(), gr.skip(), table) if latest.runs(request) else (choices, opening, said, table)


def class_choices(network: str) -> list[tuple[str, str]]:
    return [(name, str(k)) for k, name in enumerate(denoise.classes(network))]


# --- what is shown ---


def recorded(network: str) -> tuple[dict[str, Any], str, str]:
    """The recorded strip of a network, what to say above it, and the numbers of more pictures as a table."""
    run, certificate = artifacts.load_run(f"guidance-{network}"), artifacts.certificate(f"guidance-{network}")
    config = Strip(network, certificate.config["label"], certificate.config["steps"], certificate.seed)
    rows = albums.recorded_rows(run)
    cells = [cell for row in rows for cell in albums.row_cells(network, row, (config.label,) * config.count)]
    said = style.told(sentence(config, rows), announce=False)
    said += albums.recorded_with(certificate, f"seed {certificate.seed}, {config.steps} DDIM steps")
    return album(albums.newest(), title(config), headings(config, rows), cells), said, recorded_table(certificate)


def title(config: Strip) -> str:
    return f"Guidance from 0 to 8, asked for {denoise.classes(config.network)[config.label]}, seed {config.seed}"


def headings(config: Strip, events: Rows) -> tuple[Heading, ...]:
    """A row for each scale, and its measures once they are known."""
    rows = {event.row: event for event in events if isinstance(event, Row)}
    found = []
    for number, scale in enumerate(SCALES):
        note = {0: "The class is ignored.", 1: "The class, no guidance."}.get(scale, "")
        if number in rows:
            row = rows[number]
            read, apart = hits(row.seen, (config.label,) * config.count), relative_variety(row.pictures)
            note += (
                f" {read} of {config.count} read as asked. At 0 or 255: {100 * at_the_ends(row.pictures):.1f} %. "
                f"Relative variety: {apart:.2f}."
            )
        found.append(Heading(f"s = {scale:g}", note.strip(), config.count))
    return tuple(found)


def sentence(config: Strip, events: Rows) -> str:
    """What more and more guidance did to these pictures, at the scales 0, 1, 3 and 8."""
    rows = {SCALES[event.row]: event for event in events if isinstance(event, Row)}
    name, read = denoise.classes(config.network)[config.label], []
    for scale in (0, 1, 3, 8):
        read.append(f"{hits(rows[scale].seen, (config.label,) * config.count)} at s = {scale}")
    ends = [100 * at_the_ends(rows[scale].pictures) for scale in (1, 8)]
    contrast = [chains.contrast(rows[scale].pictures) for scale in (1, 8)]
    apart = [relative_variety(rows[scale].pictures) for scale in (1, 8)]
    return (
        f"Asked for {name}, {listed(read)} of {config.count} are read as such. From s = 1 to s = 8, values at 0 or "
        f"255 go from {ends[0]:.1f} to {ends[1]:.1f} %, contrast from {contrast[0]:.0f} to {contrast[1]:.0f} grey "
        f"levels, and the RMSE of two pictures, in units of their contrast, from {apart[0]:.2f} to {apart[1]:.2f}."
    )


def outcome(config: Strip, run: LiveAlbum) -> str:
    detail = f"{config.steps} DDIM steps, seed {config.seed}; {run.seconds:.0f} s, {hardware()}"
    return style.told(sentence(config, run.events)) + style.measured(detail)


def recorded_table(certificate: Certificate) -> str:
    """The numbers of the recorded pictures of all classes, which are more than those of the strip."""
    body = [
        [
            f"s = {scale}",
            f"{m['read_as_asked']:.0f} %",
            f"{m['probability']:.0f} %",
            f"{m['at_the_ends']:.1f} %",
            f"{m['contrast']:.0f}",
            f"{m['relative_variety']:.2f}",
        ]
        for scale, m in certificate.metrics.items()
    ]
    head = ["scale", "read as asked", "classifier’s certainty", "values at 0 or 255", "contrast", "relative variety"]
    count = certificate.config["pictures"]
    return style.table(f"{count} pictures at each scale, ten of each class", head, body) + style.recorded(certificate)
