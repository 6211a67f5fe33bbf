"""GoogLeNet as one drawing in which a module can be chosen."""

from __future__ import annotations

from visuals.components.base import Component


class NetworkMap(Component):
    """The network's stages in three lines, its heads, and the chosen module opened to its branches.

    value = {
        "chosen": "4a", or "" to keep the visitor's choice,
        "stages": [{"name", "line": 0 to 2, "label": [one or two short lines], "shape": [H, W, C] or [C],
                    "says": a sentence, "branches": of modules only, see below}],
        "heads": [{"after": the name of a stage, "title", "answer",
                   "layers": [{"title", "channels", "says": a sentence}], none for the head at the end}],
        "modules": {name: {"title", "shapes", "input": short lines}},
    }
    A branch is {"branch": its role, "title", "channels", "share", "says", "steps": one or two [layer, detail]}.
    Choosing sets `chosen` and triggers `choose` with {"name"}.
    """

    NAME = "network_map"
    EVENTS = ("choose",)
