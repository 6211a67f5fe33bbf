"""What a module of four branches costs without and with its 1x1 reductions, worked out in the browser."""

from __future__ import annotations

from typing import Any

from visuals.components.base import Component


class ModuleCost(Component):
    """value = what `module_cost` returns. It answers at once, so that sliders can be dragged.

    Bars of weights and channels, stacked by branch, and the products that they come from.
    """

    NAME = "module_cost"


# What sliders send, in this order, becomes the component's value without asking the server.
FROM_SLIDERS = "(...widths) => ({ widths })"


def module_cost(
    c_in: int, side: int, n1x1: int, n3x3_reduce: int, n3x3: int, n5x5_reduce: int, n5x5: int, n_pool: int
) -> dict[str, Any]:
    """The component's value, in the order of the sliders: input channels, side of the maps, widths of the branches."""
    return {"widths": [c_in, side, n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, n_pool]}
