"""The modules of GoogLeNet in one line, one of which is chosen."""

from __future__ import annotations

from visuals.components.base import Component


class ModuleStrip(Component):
    """Each module as a box whose colours are its branches. Triggers `choose` with {"name": "4c"}.

    value = {"label": what is chosen here, "chosen": "3a", "modules": {"3a": channels of the four branches, …}}
    """

    NAME = "module_strip"
    EVENTS = ("choose",)
