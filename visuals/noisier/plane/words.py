"""What the section on two dimensions says: how far it is, and how near the generated cloud is to the true."""

from __future__ import annotations

from models.core.artifacts import Certificate
from models.noisier.plane import OWN, Plane, Returned
from visuals.noisier.settings import CLOUDS
from visuals.page import style
from visuals.page.words import named

NAMES = CLOUDS | {OWN: "Your own drawing"}
SAMPLERS = {"ddpm": "Algorithm 2", "ddim": "DDIM"}


def training(config: Plane, step: int, seconds_left: float) -> str:
    """How much has been trained, and the time left at the pace so far."""
    said = f"Training: step {step:,} of {config.steps:,}, about {seconds_left:.0f} s left."
    return style.told(said, announce=False)


def returning(event: Returned, steps: int) -> str:
    return style.told(f"Way back by {SAMPLERS[event.sampler]}: step {event.step} of {steps}.", announce=False)


def stopped(steps: int) -> str:
    return style.told(f"Stopped after {steps:,} training steps. What was computed stays drawn.")


def recorded_outcome(certificate: Certificate) -> str:
    detail = f"{certificate.config['steps']:,} training steps, seed {certificate.seed}; {certificate.hardware}"
    return outcome(certificate.metrics["distance"], style.recorded(certificate, detail), announce=False)


def live_outcome(config: Plane, distances: dict[str, float], seconds: float, machine: str) -> str:
    detail = f"{config.steps:,} training steps, seed {config.seed}, in {seconds:.1f} s; {machine}"
    return outcome(distances, style.measured(detail), announce=True)


def outcome(distances: dict[str, float], label: str, announce: bool) -> str:
    """What came out, and the distances where they are unfolded."""
    folded = f"<details><summary>The distances</summary>{table(distances)}</details>"
    return style.told(verdict(distances), announce) + label + folded


def verdict(distances: dict[str, float]) -> str:
    """How near the generated clouds come to the true one, beside what chance and no learning at all would give."""
    way = min(SAMPLERS, key=lambda sampler: distances[sampler])
    true, noise, best = distances["true"], distances["noise"], distances[way]
    gone = max(0.0, min(1.0, (noise - best) / max(noise - true, 1e-9)))
    near = [name for sampler, name in SAMPLERS.items() if distances[sampler] <= 1.25 * true]
    if near:
        return f"By {named(near)} the points end about as near to the true cloud as other true points do."
    only = "" if gone >= 0.5 else "only "
    return (
        f"By {SAMPLERS[way]} the points have gone {only}{100 * gone:.0f} % of the way from noise to what chance allows."
    )


def table(distances: dict[str, float]) -> str:
    """All distances from the true cloud."""
    named = {
        "ddpm": "the way back by Algorithm 2",
        "ddim": "the way back by DDIM",
        "noise": "the noise that both started from",
        "true": "another true cloud of as many points, by chance",
    }
    body = [[words, f"{distances[name]:.3f}"] for name, words in named.items()]
    return style.table("Distance from the true cloud", ["of", "distance"], body)
