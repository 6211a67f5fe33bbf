"""The question: at which t do the two curves cross one half? Guessed first, then what was measured. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from visuals.components.chart import Axis, Level, Series, chart
from visuals.components.predict import Amount, Outcome, card
from visuals.page import style

QUESTION = "There: how long can most digits still be read?\nBack: when is it decided which digit comes out?"
ASKED = (
    Amount("told", "read up to t", 0, 1000, "", colour="var(--role-noise)"),
    Amount("decided", "decided from t down", 0, 1000, "", colour="var(--role-signal)"),
)
TIME, SHARE = Axis("time t", 0, 1000), Axis("share of digits, %", 0, 100, "%", 1)
SERIES = (
    Series("itself", "there: read as it is", "var(--role-noise)", dash=True, marker="circle", every=2),
    Series("predicted", "there: read after one look by the network", "var(--role-noise)", marker="square", every=2),
    Series("kept", "back: goes on to the same digit", "var(--role-signal)", marker="triangle", every=2),
)
HALF = 50.0  # per cent
RUNS = ("legible-mnist", "decided-mnist")

Guesses = Mapping[str, float | str] | None
Points = dict[str, list[tuple[float, float]]]


def question(how: str = "open") -> dict[str, Any]:
    """The predict card of this tab."""
    return card(QUESTION, ASKED, how=how)


def curves(legible: dict[str, np.ndarray], decided: Certificate) -> Points:
    """Shares in % by time t: how many digits are read in the noise, and how many chains keep theirs."""
    found: Points = {
        way: list(zip(legible["t"].tolist(), legible[way].tolist(), strict=True)) for way in legible if way != "t"
    }
    found["kept"] = sorted((int(t), m["class_kept"]) for t, m in decided.metrics.items())
    return found


def crossing(points: list[tuple[float, float]]) -> tuple[int, int]:
    """The largest recorded t at which the share is still above one half, and the next one, at which it is not."""
    last = max(t for t, share in points if share > HALF)
    return int(last), int(min(t for t, _ in points if t > last))


def outcome(shares: Points, legible: Certificate, decided: Certificate) -> Outcome:
    """The two times that each answer lies between, and both sentences."""
    _, predicted, kept = map(crossing, shares.values())
    return Outcome({"told": predicted, "decided": kept}, sentence(shares, None, legible, decided), RUNS)


def picture(shares: Points, guesses: Guesses) -> dict[str, Any]:
    """The three curves, and the guesses as upright lines."""
    levels = tuple(
        Level(f"you: {words}", float(guesses[name]), colour, upright=True)
        for name, words, colour in (
            ("told", "still read", "var(--role-noise)"),
            ("decided", "decided", "var(--role-signal)"),
        )
        if guesses
    )
    words = "Share of handwritten digits that can still be read in the noise, and of ways back that keep their digit."
    return chart(1, words, TIME, SHARE, SERIES, shares, levels=levels, start=crossing(shares["kept"])[0])


def sentence(shares: Points, guesses: Guesses, legible: Certificate, decided: Certificate) -> str:
    """The two answers, beside the guesses if there are some, and how they were found."""
    _, predicted, kept = map(crossing, shares.values())
    answers = {
        "told": f"There: {between(predicted)}. Up to there most digits can be read, once the network has guessed the "
        "clean digit.",
        "decided": f"Back: {between(kept)}. From there down it is decided: most ways that go on with new noise end as "
        "the same digit.",
    }
    said = [
        f"{answers[name]}{compared(name, right, guesses)}" for name, right in (("told", predicted), ("decided", kept))
    ]
    detail = (
        f"{legible.config['pictures']:,} test digits",
        f"{decided.config['chains']} chains with {decided.config['continuations']} continuations at every 50th t",
    )
    labels = [style.recorded(run, text) for run, text in zip((legible, decided), detail, strict=True)]
    told = "".join(style.told(text, announce=guesses is not None) for text in said)
    return told + "".join(f"<p>{label}</p>" for label in labels)


def strip(times: list[int], there: list[str], back: list[str]) -> str:
    """A digit on its way to noise, and another on its way back, as HTML; pictures are addresses, one for each time."""

    def line(name: str, pictures: list[str]) -> str:
        cells = (f'<td><img src="{src}" alt="{name}, t = {t}"></td>' for t, src in zip(times, pictures, strict=True))
        return f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>'

    head = "".join(f'<th scope="col">{t}</th>' for t in times)
    return (
        f'<table class="strip"><thead><tr><th scope="col">t =</th>{head}</tr></thead>'
        f"<tbody>{line('There', there)}{line('Back', back)}</tbody></table>"
    )


def between(times: tuple[int, int]) -> str:
    return f"between t = {times[0]} and {times[1]}"


def compared(name: str, times: tuple[int, int], guesses: Guesses) -> str:
    """How far a guess is from the two times that the right one lies between."""
    if not guesses:
        return ""
    guess, (low, high) = round(float(guesses[name])), times
    if low <= guess <= high:
        return f" You said {guess}: near enough. We measured at {low} and {high}, and the limit lies between."
    apart = f"{low - guess} below that" if guess < low else f"{guess - high} above that"
    return f" You said {guess}: {apart}."
