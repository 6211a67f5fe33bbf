"""The links to the section before and the one after."""

from __future__ import annotations

from visuals.components.base import Component


class Pager(Component):
    """Previous and next, through all lessons; it has no value of its own."""

    NAME = "pager"
    DRAWN_EARLY = False
