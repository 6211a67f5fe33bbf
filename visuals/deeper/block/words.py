"""The inside of blocks in words: sizes, losses, responses."""

from __future__ import annotations

from html import escape

import numpy as np

from models.deeper.block import Addition, Drop
from visuals.deeper.nets import Nets, pairs

CLOSE = 0.05  # responses whose means differ by less than this part are called about equal


def sizes(pair: Nets, additions: list[Addition], block: int, blocks: int, image: str) -> str:
    """How large F(x) is beside x, by their root mean squares."""
    said = [f"{image[0].upper()}{image[1:]}, in block {block + 1} of {blocks}."]
    for net, addition in zip(pair, additions, strict=True):
        x, residual = (float(np.sqrt(np.mean(values**2))) for values in (addition.x, addition.residual))
        end = "takes its place" if addition.h is None else "is added to it"
        said.append(f"In {net.lane.name} F(x) is {residual / x:.2f} times as large as x, and {end}.")
    return " ".join(said)


def response_sentence(nets: Nets, responses: list[np.ndarray]) -> str:
    """Which net of each pair responds less, and whether the deeper residual nets do, by the means over the layers."""
    means = {net.lane: float(values.mean()) for net, values in zip(nets, responses, strict=True)}
    said = []
    for name, pair in pairs(nets).items():
        if len(pair) == 2:
            plain, residual = (means[net.lane] for net in pair)
            said.append(f"With {name} the residual net responds {beside(residual, plain)} the plain one.")
    deeper = sorted((lane.depth, mean) for lane, mean in means.items() if lane.name == f"residual-{lane.depth}")
    if len(deeper) > 1:
        (shallow, before), *_, (deep, after) = deeper
        said.append(f"residual-{deep} responds {beside(after, before)} residual-{shallow}.")
    return " ".join([*said, "These are means over the layers."]) if said else ""


def beside(one: float, other: float) -> str:
    """How strongly one responds beside another."""
    if abs(one / other - 1) < CLOSE:
        return "about as strongly as"
    return "less than" if one < other else "more than"


def drop_sentence(pair: Nets, lost: list[Drop], images: int) -> str:
    """The error before and after the loss of one block."""
    number = lost[0].block + 1
    if lost[0].after is None:
        return (
            f"Block {number} halves the maps and doubles their number. Without it the next block would not fit, so it "
            "cannot be dropped. Choose another one."
        )
    changes = [
        f"{net.lane.name} gets {d.after:.1f} % wrong instead of {d.before:.1f} %."
        for net, d in zip(pair, lost, strict=True)
    ]
    return f"Without block {number}, of {images:,} test images: {' '.join(changes)}"


def any_block(pair: Nets, lost: list[list[Drop]]) -> str:
    """What it costs to lose one block, whichever it is, by the median and the most."""
    said, count = [], 0
    for net, drops in zip(pair, lost, strict=True):
        after = [drop.after for drop in drops if drop.after is not None]
        count, middle = len(after), np.median(after)
        wrong = f"{min(after):.0f} to {max(after):.0f} % wrong. The median is {middle:.0f} %"
        said.append(f"{net.lane.name} gets {wrong if count > 1 else f'{middle:.0f} % wrong'}.")
    which = "With any one block gone" if count > 1 else "Without the only block that can go"
    return f"{which}, {' '.join(said)}"


def article(noun: str) -> str:
    """The article of a noun, or of a digit, as one says it."""
    return "an" if noun[0] in "aeiou8" else "a"


def said(text: str) -> str:
    """A short sentence, which a screen reader says at once."""
    return f'<p class="told short" role="status">{escape(text)}</p>'
