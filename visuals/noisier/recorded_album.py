"""An album that opens on recorded pictures: it goes along with the network until the visitor draws their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import gradio as gr

from visuals.components.album import Album
from visuals.noisier.albums import Recorded
from visuals.noisier.settings import CLASSES, NETWORKS
from visuals.noisier.shared import Shared, html, with_network
from visuals.page import style
from visuals.page.events import AT_ONCE, PRIVATE
from visuals.page.files import Later
from visuals.page.live import LatestRun, new_run
from visuals.page.settings import Called

Names = tuple[str, ...]  # of the ten classes
COMING = style.told("The pictures of the other network are coming.")


class RecordedAlbum:
    """The album, what is said of it, and a table of more numbers, for the recorded run of either network.

    `recorded` makes that of a network; of the other network once somebody looks at it. `status()`, `pictures()`,
    `table()` and `answer()` put them into the open gradio context; then `wire` connects them.
    """

    def __init__(self, section: str, recorded: Callable[[str], Recorded]):
        self._section, self._opening = section, recorded("mnist")
        self._recorded = {name: Later(partial(recorded, name)) for name in NETWORKS}
        self._recorded["mnist"] = Later(lambda: self._opening)
        self._more: dict[str, gr.HTML] = {}  # by the field of Recorded

    def status(self) -> gr.HTML:
        self.said = html(self._opening.said, elem_id=f"{self._section}-status")
        return self.said

    def pictures(self, **options: Any) -> Album:
        self.album = Album(self._opening.album, elem_id=f"{self._section}-album", **options)
        self._filed = {
            n: self.album.filed(run.then(lambda made: made.album.get())) for n, run in self._recorded.items()
        }
        return self.album

    def table(self) -> None:
        self._put("table")

    def answer(self) -> None:
        """What the pictures show, below the question that is asked of them."""
        self._put("answer")

    def _put(self, field: str) -> None:
        self._more[field] = html(getattr(self._opening, field), elem_id=f"{self._section}-{field}")

    def wire(self, shared: Shared, latest: LatestRun | None = None) -> dict[str, Any]:
        """Connects it to the network; returns the event that shows what a link's network has recorded.

        While a visitor's `latest` run draws into the album, it stays as it is. Where there are no runs, the browser
        itself says at once that other pictures are coming, however long the server takes.
        """
        outputs = [self.album, self.said, *self._more.values()]

        def show(network: Any, request: gr.Request) -> tuple[Any, ...]:
            if network not in NETWORKS:
                return (gr.skip(),) * len(outputs)
            run = self._recorded[network].get()
            album, said = self._filed[network] | {"run": new_run()}, run.said
            if latest and latest.runs(request):
                album, said = gr.skip(), gr.skip()
            more = (getattr(run, field) for field in self._more)
            return album, said.get() if isinstance(said, Later) else said, *more

        def linked(network: Any, request: gr.Request) -> tuple[Any, ...]:
            return show("" if network == "mnist" else network, request)

        if latest is None:
            shared.network.input(None, None, self.said, js=f"() => {json.dumps(COMING)}", **PRIVATE)
        shared.network.input(show, shared.network, outputs, **AT_ONCE)
        return {"fn": linked, "inputs": shared.network, "outputs": outputs} | AT_ONCE


def classes_called(setting: str, names: dict[str, Names]) -> Callable[[Mapping[str, str]], Called]:
    """What the values of a class setting are called in a link: the names of its network's classes."""

    def called(params: Mapping[str, str]) -> Called:
        network = with_network(dict(params)).get("network", "mnist")
        return {setting: dict(zip(CLASSES, names.get(network, names["mnist"]), strict=True))}

    return called


def class_of_network(
    shared: Shared, control: gr.Dropdown, names: dict[str, Names], opening: dict[str, str], more: dict[str, str]
) -> dict[str, Any]:
    """A choice of a class goes along with the network: its names, and the class of what was recorded.

    `more` are choices beside the classes. Returns the event that gives a link's class its names.
    """

    def named(network: Any, chosen: Any) -> Any:
        choices = [*((shown, name) for name, shown in more.items()), *zip(names[network], CLASSES, strict=True)]
        return gr.update(choices=choices, value=chosen)

    def show(network: Any) -> Any:
        return named(network, opening[network]) if network in NETWORKS else gr.skip()

    def linked(network: Any, chosen: Any) -> Any:
        return named(network, chosen) if network in NETWORKS and (chosen in CLASSES or chosen in more) else gr.skip()

    shared.network.input(show, shared.network, control, **AT_ONCE)
    return {"fn": linked, "inputs": [shared.network, control], "outputs": control} | AT_ONCE
