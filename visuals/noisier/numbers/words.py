"""The numbers in words, and the table of our networks beside the paper's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.core.artifacts import Certificate
from models.noisier.forward import DRAWS, SCHEDULES, SCORES, Compared, Histograms, bound_of_chance, crossing
from visuals.noisier.numbers.charts import TABLE_4, T, rates
from visuals.noisier.settings import NETWORKS, PAPER_SAW
from visuals.page import style
from visuals.page.words import fixed, power

PAPER = "Ho et al. 2020"
Label = Callable[[str], str]  # of style.py: measured now, or when the page was started
REAL = "frechet_distance_of_as_many_test_images"


def crossings() -> str:
    """Where the curves of the signal-to-noise ratio cross 1."""
    linear, cosine = (crossing(schedule) for schedule in SCHEDULES.values())
    return style.told(
        f"With the linear schedule the picture outweighs the noise up to t = {linear}. The cosine schedule keeps it "
        f"for longer, up to t = {cosine}.",
        announce=False,
    )


def left(measured: Histograms, size: int, label: Label = style.measured) -> str:
    """What is left of a picture of `size` numbers at t = T."""
    mean, spread = fixed(measured.mean[-1], 3), fixed(measured.std[-1], 3)
    said = (
        f"At t = 1000 the pixels’ mean is {mean}, their standard deviation {spread}. "
        f"Pure noise has 0 and 1. What is left of the picture is worth {small(measured.left['linear'])} bits for each "
        "of its numbers."
    )
    return style.told(said, announce=False) + label(f"{size:,} numbers, histograms over {DRAWS} noises")


def small(value: float) -> str:
    """A small number with a power of ten, such as 2.7 · 10⁻⁵."""
    return power(value, plain=True)


def comparing(event: Compared, seconds_left: float) -> str:
    said = f"{DRAWS} chains at t = {event.t} of {T}, about {seconds_left:.0f} s left."
    return style.told(said, announce=False)


def compared(events: list[Compared], label: Label = style.measured) -> str:
    """Whether the two ways to x_t can be told apart, by the largest of all differences in standard errors."""
    found = np.array([event.scores for event in events if event.scores])
    limit, largest = bound_of_chance(found.size), float(np.abs(found).max())
    said = (
        f"The largest of {found.size} differences between both ways is {largest:.1f} standard errors. Chance alone "
        f"goes beyond {limit:.1f} in at most 5 of 100 runs."
    )
    verdict = (
        "So nothing here tells them apart."
        if largest <= limit
        else "That is rare for equal distributions: try other seeds."
    )
    ways = f"{DRAWS} pictures each way at {len(found)} times, {SCORES} ways: mean, spread, means of single pixels"
    return style.told(f"{said} {verdict}") + label(ways)


def bound(runs: dict[str, dict[str, np.ndarray]], made: Certificate) -> str:
    """What the recorded bound shows beside Table 4."""
    middle = next(error for step, _, error in TABLE_4 if step == 500)
    said = (
        f"Half way back our CIFAR-10 network’s guess is off by "
        f"{runs['cifar10']['rmse'][T + 1 - 500]:.1f} grey levels (RMSE), the paper’s by {middle:.1f}. But JPEG has "
        "smoothed our pictures a little."
    )
    return style.told(said, announce=False) + f"{_recorded(made)} {style.paper(f'{PAPER}, Table 4')}"


def rate(runs: dict[str, dict[str, np.ndarray]], made: Certificate) -> str:
    """Where the recorded bits are spent."""
    cifar, known = runs["cifar10"], rates(runs["cifar10"])
    half = int(np.argmax(known <= known[1] / 2))  # the first time at which at most half of the rate is spent
    said = (
        f"About half of these bits are spent from t = {half} down. There our CIFAR-10 network’s guess is off by only "
        f"{cifar['rmse'][half]:.1f} grey levels: the bits go into details that the eye hardly sees."
    )
    return style.told(said, announce=False) + _recorded(made)


def _recorded(made: Certificate) -> str:
    return style.recorded(made, f"{made.config['images']} test pictures for each network; {made.hardware}")


def quality_table(certificates: dict[str, Certificate]) -> str:
    """The shipped networks beside the paper's."""
    ours = [certificates[name].metrics for name in NETWORKS]
    bits = [m["bits_per_dim"] for m in ours]
    body = [
        ["Parameters", *(f"{m['parameters'] / 1e6:.1f} M" for m in ours), "35.7 M"],
        ["Pictures seen in training", *(f"{m['images_seen']:,}" for m in ours), PAPER_SAW],
        [
            "Bits per dimension, at most (Eq. 5)",
            *(f"{b['total']:.3f} ± {b['standard_error']:.3f}" for b in bits),
            "3.75",
        ],
        [
            "of which the rate, L<sub>1</sub> + … + L<sub>T</sub>",
            *(f"{b['L_T'] + b['L_1:T-1']:.3f}" for b in bits),
            "1.78",
        ],
        ["of the rate: left at t = 1000, L<sub>T</sub>", *(small(b["L_T"]) for b in bits), "about 10⁻⁵"],
        ["of which the distortion, L<sub>0</sub>", *(f"{b['L_0']:.3f}" for b in bits), "1.97"],
        ["Samples read as the class asked for", *(f"{m['class_accuracy']:.1f} %" for m in ours), "no classes"],
        [
            "Fréchet distance, our classifier’s features",
            *(f"{m['frechet_distance']:.2f}" for m in ours),
            "not comparable",
        ],
        ["the same for as many real test pictures", *(f"{m[REAL]:.2f}" for m in ours), "not comparable"],
        ["FID, Inception features", "not measured", "not measured", "3.17"],
    ]
    head = ["quantity", "ours, MNIST", "ours, CIFAR-10", "paper, CIFAR-10"]
    labels = [style.recorded(c) for c in certificates.values()]
    labels.append(style.paper(f"{PAPER}, Table 1, section 4.3, appendix B"))
    return style.table("Our networks and the paper’s", head, body) + " ".join(labels)


def provenance(certificates: dict[str, Certificate]) -> str:
    """How the networks were trained and judged."""
    return "".join(f"<p>{style.recorded(c, _provenance(c))}</p>" for c in certificates.values())


def _provenance(certificate: Certificate) -> str:
    m = certificate.metrics
    return (
        f"{style.data_of(certificate)}; {m['steps']:,} steps; {m['samples']:,} samples by {m['sampler']}; bound on "
        f"{m['bits_per_dim']['images']} test pictures; trained on: {certificate.hardware}. {certificate.note}".strip()
    )
