"""Everything that can be set in tab 3, as plain values: what a link carries and what the controls show."""

from __future__ import annotations

from dataclasses import dataclass

from visuals import links

TAB = "noisier"  # as links name it


@dataclass(frozen=True)
class State(links.State):
    """The controls of the sections, by the names that links give them."""
