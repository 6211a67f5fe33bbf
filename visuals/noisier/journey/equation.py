"""The equation at work: the sampler in symbols, with this step's numbers, and one pixel's way through it. Pure."""

from __future__ import annotations

from typing import Any

from models.noisier import denoise, pixel
from models.noisier.denoise import Frame
from visuals.noisier.journey.kept import Kept
from visuals.noisier.journey.terms import BACK, BETWEEN, LEGEND, NEW, START, THERE, Term, write

RANGE = "A picture’s values run from −1 (black, 0) to 1 (white, 255); noisy values go beyond, drawn black or white."
COLOURS = [("red", 0), ("green", 1), ("blue", 2)]


def story(kept: Kept) -> dict[str, Any]:
    """The value of Worked: for every frame of the run its lines, with the pixel's numbers where they are known."""
    there, back = denoise.timeline(kept.journey)
    plan = [("there", step) for step in there] + [("back", step) for step in back]
    known = list(kept.frames)  # once: it may grow
    frames: list[Frame | None] = [*known, *[None] * (len(plan) - len(known))]
    rows = [row(kept, way, step, frame) for (way, step), frame in zip(plan, frames, strict=True)]
    shown = {"run": kept.run, "player": "player", "pixel": name_of(kept), "legend": LEGEND, "rows": rows}
    return shown | {"folded": BETWEEN, "about": RANGE}


def name_of(kept: Kept) -> str:
    """What the numbers are of, in words."""
    p = kept.pixel
    if p is None:
        return ""
    colour = f", {COLOURS[p.channel][0]}" if kept.channels == 3 else ""
    sample = f"Picture {p.sample + 1}, row" if kept.journey.samples > 1 else "Row"
    return f"{sample} {p.row + 1}, column {p.column + 1}{colour}."


def row(kept: Kept, way: str, step: int, frame: Frame | None) -> dict[str, Any]:
    """One moment: a title and the lines [key, with numbers, value, as pixel, note]."""
    journey = kept.journey
    known = pixel.values(journey, frame, kept.pixel) if frame and kept.pixel else {}
    if way == "there":
        factors = pixel.factors_there(journey, step) if step else {}
        if step and frame:
            known |= pixel.spread_of_noise(journey, frame)
        title = f"The way there, step {step} of 1000" if step else "The start: x_0, the picture itself"
        return {"title": title, "lines": lines(THERE if step else START, factors, known)}
    if step == journey.steps:
        return {"title": "The end: x_0, a new picture", "lines": lines(NEW, {}, known)}
    times = journey.back.times
    t, next_t = int(times[journey.steps - step]), int(times[journey.steps - step - 1])
    factors = pixel.factors_back(journey, step)
    title = f"The way back, step {step + 1} of {journey.steps}: from t = {t} to t = {next_t}"
    return {"title": title, "lines": lines(BACK[journey.sampler], factors, known)}


def lines(terms: tuple[Term, ...], factors: dict[str, float], known: dict[str, float]) -> list[list[str]]:
    return [line for term in terms if (line := write(term, factors, known))]
