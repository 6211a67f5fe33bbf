"""The feature maps of a module's branches, side by side."""

from __future__ import annotations

from visuals.components.base import Component


class FeatureMaps(Component):
    """One column of maps for each branch, in the branch's colour, on the branch's own scale.

    value = {"name": "4a", "branches": [{
        "branch": its role, "title", "says": what a column shows in words, "caption": one line,
        "side": H (= W) of a map, "count": how many maps, "data": base64 of uint8, count · H · W,
    }]}
    """

    FILES = "feature_maps"
