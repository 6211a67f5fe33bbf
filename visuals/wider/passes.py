"""The network's pass over the picture that a visitor has chosen, which all sections show and compute from.

Passes over examples are shared; a visitor's own picture and its pass are kept on the server until they leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import gradio as gr
import numpy as np

from models.wider import activations
from models.wider.activations import Pass
from models.wider.imagenet import WeightsError
from visuals.page.events import Refusal
from visuals.page.visitors import Visitors, bytes_of
from visuals.wider.examples import EXAMPLES, available, first, picture

SHARED = 2 * len(EXAMPLES)  # passes over examples that are kept: a few megabytes each
GONE = "Your picture is no longer kept here. Choose one of the row above, or send yours again."


@dataclass(frozen=True)
class Chosen:
    """A picture and its way through a network."""

    name: str  # of the example; another for each picture that a visitor sends
    image: np.ndarray  # (H, W, 3) uint8: as it was sent
    run: Pass


_numbers = count(1)
own: Visitors[Chosen] = Visitors(bytes_of)


@lru_cache(SHARED)
def of_example(name: str, network: str) -> Chosen:
    """The pass over an example. Raises WeightsError where the network's weights are missing."""
    return Chosen(name, picture(name), activations.run(picture(name), network))


def at_start() -> Chosen:
    """What the page opens on."""
    return of_example(first(), "tiny")


def keep(request: gr.Request, image: np.ndarray, network: str) -> Chosen:
    """Run the network over a visitor's own picture, in place of the one before."""
    chosen = Chosen(f"own {next(_numbers)}", image, activations.run(image, network_of(network)))
    own.keep(request, chosen)
    return chosen


def chosen(request: gr.Request, name: str, network: str) -> Chosen:
    """What the visitor has chosen, by its name and that of the network, which a browser sends.

    Raises Refusal, with a sentence, for a picture that is not kept any more and for a network that cannot be had.
    """
    network = network_of(network)
    try:
        if name in available():
            return of_example(name, network)
        kept = own.of(request)
        if kept and kept.run.network != network:
            return keep(request, kept.image, network)
    except WeightsError as error:
        raise Refusal(str(error)) from error
    if kept is None:
        raise Refusal(GONE)
    return kept


def network_of(sent: Any) -> str:
    """The network of this name, ours where there is none."""
    return sent if isinstance(sent, str) and sent in activations.NETWORKS else "tiny"
