"""What can be said of a picture and of the first answers to it."""

from __future__ import annotations

from models.wider.activations import Pass
from visuals.page import style
from visuals.page.words import named
from visuals.wider.examples import Example


def remark(example: Example, run: Pass, right: float) -> str:
    """Whether the network can know what an example shows, and what became of it.

    `right`: per cent of held-out pictures that our network's main head gets right.
    """
    count = len(run.classes)
    if example.drawn:
        side = len(run.seen)
        return (
            "No photograph: the network of tab 3 drew it from noise, at 32 × 32 pixels. Here it is first enlarged "
            f"to {side} × {side}."
        )
    if run.network != "tiny":
        return f"Here torchvision's network looks at it, which knows {count:,} classes."
    if example.shows:
        return f"This is one of the {count} classes: {example.shows}.{missed(run, example.shows, right)}"
    return f"What this shows is none of the {count} classes, so the network names the likeliest of those it knows."


def missed(run: Pass, name: str, right: float) -> str:
    """Where the main head does not answer `name` first: what became of it."""
    five = [likely for likely, _ in run.heads["main"]]
    if five[0] == name:
        return ""
    often = f"It gets {right:.0f} of 100 new pictures right."
    if name in five:
        return f" The network wrongly answers {five[0]} first; {name} is among its five. {often}"
    return f" The network wrongly answers {five[0]}; {name} is not even among its five. {often}"


def own(count: int) -> str:
    """Of a visitor's own picture."""
    return f"The network knows {count:,} classes. Shown anything else, it still has to name one of them."


def unreadable(missing: tuple[str, ...]) -> str:
    """Which of the examples are left out, if any."""
    if not missing:
        return ""
    return style.notice(f"On this machine {named(list(missing))} cannot be read, so fewer pictures can be chosen.")
