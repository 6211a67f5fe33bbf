"""Section "Is it a copy?": recorded neighbours, which go along with the network."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from models.core import artifacts
from models.noisier import judge
from visuals.noisier.albums import Recorded
from visuals.noisier.neighbours.view import recorded
from visuals.noisier.recorded_album import RecordedAlbum
from visuals.noisier.settings import NETWORKS
from visuals.noisier.shared import Shared
from visuals.page.prose import Prose
from visuals.page.section import Built, Section

prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""

    def neighbours(name: str) -> Recorded:
        run = f"neighbours-{name}"
        return recorded(artifacts.load_run(run), artifacts.certificate(run), judge.classes(name))

    shown = RecordedAlbum("neighbours", neighbours)
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            shown.pictures()
        with gr.Column(scale=4, min_width=300):
            prose.show("neighbours")
            shown.status()
    with gr.Accordion("For the curious: all distances, and what they cannot show", open=False):
        shown.table()
        prose.show("explained")
    return Built(shown=(shown.wire(shared),))


SECTION = Section(
    "neighbours",
    "Is it a copy?",
    build,
    needs=tuple(f"{kind}-{name}" for name in NETWORKS for kind in ("neighbours", "classifier")),
)
