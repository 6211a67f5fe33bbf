"""The samplers of tab 3 side by side: the same noises, brought back by each of them in few steps and in more.

A pure generator of plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from models.core import runtime
from models.noisier import reverse_chains
from models.noisier.denoise import SAMPLERS, TRAINED_ON, Journey, Sampler, network, predictor
from models.noisier.diffusion.schedule import respace
from models.noisier.reverse_chains import Row

STEPS = (5, 10, 50)
WAYS: tuple[tuple[Sampler, int], ...] = tuple(
    (sampler, steps) for steps in STEPS for sampler in SAMPLERS
)  # a row for each
GUIDANCE = 1.5
MOST = 100  # noises


@dataclass(frozen=True)
class Comparison:
    """What to ask for. Raises ValueError, in a sentence for the visitor, for what cannot be done."""

    network: str = "mnist"
    label: int = 3
    seed: int = 1
    count: int = 6  # noises, the same in all rows

    def __post_init__(self) -> None:
        rules = {
            "The class must be a whole number from 0 to 9.": reverse_chains.whole(self.label, 0, 9),
            f"There must be 1 to {MOST} noises.": reverse_chains.whole(self.count, 1, MOST),
        }
        reverse_chains.check(self.network, self.seed, rules)


@runtime.accelerated(seconds=90)
def compare(config: Comparison, ways: tuple[tuple[Sampler, int], ...] = WAYS) -> Iterator[Row]:
    """A row for each (sampler, steps) of `ways`, all from the same x_T, with one event a step."""
    unet = network(config.network)
    predict = predictor(unet, reverse_chains.labels(unet, (config.label,) * config.count), GUIDANCE)
    for row, (sampler, steps) in enumerate(ways):
        rng = torch.Generator().manual_seed(config.seed)
        xT = reverse_chains.start(unet, config.count, rng)
        rule = Journey(sampler=sampler).rule()
        yield from reverse_chains.chains(row, config.network, respace(TRAINED_ON, steps), predict, xT, rng, rule)
