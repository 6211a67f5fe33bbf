"""What a teacher keeps of a lesson: one ZIP with the guesses, the questions' figures, the seeds and the links.

It is made while it is sent, a question at a time.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from textwrap import wrap
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from visuals.classroom.questions import Question
from visuals.classroom.rooms import Answer
from visuals.classroom.seed_words import names
from visuals.classroom.seeds import DATA, STEPS, Errors
from visuals.components.predict import Amount, Choice

WIDE, LINE, EDGE, ROOM = (
    640,
    20,
    30,
    90,
)  # px of a figure: its width, a line, what is left at its sides, the dots' height
R, LETTERS = 4, 80  # px: of a dot; letters of a line, at most
TALL, HIGHEST = 200, (2, 5, 10, 20, 50, 100)  # of the seeds' figure: px of its axis, and where this can end, in %
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="14">'
    '<rect width="{wide}" height="{high}" fill="white"/>'
)


@dataclass(frozen=True)
class Told:
    """A round: who guessed what once it is closed, and what came out once it is revealed."""

    round: int
    question: Question
    guesses: list[tuple[int, Answer]] | None  # participants' numbers, the same in all rounds, and what each guessed
    outcome: Mapping[str, Any] | None  # an Outcome's fields


class _Sent(io.RawIOBase):
    """Where a ZIP writes to, whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._bytes += content
        return len(content)

    def taken(self) -> bytes:
        found = bytes(self._bytes)
        self._bytes.clear()
        return found


def record(rounds: Iterable[Told], seeds: Mapping[int, Mapping[int, Errors]], page: str) -> Iterator[bytes]:
    """The ZIP, in parts. `seeds` are the errors of each by the nets' depth; `page` is the whole page's address."""
    guesses = Table("round", "question", "asked", "unit", "participant", "guess", "outcome")
    links = Table("round", "section", "link")
    sent = _Sent()
    with ZipFile(sent, "w", ZIP_DEFLATED) as file:
        for told in rounds:
            guesses.add(*rows(told))
            links.add((told.round, f"{told.question.lesson}, {told.question.section.title}", page + told.question.link))
            file.writestr(f"question-{told.round}.svg", figure(told))
            yield sent.taken()
        file.writestr("guesses.csv", guesses.text)
        file.writestr("links.csv", links.text)
        if seeds:
            file.writestr("seeds.csv", seeds_table(seeds).text)
        for depth, errors in seeds.items():
            file.writestr(f"seeds-{depth}.svg", seeds_figure(depth, errors))
    yield sent.taken()


class Table:
    def __init__(self, *head: str):
        self._text = io.StringIO()
        self._rows = csv.writer(self._text)
        self.add(head)

    def add(self, *rows: Iterable[Any]) -> None:
        self._rows.writerows(rows)

    @property
    def text(self) -> str:
        """With the mark by which spreadsheets know that this is UTF-8."""
        return "\ufeff" + self._text.getvalue()


def rows(told: Told) -> Iterator[tuple[Any, ...]]:
    """Of the table of guesses: one for each thing that is asked and each participant."""
    question = told.question.asks.question
    for ask in told.question.asks.asked:
        unit = ask.unit if isinstance(ask, Amount) else ""
        found = told.outcome["found"].get(ask.id) if told.outcome else None
        outcome = "" if found is None else cell(ask, found)
        for participant, answer in told.guesses or ():
            yield told.round, question, ask.label, unit, participant, cell(ask, answer[ask.id]), outcome


def cell(ask: Amount | Choice, value: Any) -> str:
    """A guess or what came out, to as many decimals as a guess has; what lies between two numbers as "1 to 2"."""
    if isinstance(ask, Choice):
        return str(value)
    ends = value if isinstance(value, (tuple, list)) else (value,)
    return " to ".join(dict.fromkeys(f"{end:.{ask.decimals}f}" for end in ends))


def seeds_table(seeds: Mapping[int, Mapping[int, Errors]]) -> Table:
    table = Table("net", "seed", "training error in %", "steps", "data", "date")
    for depth, errors in seeds.items():
        for seed, of_nets in errors.items():
            for net, error in zip(names(depth), of_nets, strict=True):
                said = "diverged" if error is None else f"{error:.2f}"
                table.add((net, seed, said, STEPS, DATA, date.today().isoformat()))
    return table


# --- the figures ---


def figure(told: Told) -> str:
    """A question's guesses as an SVG: a dot for each, their median, and what came out."""
    asked = wrap(told.question.asks.question, LETTERS)
    drawn = [text(EDGE, (k + 1) * LINE, words, "start") for k, words in enumerate(asked)]
    top = (len(asked) + 0.5) * LINE
    together = told.question.together(answer for _, answer in told.guesses or ())
    for ask, of in zip(told.question.asks.asked, together, strict=True):
        found = told.outcome["found"].get(ask.id) if told.outcome else None
        parts, high = options(ask, of, found) if isinstance(ask, Choice) else dots(ask, of, found)
        drawn.append(f'<g transform="translate(0 {top:g})">{"".join(parts)}</g>')
        top += high
    return HEAD.format(wide=WIDE, high=f"{top:g}") + "".join(drawn) + "</svg>"


def seeds_figure(depth: int, errors: Mapping[int, Errors]) -> str:
    """Everybody a seed as an SVG: in the column of a seed the errors of its two nets, and their gap."""
    found = [error for of_nets in errors.values() for error in of_nets if error is not None]
    high = next(end for end in HIGHEST if end >= max(found, default=0))
    top, base = 3.5 * LINE, 3.5 * LINE + TALL
    drawn = [text(EDGE, LINE, f"Training error in % after {STEPS} steps on the {DATA}, for each seed", "start")]
    for k, name in enumerate(names(depth)):
        x = EDGE + 2 * R + k * WIDE / 4
        drawn += [mark(k, x, 2 * LINE - R), text(x + 3 * R, 2 * LINE, name, "start")]
    for end in (0, high / 2, high):
        y = base - end / high * TALL
        drawn += [line(EDGE, y, WIDE - EDGE, y, "1 3" if end else "none"), text(EDGE - R, y + R, f"{end:g}", "end")]
    for seed, of_nets in errors.items():
        x = EDGE + (seed - 0.5) * (WIDE - 2 * EDGE) / max(errors)
        places = [None if error is None else base - error / high * TALL for error in of_nets]
        plain, residual = places
        drawn.append(text(x, base + LINE, str(seed)))
        drawn += [line(x, plain, x, residual)] if plain is not None and residual is not None else []
        drawn += [text(x, top - R, "×") if y is None else mark(k, x, y) for k, y in enumerate(places)]
    drawn += [text(WIDE / 2, base + 2 * LINE, "seed")]
    drawn += [text(WIDE - EDGE, 2 * LINE, "×: diverged", "end")] if None in sum(errors.values(), ()) else []
    return HEAD.format(wide=WIDE, high=f"{base + 2.5 * LINE:g}") + "".join(drawn) + "</svg>"


def mark(net: int, x: float, y: float) -> str:
    """A net's error: a square where it is the plain net's, a dot where the residual net's."""
    if net:
        return f'<circle cx="{x:g}" cy="{y:g}" r="{R}" fill="#0072b2"/>'
    return f'<rect x="{x - R:g}" y="{y - R:g}" width="{2 * R}" height="{2 * R}" fill="#d55e00"/>'


def text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def dot(x: float, y: float) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{R}" fill="#1d4ed8"/>'


def dots(ask: Amount, of: Mapping[str, Any], found: float | tuple[float, float] | None) -> tuple[list[str], float]:
    """Numbers along their axis, and the height of this."""

    def x(value: float) -> float:
        return EDGE + (value - ask.low) / (ask.high - ask.low) * (WIDE - 2 * EDGE)

    def written(value: float) -> str:
        return f"{value:.{ask.decimals}f} {ask.unit}".strip()

    base = 2.2 * LINE + ROOM
    parts = [text(EDGE, LINE, ask.label, "start"), line(EDGE, base, WIDE - EDGE, base)]
    parts += [text(x(end), base + LINE, written(end)) for end in (ask.low, ask.high)]
    ends: list[float] = []  # of each level, where its last dot stands: a guess stands at its own place
    for at in map(x, of["values"]):
        level = next((k for k, end in enumerate(ends) if at - end >= 2 * R), len(ends))
        ends[level : level + 1] = [at]
        parts.append(dot(at, base - R - min(ROOM, level * 2 * R)))
    said = []
    if of["median"] is not None:
        parts.append(line(x(of["median"]), 2 * LINE, x(of["median"]), base, "6 4"))
        said.append(f"median {written(of['median'])} (dashed)")
    if found is not None:
        low, high = found if isinstance(found, tuple) else (found, found)
        size = f'width="{x(high) - x(low) + 3:g}" height="{base - 2 * LINE:g}"'
        parts.append(f'<rect x="{x(low) - 1.5:g}" y="{2 * LINE}" {size} fill-opacity=".7"/>')
        said.append("outcome " + " to ".join(dict.fromkeys(map(written, (low, high)))))
    parts.append(text(WIDE - EDGE, LINE, ", ".join(said), "end"))
    return parts, base + 2 * LINE


def options(ask: Choice, of: Mapping[str, Any], found: str | None) -> tuple[list[str], float]:
    """Each answer with a dot for everybody who gave it, and the height of this."""
    parts = [text(EDGE, LINE, ask.label, "start")]
    for k, option in enumerate(ask.options, start=2):
        many = of["values"].count(option)
        parts.append(text(EDGE, k * LINE, f"{option}: {many}{', the outcome' if option == found else ''}", "start"))
        parts += [dot(WIDE / 2 + place * min(2 * R, (WIDE / 2 - EDGE) / many), k * LINE - R) for place in range(many)]
    return parts, (len(ask.options) + 2) * LINE


def line(x1: float, y1: float, x2: float, y2: float, dashes: str = "none") -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="black" stroke-dasharray="{dashes}"/>'
