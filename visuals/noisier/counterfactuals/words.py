"""Counterfactuals in words: what was changed, and what came out, with the numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.core.artifacts import Certificate
from models.noisier import reverse_chains
from models.noisier.counterfactuals import RIGHT, Comparison, schedule_of
from models.noisier.reverse_chains import Row
from visuals.components.album import Heading
from visuals.noisier.albums import LEGEND, Rows, Wanted, agreeing, count_in_words, count_of, hits
from visuals.noisier.settings import ALL, CHANGES, NETWORKS
from visuals.page import style
from visuals.page.words import named

TITLES = {RIGHT: "The right way"} | {way: title for way, title in CHANGES.items() if way != ALL}
MARKS = f"{LEGEND} Beside a row: those read as asked."
ORACLE = "oracle"  # no mistake, and no class is asked for


def headings(config: Comparison, events: Rows, picture: np.ndarray) -> tuple[Heading, ...]:
    """The rows by name, and under the name what was changed and, once it is known, what came out."""
    finished = {config.ways[row.row]: row for row in events if isinstance(row, Row)}
    return tuple(
        Heading(
            TITLES[way],
            " ".join([changed(config, way), *result(config, way, finished, picture)]),
            len(config.asked),
            count_of(finished[way].seen, config.asked) if way in finished and way != ORACLE else "",
        )
        for way in config.ways
    )


def wanted(config: Comparison, way: str) -> Wanted:
    """The classes that a row's pictures are held against."""
    return (None,) * len(config.asked) if way == ORACLE else config.asked


def changed(config: Comparison, way: str) -> str:
    """What is different from the right way."""
    steps, kept = config.steps, schedule_of(way, config.steps).alpha_bar[-1].item()
    return {
        RIGHT: f"Algorithm 2 in {steps:,} steps.",
        "no noise": "σ = 0 at every step.",
        "noise at the end": "σ₁z is added to the finished picture.",
        "cut": f"Pure noise, taken for x at t = {steps:,}. There the picture’s factor should be √ᾱ = {kept**0.5:.2f}.",
        "same betas": f"β from 0.0001 to 0.02 in {steps:,} steps. The picture’s factor should be √ᾱ = {kept**0.5:.2f}.",
        ORACLE: "The true noise of one picture instead of the network’s guess.",
    }[way]


def result(config: Comparison, way: str, finished: dict[str, Row], picture: np.ndarray) -> list[str]:
    """What came out, in numbers; nothing while it is being computed."""
    if way not in finished:
        return []
    row, right = finished[way], finished[RIGHT]
    if way == ORACLE:
        return [f"RMSE to that picture: {reverse_chains.rmse(row.pictures, picture):.1f}."]
    said = [f"{hits(row.seen, config.asked)} of {len(config.asked)} read as asked."]
    if way == RIGHT:
        return [*said, f"Differences between neighbouring pixels: {reverse_chains.roughness(row.pictures):.1f}."]
    said.append(f"RMSE to the right way: {reverse_chains.rmse(row.pictures, right.pictures):.1f}.")
    if way in ("no noise", "noise at the end"):
        said.append(f"Between neighbouring pixels: {reverse_chains.roughness(row.pictures):.1f}.")
    return said


def lesson(config: Comparison, events: Rows) -> str:
    """What came out, in sentences; each row has its own numbers beside its name."""
    finished = {config.ways[row.row]: row for row in events if isinstance(row, Row)}
    right = finished[RIGHT]
    if len(config.ways) > 2:
        mistakes = [way for way in config.ways if way not in (RIGHT, ORACLE)]
        read = {way: hits(finished[way].seen, config.asked) for way in mistakes}
        far = {way: reverse_chains.rmse(finished[way].pictures, right.pictures) for way in mistakes}
        return (
            f"On the right way {as_asked(right, config)} read as asked. {harm(read, hits(right.seen, config.asked))} "
            f"{least(far)} The oracle always draws its own picture."
        )
    way = next(way for way in config.ways if way != RIGHT)
    row = finished[way]
    said = SENTENCES[way](config, row, right)
    if way == ORACLE:
        return said
    return f"{said} {as_asked(row, config)} read as the class asked for."


def as_asked(row: Row, config: Comparison) -> str:
    """How many pictures of a row are read as asked, with the verb."""
    return f"{count_in_words(row.seen, config.asked)} pictures {agreeing(hits(row.seen, config.asked), 'is', 'are')}"


def harm(read: Mapping[str, int], right: int) -> str:
    """Which mistakes leave the fewest pictures that are `read` as asked, fewer than on the `right` way."""
    least = min(read.values())
    if least >= right:
        return "With none of the mistakes it is fewer."
    worst = [way for way in read if read[way] == least]
    names, each = named([f"“{TITLES[way]}”" for way in worst]), " with each" if len(worst) > 1 else ""
    return f"The most harm is done by {names}: only {least} {agreeing(least, 'is', 'are')} still read as asked{each}."


def least(far: Mapping[str, float]) -> str:
    """Which mistake changes the pictures least, by the RMSE to those of the right way."""
    way = min(far, key=far.__getitem__)
    return f"Least is seen of “{TITLES[way]}”: it changes the pictures by {far[way]:.1f} grey levels (RMSE)."


def no_noise(config: Comparison, row: Row, right: Row) -> str:
    apart, usual = reverse_chains.variety(row.pictures), reverse_chains.variety(right.pictures)
    return f"Without noise two pictures differ by {apart:.1f} grey levels (RMSE), on the right way by {usual:.1f}."


def noise_at_the_end(config: Comparison, row: Row, right: Row) -> str:
    added = 127.5 * schedule_of(RIGHT, config.steps).beta[1].sqrt().item()
    far = reverse_chains.rmse(row.pictures, right.pictures)
    return f"The last step adds noise of σ₁ = √β₁, {added:.1f} grey levels. After clipping, {far:.1f} remain."


def too_short(config: Comparison, row: Row, right: Row) -> str:
    way = config.ways[row.row]
    left = schedule_of(way, config.steps).alpha_bar[-1].item()
    right_left = schedule_of(RIGHT, config.steps).alpha_bar[-1].item()
    return (
        f"The chain starts where {left:.2g} of the picture’s variance should be left (ᾱ). Pure noise fits where "
        f"{right_left:.5f} is left."
    )


def oracle(config: Comparison, row: Row, right: Row) -> str:
    apart = reverse_chains.variety(row.pictures)
    return f"{len(row.pictures)} noises, and always the picture that the oracle knows: two differ by {apart:.1f}."


SENTENCES = {
    "no noise": no_noise,
    "noise at the end": noise_at_the_end,
    "cut": too_short,
    "same betas": too_short,
    ORACLE: oracle,
}


def title(network: str) -> str:
    return f"The sampler and its counterfactuals, {NETWORKS[network]}"


def explained() -> dict[str, str]:
    """The numbers of the explanations, from the schedules."""
    cut, right = schedule_of("cut", 250).alpha_bar[-1].item(), schedule_of(RIGHT, 1000)
    same = {steps: schedule_of("same betas", steps).alpha_bar[-1].item() for steps in (50, 250)}
    return {
        "CUT_SHARE": f"{cut**0.5:.2f}",
        "ALL_LEFT": f"{right.alpha_bar[-1].item():.5f}",
        "SAME_MANY": f"{same[250]:.3f}",
        "SAME_FEW": f"{same[50]:.2f}",
        "LAST_NOISE": f"{127.5 * right.beta[1].sqrt().item():.1f}",
    }


def table(certificate: Certificate) -> str:
    """The numbers of the recorded chains, which are more than the pictures."""
    body = [
        [
            TITLES[way],
            "no class asked for" if way == ORACLE else f"{m['read_as_asked']:.0f} %",
            f"{m['rmse_to_right']:.1f}",
            f"{m['roughness']:.1f}",
            f"{m['variety']:.1f}",
            f"{m['alpha_bar']:.3f}" if m["alpha_bar"] > 0.001 else f"{m['alpha_bar']:.5f}",
        ]
        for way, m in certificate.metrics.items()
    ]
    head = ["way", "read as asked", "RMSE to the right way", "between neighbours", "between pictures", "ᾱ at the start"]
    config = certificate.config
    caption = f"{config['chains']} chains each way, {config['steps']} steps; differences in grey levels"
    return style.table(caption, head, body) + style.recorded(certificate)
