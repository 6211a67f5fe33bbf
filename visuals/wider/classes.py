"""Choosing a class of the network that looks at the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from models.wider import activations, imagenet
from models.wider.activations import Pass
from visuals.page.settings import Settings, control
from visuals.wider import passes
from visuals.wider.settings import FIRST


def class_list(settings: type[Settings], name: str, **options: Any) -> gr.Dropdown:
    """The control of a setting that is a class."""
    return control(settings, name, dropdown=True, choices=choices_of(activations.classes()), **options)


def choices_of(classes: Iterable[str]) -> list[str]:
    """As a reader looks for a name: capitals among small letters."""
    return [FIRST, *sorted(classes, key=str.casefold)]


def class_of(chosen: Any, run: Pass) -> int:
    """Number of the chosen class. Raises ValueError, in words, for one that the network does not know."""
    if chosen == FIRST:
        return int(run.logits["main"].argmax())
    if chosen not in run.classes:
        raise ValueError("Choose a class from the list: this network does not know the one that was chosen.")
    return run.classes.index(chosen)


def offered(network: str, chosen: Any) -> dict[str, Any]:
    """The list of classes for another network; a class that it does not know gives way to its own first answer."""
    classes = choices_of(activations.trained(passes.network_of(network)).classes)
    return gr.update(choices=classes, value=chosen if chosen in classes else FIRST)


def listed(chosen: str) -> dict[str, Any]:
    """What a link sets: a class in the list of the network that knows it, if that network is here."""
    own = activations.classes()
    there = imagenet.classes() if chosen not in (FIRST, *own) and imagenet.is_here() else own
    return gr.update(choices=choices_of(there), value=chosen if chosen in there else FIRST)
