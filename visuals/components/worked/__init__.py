"""An equation in symbols and with the numbers of the moment that a player shows."""

from __future__ import annotations

from visuals.components.base import Component


class Worked(Component):
    """Lines of an equation for every frame of a player, shown for the frame under its cursor, without the server.

    value = {"run": the player's run that the rows belong to, "player": elem_id of the player, "pixel": what the
    numbers are of, "" where they are the factors alone, "legend": {key: [name, in symbols]}, "folded": keys of the
    lines that unfold, "about": what is said below these, "rows": one for each frame, {"title", "lines": [[key, with
    numbers, value, as pixel, note], ...]}}. All texts are plain, but x_t and x_{t−1} have subscripts. Triggers
    `missing` once for each run of the player that the rows do not belong to.
    """

    NAME = "worked"
    EVENTS = ("missing",)
    TEXTS = ("rows",)
