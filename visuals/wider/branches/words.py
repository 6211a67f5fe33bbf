"""Sentences about receptive fields and about local response normalisation."""

from __future__ import annotations

import numpy as np

from models.wider.receptive import Field
from visuals.page.words import named

NO_NORMS = "This network has no local response normalisation: it uses batch normalisation instead."


def frames(sizes: dict[str, int], size: int) -> str:
    """Which branches' fields are the same, and which are larger than the picture."""
    same = [[title for title, s in sizes.items() if s == one] for one in dict.fromkeys(sizes.values())]
    said = [f"{named(titles)} coincide." for titles in same if len(titles) > 1]
    large = [title for title, s in sizes.items() if s > size]
    if large:
        are, whose = ("are", "their frames are") if len(large) > 1 else ("is", "its frame is")
        which = "All four" if len(large) == len(sizes) else named(large)
        said.append(f"{which} {are} larger than the picture: {whose} cut off at the edge.")
    return " ".join(said)


def field(found: Field, at: tuple[int, int], influence: np.ndarray) -> str:
    """How much of what a position sees by arithmetic counts, with the numbers."""
    size = len(influence)
    (top, bottom), (left, right) = (found.pixels(position) for position in at)
    inside = (min(bottom, size) - max(top, 0)) * (min(right, size) - max(left, 0))
    if not influence.any():
        return "ReLU has switched it off: its activation is 0, and no small change of a pixel moves it."
    half = pixels_of_half(influence)
    share = f"{100 * half / inside:.1f} % of those that it can see"
    return f"Half of the influence comes from {half:,} pixels, {share}."


def pixels_of_half(influence: np.ndarray) -> int:
    """The smallest number of pixels that hold half of the influence."""
    ranked = np.sort(influence.ravel())[::-1].cumsum()
    return int(np.searchsorted(ranked, ranked[-1] / 2)) + 1


def norms(ours: tuple[float, ...], scaled: tuple[float, ...]) -> str:
    """How much each normalisation changes, over all channels and positions; `scaled`: with constants for our pixels."""
    both = zip(ours, scaled, strict=True)
    return " ".join(
        f"Normalisation {k} shrinks its input by {100 * as_trained:.2g} % on average; with constants for our pixels it "
        f"would be {100 * for_pixels:.2g} %."
        for k, (as_trained, for_pixels) in enumerate(both, start=1)
    )
