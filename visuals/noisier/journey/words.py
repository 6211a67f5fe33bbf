"""There and back, in words: how far a run is, and what came out. Pure."""

from __future__ import annotations

from models.core.artifacts import Certificate
from models.noisier.denoise import TRAINED_ON, Frame, Journey, Passed
from models.noisier.reverse_chains import Reading
from visuals.noisier.albums import percent
from visuals.page import style
from visuals.page.words import a

NOUNS = {"mnist": "digit", "cifar10": "photograph"}
FORGOTTEN = (
    "The numbers of this run are no longer kept: you were away for a while, or the server has been started again. "
    "Press “Run it live” to run it once more."
)


def recorded_status(network: str, certificate: Certificate, classes: tuple[str, ...]) -> str:
    """What the recorded run is about, and which run it is."""
    label, start = (classes[certificate.config[name] % len(classes)] for name in ("label", "start"))
    asked = f"The network is asked for {a(label)}. Does anything of the {start} come back?"
    left = TRAINED_ON.alpha_bar[-1] ** 0.5
    answer = (
        f"Nothing that one sees. At t = {TRAINED_ON.steps} the factor of the {start} is {left:.3f}: the way back has "
        "nothing to go by but the class and chance."
    )
    fold = f"<details><summary>The answer</summary>{style.told(answer, announce=False)}</details>"
    origin = style.recorded(certificate, f"{NOUNS[network]}s; {certificate.hardware}")
    return style.told(asked, announce=False) + fold + origin


def set_up_status(certificate: Certificate) -> str:
    """After a link has set the controls to something else than what is on the player."""
    return style.told(
        "The link has set the controls. Press the button to run it. Until then you see the recorded run, which has "
        "other settings."
    ) + style.recorded(certificate, f"with the settings that the page opens with; {certificate.hardware}")


def applies(sampler: str) -> str:
    """Which of the finer settings the chosen sampler has, and why not the others."""
    said = {
        "ddpm": "Eta belongs to DDIM, which is not chosen.",
        "ddim": "The choice of σ belongs to DDPM, which is not chosen.",
        "dpm++": "DPM-Solver++ adds no noise: it has neither σ nor eta.",
    }
    return style.told(said.get(sampler, ""), announce=False)


def progress(journey: Journey, event: Frame | Passed, seconds_left: float) -> str:
    """How far it is, and on the way back the time left at the pace so far."""
    if event.way == "there" or not event.step:
        return style.told("Adding noise: 1,000 steps of Eq. 2.", announce=False)
    said = f"Denoising: step {event.step} of {journey.steps}, about {seconds_left:.0f} s left."
    return style.told(said, announce=False)


def outcome(journey: Journey, seen: list[Reading], classes: tuple[str, ...], seconds: float, machine: str) -> str:
    """What came out, by the judgement of a classifier that has never seen a generated picture."""
    asked = "Any class was allowed" if journey.label is None else f"Asked for: {classes[journey.label]}"
    return style.told(
        f"{journey.steps} steps back in {seconds:.1f} s. {asked}. A classifier trained on real pictures reads "
        f"{read_as(journey, seen, classes)}."
    ) + style.measured(machine)


def read_as(journey: Journey, seen: list[Reading], classes: tuple[str, ...]) -> str:
    """What the classifier sees in one picture, or how often it sees what was asked for in several."""
    if len(seen) == 1:
        return f"the result as {classes[seen[0][0]]} ({percent(seen[0][1])})"
    if journey.label is not None:
        right = sum(number == journey.label for number, _ in seen)
        return f"{right} of {len(seen)} results as {classes[journey.label]}"
    return f"the {len(seen)} results as " + ", ".join(classes[number] for number, _ in seen)


def stopped() -> str:
    return style.told("Stopped. What was computed can still be played, scrubbed and looked into.")
