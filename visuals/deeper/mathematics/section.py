"""The mathematics on the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import numpy as np

from models.core import artifacts
from models.core.resnet import INITS
from models.deeper.exercises import SEED
from models.deeper.nets import Lane
from models.deeper.race import Race
from visuals.components.chart import Chart
from visuals.deeper.mathematics import view
from visuals.deeper.race_settings import settings_for
from visuals.deeper.shared import Shared, folded
from visuals.page import style
from visuals.page.files import Later
from visuals.page.prose import Prose
from visuals.page.section import Section
from visuals.page.settings import query

RUN = "race-converged"
PROSE = Prose(Path(__file__).with_name("prose.md"))
BACKGROUND = {
    "NORM_LINK": Race((Lane(8, False), Lane(8, False, norm=False)), seed=SEED, learning_rate=1.0),
    "WEIGHTS_LINK": Race(tuple(Lane(8, False, False, init) for init in INITS), seed=SEED, learning_rate=0.01),
}


def build(shared: Shared) -> None:
    """Put the section into the open gradio context."""
    certificate = artifacts.certificate(RUN)
    with gr.Row(equal_height=False):
        with gr.Column(scale=6, min_width=320):
            found = Later(lambda: view.training_errors(artifacts.load_run(RUN), certificate))
            Chart(found, elem_id="mathematics-chart")
            gr.HTML(style.recorded(certificate))
        with gr.Column(scale=5, min_width=320):
            PROSE.show("block")
            PROSE.show("construction", **ends())
    with folded("What the paper builds on: batch norm and initialisation"):
        links = {
            name: f"?{query('deeper', 'race', settings_for(race), asks=False)}" for name, race in BACKGROUND.items()
        }
        PROSE.show("background", **links)
    with folded("For the curious: three traps"):
        PROSE.show("traps")


def ends() -> dict[str, str]:
    """Mean training errors of the plain nets at the end of the long race, under the names they have in the words."""
    metrics = artifacts.certificate(RUN).metrics
    of_nets = {"SHALLOW": view.SHALLOW, "DEEP": view.DEEP}
    return {place: f"{np.mean(metrics[net.name]['train_error']):.1f}" for place, net in of_nets.items()}


SECTION = Section("mathematics", "Mathematics", build, needs=(RUN,), waits=True)
