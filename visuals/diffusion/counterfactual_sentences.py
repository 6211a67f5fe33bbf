"""Tab 3, counterfactuals in words: what was changed, and what came out, with the numbers."""

from __future__ import annotations

import numpy as np

from models import chains
from models.chains import Row
from models.counterfactual import RIGHT, Comparison, schedule_of
from visuals.components.album import Heading
from visuals.diffusion.albums import Rows, hits

TITLES = {
    RIGHT: "The right way",
    "no noise": "No added noise",
    "noise at the end": "Noise at the last step too",
    "cut": "The schedule cut short",
    "same betas": "The same β, fewer steps",
    "oracle": "The oracle’s noise",
}


def headings(config: Comparison, events: Rows, picture: np.ndarray) -> tuple[Heading, ...]:
    """The rows by name, and under the name what was changed and, once it is known, what came out."""
    finished = {config.ways[row.row]: row for row in events if isinstance(row, Row)}
    return tuple(
        Heading(
            TITLES[way], " ".join([changed(config, way), *result(config, way, finished, picture)]), len(config.asked)
        )
        for way in config.ways
    )


def changed(config: Comparison, way: str) -> str:
    """What is different from the right way."""
    steps, kept = config.steps, schedule_of(way, config.steps).alpha_bar[-1].item()
    return {
        RIGHT: f"Algorithm 2 in {steps:,} steps.",
        "no noise": "σ = 0 at every step.",
        "noise at the end": "σ₁z is added to the finished picture.",
        "cut": f"Pure noise, taken for x at t = {steps:,}. There the picture’s share should be √ᾱ = {kept**0.5:.2f}.",
        "same betas": f"β from 0.0001 to 0.02 in {steps:,} steps. The picture’s share should be √ᾱ = {kept**0.5:.2f}.",
        "oracle": "The true noise of one picture instead of the network’s guess.",
    }[way]


def result(config: Comparison, way: str, finished: dict[str, Row], picture: np.ndarray) -> list[str]:
    """What came out, in numbers; nothing while it is being computed."""
    if way not in finished:
        return []
    row, right = finished[way], finished[RIGHT]
    if way == "oracle":
        return [f"RMSE to that picture: {chains.rmse(row.pictures, picture):.1f}."]
    said = [f"{hits(row.seen, config.asked)} of {len(config.asked)} read as asked."]
    if way == RIGHT:
        return [*said, f"Differences between neighbouring pixels: {chains.roughness(row.pictures):.1f}."]
    said.append(f"RMSE to the right way: {chains.rmse(row.pictures, right.pictures):.1f}.")
    if way in ("no noise", "noise at the end"):
        said.append(f"Between neighbouring pixels: {chains.roughness(row.pictures):.1f}.")
    return said


def lesson(config: Comparison, events: Rows) -> str:
    """All rows in sentences. RMSE and differences are in grey levels of 0 to 255."""
    finished = {config.ways[row.row]: row for row in events if isinstance(row, Row)}
    right, count = finished[RIGHT], len(config.asked)
    if len(config.ways) > 2:  # each row has its own numbers under its name
        read = [f"{TITLES[way].lower()} {hits(finished[way].seen, config.asked)}" for way in config.ways]
        return f"Of {count} pictures in each row, so many are read as the class asked for: {', '.join(read)}."
    said = [f"The right way: {hits(right.seen, config.asked)} of {count} pictures are read as the class asked for."]
    for way in config.ways[1:]:
        row = finished[way]
        read = f"{hits(row.seen, config.asked)} of {count}"
        far = f"{chains.rmse(row.pictures, right.pictures):.1f} grey levels (RMSE) from the right way"
        said.append(SENTENCES[way](config, row, right, read, far))
    return " ".join(said)


def no_noise(config: Comparison, row: Row, right: Row, read: str, far: str) -> str:
    apart, usual = chains.variety(row.pictures), chains.variety(right.pictures)
    return f"Without added noise: {read}, {far}; two pictures differ by {apart:.1f} instead of {usual:.1f}."


def noise_at_the_end(config: Comparison, row: Row, right: Row, read: str, far: str) -> str:
    added = 127.5 * schedule_of(RIGHT, config.steps).beta[1].sqrt().item()
    return (
        f"Noise at the last step: σ₁ = √β₁ is {added:.1f} grey levels, and {far} are left of it after clipping; {read}."
    )


def too_short(config: Comparison, row: Row, right: Row, read: str, far: str) -> str:
    way = config.ways[row.row]
    left = schedule_of(way, config.steps).alpha_bar[-1].item()
    right_left = schedule_of(RIGHT, config.steps).alpha_bar[-1].item()
    return f"{TITLES[way]}: ᾱ = {left:.2g} where the chain starts instead of {right_left:.5f}; {read}."


def oracle(config: Comparison, row: Row, right: Row, read: str, far: str) -> str:
    apart = chains.variety(row.pictures)
    return f"The oracle’s noise: {len(row.pictures)} noises, always the picture it knows; two differ by {apart:.1f}."


SENTENCES = {
    "no noise": no_noise,
    "noise at the end": noise_at_the_end,
    "cut": too_short,
    "same betas": too_short,
    "oracle": oracle,
}
