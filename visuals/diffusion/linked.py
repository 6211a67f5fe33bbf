"""What the link of tab 3 sets, and what it writes for the controls' values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import gradio as gr

from visuals.diffusion import counterfactuals, guidance, journey, noised, side_by_side
from visuals.diffusion.state import SAMPLES_KEPT, State


def values(state: State) -> dict[str, Any]:
    """The controls' new values, by name."""
    classes = {
        "sides_class": side_by_side.class_choices(state.sides_network),
        "wrong_class": counterfactuals.class_choices(state.wrong_network),
        "guided_class": guidance.class_choices(state.guided_network),
    }
    named = {name: gr.update(choices=choices, value=getattr(state, name)) for name, choices in classes.items()}
    named["noised_picture"] = noised.row_of(state.noised_network, chosen=state.noised_picture)
    return asdict(state) | journey.values_of(state) | named


def names(values: dict[str, Any]) -> dict[str, Any]:
    """What a link writes. A visitor's own picture has no name: the link starts from the first choice."""
    return values | {name: sample(values[name], getattr(State(), name)) for name in ("start", "noised_picture")}


def sample(gallery: Any, default: int) -> int:
    """The number of the sample that is chosen. The gallery may hold anything."""
    chosen = gallery.get("chosen") if isinstance(gallery, dict) else None
    return chosen if type(chosen) is int and 0 <= chosen < SAMPLES_KEPT else default
