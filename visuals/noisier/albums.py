"""What the sections that show rows of samples share: events of reverse chains as values of an album. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from models.core.artifacts import Certificate
from models.noisier.decided import Frozen
from models.noisier.reverse_chains import Reading, Row
from visuals.components.album import LEAD, Cell, Heading, album
from visuals.page import style
from visuals.page.files import Later

PREVIEWS = 4  # of a row on its way, so that a run stays below 2 MB

LEGEND = "×: the classifier reads another class."

Wanted = tuple[int | None, ...]  # the class that each picture of a row should have; None where there is none
Rows = Sequence[Row | Frozen]


class Recorded(NamedTuple):
    """What a section shows of one recorded run: its album, what is said of it, more numbers, and an answer."""

    album: Later[dict[str, Any]]
    said: str | Later[str]
    table: str = ""
    answer: str = ""


class AlbumView:
    """A live.View of rows of pictures; its only component is an album.

    `steps` are those of each row, `classes` the names of the network's classes, `machine` where it runs. A section
    says what stands beside the rows by `headings` and what that means by `legend`, which classes are wanted by
    `wanted`, and what came out by `sentence` and `detail`.
    """

    legend = LEGEND

    def __init__(self, run: int, label: str, steps: tuple[int, ...], classes: tuple[str, ...], machine: str):
        self.run, self.label, self.steps, self.classes, self.machine = run, label, steps, classes, machine
        self.events: list[Row | Frozen] = []  # what x_t was, and the finished rows
        self._new: list[Cell] = []
        self._newest: dict[tuple[int, int], Cell] = {}  # by place
        self._steps_done = 0

    def headings(self) -> tuple[Heading, ...]:
        raise NotImplementedError

    def wanted(self, row: int) -> Wanted:
        raise NotImplementedError

    def sentence(self) -> str:
        raise NotImplementedError

    def detail(self, seconds: float) -> str:
        raise NotImplementedError

    @property
    def done(self) -> float:
        return self._steps_done / sum(self.steps)

    def start(self) -> tuple[Any, ...]:
        return self.news()

    def add(self, event: Any) -> None:
        """A row or what it starts from; a section may give its own events."""
        if isinstance(event, Frozen):
            self.events.append(event)
            self._new.append(lead(event))
            return
        self._steps_done = sum(self.steps[: event.row]) + event.done
        if event.finished:
            self.events.append(event)
        part = PREVIEWS + 1
        if event.finished or event.done * part // event.steps != (event.done - 1) * part // event.steps:
            self._new += row_cells(self.classes, event, self.wanted(event.row))

    def news(self) -> tuple[Any, ...]:
        new, self._new = self._new, []
        self._newest.update({(cell.row, cell.column): cell for cell in new})
        return (album(self.run, self.label, self.headings(), new, self.legend),)

    def whole(self) -> tuple[Any, ...]:
        self.news()
        return (album(self.run, self.label, self.headings(), [*self._newest.values()], self.legend),)

    def progress(self, seconds_left: float) -> str:
        done, steps = self._steps_done, sum(self.steps)
        return style.told(f"Step {done:,} of {steps:,}, about {seconds_left:.0f} s left.", announce=False)

    def outcome(self, seconds: float) -> str:
        return style.told(self.sentence()) + style.measured(f"{self.detail(seconds)}, {self.machine}")

    def stopped(self) -> str:
        done = f"Stopped after {self._steps_done:,} of {sum(self.steps):,} steps."
        return style.told(f"{done} What was computed stays.")


# --- cells ---


def row_cells(classes: tuple[str, ...], row: Row, wanted: Wanted) -> list[Cell]:
    """The pictures of a row with what the classifier reads them as, marked where it is wrong; on their way without."""
    cells = []
    for column, picture in enumerate(row.pictures):
        caption, mark, says = "", "", f"Picture {column + 1} on its way, step {row.done} of {row.steps}"
        if row.finished:
            (seen, probability), want = row.seen[column], wanted[column]
            mark = "" if want is None or seen == want else "×"
            sign = "" if want is None else "✓ " if seen == want else "✗ "
            caption = f"{sign}{classes[seen]}\n{percent(probability)}"
            asked = "" if want is None else f", wanted {classes[want]}"
            says = f"Picture {column + 1}, read as {classes[seen]} with {percent(probability)}{asked}"
        cells.append(Cell(row.row, column, picture, caption, says, mark))
    return cells


def lead(frozen: Frozen) -> Cell:
    """The x_t at the head of a row."""
    says = f"x at t = {frozen.t}: the picture times {frozen.signal:.3f}, and noise"
    return Cell(frozen.row, LEAD, frozen.xt, "", says)


def recorded_rows(run: dict[str, np.ndarray], prefix: str = "", first: int = 0) -> list[Row]:
    """The finished rows of a recorded run, counted from `first`."""
    pictures, classes, chances = (run[f"{prefix}{key}"] for key in ("pictures", "classes", "probabilities"))
    readings = [tuple(zip(c, p, strict=True)) for c, p in zip(classes.tolist(), chances.tolist(), strict=True)]
    return [Row(first + k, 1, 1, shown, readings[k]) for k, shown in enumerate(pictures)]


# --- words ---


def recorded_with(certificate: Certificate, settings: str) -> str:
    """Label for recorded pictures that the button draws again with the settings that the controls start with."""
    return style.recorded(certificate, f"{settings}; {certificate.hardware}")


def looked(said: str) -> str:
    """What recorded pictures show, folded until the visitor has looked at them."""
    return f"<details><summary>What the recorded pictures show</summary>{style.told(said, announce=False)}</details>"


def percent(share: float) -> str:
    """A share in words: 0.123 is "12 %"; nothing but all is "100 %"."""
    text = f"{100 * share:.0f}"
    return "> 99 %" if text == "100" and share < 1 else f"{text} %"


def count_of(seen: tuple[Reading, ...], wanted: Wanted) -> str:
    """How many of the pictures are read as the class wanted, beside the name of their row."""
    return f"{hits(seen, wanted)}/{len(wanted)}"


def count_in_words(seen: tuple[Reading, ...], wanted: Wanted) -> str:
    return f"{hits(seen, wanted)} of {len(wanted)}"


def agreeing(count: int, verb: str, plural: str) -> str:
    """The verb after "1 of 8 pictures" and "2 of 8 pictures"."""
    return verb if count == 1 else plural


def hits(seen: tuple[Reading, ...], wanted: Wanted) -> int:
    """How many of the pictures are read as the class wanted."""
    return sum(reading[0] == want for reading, want in zip(seen, wanted, strict=True))
