"""Tab 3, counterfactuals: the sampler with one thing wrong, beside the right way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from models import artifacts, denoise
from models.artifacts import Certificate
from models.counterfactual import RIGHT, WAYS, Comparison, compare, schedule_of
from models.runtime import hardware
from visuals import style
from visuals.components.album import Album, album
from visuals.diffusion import albums
from visuals.diffusion.albums import LiveAlbum, Rows
from visuals.diffusion.counterfactual_sentences import TITLES, headings, lesson
from visuals.diffusion.layout import beside, html, prose
from visuals.events import AT_ONCE
from visuals.live import LatestRun

ALL, EACH = "all", "each"
COUNT = 8  # pictures in a row
STEPS = ("50", "100", "250", "1000")
latest = LatestRun()


def build() -> albums.Section:
    """Put the section into the open gradio context. Raises ArtifactError without its runs."""
    opening, said, table = albums.first(recorded)
    ways = [("all five", ALL), *((TITLES[way], way) for way in WAYS[1:])]
    with beside("counterfactuals"):
        with gr.Row():
            network = gr.Radio(albums.NETWORKS, value="mnist", label="Network", elem_id="wrong-network", min_width=320)
            way = gr.Dropdown(ways, value=ALL, label="What to do wrong", elem_id="wrong-way", min_width=200)
        with gr.Row():
            label = gr.Dropdown(class_choices("mnist"), value=EACH, label="Class", elem_id="wrong-class", min_width=160)
            steps = gr.Dropdown(list(STEPS), value="250", label="Steps", elem_id="wrong-steps", min_width=110)
            seed = gr.Number(0, precision=0, label="Seed", elem_id="wrong-seed", min_width=90)
        with gr.Row():
            go = gr.Button("Draw them live", elem_id="wrong-go", scale=3, min_width=140)
            stop = gr.Button("Stop", elem_id="wrong-stop", scale=1, min_width=80)
        status = html(said, elem_id="wrong-status")
    pictures = Album(opening, elem_id="wrong")
    numbers = html(table, elem_id="wrong-table")
    prose("counterfactuals explained", **explained())

    latest.wire(
        go, stop, live, [network, way, label, steps, seed], [pictures, status], status, api_name="counterfactuals"
    )
    network.input(choose_network, network, [label, pictures, status, numbers], **AT_ONCE)
    controls = {
        "wrong_network": network,
        "wrong_way": way,
        "wrong_class": label,
        "wrong_steps": steps,
        "wrong_seed": seed,
    }
    return controls, albums.at_link(recorded, network, [pictures, status, numbers])


def live(
    network: str, way: str, label: str, steps: str, seed: float | None, request: gr.Request
) -> Iterator[tuple[dict[str, Any] | Any, str]]:
    """The right way and what was chosen, streamed: (the album with its new pictures, what to say above it)."""
    try:
        config = comparison_of(network, way, label, steps, seed)
    except ValueError as error:
        yield gr.skip(), style.notice(str(error))
        return
    picture = artifacts.load_run(f"counterfactuals-{config.network}")["picture"]  # what the oracle knows
    title = f"The sampler and its counterfactuals, {network_name(config.network)}, seed {config.seed}"
    running = LiveAlbum(
        config.network,
        title,
        (config.steps,) * len(config.ways),
        lambda events: headings(config, events, picture),
        lambda row, _: config.asked,
    )
    yield from albums.streamed(
        latest.follow(request, compare(config, picture)), running, lambda run: outcome(config, run)
    )


def comparison_of(network: str, way: str, label: str, steps: str, seed: float | None) -> Comparison:
    """What the controls say. Raises ValueError, in a sentence, for what cannot be done."""
    if way != ALL and way not in WAYS[1:]:
        raise ValueError("Choose what to do wrong from the list.")
    asked = tuple(range(COUNT)) if label == EACH else (albums.number("The class", label),) * COUNT
    ways = WAYS if way == ALL else (RIGHT, way)
    return Comparison(
        albums.chosen(network), asked, albums.number("Steps", steps), albums.number("The seed", seed), ways
    )


def choose_network(network: str, request: gr.Request) -> tuple[Any, Any, Any, Any]:
    """The classes of the other network, and its recorded pictures unless the visitor's own are being drawn."""
    if network not in denoise.NETWORKS:
        return gr.skip(), gr.skip(), gr.skip(), gr.skip()
    choices = gr.Dropdown(class_choices(network), value=EACH)
    opening, said, table = recorded(network)
    return (choices, gr.skip(), gr.skip(), table) if latest.runs(request) else (choices, opening, said, table)


def class_choices(network: str) -> list[tuple[str, str]]:
    return [("one picture of each", EACH), *((name, str(k)) for k, name in enumerate(denoise.classes(network)))]


def network_name(network: str) -> str:
    return next(name for name, key in albums.NETWORKS if key == network)


# --- what is shown ---


def explained() -> dict[str, str]:
    """The numbers of the explanations, from the schedules."""
    cut, right = schedule_of("cut", 250).alpha_bar[-1].item(), schedule_of(RIGHT, 1000)
    same = {steps: schedule_of("same betas", steps).alpha_bar[-1].item() for steps in (50, 250)}
    return {
        "CUT_SHARE": f"{cut**0.5:.2f}",
        "CUT_LEFT": f"{cut:.2f}",
        "ALL_LEFT": f"{right.alpha_bar[-1].item():.5f}",
        "SAME_MANY": f"{same[250]:.3f}",
        "SAME_FEW": f"{same[50]:.2f}",
        "LAST_NOISE": f"{127.5 * right.beta[1].sqrt().item():.1f}",
    }


def recorded(network: str) -> tuple[dict[str, Any], str, str]:
    """The recorded rows of a network, what to say above them, and the numbers of more chains as a table."""
    name = f"counterfactuals-{network}"
    run, certificate = artifacts.load_run(name), artifacts.certificate(name)
    config = Comparison(network, tuple(certificate.config["asked"]), certificate.config["steps"], certificate.seed)
    events: Rows = [*albums.recorded_rows(run)]
    cells = [cell for row in events for cell in albums.row_cells(network, row, config.asked)]
    title = f"The sampler and its counterfactuals, {network_name(network)}"
    picture = album(albums.newest(), title, headings(config, events, run["picture"]), cells)
    said = style.told(lesson(config, events), announce=False)
    said += albums.recorded_with(certificate, f"seed {certificate.seed}, {config.steps} steps")
    return picture, said, recorded_table(certificate)


def outcome(config: Comparison, run: LiveAlbum) -> str:
    return style.told(lesson(config, run.events)) + style.measured(
        f"{config.steps:,} steps, seed {config.seed}; {run.seconds:.0f} s, {hardware()}"
    )


def recorded_table(certificate: Certificate) -> str:
    """The numbers of the recorded chains, which are more than the pictures."""
    body = [
        [
            TITLES[way],
            f"{m['read_as_asked']:.0f} %",
            f"{m['rmse_to_right']:.1f}",
            f"{m['roughness']:.1f}",
            f"{m['variety']:.1f}",
            f"{m['alpha_bar']:.3f}" if m["alpha_bar"] > 0.001 else f"{m['alpha_bar']:.5f}",
        ]
        for way, m in certificate.metrics.items()
    ]
    head = ["way", "read as asked", "RMSE to the right way", "between neighbours", "between pictures", "ᾱ at the start"]
    config = certificate.config
    title = f"{config['chains']} chains each way, {config['steps']} steps; differences in grey levels"
    return style.table(title, head, body) + style.recorded(certificate)
