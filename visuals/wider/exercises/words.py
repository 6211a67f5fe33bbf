"""What the exercises ask and tell to do; their answers are in prose.md."""

from __future__ import annotations

from visuals.components.chart import Axis
from visuals.components.exercise import Asked

WORDS = {
    "lean": Asked(
        "What does the network lean on?",
        "Read what it answers. Then switch off the 5×5 branch instead.",
        "Switch off the 1×1 branch of module 3a",
    ),
    "late": Asked(
        "Does a late module matter less than an early one?",
        "Compare with the first exercise. No branch of 5b puts out more channels.",
        "Switch off the 1×1 branch of module 5b",
    ),
    "help": Asked(
        "When do auxiliary heads strengthen the gradient?",
        "At 3a, compare the main loss with all three. Then do the same with small weights.",
        "Show the gradients before training",
    ),
    "price": Asked(
        "Where do the reductions save most?",
        "Go through the modules: how many times as many weights without reductions?",
        "Price module 5b",
    ),
}
BRANCHES = ("1×1", "3×3", "5×5", "pool")
MODULES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
LEFT = Axis("probability that is left", 0, 100, "%")
# To sketch on what one expects.
AXES = {
    "lean": (Axis("branch that is off", 0.5, 4.5, names=BRANCHES), LEFT),
    "late": (Axis("module whose 1×1 branch is off", 0.5, 9.5, names=MODULES), LEFT),
    "help": (Axis("module", 0.5, 9.5, names=MODULES), Axis("length of the gradient", 1e-10, 1, log=True)),
    "price": (Axis("module", 0.5, 9.5, names=MODULES), Axis("times as many weights", 0, 6)),
}
