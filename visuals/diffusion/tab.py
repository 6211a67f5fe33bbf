"""Tab 3, Noisier: one player on which an image becomes noise and, live, the noise becomes an image."""

from __future__ import annotations

import gradio as gr

from visuals import style
from visuals.components.copy_link import CopyLink
from visuals.diffusion import (
    counterfactuals,
    decided,
    equation,
    exercises,
    guidance,
    journey,
    linked,
    noised,
    numbers,
    plane,
    question,
    resend,
    side_by_side,
    start,
)
from visuals.diffusion.layout import beside, html, prose
from visuals.diffusion.state import TAB, State
from visuals.events import AT_ONCE
from visuals.linked import Linked

TITLE = "3 Noisier"


def build(page: gr.Blocks) -> Linked:
    """Put the tab into the open gradio context. Raises ArtifactError where a network or a recorded run is missing."""
    notices = html("", elem_id="noisier-notices")
    with beside("question", widths=(5, 6)):  # so that the player is not far down the page
        predict = question.build()
    player, controls, parts = journey.build(page)
    worked, channel = equation.build(page, player)
    journey.wire(player, controls, parts, worked, channel)
    resend.wire(player)
    copy = CopyLink(elem_id="noisier-link")
    html(style.told("A link carries no picture or cloud of your own: it starts from a sample.", announce=False))
    asks = gr.Checkbox(True, label="Ask for a guess first (a link carries this)", elem_id="noisier-asks")
    prose("what to look for")
    every, at_link = dict(controls), []
    for section in (side_by_side, decided, noised, counterfactuals, guidance):
        own, shows = section.build()
        every |= own
        at_link.append(shows)
    every |= plane.build()
    prose("mathematics")
    opening, _ = start.picture_of(controls["start"].value, "mnist", None)
    every |= numbers.build(controls["network"], controls["start"], parts["own"], opening)
    exercises.build()
    numbers.departures()

    tab = Linked(TAB, State, every, question.question, linked.values, linked.names)
    by_link = tab.connect(page, notices, predict, copy, asks)
    at_link.append({"fn": journey.set_up, "inputs": [*controls.values()], "outputs": parts["status"]} | AT_ONCE)
    for shows in at_link:
        by_link.change(**shows, trigger_mode="multiple")  # events of one change that do not hold each other back
    return tab
