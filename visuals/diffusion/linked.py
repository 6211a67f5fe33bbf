"""What the link of tab 3 sets, and what it writes for the controls' values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import gradio as gr

from visuals.diffusion import counterfactuals, guidance, journey, side_by_side
from visuals.diffusion.state import State


def values(state: State) -> dict[str, Any]:
    """The controls' new values, by name."""
    classes = {
        "sides_class": side_by_side.class_choices(state.sides_network),
        "wrong_class": counterfactuals.class_choices(state.wrong_network),
        "guided_class": guidance.class_choices(state.guided_network),
    }
    named = {name: gr.update(choices=choices, value=getattr(state, name)) for name, choices in classes.items()}
    return asdict(state) | journey.values_of(state) | named


def names(values: dict[str, Any]) -> dict[str, Any]:
    """What a link writes. A visitor's own picture has no name, so that a link starts from a sample instead."""
    chosen = values["start"].get("chosen") if isinstance(values["start"], dict) else None
    return values | {"start": chosen if type(chosen) is int else 0}
