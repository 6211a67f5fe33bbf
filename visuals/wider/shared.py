"""What the sections of tab 2 share, in sight above them: the picture, the network's answer, and the chosen module."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

import gradio as gr
from gradio.events import Dependency

from models.core.artifacts import ArtifactError
from models.wider import imagenet
from models.wider.activations import Pass
from visuals.components.module_strip import ModuleStrip
from visuals.components.pictures import Pictures
from visuals.page.events import FOLLOWING, PRIVATE, after, end_with_visit
from visuals.page.files import Later
from visuals.page.live import ANSWER
from visuals.page.section import Built
from visuals.wider import passes
from visuals.wider.examples import available, first, gallery
from visuals.wider.layout import html
from visuals.wider.network_map import module_strip
from visuals.wider.settings import WiderSettings
from visuals.wider.words import answer

QUICK: dict[str, Any] = {"trigger_mode": "always_last"} | PRIVATE  # of what computes after a choice
MARK = "(module, shown) => ({ ...shown, chosen: module })"  # marks the chosen module, without asking the server

_numbers = count(1)


@dataclass(frozen=True)
class Shared:
    """What the visitor has chosen, as hidden components whose `change` event the sections follow.

    `ready` changes once the network has run over the picture that is chosen; `passes.chosen` then gives the pass, from
    the request and the values of `at_hand`. It changes for another picture and for another network.
    """

    picture: gr.HTML  # the example's name, or that of a picture of the visitor's own
    network: gr.HTML  # a name that activations.trained takes
    module: gr.HTML  # "3a" … "5b"
    picked: gr.HTML  # the same, but changed by the visitor's hand alone
    ready: gr.HTML

    @property
    def at_hand(self) -> list[gr.HTML]:
        """Inputs of a function that computes from the chosen picture."""
        return [self.picture, self.network]

    def follow(self, fn: Any, inputs: list[Any], outputs: list[Any]) -> Dependency:
        """`fn(picture, network, *inputs, request)` whenever the network has run over another picture."""
        return after(self.ready.change)(fn, [*self.at_hand, *inputs], outputs, **QUICK, **ANSWER)

    def choose(self, event: Any, shown: gr.components.Component) -> None:
        """`event` of a component whose value names the module by "chosen" chooses it for all sections."""
        event(None, shown, [self.module, self.picked], js="({ chosen }) => [chosen, chosen]", **PRIVATE)

    def mark(self, *shown: gr.components.Component) -> None:
        """The chosen module is marked in these components, whose values name it by "chosen"."""
        for component in shown:
            self.module.change(None, [self.module, component], component, js=MARK, **PRIVATE)

    def mark_again(self, answered: Dependency, shown: gr.components.Component) -> None:
        """And once more on an answer, which knows only the module that was chosen when it was asked for."""
        answered.then(None, [self.module, shown], shown, js=MARK, **PRIVATE)


def share(page: gr.Blocks) -> tuple[Shared, Built]:
    """Put the line above the sections into the open gradio context."""
    default = WiderSettings()
    opens_on = (first(), default.network, default.module, "", "")
    shared = Shared(*(gr.HTML(value, visible=False) for value in opens_on))
    picture, network = shared.at_hand
    with gr.Row(elem_id="wider-at-hand", equal_height=True):
        with gr.Column(scale=6, min_width=320):
            shown = Pictures(gallery(first()), elem_id="wider-gallery")
        with gr.Column(scale=2, min_width=140):
            said = html(Later(_opening), elem_id="wider-first")
        with gr.Column(scale=4, min_width=280):
            strip = ModuleStrip(module_strip(default.module), elem_id="wider-strip")

    shown.choose(None, shown, picture, js="shown => shown.names[shown.chosen]", **PRIVATE)
    shared.choose(strip.choose, strip)
    shared.mark(strip)
    after(picture.change)(gallery, picture, shown, **FOLLOWING)
    gr.on([picture.change, network.change], run, shared.at_hand, [shared.ready, said], **QUICK, **ANSWER)
    end_with_visit(passes.own.forget)
    controls = {"picture": picture, "network": network, "module": shared.module}
    return shared, Built(controls, values=values, written=written)


def values(settings: WiderSettings) -> dict[str, Any]:
    """Of the hidden components, for a link: an example that can be read, and ours where the other's weights are not."""
    there = settings.network != imagenet.NAME or imagenet.is_here()
    return asdict(settings) | {
        "picture": first(settings.picture),
        "network": settings.network if there else WiderSettings.network,
    }


def written(values: dict[str, Any]) -> dict[str, Any]:
    """What a link writes. A visitor's own picture has no name: the link opens on the first example instead."""
    return values | {"picture": values["picture"] if values["picture"] in available() else first()}


def run(picture: str, network: str, request: gr.Request) -> tuple[str, str]:
    """The network runs over the chosen picture: that it has, and what it answers first."""
    return done(passes.chosen(request, picture, network).run)


def done(run: Pass) -> tuple[str, str]:
    """Of a pass that is over: that it is, and the first answer."""
    return str(next(_numbers)), answer(run)


def _opening() -> str:
    """Without the trained weights nothing is answered, and the sections that need them say so."""
    try:
        return answer(passes.at_start().run)
    except ArtifactError:
        return ""
