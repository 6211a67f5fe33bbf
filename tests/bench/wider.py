"""A picture's way through GoogLeNet."""

from __future__ import annotations

import statistics

import torch

from models.wider import activations
from tests.bench.measuring import row, seconds, side_by_side
from visuals.page import style
from visuals.wider import passes
from visuals.wider.branches import view as maps
from visuals.wider.examples import picture
from visuals.wider.see import section as see


def one_picture() -> bool:
    """What tab 2 computes until a picture and all maps of its largest module are shown, against the bare pass."""
    used = activations.trained()
    x = activations.enter(activations.shrink(picture("temple")), used)

    def page() -> None:
        chosen = passes.Chosen("temple", picture("temple"), activations.run(picture("temple")))
        see.shown(chosen, style.measured)
        maps.feature_maps(chosen.run, "5b", ("3x3", 0), every=True)

    def bare() -> None:
        with torch.inference_mode():
            used.network(x)

    took = side_by_side(25, page=lambda: seconds(page), bare=lambda: seconds(bare))
    detail = f"{1000 * took['page']:.1f} and {1000 * took['bare']:.1f} ms"
    met = row("a picture with all maps of 5b / bare forward pass", took["page"] / took["bare"], detail, at_most=1.5)
    temple = activations.run(picture("temple"))
    probe = statistics.median(seconds(lambda: maps.field(temple, "5b", ("3x3", 0))) for _ in range(9))
    row("gradient of one activation of 5b / bare forward pass", probe / took["bare"], f"{1000 * probe:.1f} ms")
    return met and row("a picture with all maps of 5b, in units of 300 ms", took["page"] / 0.3, detail, at_most=1.0)
