"""What the link of tab 2 sets, and what it writes for the controls' values."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from models import insight
from models.cost import module_costs
from models.imagenet import WeightsError
from visuals.inception import cost, figures, heads, look, surgery_figures
from visuals.inception.examples import available, picture
from visuals.inception.network_figures import network_map
from visuals.inception.state import State
from visuals.inception.surgery import BY_NAME


def values(state: State) -> dict[str, Any]:
    """The controls' new values, by name."""
    name = state.picture if state.picture in available() else look.FIRST_PICTURE
    taken, evidence = heads.offered(network_of(state), state.taken, state.evidence)
    return asdict(state) | {
        "taken": taken,
        "evidence": evidence,
        "picture": figures.gallery(name),
        "module": map_of(name) | {"chosen": state.module},
        "off": surgery_figures.switches((BY_NAME[part] for part in state.off if part in BY_NAME), state.module),
    }


@cache
def map_of(name: str) -> dict[str, Any]:
    """The map of our network's pass over an example. It is run once: a class opens the same link at the same time."""
    return network_map(insight.look(picture(name)))


def network_of(state: State) -> str:
    """The network that will look at the picture: ours where the other's weights are missing."""
    try:
        insight.known(state.network)
    except WeightsError:
        return State().network
    return state.network


def completed(params: dict[str, str]) -> dict[str, str]:
    """A link that names a module and no widths means that module's widths."""
    module = module_costs().get(params.get("module", ""))
    if module is None or any(name in params for name in cost.NAMES):
        return params
    return params | dict(zip(cost.NAMES, map(str, cost.numbers(module)), strict=True))


def names(values: dict[str, Any]) -> dict[str, Any]:
    """What a link writes. A visitor's own picture has no name: the link opens on the first example instead."""
    off = values["off"].get("off") if isinstance(values["off"], dict) else None
    return values | {
        "picture": look.example_of(values["picture"]) or look.FIRST_PICTURE,
        "module": look.module_of(values["module"]),
        "off": ",".join(map(str, off)) if isinstance(off, list) and off else "nothing",
    }
