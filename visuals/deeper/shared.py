"""What the sections of tab 1 hand to each other, and how they put words and HTML on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from models.deeper import photographs
from visuals.components import base
from visuals.deeper.nets import OWN, RACED, Nets, joined, of_digits, of_photographs
from visuals.page.events import AT_ONCE, end_with_visit
from visuals.page.files import Later
from visuals.page.section import Built
from visuals.page.words import named


@dataclass(frozen=True)
class Shared:
    """`raced` is the number of the visitor's last race that has ended, which `nets.RACED` keeps; 0: there is none."""

    raced: gr.State


def share(page: gr.Blocks) -> tuple[Shared, Built]:
    """What stays in sight above the sections: the nets at hand, which every race changes."""
    raced = gr.State(0)
    line = html(at_hand_line(None), elem_id="deeper-nets")
    raced.change(own_nets, None, line, **AT_ONCE)
    end_with_visit(RACED.forget)
    return Shared(raced), Built()


def own_nets(request: gr.Request) -> str:
    """That line for this visitor."""
    raced = RACED.of(request)
    return at_hand_line([net.lane.name for net in raced.nets] if raced else None)


def at_hand(request: gr.Request) -> Nets:
    """The trained nets that this visitor can look into."""
    raced = RACED.of(request)
    return (*of_photographs(), *(raced.nets if raced else ()))


def to_train_on(request: gr.Request) -> Nets:
    """The trained nets that this visitor can go on with."""
    raced = RACED.of(request)
    return joined(raced.nets) if raced else of_digits()


def at_hand_line(own: list[str] | None) -> str:
    """Which trained nets a section uses, in a line for each kind of section; style.css shows that of the open one."""
    depths = named([str(depth) for depth in photographs.DEPTHS])
    mine = f'<span class="own"> · <b>{OWN}</b>: {escape(named(own))}</span>' if own else ""
    lines = {
        "of-digits": f"Nets here: plain and residual, on scikit-learn's digits of 8 × 8 pixels{mine}",
        "of-photographs": f"Nets here: plain and residual, {depths} layers, recorded on CIFAR-10{mine}",
        "of-the-paper": "Nets here: the paper's, recorded on CIFAR-10",
    }
    return "".join(f'<p class="line {kind}">{line}</p>' for kind, line in lines.items())


def html(content: str | Later[str], **options: Any) -> gr.HTML:
    """HTML in the tab's own style."""
    classes = ["page-wide", "of-deeper", *options.pop("elem_classes", [])]
    return base.Words(**base.words(content), elem_classes=classes, **options)


@contextmanager
def folded(title: str = "For the curious", **options: Any) -> Iterator[None]:
    """What is put into this context unfolds on request."""
    with gr.Accordion(title, open=False, **options):
        yield
