"""What the surgery says: of one picture, and of many."""

from __future__ import annotations

import numpy as np

from models.wider.surgery import LAYERS, MODULES, Changes, Operation, Part
from visuals.page.words import named as listed
from visuals.page.words import percent, signed
from visuals.wider.network_map import AFTER
from visuals.wider.words import TITLES, part_of

HEADS = {  # in the order of the page: what they are, and where
    "main": ("Main head", "at the end"),
    "aux_4d": ("Auxiliary head", "after 4d"),
    "aux_4a": ("Auxiliary head", "after 4a"),
}
COMPUTING = "Computing …"  # as long as what has been pressed is
NAMED = 3  # parts that a sentence names; more are counted
WAITING = "The numbers of all 54 parts appear here once you have answered or skipped the question above."
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def main(operation: Operation, off: tuple[Part, ...], classes: tuple[str, ...]) -> str:
    """What happened to the main head's first answer, in a sentence."""
    before = operation.before["main"]
    if not off:
        k = int(before.argmax())
        return f"Nothing is switched off: the network answers {classes[k]} with {percent(before[k])}."
    return f"Without {named(off)}: {changed(operation, 'main', off, classes)}"


def effect(operation: Operation, classes: tuple[str, ...]) -> str:
    """The same in short: 'lion: 85.6 → 61.4 %'."""
    before, after = operation.before["main"], operation.after["main"]
    k, now = int(before.argmax()), int(after.argmax())
    said = f"{classes[k]}: {100 * before[k]:.1f} → {percent(after[k])}"
    return said if now == k else f"{said}, now {classes[now]}"


def others(operation: Operation, off: tuple[Part, ...], classes: tuple[str, ...]) -> list[str]:
    """The same of the auxiliary heads that the network has, a sentence each."""
    heads = [head for head in HEADS if head != "main" and head in operation.before]
    if not heads:
        return ["This network has no trained auxiliary heads."]
    if not off:
        return ["Nothing is switched off."]
    return [f"Head {HEADS[head][1]}: {changed(operation, head, off, classes)}" for head in heads]


def changed(operation: Operation, head: str, off: tuple[Part, ...], classes: tuple[str, ...]) -> str:
    """What happened to a head's first answer."""
    before, after = operation.before[head], operation.after[head]
    k, now = int(before.argmax()), int(after.argmax())
    if np.array_equal(before, after):
        return f"nothing changes{': all that is off comes after it' if behind(head, off) else ' for this picture'}."
    said = f"{classes[k]} {moves(float(before[k]), float(after[k]))}"
    if now == k:
        return f"{said}. It stays the first answer."
    return f"{said}. The first answer is now {classes[now]} with {percent(after[now])}."


def behind(head: str, off: tuple[Part, ...]) -> bool:
    """Whether all that is off comes behind the module that this head sits on; nothing comes behind the main head."""
    after = AFTER[head]
    return after in MODULES and all(MODULES.index(part.module) > MODULES.index(after) for part in off)


def moves(before: float, after: float) -> str:
    """'falls from 61.2 % to 12.0 %'."""
    if percent(before) == percent(after):
        return f"stays at {percent(before)}"
    return f"{'falls' if after < before else 'rises'} from {percent(before)} to {percent(after)}"


def named(off: tuple[Part, ...]) -> str:
    if len(off) > NAMED:
        return f"these {len(off)} parts"
    return listed([f"the {part_of(part)}" for part in off])


def most(found: Changes) -> str:
    """Which branch costs most; `found` is complete."""
    branches = found.mean[:, :4]
    worst = np.unravel_index(branches.argmin(), branches.shape)
    part = Part(MODULES[worst[0]], list(LAYERS)[worst[1]])
    return (
        f"The {TITLES[part.name][1]} of {part.module} costs most: without it "
        f"{percent(found.whole + found.mean[worst])} instead of {percent(found.whole)}."
    )


def by_branch(found: Changes) -> str:
    """Which branch costs most on average over all modules, and which least; `found` is complete."""
    means = found.mean[:, :4].mean(0)
    worst, best = (TITLES[list(LAYERS)[k]][1] for k in (means.argmin(), means.argmax()))
    return (
        f"On average over the nine modules, the {worst} costs most to lose, {-100 * means.min():.1f} points, and the "
        f"{best} least, {-100 * means.max():.1f}."
    )


def points(difference: float) -> str:
    return signed(100 * difference, 1)


def lesson(found: Changes) -> dict[str, str]:
    """What the words say of the whole table, under the names that it has there."""
    cost = {name: -100 * found.mean[:, column] for column, name in enumerate(LAYERS)}
    narrowest = cost["1x1"] >= np.maximum.reduce([cost["3x3"], cost["5x5"], cost["pool"]])
    return {
        "NARROWEST": NUMBERS[narrowest.sum()],
        "WIDEST": f"{cost['5x5'].max():.1f}",
        "SURE": str(((found.low > 0) | (found.high < 0)).sum()),
    }


def button(here: bool, count: int) -> str:
    """Of the live run: on held-out pictures, or on those of the page."""
    return "Measure it here, now" if here else f"Measure it on the {count} pictures of this page"


def progress(done: int, steps: int, seconds_left: float) -> str:
    return f"Switching off each part in turn: {done:,} of {steps:,} steps, about {seconds_left:.0f} s left."


def finished(found: Changes, accuracy: bool) -> list[str]:
    """What a live run has found, in sentences."""
    what = (
        f"Accuracy of our network on {found.pictures} held-out pictures of this machine."
        if accuracy
        else "No labelled pictures are on this machine, so this is no accuracy. It is the change in the probability of "
        f"our network's first answer, which is {percent(found.whole)} on average over {found.pictures} pictures."
    )
    return [what, most(found), by_branch(found)]


def stopped(measured: int, whole: int, name: str) -> str:
    return f"Stopped after {measured:,} of {whole:,} passes. What was measured stays drawn: {name.lower()}."
