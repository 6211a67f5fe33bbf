"""The row of pictures that a section starts from: it goes along with the network and with the visitor's own picture."""

from __future__ import annotations

from typing import Any

import gradio as gr

from visuals.components.pictures import Pictures
from visuals.noisier import pictures
from visuals.noisier.pictures import Own
from visuals.noisier.settings import NETWORKS, SAMPLES_KEPT
from visuals.noisier.shared import Shared, own_pictures
from visuals.page.events import AT_ONCE, after


class Gallery:
    """The pictures that a section starts from: samples of the shared network, and the visitor's own.

    `opening` is the sample that is chosen at first, by network. `changed` are the events after which another picture
    may be chosen; `linked` is the one that shows what a link has chosen.
    """

    def __init__(self, shared: Shared, elem_id: str, opening: dict[str, int], label: str = ""):
        self._opening, self._label = opening, label
        self.component = Pictures(pictures.row("mnist", opening["mnist"], label=label), elem_id=elem_id)
        self._filed = {n: self.component.filed(pictures.row(n, opening[n], label=label)) for n in NETWORKS}
        self.linked = {
            "fn": self.of_link,
            "inputs": [shared.network, self.component],
            "outputs": self.component,
        } | AT_ONCE
        network, shown = shared.network, self.component
        self.changed = [
            network.input(self.of_network, network, shown, **AT_ONCE),
            after(shared.given.change)(self.with_own, network, shown, **AT_ONCE),
            shown.choose(self.choose, network, shown, **AT_ONCE),
        ]

    def row(self, network: str, chosen: int, own: Own | None = None) -> dict[str, Any]:
        """The row with another picture chosen."""
        return pictures.row(network, chosen, own, self._label) if own else self._filed[network] | {"chosen": chosen}

    def of_network(self, network: Any, request: gr.Request) -> Any:
        """The samples of another network."""
        if network not in NETWORKS:
            return gr.skip()
        return self.row(network, self._opening[network], own_pictures.of(request))

    def of_link(self, network: Any, gallery: Any, request: gr.Request) -> Any:
        """The samples of a link's network, with the chosen one still chosen."""
        chosen = pictures.chosen_in(gallery)
        if network not in NETWORKS or network == "mnist" or chosen is None:
            return gr.skip()
        return self.row(network, chosen, own_pictures.of(request))

    def with_own(self, network: Any, request: gr.Request) -> Any:
        """The visitor's picture, which they have just given, is chosen."""
        own = own_pictures.of(request)
        return self.row(network, len(pictures.samples(network)), own) if own and network in NETWORKS else gr.skip()

    def choose(self, network: Any, event: gr.EventData, request: gr.Request) -> Any:
        """The picture that was pressed becomes the start."""
        own, index = own_pictures.of(request), getattr(event, "index", None)
        if network not in NETWORKS or type(index) is not int or not 0 <= index <= SAMPLES_KEPT:
            return gr.skip()
        return self.row(network, index, own)


def written_sample(gallery: Any, default: int) -> int:
    """What a link says of a chosen picture. The visitor's own has no name there: it starts from the first choice."""
    chosen = pictures.chosen_in(gallery)
    return chosen if chosen is not None and 0 <= chosen < SAMPLES_KEPT else default
