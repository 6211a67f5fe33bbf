"""Tab 3, the equation at work: Algorithm 2 in symbols, with this step's numbers, and one pixel's way through it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from models import artifacts, denoise, pixel
from models.denoise import SIZE, Frame, Journey
from models.pixel import Pixel
from visuals.components.player import Player
from visuals.components.worked import Worked
from visuals.diffusion import downloads
from visuals.diffusion.layout import prose
from visuals.diffusion.terms import BACK, LEGEND, NEW, START, THERE, Term, write
from visuals.events import AT_ONCE, FOLLOWING

MOST_VISITORS = 64  # whose newest runs are kept, each some 15 MB at most
RANGE = "A picture’s values run from −1 (black, 0) to 1 (white, 255); noisy values go beyond, drawn black or white."
COLOURS = [("red", 0), ("green", 1), ("blue", 2)]


@dataclass
class Kept:
    """A run, with the sampler's numbers, and the pixel that its visitor looks at."""

    run: int
    journey: Journey
    recipe: str = ""  # a Python file that makes the run again
    frames: list[Frame] = field(default_factory=list)
    pixel: Pixel | None = None

    @property
    def channels(self) -> int:
        return denoise.network(self.journey.network).config["channels"]


class Newest:
    """The newest run of each visitor, forgotten when they leave or many others came after."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, Kept] = OrderedDict()

    def keep(self, request: gr.Request, kept: Kept) -> None:
        """In place of an earlier run, whose pixel stays chosen where the new one has it."""
        before = self._runs.pop(_visitor(request), None)
        if before and before.pixel and before.journey.samples == kept.journey.samples:
            p = before.pixel
            kept.pixel = Pixel(p.sample, p.row, p.column, min(p.channel, kept.channels - 1))
        self._runs[_visitor(request)] = kept
        while len(self._runs) > MOST_VISITORS:
            self._runs.popitem(last=False)

    def of(self, request: gr.Request) -> Kept | None:
        return self._runs.get(_visitor(request))

    def forget(self, request: gr.Request) -> None:
        self._runs.pop(_visitor(request), None)


newest = Newest()


def _visitor(request: gr.Request) -> str:
    return request.session_hash or ""


def build(page: gr.Blocks, player: Player) -> tuple[Worked, gr.Radio]:
    """Put the section into the open gradio context. The second value is the choice of a colour, for photographs."""
    prose("equation")
    channel = gr.Radio(COLOURS, value=0, label="Colour of the pixel", elem_id="probe-colour", visible=False)
    worked = Worked(story(recorded()), elem_id="equation")
    player.probe(probe, channel, worked, **AT_ONCE)
    channel.input(recolour, channel, worked, **AT_ONCE)
    worked.missing(follow, None, [worked, channel], **FOLLOWING)
    page.unload(newest.forget)
    return worked, channel


def recorded() -> Kept:
    """The run that the tab opens with."""
    config, run = dict(artifacts.certificate("journey-mnist").config), artifacts.load_run("journey-mnist")
    start = config.pop("start")
    journey = Journey(**config)
    recipe = downloads.recipe(journey, run["samples"][start], start)
    return Kept(0, journey, recipe, denoise.unstack(run))


def probe(channel: Any, event: gr.EventData, request: gr.Request) -> dict[str, Any]:
    """A pixel of the player was chosen: its numbers in every frame that is there. Anything may come from a browser."""
    asked = [getattr(event, name, None) for name in ("run", "sample", "row", "column")]
    if not all(type(number) is int for number in asked):
        return gr.skip()
    run, sample, row, column = asked
    kept = newest.of(request)
    if run == 0 and kept is None:
        newest.keep(request, kept := recorded())
    if kept is None or kept.run != run or not (0 <= sample < kept.journey.samples):
        return gr.skip()
    if not (0 <= row < SIZE and 0 <= column < SIZE):
        return gr.skip()
    chosen = Pixel(sample, row, column, channel if channel in range(kept.channels) else 0)
    if chosen == kept.pixel:
        return gr.skip()
    kept.pixel = chosen
    return story(kept)


def recolour(channel: Any, request: gr.Request) -> dict[str, Any]:
    """Another of the three numbers of the pixel."""
    kept = newest.of(request)
    if kept is None or kept.pixel is None or channel not in range(kept.channels):
        return gr.skip()
    p = kept.pixel
    kept.pixel = Pixel(p.sample, p.row, p.column, channel)
    return story(kept)


def follow(request: gr.Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """The newest run's lines, with the numbers of the frames that are there, and the choice of a colour."""
    kept = newest.of(request)
    return (story(kept), colour_of(kept)) if kept else (gr.skip(), gr.skip())


def colour_of(kept: Kept) -> dict[str, Any]:
    """The choice of a colour: there for photographs alone."""
    return gr.update(visible=kept.channels == 3, value=kept.pixel.channel if kept.pixel else 0)


# --- what is written ---


def story(kept: Kept) -> dict[str, Any]:
    """The value of Worked: for every frame of the run its lines, with the pixel's numbers where they are known."""
    there, back = denoise.timeline(kept.journey)
    plan = [("there", step) for step in there] + [("back", step) for step in back]
    frames: list[Frame | None] = [*kept.frames, *[None] * (len(plan) - len(kept.frames))]
    rows = [row(kept, way, step, frame) for (way, step), frame in zip(plan, frames, strict=True)]
    return {"run": kept.run, "player": "player", "pixel": name_of(kept), "legend": LEGEND, "rows": rows}


def name_of(kept: Kept) -> str:
    """What the numbers are of, in words."""
    p = kept.pixel
    if p is None:
        return ""
    colour = f", {COLOURS[p.channel][0]}" if kept.channels == 3 else ""
    sample = f"Picture {p.sample + 1}, row" if kept.journey.samples > 1 else "Row"
    return f"{sample} {p.row + 1}, column {p.column + 1}{colour}. {RANGE}"


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
