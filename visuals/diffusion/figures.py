"""What tab 3 shows: messages for the player, tables and sentences. Arrays and certificates in, HTML and dicts out."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from models import denoise
from models.artifacts import Certificate
from models.denoise import Frame, Journey
from models.runtime import hardware
from visuals import style
from visuals.components.pictures import data_url
from visuals.components.player import message

PAPER = "Ho et al. 2020"
PAPER_SAW = f"{800_000 * 128:,}"  # steps and batch of appendix B
REAL = "frechet_distance_of_as_many_test_images"


def opening(run: dict[str, np.ndarray]) -> dict[str, Any]:
    """The recorded journey, complete, at its last frame."""
    frames = denoise.unstack(run)
    turn = sum(frame.way == "there" for frame in frames)
    return message(0, len(frames), turn, 0, frames, play=False)


def gallery(samples: np.ndarray, network: str, chosen: int | None) -> dict[str, Any]:
    """The samples (N, 32, 32, C), two of every class in turn, for the row of start pictures."""
    classes = denoise.classes(network)
    names = [f"A generated sample: {classes[i % len(classes)]}" for i in range(len(samples))]
    return {"pictures": [data_url(sample) for sample in samples], "names": names, "chosen": chosen}


def with_upload(gallery: dict[str, Any], picture: np.ndarray) -> dict[str, Any]:
    """The row with the visitor's picture at its end, chosen, in place of an earlier one."""
    kept = len([name for name in gallery["names"] if name != "Your picture"])
    pictures, names = [*gallery["pictures"][:kept], data_url(picture)], [*gallery["names"][:kept], "Your picture"]
    return {"pictures": pictures, "names": names, "chosen": kept}


def fitted(image: Image.Image, channels: int) -> np.ndarray:
    """The central square of an RGB picture as (32, 32, channels) uint8."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side)).resize(
        (denoise.SIZE, denoise.SIZE), Image.Resampling.LANCZOS
    )
    pixels = np.asarray(square.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(denoise.SIZE, denoise.SIZE, channels)


# --- sentences below the player ---


def recorded_status(certificate: Certificate) -> str:
    return style.told(
        "There and back: a generated digit turns into noise, and the noise into another one."
    ) + style.recorded(certificate, f"the default settings, computed on {certificate.hardware}")


def progress(journey: Journey, frame: Frame, seconds: float) -> str:
    """How far the way back is, and the time left at the pace so far."""
    left = seconds / max(1, frame.step) * (journey.steps - frame.step)
    return style.told(f"Denoising: step {frame.step} of {journey.steps}, about {left:.0f} s left.")


def outcome(journey: Journey, frame: Frame, seconds: float) -> str:
    """What came out, by the judgement of a classifier that has never seen a generated picture."""
    classes = denoise.classes(journey.network)
    seen, probability = denoise.recognise(journey.network, frame.xt[0])
    asked = "Any class was allowed" if journey.label is None else f"Asked for: {classes[journey.label]}"
    return style.told(
        f"{journey.steps} steps in {seconds:.1f} s. {asked}. A classifier trained on real pictures reads the result "
        f"as {classes[seen]} ({100 * probability:.1f} %)."
    ) + style.measured(hardware())


def schooling(certificates: dict[str, Certificate]) -> str:
    """How much the networks have learned from, which decides how good their pictures can be."""
    seen = {name: f"{certificates[name].metrics['images_seen']:,}" for name in denoise.NETWORKS}
    ours = f"MNIST {seen['mnist']}, CIFAR-10 {seen['cifar10']}"
    return f"Pictures seen in training: {ours}; the paper’s network {PAPER_SAW}."


# --- tables ---


def schedule_table() -> str:
    """How much is left of the picture: the schedule's numbers at some times."""
    schedule, body = denoise.TRAINED_ON, []
    for t in (1, 10, 100, 259, 260, 500, 750, 1000):
        beta, alpha_bar = schedule.beta[t].item(), schedule.alpha_bar[t].item()
        body.append(
            [str(t), f"{beta:.5f}", f"{alpha_bar:.6f}", f"{alpha_bar**0.5:.3f}", f"{(1 - alpha_bar) ** 0.5:.3f}"]
        )
    head = [
        "t",
        "β<sub>t</sub>",
        "ᾱ<sub>t</sub>",
        "share of x<sub>0</sub>, √ᾱ<sub>t</sub>",
        "share of ε, √(1 − ᾱ<sub>t</sub>)",
    ]
    return style.table("The linear schedule", head, body) + style.measured("computed from the schedule")


def quality_table(certificates: dict[str, Certificate]) -> str:
    """The shipped networks beside the paper's."""
    ours = [certificates[name].metrics for name in denoise.NETWORKS]
    bits = [m["bits_per_dim"] for m in ours]
    body = [
        ["Parameters", *(f"{m['parameters'] / 1e6:.1f} M" for m in ours), "35.7 M"],
        ["Pictures seen in training", *(f"{m['images_seen']:,}" for m in ours), PAPER_SAW],
        [
            "Bits per dimension, at most (Eq. 5)",
            *(f"{b['total']:.2f} ± {b['standard_error']:.2f}" for b in bits),
            "3.75",
        ],
        ["of these rate, L<sub>1</sub> + … + L<sub>T</sub>", *(f"{b['L_T'] + b['L_1:T-1']:.2f}" for b in bits), "1.78"],
        ["of these distortion, L<sub>0</sub>", *(f"{b['L_0']:.2f}" for b in bits), "1.97"],
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
        f"{m['bits_per_dim']['images']} test pictures; {certificate.hardware}"
    )
