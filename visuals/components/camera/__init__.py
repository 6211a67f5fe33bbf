"""A picture from the visitor's camera."""

from __future__ import annotations

from visuals.components.base import Component


class Camera(Component):
    """A button that opens the camera, and one that takes the picture; where there is none, a sentence.

    value = {"picture": JPEG as a data URL}, set when a picture is taken; then `taken` is triggered.
    """

    NAME = "camera"
    EVENTS = ("taken",)
