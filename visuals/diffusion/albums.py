"""What the sections that show rows of samples share: events of models/chains into messages for an album."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import numpy as np

from models import denoise
from models.artifacts import Certificate
from models.chains import Reading, Row
from models.decided import Frozen
from visuals import style
from visuals.components.album import LEAD, Cell, Heading, album
from visuals.events import AT_ONCE
from visuals.live import Run

NETWORKS = [("MNIST digits", "mnist"), ("CIFAR-10 photographs", "cifar10")]
PREVIEWS = 4  # of a row on its way, so that a run stays below 2 MB
SAID_PER_SECOND = 2

Wanted = tuple[int | None, ...]  # the class that each picture of a row should have; None where there is none
Rows = list[Row | Frozen]
Headings = Callable[[Rows], tuple[Heading, ...]]


class LiveAlbum:
    """The album of one run, from its first event to its last.

    `headings` gives the heads of all rows for the events that count so far; `wanted` the classes of a row's pictures.
    """

    def __init__(
        self,
        network: str,
        label: str,
        steps: tuple[int, ...],
        headings: Headings,
        wanted: Callable[[int, Rows], Wanted],
    ):
        self.network, self.label, self.steps = network, label, steps
        self.headings, self.wanted = headings, wanted
        self.run, self._began = newest(), time.perf_counter()
        self.events: Rows = []  # what x_t was, and the finished rows
        self._new: list[Cell] = []
        self._newest: dict[tuple[int, int], Cell] = {}  # by place
        self.done = 0

    def add(self, event: Row | Frozen) -> bool:
        """Take an event in; whether it is worth a message."""
        if isinstance(event, Frozen):
            self.events.append(event)
            self._new.append(lead(event))
            return True
        self.done = sum(self.steps[: event.row]) + event.done
        if event.finished:
            self.events.append(event)
        part = PREVIEWS + 1
        worth = event.finished or event.done * part // event.steps != (event.done - 1) * part // event.steps
        if worth:
            self._new += row_cells(self.network, event, self.wanted(event.row, self.events))
        return worth

    def message(self) -> dict[str, Any]:
        """What is new since the last message."""
        new, self._new = self._new, []
        self._newest.update({(cell.row, cell.column): cell for cell in new})
        return album(self.run, self.label, self.headings(self.events), new)

    def whole(self) -> dict[str, Any]:
        """Every picture as it was last: on a busy page one message may overtake another, which is then lost."""
        self.message()
        return album(self.run, self.label, self.headings(self.events), [*self._newest.values()])

    @property
    def finished(self) -> bool:
        return self.done == sum(self.steps)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def progress(self) -> str:
        left = self.seconds / max(1, self.done) * (sum(self.steps) - self.done)
        return style.told(f"Step {self.done:,} of {sum(self.steps):,}, about {left:.0f} s left.", announce=False)


def streamed(run: Run, live: LiveAlbum, outcome: Callable[[LiveAlbum], str]) -> Iterator[tuple[Any, str]]:
    """The messages of a run: (the album with what is new, what to say above it)."""
    yield live.message(), style.told("The first pictures are being computed.", announce=False)
    said = live.seconds
    for event in run:
        worth = live.add(event)
        if live.finished:
            yield live.whole(), outcome(live)
        elif worth or live.seconds - said >= 1 / SAID_PER_SECOND:
            yield live.message() if worth else gr.skip(), live.progress()
            said = live.seconds
    if run.stopped and not live.finished:
        yield (
            live.whole(),
            style.told(f"Stopped after {live.done:,} of {sum(live.steps):,} steps. What was computed stays."),
        )


def newest() -> int:
    """A number for an album that is larger than those of all albums before."""
    return time.time_ns() // 1_000_000


Section = tuple[dict[str, gr.components.Component], dict[str, Any]]  # its controls, and `at_link` of it


def at_link(
    recorded: Callable[[str], Any], network: gr.Radio, outputs: list[gr.components.Component]
) -> dict[str, Any]:
    """The event that shows what was recorded of a link's network, where that is not the one a section opens with."""

    def show(name: str) -> Any:
        return recorded(name) if name in denoise.NETWORKS and name != NETWORKS[0][1] else gr.skip()

    return {"fn": show, "inputs": network, "outputs": outputs} | AT_ONCE


def first(recorded: Callable[[str], Any]) -> Any:
    """What `recorded` shows of the network that a section opens with.

    Raises ArtifactError where the run of either network cannot be read: the page says so when it opens, not when the
    visitor chooses the other network.
    """
    opening, *_ = [recorded(network) for _, network in NETWORKS]
    return opening


# --- cells ---


def row_cells(network: str, row: Row, wanted: Wanted) -> list[Cell]:
    """The pictures of a row with what the classifier reads them as; on their way without a caption."""
    classes, cells = denoise.classes(network), []
    for column, picture in enumerate(row.pictures):
        caption, says = "", f"Picture {column + 1} on its way, step {row.done} of {row.steps}"
        if row.finished:
            (seen, probability), want = row.seen[column], wanted[column]
            mark = "" if want is None else "✓ " if seen == want else "✗ "
            caption = f"{mark}{classes[seen]}\n{percent(probability)}"
            asked = "" if want is None else f", wanted {classes[want]}"
            says = f"Picture {column + 1}, read as {classes[seen]} with {percent(probability)}{asked}"
        cells.append(Cell(row.row, column, picture, caption, says))
    return cells


def lead(frozen: Frozen) -> Cell:
    return Cell(
        frozen.row, LEAD, frozen.xt, "", f"x at t = {frozen.t}: {percent(frozen.signal)} of the picture and noise"
    )


def recorded_rows(run: dict[str, np.ndarray], prefix: str = "", first: int = 0) -> list[Row]:
    """The finished rows of a recorded run, counted from `first`."""
    pictures, classes, chances = (run[f"{prefix}{key}"] for key in ("pictures", "classes", "probabilities"))
    return [
        Row(
            k,
            1,
            1,
            pictures[k - first],
            tuple(zip(classes[k - first].tolist(), chances[k - first].tolist(), strict=True)),
        )
        for k in range(first, first + len(pictures))
    ]


# --- words ---


def recorded_with(certificate: Certificate, settings: str) -> str:
    """Label for recorded pictures that the button draws again with the settings that the controls start with."""
    again = "the button draws the same again with these settings, but for rounding on another processor"
    return style.recorded(certificate, f"{settings}, {certificate.hardware}; {again}")


def percent(share: float) -> str:
    """A share in words: 0.123 is "12 %"; nothing but all is "100 %"."""
    text = f"{100 * share:.0f}"
    return "> 99 %" if text == "100" and share < 1 else f"{text} %"


def hits(seen: tuple[Reading, ...], wanted: Wanted) -> int:
    """How many of the pictures are read as the class wanted."""
    return sum(reading[0] == want for reading, want in zip(seen, wanted, strict=True))


def listed(parts: list[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


# --- what comes from the controls ---


def number(name: str, value: object) -> int:
    """A whole number from a control or the API. Raises ValueError, in a sentence, for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not float(value).is_integer():
        raise ValueError(f"{name} must be a whole number.")
    return int(value)


def chosen(network: object) -> str:
    """One of the two networks. Raises ValueError, in a sentence, for anything else."""
    if network not in denoise.NETWORKS:
        raise ValueError("Choose one of the two networks.")
    return str(network)
