"""Sentences about modules in a row, and about both variants of a module once they are measured."""

from __future__ import annotations

import statistics

from models.wider.cost import ModuleCost
from models.wider.module_timing import BUDGET, Round
from visuals.page import style

BEFORE = f"This takes up to about {BUDGET:.0f} s, and less on a fast machine."


def stack(channels: list[tuple[int, int]], weights: list[tuple[int, int]]) -> str:
    (wide, narrow), (dear, cheap) = channels[-1], weights[-1]
    after = "After one module" if len(channels) == 1 else f"After {len(channels)} modules in a row"
    said = (
        f"{after} there are {wide:,} channels without reductions and {narrow:,} with them. Without reductions the row "
        f"has {dear / cheap:.1f} times as many weights."
    )
    return style.told(said) + style.derived("from the widths; weights without biases")


def measured(module: ModuleCost, done: list[Round], detail: str) -> str:
    """Medians and bytes of both variants as a table, and the times in a sentence."""
    naive, reduced = (statistics.median(getattr(one, name) for one in done) for name in ("naive", "reduced"))
    ratio = module.naive_weights / module.weights
    said = (
        f"One picture takes {naive:.2f} ms without reductions and {reduced:.2f} ms with them. That is "
        f"{naive / reduced:.1f} times as long, for {ratio:.1f} times the multiply-adds."
    )
    kept = [
        [name, f"{took:.2f}", megabytes(used.peak), megabytes(used.weights)]
        for name, took, used in zip(("without", "with"), (naive, reduced), done[0].memory, strict=True)
    ]
    head = ["reductions", "milliseconds", "maps at once, MB", "weights, MB"]
    passes = (
        f"medians of {len(done)} passes each, in turn; maps at once: the most that the maps of one picture took at one "
        f"moment of a pass, without the input; {detail}"
    )
    return style.told(said) + style.table("Time and memory of the module", head, kept) + style.measured(passes)


def megabytes(count: int) -> str:
    return f"{count / 1e6:.2f}"
