"""A lane as its link, its controls and the page's words name it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from models.core.resnet import INITS
from models.deeper.nets import DEPTHS, Lane
from models.deeper.race import Race

WEIGHTS = {"kaiming": "Kaiming", "xavier": "Xavier", "small": "small normal"}


def code(lane: Lane) -> str:
    """A lane in a link: "plain-56", "residual-20-nobn", "plain-56-nobn-small"."""
    less = [] if lane.norm else ["nobn"]
    start = [] if lane.init == "kaiming" else [lane.init]
    return "-".join(["residual" if lane.skip else "plain", str(lane.depth), *less, *start])


LANES = {code(lane): lane for lane in (Lane(*kind) for kind in product(DEPTHS, (False, True), (True, False), INITS))}


def names(lanes: Iterable[Lane]) -> str:
    return ", ".join(lane.name for lane in lanes)


def seeds_in_words(config: Race) -> str:
    if config.seeds == 1:
        return f"seed {config.seed}"
    return f"seeds {config.seed} to {config.seed + config.seeds - 1}"
