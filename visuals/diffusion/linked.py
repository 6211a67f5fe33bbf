"""What the link of tab 3 sets, and what it writes for the controls' values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from visuals.diffusion import journey
from visuals.diffusion.state import State


def values(state: State) -> dict[str, Any]:
    """The controls' new values, by name."""
    return asdict(state) | journey.values_of(state)


def names(values: dict[str, Any]) -> dict[str, Any]:
    """What a link writes. A visitor's own picture has no name, so that a link starts from a sample instead."""
    chosen = values["start"].get("chosen") if isinstance(values["start"], dict) else None
    return values | {"start": chosen if type(chosen) is int else 0}
