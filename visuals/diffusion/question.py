"""Tab 3, the question: when is it decided what a picture shows? Guessed first, then what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from models import artifacts
from visuals import style
from visuals.components.chart import Axis, Chart, Level, Series, chart
from visuals.components.predict import Amount, Predict, card, guesses_of
from visuals.diffusion.layout import html
from visuals.events import AT_ONCE

QUESTION = (
    "A digit drowns in noise, step by step, up to t = 1000. Then a network brings a digit back, but not that one. At "
    "which t can nobody tell any more which digit it was? And at which t, on the way back, is it decided which it will "
    "be?"
)
ASKED = (
    Amount("told", "There: not to be told from t", 0, 1000, "", colour="var(--role-noise)"),
    Amount("decided", "Back: decided from t", 0, 1000, "", colour="var(--role-signal)"),
)
TIME, SHARE = Axis("time t", 0, 1000), Axis("share of digits", 0, 100, "%", 1)
SERIES = (
    Series("itself", "there: read as it is", "var(--role-noise)", dash=True, marker="circle", every=2),
    Series("predicted", "there: read after one look by the network", "var(--role-noise)", marker="square", every=2),
    Series("kept", "back: goes on to the same digit", "var(--role-signal)", marker="triangle", every=2),
)
HALF = 50.0  # per cent

Guesses = Mapping[str, float | str] | None
Points = dict[str, list[tuple[float, float]]]


def build() -> Predict:
    """The card, and below it what was measured, which shows itself after a guess. Raises ArtifactError without it."""
    predict = Predict(question(), elem_id="noisier-predict")
    with gr.Row(visible=False, elem_id="noisier-outcome") as outcome:
        with gr.Column(scale=3, min_width=300):
            chart_ = Chart(picture(None), elem_id="noisier-told-chart")
        with gr.Column(scale=2, min_width=220):
            said = html(sentence(None), elem_id="noisier-found")
    predict.guessed(answer, predict, [outcome, chart_, said], **AT_ONCE)
    return predict


def question(off: bool = False) -> dict[str, Any]:
    """The predict card of this tab."""
    return card(QUESTION, ASKED, off=off)


def answer(value: Any) -> tuple[Any, dict[str, Any], str]:
    """After the card: what was measured, with the guess if there is one."""
    guesses = guesses_of(value, ASKED)
    return gr.update(visible=True), picture(guesses), sentence(guesses)


def curves() -> Points:
    """Shares in % by time t, of the recorded runs."""
    legible, decided = artifacts.load_run("legible-mnist"), artifacts.certificate("decided-mnist").metrics
    found = {way: list(zip(legible["t"].tolist(), legible[way].tolist(), strict=True)) for way in legible if way != "t"}
    return found | {"kept": sorted((int(t), m["class_kept"]) for t, m in decided.items())}


def crossing(points: list[tuple[float, float]]) -> tuple[int, int]:
    """The largest recorded t at which the share is still above one half, and the next one, at which it is not."""
    last = max(t for t, share in points if share > HALF)
    return int(last), int(min(t for t, _ in points if t > last))


def picture(guesses: Guesses) -> dict[str, Any]:
    """The three curves, and the guesses as upright lines."""
    levels = tuple(
        Level(f"you: {words}", float(guesses[name]), colour, upright=True)
        for name, words, colour in (
            ("told", "not to be told", "var(--role-noise)"),
            ("decided", "decided", "var(--role-signal)"),
        )
        if guesses
    )
    words = "Share of handwritten digits that can still be read in the noise, and of ways back that keep their digit."
    return chart(1, words, TIME, SHARE, SERIES, curves(), "Chance is about 10 %.", levels)


def sentence(guesses: Guesses) -> str:
    """The two answers, beside the guesses if there are some, and how they were found."""
    itself, predicted, kept = map(crossing, curves().values())
    legible, decided = (artifacts.certificate(f"{name}-mnist") for name in ("legible", "decided"))
    answers = {
        "told": f"There: {between(predicted)}. Up to there more than half of the digits can be read after one "
        "look by the diffusion network, which predicts the clean picture.",
        "decided": f"Back: {between(kept)}. From there on down more than half of the continuations keep the digit. "
        "Nobody tells the network which digit to draw here. On the player below it is told, before the first step.",
    }
    said = [
        f"{answers[name]}{compared(name, right, guesses)}" for name, right in (("told", predicted), ("decided", kept))
    ]
    said.append(
        "Another network reads the digits here, a classifier of clean ones. It has never seen noise, and on the noisy "
        f"picture itself it gives up much earlier, {between(itself)}. But the question is what can be told at all, and "
        "the digit is still in the picture as long as somebody can read it."
    )
    detail = (
        f"{legible.config['pictures']:,} test digits",
        f"{decided.config['chains']} chains with {decided.config['continuations']} continuations at every 50th t",
    )
    labels = [style.recorded(run, text) for run, text in zip((legible, decided), detail, strict=True)]
    told = "".join(style.told(text, announce=guesses is not None) for text in said)
    return told + "".join(f"<p>{label}</p>" for label in labels)


def between(times: tuple[int, int]) -> str:
    return f"between t = {times[0]} and {times[1]}"


def compared(name: str, times: tuple[int, int], guesses: Guesses) -> str:
    """How far a guess is from the two times that the right one lies between."""
    if not guesses:
        return ""
    guess, (low, high) = round(float(guesses[name])), times
    apart = f"{low - guess} below that" if guess < low else f"{guess - high} above that" if guess > high else "right"
    return f" You said {guess}: {apart}."
