"""Surgery, in tab 2: parts of the modules switched off, and what the heads say of the chosen picture then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np

from models.insight import known
from models.runtime import hardware
from models.surgery import PARTS, Part, operate
from visuals import style
from visuals.components.bars import Bars
from visuals.components.switches import Switches
from visuals.events import PRIVATE
from visuals.inception import surgery_figures as figures
from visuals.inception.examples import picture
from visuals.inception.layout import html, prose
from visuals.inception.look import FIRST_MODULE, FIRST_PICTURE, MARK, QUICK, Chosen
from visuals.live import COMPUTE

BY_NAME = {str(part): part for part in PARTS}


def build(chosen: Chosen) -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them."""
    said, shown = show(picture(FIRST_PICTURE), "tiny", figures.switches(), style.at_start)
    prose("surgery")
    with gr.Row():
        with gr.Column(scale=6, min_width=320):
            switches = Switches(figures.switches(chosen=FIRST_MODULE), elem_id="surgery-switches")
        with gr.Column(scale=5, min_width=320):
            status = html(said, elem_id="surgery-status")
            prose("surgery, off")
    bars = Bars(shown, elem_id="surgery-bars")
    operating = {"fn": show, "inputs": [chosen.image, chosen.known, switches], "outputs": [status, bars]}
    for event in (switches.toggle, chosen.look.change):
        event(**operating, **QUICK, **COMPUTE)
    chosen.map.choose(None, chosen.map, switches, js=MARK, **PRIVATE)
    return {"off": switches}


def show(image: np.ndarray, name: str, switches: Any, label: Callable[[str], str] = style.measured) -> tuple[str, Any]:
    """What the heads say without the parts that are off, in words and as bars; `label` says when that was found."""
    try:
        off = off_of(switches)
    except ValueError as error:
        return style.notice(str(error)), gr.skip()
    operation, classes = operate(image, off, name), known(name).classes
    said = figures.paragraphs(figures.outcome(operation, off, classes))
    said += label(f"a pass of {operation.milliseconds:.0f} ms; {hardware('cpu')}")
    return said, figures.answers(operation, classes)


def off_of(switches: Any) -> tuple[Part, ...]:
    """The parts that are off, in the network's order. Raises ValueError, in words, for what no switches have sent."""
    off = switches.get("off") if isinstance(switches, dict) else None
    if not isinstance(off, list) or not all(isinstance(name, str) and name in BY_NAME for name in off):
        raise ValueError("This is no choice of parts of these modules.")
    return tuple(part for name, part in BY_NAME.items() if name in off)
