"""What is drawn of the six networks: costs and errors, and the time of a pass while it is measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.core.artifacts import Certificate
from models.wider.comparison import NETWORKS, PASSES, Count, Timed
from visuals.components.bubbles import Bubble, bubbles
from visuals.components.chart import Axis
from visuals.page import style
from visuals.wider.comparison import words
from visuals.wider.comparison.errors import ERRORS, KINDS, OURS, PAPER, PRINTED

AXES = {"top-5": Axis("top-5 error, %", 0, 22, "%", 2), "top-1": Axis("top-1 error, %", 15, 45, "%", 2)}


def chart(counts: tuple[Count, ...], kind: str) -> dict[str, Any]:
    """Multiply-adds, error and parameters of the networks whose papers print this error."""
    shown = tuple(
        Bubble(one.name, one.macs / 1e9, error, one.parameters / 1e6, one.name == OURS)
        for one in counts
        if (error := getattr(ERRORS[one.name], KINDS[kind])) is not None
    )
    size = Axis("parameters, millions", 0, max(bubble.size for bubble in shown), decimals=1)
    x = Axis("multiply-adds, billions", 0.5, 30, decimals=2, log=True)
    return bubbles(f"Multiply-adds and {kind} error of {len(shown)} networks on ImageNet", x, AXES[kind], size, shown)


def table(counts: tuple[Count, ...]) -> str:
    """All that is known of the six networks, with the sources."""
    rows = [
        [
            one.name,
            f"{one.parameters / 1e6:.2f} M",
            f"{one.macs / 1e9:.2f} G",
            number(ERRORS[one.name].top5),
            number(ERRORS[one.name].top1),
            style.paper(ERRORS[one.name].source),
        ]
        for one in counts
    ]
    head = ["network", "parameters", "multiply-adds", "top-5 error, %", "top-1 error, %", "source of the errors"]
    return f'<div class="results">{style.table("Six networks at 224 × 224 pixels", head, rows)}</div>'


def number(error: float | None) -> str:
    return "not printed" if error is None else f"{error:g}"


def results(certificate: Certificate) -> str:
    """The paper's errors on ImageNet beside ours on 52 classes."""
    theirs = [[name, f"{error:.2f}", "", "1,000", style.paper(f"{PAPER}, {where}")] for name, error, where in PRINTED]
    label = style.recorded(certificate, "validation pictures")
    ours = [
        [
            f"ours, {name}",
            f"{100 - certificate.metrics[f'{head}_top5']:.1f}",
            f"{100 - certificate.metrics[f'{head}_top1']:.1f}",
            str(certificate.config["num_classes"]),
            label,
        ]
        for head, name in (
            ("main", "main head"),
            ("aux_4d", "auxiliary head after 4d"),
            ("aux_4a", "auxiliary head after 4a"),
        )
    ]
    head = ["network", "top-5 error, %", "top-1 error, %", "classes", "source"]
    body = style.table("Errors, the paper’s and ours", head, theirs + ours)
    return f'<div class="results">{body}</div><p>{style.recorded(certificate)}</p>'


class Timing:
    """The six networks while they are timed."""

    def __init__(self, counts: Mapping[str, Count], detail: str):
        self._counts, self._detail, self._done = counts, detail, []

    @property
    def done(self) -> float:
        return len(self._done) / (len(NETWORKS) * PASSES)

    def start(self) -> tuple[Any, ...]:
        return ("",)

    def add(self, event: Timed) -> None:
        self._done.append(event)

    def news(self) -> tuple[Any, ...]:
        """The table of what was measured so far."""
        rows = [
            [name, f"{took:.1f}", f"{self._macs(name) / 1e9:.2f} G", f"{self._macs(name) / took / 1e6:.1f} G"]
            for name, took in words.medians(self._done).items()
        ]
        head = ["network", "milliseconds", "multiply-adds", "multiply-adds a second"]
        label = style.measured(
            f"medians of up to {PASSES} passes, one picture at a time, made-up weights; {self._detail}"
        )
        return (style.table("One picture, here", head, rows) + label if rows else "",)

    whole = news

    def progress(self, seconds_left: float) -> str:
        event = self._done[-1]
        place = f"network {NETWORKS.index(event.name) + 1} of {len(NETWORKS)}"
        return style.told(f"{event.name}: pass {event.number} of {PASSES}; {place}.", announce=False)

    def outcome(self, seconds: float) -> str:
        return style.told(words.timed(self._done, {name: one.macs for name, one in self._counts.items()}))

    def stopped(self) -> str:
        return style.told("Stopped. What was measured stays.")

    def _macs(self, name: str) -> int:
        return self._counts[name].macs
