"""What the link of tab 2 sets, and what it writes for the controls' values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from models import insight
from visuals.inception import figures, look, surgery_figures
from visuals.inception.examples import picture
from visuals.inception.network_figures import network_map
from visuals.inception.state import State
from visuals.inception.surgery import BY_NAME


def values(state: State) -> dict[str, Any]:
    """The controls' new values, by name."""
    seen = insight.look(picture(state.picture))
    return asdict(state) | {
        "picture": figures.gallery(state.picture),
        "module": network_map(seen, state.module),
        "off": surgery_figures.switches((BY_NAME[part] for part in state.off if part in BY_NAME), state.module),
    }


def names(values: dict[str, Any]) -> dict[str, Any]:
    """What a link writes. A visitor's own picture has no name, so that a link opens on the first example instead."""
    off = values["off"].get("off") if isinstance(values["off"], dict) else None
    return values | {
        "picture": look.example_of(values["picture"]) or look.FIRST_PICTURE,
        "module": look.module_of(values["module"]),
        "off": ",".join(map(str, off)) if isinstance(off, list) and off else "nothing",
    }
