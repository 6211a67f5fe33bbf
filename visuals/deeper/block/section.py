"""Inside a block on the page: maps for one image, the loss of every block, and the responses of all layers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from models.core import artifacts
from models.core.runtime import device, hardware
from models.deeper import photographs
from models.deeper.block import Drop, drop, drops, look, responses
from models.deeper.nets import DEPTHS, rebuild
from visuals.components.chart import Chart
from visuals.components.maps import Maps
from visuals.components.pictures import Pictures, data_url
from visuals.deeper.block import recorded, view, words
from visuals.deeper.nets import Nets, is_own, of_photographs, pairs, test_images
from visuals.deeper.shared import Shared, at_hand, folded, html
from visuals.page import style
from visuals.page.events import AT_ONCE
from visuals.page.files import Later
from visuals.page.live import ANSWER, COMPUTE, OPENING_RUN, LatestRun, new_run
from visuals.page.prose import Prose
from visuals.page.section import Built, Section
from visuals.page.settings import Settings, choice, control, number

OPENS_AT = 20  # layers
TO_CHOOSE = 12  # test images
ORDERS = ("as the signal passes", "the strongest first")
MESSAGES_PER_SECOND = 4
PROSE = Prose(Path(__file__).with_name("prose.md"))

latest = LatestRun()


@dataclass(frozen=True)
class BlockSettings(Settings):
    """Which nets, image and block one looks into."""

    inside: str = choice(
        f"{OPENS_AT} layers", tuple(f"{depth} layers" for depth in photographs.DEPTHS), "Nets, plain and residual"
    )
    image: int = number(1, 1, TO_CHOOSE, "Test image")
    block: int = number(5, 1, (DEPTHS[-1] - 2) // 2, "Block", step=1)
    order: str = choice(ORDERS[0], ORDERS, "Order of the layers")


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    opened = BlockSettings()
    first = Later(lambda: pairs(of_photographs())[opened.inside])
    looked = first.then(lambda pair: inside(pair, opened.image - 1, opened.block - 1, style.at_start))
    lost = first.then(lambda pair: lost_now(pair, opened.block - 1, style.at_start))
    every = first.then(lambda pair: [*every_drop(pair, OPENING_RUN)][-1])
    responded = Later(lambda: responding(of_photographs(), opened.order, style.at_start, OPENING_RUN))
    with gr.Row():
        with gr.Column(scale=6, min_width=320):
            maps = Maps(looked.then(itemgetter(0)), elem_id="inside-maps")
        with gr.Column(scale=5, min_width=320):
            PROSE.show("inside")
            pair = control(BlockSettings, "inside", elem_id="inside-pair")
            pictures = Pictures(first.then(to_choose), elem_id="inside-image")
            block = control(BlockSettings, "block", elem_id="inside-block")
            block.maximum = blocks(OPENS_AT)
            status = html(looked.then(itemgetter(1)), elem_id="inside-status")
    with folded("Take a block away: what is lost?", elem_id="drops-fold"), gr.Row():
        with gr.Column(scale=6, min_width=320):
            drop_plot = Chart(every, elem_id="drops")
        with gr.Column(scale=5, min_width=320):
            PROSE.show("dropping")
            dropped = html(lost, elem_id="drops-status")
    with folded("How strongly do layers respond? (Fig. 7)", elem_id="responses-fold"), gr.Row():
        with gr.Column(scale=6, min_width=320):
            response_plot = Chart(responded.then(itemgetter(1)), elem_id="responses")
        with gr.Column(scale=5, min_width=320):
            PROSE.show("responses")
            order = control(BlockSettings, "order", elem_id="responses-order")
            response_status = html(responded.then(itemgetter(0)), elem_id="responses-status")
    with folded():
        PROSE.show("curious")

    latest.end_when_left()
    private: dict[str, Any] = {"api_visibility": "private"}
    quiet: dict[str, Any] = {"show_progress": "hidden"}
    looking = {
        "fn": look_inside,
        "inputs": [pair, pictures, block],
        "outputs": [maps, status, dropped],
        **quiet,
        **ANSWER,
    }
    ranking = {"fn": respond, "inputs": [pair, order], "outputs": [response_status, response_plot], **ANSWER}
    dropping = {"fn": drop_each, "inputs": pair, "outputs": drop_plot, **quiet, **COMPUTE}
    fitting = {"fn": fit_controls, "inputs": [pair, block], "outputs": [pair, pictures, block], **AT_ONCE}
    block.input(**looking, api_name="inside_block", trigger_mode="always_last")
    pictures.choose(**looking, **private)
    order.input(**ranking, api_name="responses")
    for changed in (pair.input, shared.raced.change):
        changed(**fitting).then(**looking, **private).then(**ranking, **private).then(**dropping, **private)
    at_link = looking, {**ranking, "fn": respond_to_link, "show_progress": "hidden"}, dropping
    controls = {"inside": pair, "image": pictures, "block": block, "order": order}
    return Built(controls, values_of, written, shown=tuple(event | private for event in at_link))


def values_of(settings: BlockSettings) -> dict[str, Any]:
    """The controls' values for what a link sets."""
    pair = pairs(of_photographs())[settings.inside]
    last = blocks_of(pair)
    return {
        "inside": settings.inside,
        "image": to_choose(pair) | {"chosen": settings.image - 1},
        "block": gr.update(maximum=last, value=min(settings.block, last)),
        "order": settings.order,
    }


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a link writes. A visitor's own nets are at hand once their race was run again, so it does not name them."""
    chosen = values["image"].get("chosen") if isinstance(values["image"], dict) else None
    return {**values, "image": chosen + 1 if type(chosen) is int else 1}


def look_inside(pair: str, pictures: dict[str, Any], block: float, request: gr.Request) -> tuple[Any, str, Any]:
    """Maps of one block for one test image, what they say, and what the nets lose without the block."""
    try:
        chosen, image, place = choice_of(at_hand(request), pair, pictures, block)
    except ValueError as error:
        return gr.skip(), style.notice(str(error)), gr.skip()
    return *inside(chosen, image, place, style.measured), lost_now(chosen, place, style.measured)


def inside(pair: Nets, image: int, place: int, label: Any) -> tuple[dict[str, Any], str]:
    """Maps and sizes for values that are valid; `place` counts the blocks from 0. `label` is that of style."""
    x = test_images(pair)[0]
    additions = [look(rebuild(net), x[image], place) for net in pair]
    name = names(pair)[image]
    said = words.said(words.sizes(pair, additions, place, blocks_of(pair), name))
    return view.maps(pair, additions, place, name), said + label(measured_on(pair))


def lost_now(pair: Nets, place: int, label: Any) -> str:
    """What these nets lose without one block, recorded or measured."""
    if any(map(is_own, pair)):
        x, y = test_images(pair)
        lost = [drop(rebuild(net), place, x, y) for net in pair]
        return words.said(words.drop_sentence(pair, lost, len(y))) + label(measured_on(pair, len(y)))
    lost, made = [recorded.drops(net) for net in pair], recorded.certificate()
    one = words.drop_sentence(pair, [of_net[place] for of_net in lost], made.config["images"])
    return words.said(one) + words.said(words.any_block(pair, lost)) + style.recorded(made)


def choice_of(nets: Nets, pair: str, pictures: dict[str, Any], block: float) -> tuple[Nets, int, int]:
    """The chosen nets, image and block, both counted from 0. Raises ValueError, in words, for what there is not."""
    chosen = pairs(nets).get(pair)
    if chosen is None:
        raise ValueError("these nets are not at hand any more; choose others")
    image = pictures.get("chosen") if isinstance(pictures, dict) else None
    if type(image) is not int or not 0 <= image < len(names(chosen)):
        raise ValueError(f"choose one of the {len(names(chosen))} test images")
    if block not in range(1, blocks_of(chosen) + 1):
        raise ValueError(f"block must be a whole number from 1 to {blocks_of(chosen)}")
    return chosen, image, int(block) - 1


def drop_each(pair: str, request: gr.Request) -> Iterator[dict[str, Any]]:
    """The chart of what every block's loss costs, streamed."""
    chosen = pairs(at_hand(request)).get(pair)
    if chosen is not None:
        yield from latest.follow(request, every_drop(chosen, new_run()))


def every_drop(pair: Nets, run: int) -> Iterator[dict[str, Any]]:
    """That chart as it grows, and at last whole."""
    if not any(map(is_own, pair)):
        yield view.drop_chart(run, pair, {net.lane.name: recorded.drops(net) for net in pair}, blocks_of(pair))
        return
    x, y = test_images(pair)
    found: dict[str, list[Drop]] = {net.lane.name: [] for net in pair}
    shown = time.perf_counter()
    for lost in zip(*(drops(rebuild(net), x, y) for net in pair), strict=True):
        for net, one in zip(pair, lost, strict=True):
            found[net.lane.name].append(one)
        if time.perf_counter() - shown >= 1 / MESSAGES_PER_SECOND:
            yield view.drop_chart(run, pair, found, blocks_of(pair))
            shown = time.perf_counter()
    yield view.drop_chart(run, pair, found, blocks_of(pair))


def respond(pair: str, order: str, request: gr.Request) -> tuple[Any, Any]:
    """How strongly the layers of the chosen nets and of those trained with them respond, in words and as a chart."""
    nets = at_hand(request)
    chosen = pairs(nets).get(pair)
    return responding(alike(nets, chosen), order, style.measured, new_run()) if chosen else (gr.skip(), gr.skip())


def alike(nets: Nets, pair: Nets) -> Nets:
    """Those of the nets that have learned from the same images."""
    return tuple(net for net in nets if net.data == pair[0].data)


def responding(nets: Nets, order: str, label: Any, run: int) -> tuple[str, dict[str, Any]]:
    """The same of these nets. `label` is that of style."""
    if own := any(map(is_own, nets)):
        found = [responses(rebuild(net), test_images((net,))[0]) for net in nets]
    else:
        found = [recorded.responses(net) for net in nets]
    value = view.response_chart(run, nets, found, ranked=order == ORDERS[1])
    origin = label(measured_on(nets, len(test_images(nets)[1]))) if own else style.recorded(recorded.certificate())
    return words.said(words.response_sentence(nets, found)) + origin, value


def respond_to_link(pair: str, order: str, request: gr.Request) -> tuple[Any, Any]:
    """The same for the order that a link has set; nothing where the section opened with it."""
    return (gr.skip(), gr.skip()) if order == ORDERS[0] else respond(pair, order, request)


def fit_controls(pair: str, block: Any, request: gr.Request) -> tuple[Any, dict[str, Any], Any]:
    """The controls for the nets at hand: pairs, images of their data, and blocks."""
    found = pairs(at_hand(request))
    name = pair if pair in found else next(iter(found))
    last = blocks_of(found[name])
    block = block if block in range(1, last + 1) else last if block in range(1, (DEPTHS[-1] - 2) // 2 + 1) else 1
    return gr.update(choices=list(found), value=name), to_choose(found[name]), gr.update(maximum=last, value=block)


def to_choose(pair: Nets) -> dict[str, Any]:
    """The first test images of the nets' data, as Pictures shows them."""
    pictures = [data_url(np.moveaxis(image, 0, -1)) for image in pixels(pair)[:TO_CHOOSE]]
    return {"pictures": pictures, "names": names(pair), "chosen": 0, "label": "Test image"}


def pixels(pair: Nets) -> np.ndarray:
    """(N, C, H, W) uint8: photographs as they are, what a race was run on from its darkest pixel to its brightest."""
    if not is_own(pair[0]):
        return artifacts.load_run(photographs.RUN)["test_x"]
    x = test_images(pair)[0].numpy()
    return np.round(255 * (x - x.min()) / (x.max() - x.min())).astype(np.uint8)


def names(pair: Nets) -> list[str]:
    """What the images to choose from are called."""
    labels = test_images(pair)[1][:TO_CHOOSE].tolist()
    shown = {photographs.NAME: photographs.classes(), "digits": [str(label) for label in labels]}.get(pair[0].data)
    called = [f", {words.article(what)} {what}" for what in shown] if shown else [""] * len(labels)
    return [f"test image {k}{what}" for k, what in enumerate(called, start=1)]


def blocks(depth: int) -> int:
    return (depth - 2) // 2


def blocks_of(pair: Nets) -> int:
    return blocks(pair[0].lane.depth)


def measured_on(nets: Nets, images: int = 1) -> str:
    """Where what is said of these nets was measured, for a label."""
    seeds = " and ".join(sorted({str(net.seed) for net in nets}))
    on = "one test image" if images == 1 else f"{images} test images"
    return f"on trained nets, seed {seeds}; {on}, {hardware(device())}"


SECTION = Section(
    "block",
    "Inside a block",
    build,
    "What does a block add?",
    (photographs.RUN, recorded.RUN, *(f"{photographs.WEIGHTS}-{name}" for name in photographs.NETS)),
    BlockSettings,
    waits=True,
)
