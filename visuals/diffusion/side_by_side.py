"""Tab 3, the samplers side by side: the same noises brought back by each, in few steps and in more."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from models import artifacts, denoise
from models.artifacts import Certificate
from models.chains import Row
from models.runtime import hardware
from models.side_by_side import STEPS, WAYS, Comparison, compare
from visuals import style
from visuals.components.album import Album, Heading, album
from visuals.diffusion import albums
from visuals.diffusion.albums import LiveAlbum, Rows, hits, listed
from visuals.diffusion.layout import beside, html, prose
from visuals.events import AT_ONCE
from visuals.live import LatestRun

NAMES = {"ddpm": "DDPM", "ddim": "DDIM", "dpm++": "DPM-Solver++"}

latest = LatestRun()
Seconds = dict[int, float]  # row: how long it took here; recorded rows come from another machine


def build() -> albums.Section:
    """Put the section into the open gradio context. Raises ArtifactError without its runs."""
    opening, said, table = albums.first(recorded)
    with beside("side by side"):
        network = gr.Radio(albums.NETWORKS, value="mnist", label="Network", elem_id="sides-network")
        with gr.Row():
            label = gr.Dropdown(class_choices("mnist"), value="3", label="Class", elem_id="sides-class", min_width=140)
            seed = gr.Number(1, precision=0, label="Seed of the noises", elem_id="sides-seed", min_width=120)
        with gr.Row():
            go = gr.Button("Compare them live", elem_id="sides-go", scale=3, min_width=140)
            stop = gr.Button("Stop", elem_id="sides-stop", scale=1, min_width=80)
        status = html(said, elem_id="sides-status")
    pictures = Album(opening, elem_id="sides")
    numbers = html(table, elem_id="sides-table")
    prose("side by side explained")

    latest.wire(go, stop, live, [network, label, seed], [pictures, status], status, api_name="side_by_side")
    network.input(choose_network, network, [label, pictures, status, numbers], **AT_ONCE)
    controls = {"sides_network": network, "sides_class": label, "sides_seed": seed}
    return controls, albums.at_link(recorded, network, [pictures, status, numbers])


def live(
    network: str, label: str, seed: float | None, request: gr.Request
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """The rows, streamed one after the other: (the album with its new pictures, what to say above it)."""
    try:
        config = Comparison(albums.chosen(network), albums.number("The class", label), albums.number("The seed", seed))
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    seconds: Seconds = {}
    running = LiveAlbum(
        config.network,
        title(config),
        tuple(steps for _, steps in WAYS),
        lambda events: headings(config, events, seconds),
        lambda _, __: (config.label,) * config.count,
    )
    run = latest.follow(request, timed(compare(config), seconds))
    yield from albums.streamed(run, running, lambda done: outcome(config, done))


def timed(events: Iterator[Row], seconds: Seconds) -> Iterator[Row]:
    """The same events; notes how long each row took."""
    before = time.perf_counter()
    try:
        for event in events:
            if event.finished:
                now = time.perf_counter()
                seconds[event.row], before = now - before, now
            yield event
    finally:
        events.close()


def choose_network(network: str, request: gr.Request) -> tuple[Any, Any, Any, Any]:
    """The classes of the other network, and its recorded rows unless the visitor's own are being drawn."""
    if network not in denoise.NETWORKS:
        return (gr.skip(),) * 4
    opening, said, table = recorded(network)
    label = str(artifacts.certificate(f"side-by-side-{network}").config["label"])
    choices = gr.Dropdown(class_choices(network), value=label)
    return (choices, gr.skip(), gr.skip(), table) if latest.runs(request) else (choices, opening, said, table)


def class_choices(network: str) -> list[tuple[str, str]]:
    return [(name, str(k)) for k, name in enumerate(denoise.classes(network))]


# --- what is shown ---


def recorded(network: str) -> tuple[dict[str, Any], str, str]:
    """The recorded rows of a network, what to say above them, and the numbers of more pictures as a table."""
    run, certificate = artifacts.load_run(f"side-by-side-{network}"), artifacts.certificate(f"side-by-side-{network}")
    config = Comparison(network, certificate.config["label"], certificate.seed, certificate.config["count"])
    rows = albums.recorded_rows(run)
    cells = [cell for row in rows for cell in albums.row_cells(network, row, (config.label,) * config.count)]
    said = style.told(sentence(config, rows), announce=False)
    said += albums.recorded_with(certificate, f"seed {certificate.seed}")
    shown = album(albums.newest(), title(config), headings(config, rows, {}), cells)
    return shown, said, recorded_table(certificate)


def title(config: Comparison) -> str:
    return f"Three samplers from the same noises, asked for {denoise.classes(config.network)[config.label]}"


def headings(config: Comparison, events: Rows, seconds: Seconds) -> tuple[Heading, ...]:
    """A row for each sampler and number of steps; what it took and gave, once that is known."""
    rows = {event.row: event for event in events if isinstance(event, Row)}
    found = []
    for number, (sampler, steps) in enumerate(WAYS):
        note = ""
        if number in rows:
            read = hits(rows[number].seen, (config.label,) * config.count)
            took = f", {seconds[number]:.1f} s" if number in seconds else ""
            note = f"{read} of {config.count} read as asked. {steps} network calls{took}."
        found.append(Heading(f"{NAMES[sampler]}, {steps} steps", note, config.count))
    return tuple(found)


def sentence(config: Comparison, events: Rows) -> str:
    """What each sampler made of the noises in the fewest and in the most steps."""
    rows = {WAYS[event.row]: event for event in events if isinstance(event, Row)}
    wanted, few, many = (config.label,) * config.count, STEPS[0], STEPS[-1]
    counts = [
        f"{NAMES[sampler]} {hits(rows[sampler, few].seen, wanted)} and {hits(rows[sampler, many].seen, wanted)}"
        for sampler in NAMES
    ]
    name = denoise.classes(config.network)[config.label]
    return (
        f"Asked for {name}, {config.count} noises. Read as such after {few} and after {many} steps: {listed(counts)}."
    )


def outcome(config: Comparison, run: LiveAlbum) -> str:
    return style.told(sentence(config, run.events)) + style.measured(
        f"seed {config.seed}; {run.seconds:.0f} s, {hardware()}"
    )


def recorded_table(certificate: Certificate) -> str:
    """Read as asked, over all classes, and how near each comes to where 1,000 steps of DDIM lead."""
    found, body = certificate.metrics, []
    for sampler, name in NAMES.items():
        cells = [found[f"{sampler} {steps}"] for steps in STEPS]
        near = ["" if sampler == "ddpm" else f"{cell['distance_to_goal']:.1f}" for cell in cells]
        body.append([name, *(f"{cell['read_as_asked']:.0f} %" for cell in cells), *(n or "adds noise" for n in near)])
    read, far = [f"read as asked, {s} steps" for s in STEPS], [f"RMSE to 1,000 steps of DDIM, {s} steps" for s in STEPS]
    config = certificate.config
    label = denoise.classes(config["network"])[config["label"]]
    named = (
        f"{config['pictures']} pictures of all classes by each sampler; RMSE over {config['near']} noises of the class "
    )
    named += f"{label}, seed {certificate.seed}, in grey levels"
    said = style.told(more_steps(certificate), announce=False)
    return style.table(named, ["sampler", *read, *far], body) + said + style.recorded(certificate)


def more_steps(certificate: Certificate) -> str:
    """What more steps of DDPM did, and how sure that is from so few pictures."""
    count = certificate.config["pictures"]
    shares = [certificate.metrics[f"ddpm {steps}"]["read_as_asked"] for steps in STEPS]
    error = max(math.sqrt(share * (100 - share) / count) for share in shares)
    return (
        f"DDPM in {listed(list(map(str, STEPS)))} steps: {listed([f'{share:.0f} %' for share in shares])} are read as "
        f"asked. From {count} pictures a share is known to a standard error of up to {error:.0f} %, so some of the "
        "differences in this table may be chance, and a picture that is read as asked need not be a good one."
    )
