"""What the numbers of tab 3 say in words, and the table of our networks beside the paper's."""

from __future__ import annotations

import math

import numpy as np

from models import denoise
from models.artifacts import Certificate
from models.forward import DRAWS, SCHEDULES, SCORES, Compared, Histograms, bound_of_chance, crossing
from visuals import style
from visuals.diffusion.figures import PAPER_SAW
from visuals.diffusion.numbers_charts import TABLE_4, T, rates

PAPER = "Ho et al. 2020"
REAL = "frechet_distance_of_as_many_test_images"


def crossings() -> str:
    """Where the curves of the signal-to-noise ratio cross 1."""
    linear, cosine = (crossing(schedule) for schedule in SCHEDULES.values())
    return style.told(
        f"Signal and noise are equal between t = {linear} and {linear + 1} with the paper’s linear schedule, and "
        f"between {cosine} and {cosine + 1} with the cosine schedule, which keeps the picture for longer.",
        announce=False,
    )


def left(measured: Histograms, size: int) -> str:
    """What is left of a picture of `size` numbers at t = T."""
    linear, cosine = measured.left["linear"], measured.left["cosine"]
    said = (
        f"The last term of its bound, L_T, is {small(linear)} bits per dimension, or {linear * size:.2g} bits for all "
        f"its {size:,} numbers: x₁₀₀₀ tells next to nothing about it. The paper has about {small(1e-5)} for CIFAR-10. "
        f"With the cosine schedule it would be {small(cosine)}. At t = 1000 the pixels’ mean is "
        f"{measured.mean[-1]:.3f} and their standard deviation {measured.std[-1]:.3f}."
    )
    return style.told(said, announce=False) + style.measured(f"histograms over {DRAWS} noises")


def small(value: float) -> str:
    """A small number with a power of ten, such as 2.7 · 10⁻⁵."""
    exponent = math.floor(math.log10(value))
    front = round(value / 10**exponent, 1)
    raised = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(-exponent))
    return f"{front:g} · 10⁻{raised}"


def comparing(event: Compared, seconds: float) -> str:
    remaining = seconds / event.t * (T - event.t)
    return style.told(f"{DRAWS} chains at t = {event.t} of {T}, about {remaining:.0f} s left.", announce=False)


def compared(events: list[Compared], detail: str = "when this page started") -> str:
    """Whether the two ways to x_t can be told apart, by the largest of all differences in standard errors."""
    found = np.array([event.scores for event in events if event.scores])
    bound, largest = bound_of_chance(found.size), float(np.abs(found).max())
    said = (
        f"{DRAWS} pictures by {T:,} single steps, and {DRAWS} others in one go at each of {len(found)} times. Compared "
        f"in {SCORES} ways (mean, spread, means of single pixels), the largest of {found.size} differences is "
        f"{largest:.1f} standard errors. Chance alone goes beyond {bound:.1f} in at most 5 of 100 runs."
    )
    verdict = (
        "So nothing here tells them apart."
        if largest <= bound
        else "That is rare for equal distributions: try other seeds."
    )
    return style.told(f"{said} {verdict}") + style.measured(detail)


def bound(runs: dict[str, dict[str, np.ndarray]], certificates: dict[str, Certificate]) -> str:
    """What the recorded bound shows beside Table 4."""
    cifar, known = runs["cifar10"], rates(runs["cifar10"])
    half = int(np.argmax(known <= known[1] / 2))  # the first time at which at most half of the bits are spent
    middle = next(error for step, _, error in TABLE_4 if step == 500)
    said = (
        f"Half way, at step 500, our CIFAR-10 network’s guess is off by {cifar['rmse'][T + 1 - 500]:.1f} grey levels; "
        f"the paper’s by {middle:.1f}. After the last call it is {cifar['rmse'][1]:.2f} and {TABLE_4[-1][2]:.2f}. When "
        f"half of the rate’s {known[1]:.3f} bits per dimension are spent, at t = {half}, the guess is already within "
        f"{cifar['rmse'][half]:.1f} grey levels: the other half goes into details that the eye hardly sees."
    )
    labels = [style.recorded(c, f"{c.data}; {c.hardware}") for c in certificates.values()]
    labels.append(style.paper(f"{PAPER}, Table 4"))
    return style.told(said, announce=False) + "".join(f"<p>{label}</p>" for label in labels)


def quality_table(certificates: dict[str, Certificate]) -> str:
    """The shipped networks beside the paper's."""
    ours = [certificates[name].metrics for name in denoise.NETWORKS]
    bits = [m["bits_per_dim"] for m in ours]
    body = [
        ["Parameters", *(f"{m['parameters'] / 1e6:.1f} M" for m in ours), "35.7 M"],
        ["Pictures seen in training", *(f"{m['images_seen']:,}" for m in ours), PAPER_SAW],
        [
            "Bits per dimension, at most (Eq. 5)",
            *(f"{b['total']:.3f} ± {b['standard_error']:.3f}" for b in bits),
            "3.75",
        ],
        ["of these rate, L<sub>1</sub> + … + L<sub>T</sub>", *(f"{b['L_T'] + b['L_1:T-1']:.3f}" for b in bits), "1.78"],
        ["in this rate, L<sub>T</sub>", *(small(b["L_T"]) for b in bits), "about 10⁻⁵"],
        ["of these distortion, L<sub>0</sub>", *(f"{b['L_0']:.3f}" for b in bits), "1.97"],
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
    labels = [style.recorded(c, _provenance(c)) for c in certificates.values()]
    labels.append(style.paper(f"{PAPER}, Table 1, section 4.3, appendix B"))
    return style.table("Our networks and the paper’s", head, body) + "".join(f"<p>{label}</p>" for label in labels)


def _provenance(certificate: Certificate) -> str:
    m = certificate.metrics
    return (
        f"{certificate.data}; {m['steps']:,} steps; {m['samples']:,} samples by {m['sampler']}; bound on "
        f"{m['bits_per_dim']['images']} test pictures; trained on: {certificate.hardware}. {certificate.note}".strip()
    )
