"""One channel of a module, enlarged, and what its positions see of the picture."""

from __future__ import annotations

from visuals.components.base import Component


class ReceptiveField(Component):
    """A feature map beside the picture, on which the receptive field of the position that is pointed at is drawn.

    value = {
        "known": the network, "name": the channel in words, "module", "branch": its role, "channel",
        "side": H (= W) of the map, "data": base64 of uint8, H · W, "largest": the activation that 255 stands for,
        "picture": data URL of the square that the network gets, "size": its side S in pixels of the network,
        "fields": [{"branch", "title", "size", "jump", "start"}]: see models.wider.receptive.Field, in those pixels,
        "frames": what a sentence says of the frames,
        "at": [row, column] that is chosen,
        "effective": {"at": [row, column], "data": base64 of uint8, S · S: 255 where a pixel counts most,
                      "says": a sentence},
    }
    Choosing a position sets `at` and triggers `probe` with {"at"}.
    """

    NAME = "receptive_field"
    EVENTS = ("probe",)
