"""How near generated pictures come to training pictures, in words."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from models.core.artifacts import Certificate
from models.noisier.neighbours import SPACES
from visuals.components.album import Heading
from visuals.noisier.albums import agreeing
from visuals.noisier.settings import NETWORKS
from visuals.page import style
from visuals.page.words import named, number

NOUNS = {"mnist": "digits", "cifar10": "photographs"}
FAR = {"pixels": "grey levels", "features": "in features"}
SELDOM = 0.05  # what chance alone gives less often is a sign


def title(network: str) -> str:
    return f"Generated pictures and the nearest of training, {NETWORKS[network]}"


def headings(columns: int) -> tuple[Heading, ...]:
    """Three rows of generated pictures and their neighbours, and the same of test pictures."""
    pixels, features = "Distance in grey levels of 0 to 255.", "Distance in the features of our classifier."
    return (
        Heading("Generated", "The first ones, then those that come nearest to a training picture.", columns),
        Heading("↳ nearest in pixels", pixels, columns),
        Heading("↳ nearest in features", features, columns),
        Heading("Test pictures", "The yardstick: training left them out.", columns),
        Heading("↳ nearest in pixels", pixels, columns),
        Heading("↳ nearest in features", features, columns),
    )


def neighbour(space: str, name: str, distance: float) -> str:
    """A neighbour in words: its class, and how far it is from the picture above it."""
    return f"Training picture of the class {name}, {number(distance)} {FAR[space]} from the picture above"


def expected(certificate: Certificate) -> float:
    """How many of as many test pictures would be as near as the closest of them."""
    return certificate.metrics["samples"] * certificate.config["closest"] / 100


def near(certificate: Certificate, space: str = "pixels") -> int:
    """How many generated pictures are as near as the closest of the test pictures."""
    return certificate.metrics[space]["nearer_than_closest_test"]


def by_chance(certificate: Certificate) -> float:
    """The probability of at least so many near ones if generated pictures were as near as test pictures are."""
    count, share = certificate.metrics["samples"], certificate.config["closest"] / 100
    return math.fsum(
        math.comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(near(certificate), count + 1)
    )


def sentence(certificate: Certificate) -> str:
    """What the distances in pixels say of copying."""
    noun, closest = NOUNS[certificate.config["network"]], certificate.config["closest"]
    said = (
        f"A picture is near if closer to a training picture than {100 - closest} % of the test {noun} are. "
        f"Of {certificate.metrics['samples']:,} test {noun}, {expected(certificate):.0f} are near; of as many "
        f"generated ones, {near(certificate)} {agreeing(near(certificate), 'is', 'are')}."
    )
    if near(certificate) <= expected(certificate):
        return f"No sign of close copies. {said}"
    if by_chance(certificate) >= SELDOM:
        return f"No clear sign of close copies. {said} Chance alone can make that difference."
    return f"Some may be copies. {said} Chance alone seldom makes that difference."


def alike(run: dict[str, np.ndarray], certificate: Certificate, classes: tuple[str, ...]) -> str:
    """Said where all that are near in pixels are of one class; and if half of that class is nearer than half of all."""
    asked, distance = run["asked"], run["pixels_distance"]
    found = set(asked[nearest_of(run, certificate)].tolist())
    if len(found) != 1 or near(certificate) == 1:
        return ""
    (only,) = found
    nearer = np.median(distance[asked == only]) < np.median(distance)
    anyhow = ", whose pictures tend to be nearer than others" if nearer else ""
    return f" All {near(certificate)} are of the class {classes[only]}{anyhow}."


def nearest_of(run: dict[str, np.ndarray], certificate: Certificate) -> np.ndarray:
    """Which generated pictures (N,) are as near in pixels as the closest of the test pictures."""
    return run["pixels_distance"] < np.percentile(run["test_pixels_distance"], certificate.config["closest"])


def table(run: dict[str, np.ndarray], certificate: Certificate, classes: tuple[str, ...]) -> str:
    """The distances of all generated pictures beside those of all test pictures, and what chance would do."""
    found, body = certificate.metrics, []
    for space in SPACES:
        cell = found[space]
        medians = [number(cell[kind]["median"]) for kind in ("of_samples", "of_test")]
        counts = [near(certificate, space), f"{expected(certificate):.0f}", cell["nearer_to_training_than_to_test"]]
        body.append([space, *medians, *map(str, counts), f"{found['nearer_to_training_by_chance']:.0f}"])
    caption = (
        f"{found['samples']:,} generated and {len(run['test_pixels_distance']):,} test pictures, distances to the "
        f"nearest training picture; near: nearer than {100 - certificate.config['closest']} % of the test pictures"
    )
    head = ["nearest in", "median, generated", "median, test", "near, generated", "near, of as many test pictures"]
    head += ["generated, nearer to a training than to a test picture", "the same by chance"]
    return style.table(caption, head, body) + style.told(which(run, certificate, classes), announce=False)


def which(run: dict[str, np.ndarray], certificate: Certificate, classes: tuple[str, ...]) -> str:
    """The classes of the generated pictures that are near in pixels, and how often chance alone gives as many."""
    counts = Counter(run["asked"][nearest_of(run, certificate)].tolist()).most_common()
    said = f"Near in pixels, by the class asked for: {named([f'{classes[k]} ({count})' for k, count in counts])}."
    if near(certificate) > expected(certificate):
        said += f" Chance alone gives so many or more about one time in {1 / by_chance(certificate):.0f}."
    return said
