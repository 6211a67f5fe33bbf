"""What is kept of a visitor's newest run, so that its pixels and panels can be asked for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.noisier import denoise
from models.noisier.denoise import CHANNELS, SIZE, Frame, Journey
from models.noisier.pixel import Pixel
from visuals.components.player import message, message_of_one


@dataclass
class Kept:
    """A run, with the sampler's numbers, and the pixel that its visitor looks at.

    Frames come from the thread that computes while others read: whoever reads them takes them once.
    """

    run: int
    journey: Journey
    recipe: str = ""  # a Python file that makes the run again
    frames: list[Frame] = field(default_factory=list)
    pixel: Pixel | None = None

    @property
    def channels(self) -> int:
        return CHANNELS[self.journey.network]

    @property
    def bytes(self) -> int:
        """All frames have the same size, but for panels that some lack."""
        if not self.frames:
            return 0
        first = self.frames[0]
        arrays = [*vars(first.floats).values(), first.xt, first.x0, first.eps, first.before, first.closed]
        return len(self.frames) * sum(array.nbytes for array in arrays if array is not None)

    def look_where(self, before: Kept | None) -> None:
        """The pixel of an earlier run stays chosen where this one has it."""
        if before and before.pixel and before.journey.samples == self.journey.samples:
            p = before.pixel
            self.pixel = Pixel(p.sample, p.row, p.column, min(p.channel, self.channels - 1))


# What follows answers a player: `asked` comes from a browser and may hold anything; None where there is no answer.


def missing(kept: Kept | None, asked: dict[str, Any]) -> dict[str, Any] | None:
    """The frames from `start` up to `end`, as far as there are any."""
    start, end = asked.get("start"), asked.get("end")
    if kept is None or kept.run != asked.get("run") or type(start) is not int or type(end) is not int:
        return None
    total, turn = denoise.frames_of(kept.journey)
    fresh = kept.frames[start:end] if 0 <= start < end else []
    return message(kept.run, total, turn, start, fresh, play=True, recipe=kept.recipe) if fresh else None


def panels(kept: Kept | None, asked: dict[str, Any]) -> dict[str, Any] | None:
    """The other panels of one of several pictures, for the frames so far."""
    sample = asked.get("sample")
    if (
        kept is None
        or kept.run != asked.get("run")
        or type(sample) is not int
        or not 0 <= sample < kept.journey.samples
    ):
        return None
    frames = list(kept.frames)
    if not frames:
        return None
    return message_of_one(kept.run, sample, [denoise.of_one(kept.journey, f, sample) for f in frames])


def pixel_of(kept: Kept, asked: dict[str, Any], channel: Any) -> Pixel | None:
    """The pixel that was pressed."""
    given = (asked.get(name) for name in ("run", "sample", "row", "column"))
    numbers = [number for number in given if type(number) is int]
    if len(numbers) < 4:
        return None
    run, sample, row, column = numbers
    inside = 0 <= sample < kept.journey.samples and 0 <= row < SIZE and 0 <= column < SIZE
    colour = channel if type(channel) is int and 0 <= channel < kept.channels else 0
    return Pixel(sample, row, column, colour) if inside and kept.run == run else None
