"""What the exercises ask and tell to do; their answers are in prose.md."""

from __future__ import annotations

from visuals.components.exercise import Asked

WORDS = {
    "lean": Asked(
        "What does the network lean on?",
        "Read what it answers. Then switch off the 5×5 branch instead.",
        "Switch off the 1×1 branch of module 3a",
    ),
    "late": Asked(
        "Does a late module matter less than an early one?",
        "Compare with the first exercise. No branch of 5b is wider.",
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
