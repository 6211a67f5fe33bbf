"""Tab 3, when is it decided? One x_t, continued eight times with new noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, chains, denoise
from models.artifacts import Certificate
from models.chains import Row
from models.decided import CONTINUATIONS, FREEZE, STEPS, Frozen, Split, split
from models.runtime import hardware
from visuals import style
from visuals.components.album import Album, Heading, album
from visuals.components.chart import Axis, Chart, Series, chart
from visuals.diffusion import albums
from visuals.diffusion.albums import LiveAlbum, Rows, Wanted, hits, listed
from visuals.diffusion.layout import beside, html
from visuals.events import AT_ONCE
from visuals.live import LatestRun

PAPER = "Ho et al. 2020, Fig. 7"
TIME = Axis("frozen at t", 0, 1000)
SHARE = Axis("class kept", 0, 100, "%", 1)

latest = LatestRun()


def build() -> albums.Section:
    """Put the section into the open gradio context. Raises ArtifactError without its runs."""
    opening, said = albums.first(recorded)
    with beside("decided"):
        network = gr.Radio(albums.NETWORKS, value="mnist", label="Network", elem_id="decided-network")
        with gr.Row():
            steps = gr.Dropdown(
                list(map(str, STEPS)),
                value="40",
                label="Steps of the whole way",
                elem_id="decided-steps",
                min_width=140,
            )
            seed = gr.Number(
                artifacts.certificate("decided-mnist").seed,
                precision=0,
                label="Seed",
                elem_id="decided-seed",
                min_width=100,
            )
        with gr.Row():
            go = gr.Button("Split a chain live", elem_id="decided-go", scale=3, min_width=140)
            stop = gr.Button("Stop", elem_id="decided-stop", scale=1, min_width=80)
        status = html(said, elem_id="decided-status")
    pictures = Album(opening, elem_id="decided")
    certificates = {name: artifacts.certificate(f"decided-{name}") for name in denoise.NETWORKS}
    with beside("decided curve"):
        html(curve_sentence(certificates), elem_id="decided-sentence")
        Chart(curve(certificates), elem_id="decided-curve")

    latest.wire(go, stop, live, [network, steps, seed], [pictures, status], status, api_name="decided")
    network.input(choose_network, network, [steps, seed, pictures, status], **AT_ONCE)
    controls = {"decided_network": network, "decided_steps": steps, "decided_seed": seed}
    return controls, albums.at_link(recorded, network, [pictures, status])


def live(
    network: str, steps: str, seed: float | None, request: gr.Request
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """One chain and its continuations, streamed: (the album with its new pictures, what to say above it)."""
    try:
        config = Split(albums.chosen(network), albums.number("The seed", seed), albums.number("Steps", steps))
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    running = LiveAlbum(config.network, label(config), lengths(config), lambda events: headings(config, events), wanted)
    yield from albums.streamed(latest.follow(request, split(config)), running, lambda run: outcome(config, run))


def choose_network(network: str, request: gr.Request) -> tuple[Any, Any, Any, Any]:
    """The recorded chain of the other network with its settings, unless the visitor's own is being drawn."""
    if network not in denoise.NETWORKS or latest.runs(request):
        return (gr.skip(),) * 4
    certificate = artifacts.certificate(f"decided-{network}")
    return str(certificate.config["steps"]), certificate.seed, *recorded(network)


def lengths(config: Split) -> tuple[int, ...]:
    """The steps of every row: the whole chain, then what is left from each time."""
    return config.steps, *(t * config.steps // 1000 for t in config.times)


# --- what is shown ---


def recorded(network: str) -> tuple[dict[str, Any], str]:
    """The recorded chain of a network, and what to say above it."""
    run, certificate = artifacts.load_run(f"decided-{network}"), artifacts.certificate(f"decided-{network}")
    config = Split(network, certificate.seed, certificate.config["steps"], tuple(certificate.config["times"]))
    rows = albums.recorded_rows(run, "chain_") + albums.recorded_rows(run, first=1)
    events: Rows = [*frozen(config.times, run["xt"], first=1), *rows]
    cells = [albums.lead(event) for event in events if isinstance(event, Frozen)]
    cells += [cell for row in rows for cell in albums.row_cells(network, row, wanted(row.row, events))]
    said = style.told(sentence(config, events), announce=False)
    said += albums.recorded_with(certificate, f"seed {certificate.seed}, {config.steps} steps")
    return album(albums.newest(), label(config), headings(config, events), cells), said


def frozen(times: tuple[int, ...], xt: np.ndarray, first: int) -> list[Frozen]:
    """The x_t (time, 32, 32, C) of a recorded run as its events."""
    signal = denoise.TRAINED_ON.alpha_bar.sqrt().tolist()
    return [Frozen(first + k, t, signal[t], xt[k]) for k, t in enumerate(times)]


def wanted(row: int, events: Rows) -> Wanted:
    """The chain's own class, once it is known, is what its continuations are held against."""
    own = next((event.seen[0][0] for event in events if isinstance(event, Row) and event.row == 0), None)
    return (None,) if row == 0 else (own,) * CONTINUATIONS


def label(config: Split) -> str:
    return f"A chain split at t = {listed(list(map(str, config.times)))}, {config.network}, seed {config.seed}"


def headings(config: Split, events: Rows) -> tuple[Heading, ...]:
    """The rows by name; under it how much their pictures have in common, once they are there."""
    rows = {event.row: event for event in events if isinstance(event, Row)}
    found = [Heading("The chain itself", "From pure noise to its end.", 1)]
    for number, t in enumerate(config.times, start=1):
        note = f"√ᾱ = {denoise.TRAINED_ON.alpha_bar[t].sqrt().item():.3f}"
        if number in rows:
            row = rows[number]
            same = hits(row.seen, wanted(number, events))
            note += (
                f". {same} of {CONTINUATIONS} end as the chain does. RMSE of two: {chains.variety(row.pictures):.0f}"
            )
        found.append(Heading(f"Frozen at t = {t}", note + ".", CONTINUATIONS))
    return tuple(found)


def sentence(config: Split, events: Rows) -> str:
    """What the continuations have in common, time by time."""
    own, *rows = sorted((event for event in events if isinstance(event, Row)), key=lambda row: row.row)
    classes = denoise.classes(config.network)
    seen, probability = own.seen[0]
    same = [
        f"{hits(row.seen, wanted(row.row, events))} from t = {t}" for row, t in zip(rows, config.times, strict=True)
    ]
    apart = [f"{chains.variety(row.pictures):.0f}" for row in rows]
    return (
        f"The chain ends as {classes[seen]} ({albums.percent(probability)}). Of {CONTINUATIONS} continuations, "
        f"{listed(same)} end as {classes[seen]} too. "
        f"In that order two of them are {listed(apart)} grey levels apart (mean RMSE)."
    )


def outcome(config: Split, run: LiveAlbum) -> str:
    detail = f"{config.steps} steps, seed {config.seed}; {run.seconds:.0f} s, {hardware()}"
    return style.told(sentence(config, run.events)) + style.measured(detail)


# --- the recorded curve ---


def curve(certificates: dict[str, Certificate]) -> dict[str, Any]:
    """Share of continuations that keep the class, by the time of freezing, for both networks."""
    names = {key: name for name, key in albums.NETWORKS}
    series = (
        Series("mnist", names["mnist"], "var(--role-signal)", marker="circle"),
        Series("cifar10", names["cifar10"], "var(--body-text-color)", dash=True, marker="square"),
    )
    points = {
        name: sorted((int(t), m["class_kept"]) for t, m in certificate.metrics.items())
        for name, certificate in certificates.items()
    }
    words = "Share of continuations that end as the same class as their chain, by the time t at which it was frozen."
    count = " and ".join(str(certificate.config["chains"]) for certificate in certificates.values())
    note = f"{count} chains, {CONTINUATIONS} continuations at every 50th t. Chance: about 10 %."
    return chart(1, words, TIME, SHARE, series, points, note)


def curve_sentence(certificates: dict[str, Certificate]) -> str:
    """The recorded shares and distances at the times of Fig. 7."""
    said = []
    for name, key in albums.NETWORKS:
        metrics = certificates[key].metrics
        kept = [f"{metrics[str(t)]['class_kept']:.0f} %" for t in FREEZE]
        apart = [f"{metrics[str(t)]['rmse_between']:.0f}" for t in FREEZE]
        half = max(int(t) for t, m in metrics.items() if m["class_kept"] > 50)
        far = metrics["1000"]["rmse_between"]
        near = max(int(t) for t, m in metrics.items() if m["rmse_between"] < far / 2)
        said.append(
            f"{name}: frozen at t = {listed(list(map(str, FREEZE)))}, {listed(kept)} of the continuations keep "
            f"the class, and two of them are {listed(apart)} grey levels apart. "
            f"More than half keep it from t = {half} on down. Two are less than half as far apart as at t = 1000 from "
            f"t = {near} on down."
        )
    labels = [style.recorded(certificates[key], f"{name}, no class asked for") for name, key in albums.NETWORKS]
    return style.told(" ".join(said), announce=False) + "".join(f"<p>{label}</p>" for label in labels)
