"""The feature maps of a module's branches, side by side."""

from __future__ import annotations

from visuals.components.base import Component


class FeatureMaps(Component):
    """The concatenation as one strip, and a column of maps for each branch, in the branch's colour, on its own scale.

    value = {
        "known": the network, "name": "4a", "says": what the strip shows, "side": H (= W) of a map,
        "chosen": {"branch", "channel"}: the channel that is open, "all": whether every channel is shown,
        "asked": as "chosen", the channel that was open when this was asked for,
        "branches": [{
            "branch": its role, "title", "caption": one line, "says": the column in words, "largest": end of its scale,
            "channels": how many it has, "share": of the output, in words,
            "strip": base64 of uint8, `channels`: the mean of each, in the order of the concatenation,
            "order": [channel of each map that is shown], "means" and "maxima": [number of each],
            "data": base64 of uint8, len(order) · H · W,
        }],
    }
    Opening a channel sets `chosen` and triggers `open` with {"branch", "channel"}; the button sets `all` and triggers
    `more`.
    """

    NAME = "feature_maps"
    EVENTS = (
        "more",
        "open",
    )
