"""What the recorded race says of signal and gradient. All numbers come from its looks."""

from __future__ import annotations

import numpy as np

from models.core.artifacts import Certificate
from visuals.deeper.nets import Looks
from visuals.page.words import number

PLAIN, RESIDUAL, BARE = 0, 1, 2  # lanes of the recorded race
WEAK = (20, 140)  # steps between which the plain net's first layer has the smaller gradient at every look

NO_RACE = (
    "You have not run a race on this page yet, so there is nothing to show here. Press “Train it live” in The race, "
    "and come back when it has ended."
)


def first_layer(looks: Looks, lane: int) -> dict[int, float]:
    return {step: looks[step][lane].gradient[0] for step in sorted(looks)}


def notes(looks: Looks) -> dict[int, tuple[str, str]]:
    """Title and sentence of the annotated steps: the first, the weakest, and the last."""
    plain, residual = (first_layer(looks, lane) for lane in (PLAIN, RESIDUAL))
    start, *_, end = plain
    weakest = min(plain, key=plain.__getitem__)
    layers = looks[start][PLAIN].gradient
    return {
        start: (
            "exploding in plain-56",
            f"The gradient grows on its way back: {layers[-1]:.1f} in the last layer, {max(layers):,.0f} "
            "in the second.",
        ),
        weakest: (
            "weak in plain-56",
            f"First layer: {number(plain[weakest])} in plain-56, {number(residual[weakest])} in residual-56.",
        ),
        end: (
            "stronger again in plain-56",
            f"It still learns: {number(plain[end])} in its first layer. residual-56 has little left to correct: "
            f"{number(residual[end])}.",
        ),
    }


def numbers(certificate: Certificate, looks: Looks, long_first: np.ndarray) -> dict[str, str]:
    """What fills the places of the prose. `long_first`: the gradient in plain-56's first layer in the long race."""
    plain, residual = (first_layer(looks, lane) for lane in (PLAIN, RESIDUAL))
    weak = [step for step in plain if WEAK[0] <= step <= WEAK[1]]
    bare = looks[min(looks)][BARE]
    return {
        "WEAK_PLAIN": number(float(np.median([plain[step] for step in weak]))),
        "WEAK_RESIDUAL": number(float(np.median([residual[step] for step in weak]))),
        "FROM": str(WEAK[0]),
        "TO": str(WEAK[1]),
        "LATER": number(float(np.median([plain[step] for step in plain if step > WEAK[1]]))),
        "PLAIN_ERROR": f"{certificate.metrics['plain-56']['train_error']:.0f}",
        "LONG_LOOKS": str(len(long_first)),
        "LONG_LOW": number(float(long_first.min())),
        "FAINT_FROM": f"{bare.signal[0]:.1f}",
        "FAINT_TO": f"{bare.signal[-1] * 1e6:.1f} millionths",
        "BACK_FIRST": f"{bare.gradient[0] * 1e6:.1f} millionths",
        "BACK_LAST": f"{bare.gradient[-1] * 1e6:.1f} millionths",
    }
