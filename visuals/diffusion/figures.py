"""What tab 3 shows: messages for the player, tables and sentences. Arrays and certificates in, HTML and dicts out."""

from __future__ import annotations

from html import escape
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

LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
PAPER = "Ho et al. 2020"


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


def told(sentence: str) -> str:
    return f'<p class="told" role="status">{escape(sentence)}</p>'


def recorded_status(certificate: Certificate) -> str:
    return told("There and back: a generated digit turns into noise, and the noise into another one.") + style.recorded(
        certificate, f"the default settings, computed on {certificate.hardware}"
    )


def progress(journey: Journey, frame: Frame, seconds: float) -> str:
    """How far the way back is, and the time left at the pace so far."""
    left = seconds / max(1, frame.step) * (journey.steps - frame.step)
    return told(f"Denoising: step {frame.step} of {journey.steps}, about {left:.0f} s left.")


def outcome(journey: Journey, frame: Frame, seconds: float) -> str:
    """What came out, by the judgement of a classifier that has never seen a generated picture."""
    classes = denoise.classes(journey.network)
    seen, probability = denoise.recognise(journey.network, frame.xt)
    asked = "Any class was allowed" if journey.label is None else f"Asked for: {classes[journey.label]}"
    return told(
        f"{journey.steps} steps in {seconds:.1f} s. {asked}. A classifier trained on real pictures reads the result "
        f"as {classes[seen]} ({100 * probability:.1f} %)."
    ) + style.measured(hardware())


# --- tables ---


def schedule_table() -> str:
    """How much is left of the picture: the schedule's numbers at some times."""
    schedule = denoise.TRAINED_ON
    rows = ""
    for t in (1, 10, 100, 259, 260, 500, 750, 1000):
        beta, alpha_bar = schedule.beta[t].item(), schedule.alpha_bar[t].item()
        cells = f"{beta:.5f}", f"{alpha_bar:.3g}", f"{alpha_bar**0.5:.3f}", f"{(1 - alpha_bar) ** 0.5:.3f}"
        rows += f"<tr><th scope='row'>{t}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    return (
        f"<table id='schedule'><caption>The linear schedule {style.measured()}</caption><thead><tr>"
        "<th scope='col'>t</th><th scope='col'>β<sub>t</sub></th><th scope='col'>ᾱ<sub>t</sub></th>"
        "<th scope='col'>share of x<sub>0</sub>, √ᾱ<sub>t</sub></th>"
        "<th scope='col'>share of ε, √(1 − ᾱ<sub>t</sub>)</th>"
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def quality_table(certificates: dict[str, Certificate]) -> str:
    """The shipped networks beside the paper's, which is 20 to 50 times as large and trained 800,000 steps."""

    def row(name: str, *cells: str) -> str:
        return f"<tr><th scope='row'>{name}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"

    ours = {name: c.metrics for name, c in certificates.items()}
    each = [ours[name] for name in denoise.NETWORKS]
    body = (
        row("Parameters", *(f"{m['parameters'] / 1e6:.1f} M" for m in each), "35.7 M")
        + row("Pictures seen in training", *(f"{m['images_seen']:,}" for m in each), "102,400,000")
        + row(
            "Bits per dimension, at most (Eq. 5)",
            *(f"{m['bits_per_dim']['total']:.2f} ± {m['bits_per_dim']['standard_error']:.2f}" for m in each),
            "3.75",
        )
        + row("of which distortion L<sub>0</sub>", *(f"{m['bits_per_dim']['L_0']:.2f}" for m in each), "1.97")
        + row("Samples read as the class asked for", *(f"{m['class_accuracy']:.1f} %" for m in each), "")
        + row("Fréchet distance in our classifier’s features", *(f"{m['frechet_distance']:.2f}" for m in each), "")
        + row(
            "the same for as many real test pictures",
            *(f"{m['frechet_distance_of_as_many_test_images']:.2f}" for m in each),
            "",
        )
        + row("FID in Inception features", "", "", "3.17")
    )
    notes = "".join(f"<p>{style.recorded(c, _provenance(c))}</p>" for c in certificates.values())
    return (
        "<table id='quality'><thead><tr><th scope='col'></th><th scope='col'>ours, MNIST</th>"
        "<th scope='col'>ours, CIFAR-10</th><th scope='col'>paper, CIFAR-10</th></tr></thead>"
        f"<tbody>{body}</tbody></table>{notes}<p>{style.paper(f'{PAPER}, Table 1 and section 4.3; appendix B')}</p>"
    )


def _provenance(certificate: Certificate) -> str:
    m = certificate.metrics
    return (
        f"{certificate.data}; {m['steps']:,} steps; {m['samples']:,} samples by {m['sampler']}; bound on "
        f"{m['bits_per_dim']['images']} test pictures; {certificate.hardware}"
    )
