"""Inside a block, in tab 1: what it adds to an image, how strongly layers respond, and what losing it costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from models.blocks import Drop, drop, drops, look, responses
from models.race import Trained, images, rebuild
from models.runtime import hardware
from visuals import style
from visuals.components.chart import Chart
from visuals.components.maps import Maps
from visuals.components.pictures import Pictures, data_url
from visuals.degradation import blocks_figures as figures
from visuals.degradation.blocks_figures import Pair, pairs
from visuals.degradation.layout import beside, html
from visuals.degradation.state import ORDERS
from visuals.events import AT_ONCE
from visuals.live import COMPUTE, LatestRun

OPENED = "20 layers"  # here the plain net has learned enough to have something to lose
TEST_IMAGES = 500  # at most, for what takes all of them
TO_CHOOSE = 12
BLOCK = 5  # counted from 1
MESSAGES_PER_SECOND = 4

latest = LatestRun()
Nets = tuple[Trained, ...]


def build(nets: gr.State) -> tuple[list[gr.components.Component], list[dict[str, Any]]]:
    """Put the section into the open gradio context. `nets`: the trained nets at hand, which may change.

    Returns its controls, and the events that show what a link has set them to.
    """
    found = pairs(nets.value)
    name = OPENED if OPENED in found else list(found)[-1]
    shown, said, lost = inside(found[name], image=0, number=min(BLOCK, blocks_of(found[name])) - 1)
    strength, response_value = respond(nets.value, ORDERS[0])
    with beside("inside"):
        pair = gr.Radio(list(found), value=name, label="Nets, plain and residual", elem_id="inside-pair")
        pictures = Pictures(to_choose(found[name]), elem_id="inside-image")
        block = gr.Slider(1, blocks_of(found[name]), BLOCK, step=1, label="Block", elem_id="inside-block")
        status = html(said, elem_id="inside-status")
        maps = Maps(shown, elem_id="inside-maps")
    with beside("dropping"):
        dropped = html(lost, elem_id="drops-status")
        drop_plot = Chart(list(every_drop(found[name]))[-1], elem_id="drops")
    with beside("responses"):
        order = gr.Radio(list(ORDERS), value=ORDERS[0], label="Order of the layers", elem_id="responses-order")
        response_status = html(strength, elem_id="responses-status")
        response_plot = Chart(response_value, elem_id="responses")

    latest.end_when_left()
    looking = {
        "fn": look_inside,
        "inputs": [nets, pair, pictures, block],
        "outputs": [maps, status, dropped],
        "show_progress": "hidden",
        **COMPUTE,
    }
    responding = {"fn": respond, "inputs": [nets, order], "outputs": [response_status, response_plot], **COMPUTE}
    dropping = {"fn": drop_each, "inputs": [nets, pair], "outputs": drop_plot, "show_progress": "hidden", **COMPUTE}
    private = {"api_visibility": "private"}
    block.input(**looking, api_name="inside_block", trigger_mode="always_last")
    pictures.choose(**looking, **private)
    order.input(**responding, api_name="responses")
    pair.input(fit_controls, [nets, pair, block], [pair, pictures, block], **AT_ONCE).then(**looking, **private).then(
        **dropping, **private
    )
    nets.change(fit_controls, [nets, pair, block], [pair, pictures, block], **AT_ONCE).then(**looking, **private).then(
        **responding, **private
    ).then(**dropping, **private)
    at_link = [looking, {**responding, "fn": respond_to_link, "show_progress": "hidden"}, dropping]
    return [pair, pictures, block, order], [{**event, **private} for event in at_link]


def look_inside(nets: Nets, pair: str, pictures: dict[str, Any], block: float) -> tuple[Any, str, Any]:
    """Maps of one block for one test image, what they say, and what the nets lose without the block."""
    try:
        chosen, image, number = choice(nets, pair, pictures, block)
    except ValueError as error:
        return gr.skip(), style.notice(str(error)), gr.skip()
    return inside(chosen, image, number)


def inside(pair: Pair, image: int, number: int) -> tuple[dict[str, Any], str, str]:
    """The same for values that are valid; `number` counts the blocks from 0."""
    x, y = test_images(pair)
    networks = [rebuild(net) for net in pair]
    additions = [look(network, x[image], number) for network in networks]
    lost = [drop(network, number, x, y) for network in networks]
    name = names(pair)[image]
    return (
        figures.maps(pair, additions, number, name),
        figures.said(figures.sizes(pair, additions, number, blocks_of(pair), name)) + measured(pair),
        figures.said(figures.drop_sentence(pair, lost, len(y))) + measured(pair),
    )


def choice(nets: Nets, pair: str, pictures: dict[str, Any], block: float) -> tuple[Pair, int, int]:
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


def drop_each(nets: Nets, pair: str, request: gr.Request) -> Iterator[dict[str, Any]]:
    """The chart of what every block's loss costs, streamed."""
    chosen = pairs(nets).get(pair)
    if chosen is not None:
        yield from latest.follow(request, every_drop(chosen))


def every_drop(pair: Pair) -> Iterator[dict[str, Any]]:
    """That chart as it grows, and at last whole."""
    x, y = test_images(pair)
    found: dict[str, list[Drop]] = {net.lane.name: [] for net in pair}
    shown = time.perf_counter()
    for lost in zip(*(drops(rebuild(net), x, y) for net in pair), strict=True):
        for net, one in zip(pair, lost, strict=True):
            found[net.lane.name].append(one)
        if time.perf_counter() - shown >= 1 / MESSAGES_PER_SECOND:
            yield figures.drop_chart(pair, found, blocks_of(pair))
            shown = time.perf_counter()
    yield figures.drop_chart(pair, found, blocks_of(pair))


def respond(nets: Nets, order: str) -> tuple[str, dict[str, Any]]:
    """How strongly the layers of all nets at hand respond, in words and as a chart."""
    found = [responses(rebuild(net), test_images((net,))[0]) for net in nets]
    value = figures.response_chart(nets, found, ranked=order == ORDERS[1])
    return figures.said(figures.response_sentence(nets, found)) + measured(nets), value


def respond_to_link(nets: Nets, order: str) -> tuple[Any, Any]:
    """The same for the order that a link has set; nothing where the section opened with it."""
    return (gr.skip(), gr.skip()) if order == ORDERS[0] else respond(nets, order)


def fit_controls(nets: Nets, pair: str, block: float) -> tuple[Any, dict[str, Any], Any]:
    """The controls for the nets at hand: pairs, images of their data, and blocks."""
    found = pairs(nets)
    name = pair if pair in found else next(iter(found))
    last = blocks_of(found[name])
    block = min(max(1, int(block)), last)
    return gr.update(choices=list(found), value=name), to_choose(found[name]), gr.update(maximum=last, value=block)


def to_choose(pair: Pair) -> dict[str, Any]:
    """The first test images of the nets' data, as Pictures shows them."""
    x = test_images(pair)[0][:TO_CHOOSE].numpy()
    grey = np.round(255 * (x - x.min()) / (x.max() - x.min())).astype(np.uint8)
    pictures = [data_url(np.moveaxis(image, 0, -1)) for image in grey]
    return {"pictures": pictures, "names": names(pair), "chosen": 0, "label": "Test image"}


def names(pair: Pair) -> list[str]:
    """What the images to choose from are called."""
    labels = test_images(pair)[1][:TO_CHOOSE].tolist()
    if pair[0].data == "digits":
        return [f"test image {k}, a {label}" for k, label in enumerate(labels, start=1)]
    return [f"test image {k}" for k in range(1, len(labels) + 1)]


def test_images(nets: Nets) -> tuple[Any, Any]:
    """(x, y) of the images that all these figures are measured on."""
    _, _, x, y = images(nets[0].data)
    return x[:TEST_IMAGES], y[:TEST_IMAGES]


def blocks_of(pair: Pair) -> int:
    return (pair[0].lane.depth - 2) // 2


def measured(nets: Nets) -> str:
    count = len(test_images(nets)[1])
    seeds = " and ".join(sorted({str(net.seed) for net in nets}))
    return style.measured(f"on trained nets, seed {seeds}; {count} test images, {hardware('cpu')}")
