"""What tab 3 shows: messages for the player, tables and sentences. Arrays and certificates in, HTML and dicts out."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from models import denoise
from models.artifacts import Certificate
from models.denoise import Frame, Journey, Passed
from models.runtime import hardware
from visuals import style
from visuals.components.pictures import data_url
from visuals.components.player import message
from visuals.diffusion.albums import percent
from visuals.diffusion.equation import Kept

OPENS_AT = 400  # t: mostly noise, but the guess of the clean picture can be read
PAPER_SAW = f"{800_000 * 128:,}"  # steps and batch of appendix B


def opening(kept: Kept) -> dict[str, Any]:
    """The recorded journey, complete, at a moment of the way back in which every panel has something to show."""
    total, turn = denoise.frames_of(kept.journey)
    at = next(k for k, moment in enumerate(kept.frames) if moment.way == "back" and moment.t <= OPENS_AT)
    return message(kept.run, total, turn, 0, kept.frames, play=False, recipe=kept.recipe) | {"open": at}


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


def channels(network: str) -> int:
    """1 for grey pictures, 3 for colours."""
    return denoise.network(network).config["channels"]


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
    ) + style.recorded(
        certificate, f"the settings as they are at first, {certificate.hardware}; the button computes the same again"
    )


def set_up_status(certificate: Certificate) -> str:
    """After a link has set the controls to something else than what is on the player."""
    return style.told(
        "The link has set the controls below. Press the button to run it. Until then you see the recorded run, which "
        "has other settings."
    ) + style.recorded(certificate, f"the settings as they are without a link, {certificate.hardware}")


def applies(sampler: str) -> str:
    """Which of the finer settings the chosen sampler has, and why not the others."""
    said = {
        "ddpm": "Eta belongs to DDIM, which is not chosen.",
        "ddim": "The choice of σ belongs to DDPM, which is not chosen.",
        "dpm++": "DPM-Solver++ adds no noise: it has neither σ nor eta.",
    }
    return style.told(said.get(sampler, ""), announce=False)


def progress(journey: Journey, event: Frame | Passed, seconds: float) -> str:
    """How far it is, and on the way back the time left at the pace so far."""
    if event.way == "there" or not event.step:
        return style.told("Adding noise: 1,000 steps of Eq. 2.", announce=False)
    left = seconds / event.step * (journey.steps - event.step)
    return style.told(f"Denoising: step {event.step} of {journey.steps}, about {left:.0f} s left.", announce=False)


def outcome(journey: Journey, frame: Frame, seconds: float) -> str:
    """What came out, by the judgement of a classifier that has never seen a generated picture."""
    asked = "Any class was allowed" if journey.label is None else f"Asked for: {asked_for(journey)}"
    return style.told(
        f"{journey.steps} steps back in {seconds:.1f} s. {asked}. A classifier trained on real pictures reads "
        f"{read_as(journey, frame)}."
    ) + style.measured(hardware())


def asked_for(journey: Journey) -> str:
    """The class that was asked for, by name."""
    return denoise.classes(journey.network)[journey.label or 0]


def read_as(journey: Journey, frame: Frame) -> str:
    """What the classifier sees in one picture, or how often it sees what was asked for in several."""
    names = denoise.classes(journey.network)
    seen = [denoise.recognise(journey.network, picture) for picture in frame.xt]
    if len(seen) == 1:
        return f"the result as {names[seen[0][0]]} ({percent(seen[0][1])})"
    if journey.label is not None:
        right = sum(number == journey.label for number, _ in seen)
        return f"{right} of {len(seen)} results as {asked_for(journey)}"
    return f"the {len(seen)} results as " + ", ".join(names[number] for number, _ in seen)


def schooling(certificates: dict[str, Certificate]) -> str:
    """How much the networks have learned from, which decides how good their pictures can be."""
    seen = {name: f"{certificates[name].metrics['images_seen']:,}" for name in denoise.NETWORKS}
    ours = f"MNIST {seen['mnist']}, CIFAR-10 {seen['cifar10']}"
    return f"Pictures seen in training: {ours}; the paper’s network {PAPER_SAW}."
