"""The races of tab 1's exercises: what their links set up, and what was recorded of them."""

from __future__ import annotations

from dataclasses import replace

from models.deeper.nets import Lane
from models.deeper.race import Race

NAME = "exercises-digits"
SEED = 5  # the first of those that a visitor's race begins with

_two_depths = tuple(Lane(depth, False, norm) for depth in (8, 20) for norm in (True, False))
_fast = Race(_two_depths, seed=SEED, seeds=2, learning_rate=1.0)
RACES = {
    "depths": Race(tuple(Lane(depth, False) for depth in (8, 14, 20, 32)), seed=SEED, seeds=3),
    "time": Race((Lane(8, False), Lane(56, False), Lane(56, True)), steps=1000, seed=SEED),
    "norm": _fast,
    "norm, slower": replace(_fast, learning_rate=0.01),
    "chance": Race((Lane(8, False), Lane(8, True)), seed=SEED, seeds=5),
}
