"""What the section on two dimensions says in words: how far it is, and how near the generated cloud is to the true."""

from __future__ import annotations

from html import escape

from models.artifacts import Certificate
from models.plane import OWN, Plane, Returned
from models.runtime import hardware
from visuals import style

NAMES = {
    "moons": "Two moons",
    "spiral": "Spiral",
    "rings": "Rings",
    "grid": "Grid of 25 heaps",
    "letter": "Letter N",
    OWN: "Your own drawing",
}
SAMPLERS = {"ddpm": "Algorithm 2", "ddim": "DDIM"}


def training(config: Plane, step: int, seconds: float) -> str:
    """How much has been trained, and the time left at the pace so far."""
    left = f", about {seconds / step * (config.steps - step):.0f} s left" if step else ""
    return style.told(f"Training: step {step:,} of {config.steps:,}{left}.", announce=not step)


def returning(event: Returned, steps: int) -> str:
    return style.told(f"Way back by {SAMPLERS[event.sampler]}: step {event.step} of {steps}.", announce=False)


def stopped(steps: int) -> str:
    return style.told(f"Stopped after {steps:,} training steps. What was computed stays drawn.")


def recorded_outcome(certificate: Certificate) -> str:
    said = verdict(certificate.metrics["distance"])
    detail = f"{certificate.config['steps']:,} training steps, seed {certificate.seed}; {certificate.hardware}"
    return _paragraphs(said, announce=False) + style.recorded(certificate, f"{detail}; the button does the same again")


def live_outcome(config: Plane, distances: dict[str, float], seconds: float) -> str:
    detail = f"{config.steps:,} training steps, seed {config.seed}, in {seconds:.1f} s; {hardware('cpu')}"
    return _paragraphs(verdict(distances), announce=True) + style.measured(detail)


def verdict(distances: dict[str, float]) -> list[str]:
    """How far the generated clouds are from true ones, beside what chance and no learning at all would give."""
    ddpm, ddim, true, noise = (distances[name] for name in ("ddpm", "ddim", "true", "noise"))
    numbers = (
        f"Distance from the true cloud: {ddpm:.3f} by Algorithm 2, {ddim:.3f} by DDIM. The noise that both started "
        f"from is {noise:.3f} away, and another true cloud of as many points {true:.3f}, by chance."
    )
    best = min(ddpm, ddim)
    gone = max(0.0, min(1.0, (noise - best) / max(noise - true, 1e-9)))
    if best <= 1.25 * true:
        meaning = "By this distance the better one is about as near to the true cloud as another true cloud is."
    elif gone >= 0.5:
        meaning = f"The better one has gone {100 * gone:.0f} % of the way from noise to what chance allows."
    else:
        meaning = "That is still closer to noise than to the true cloud: it takes more training steps."
    return [numbers, meaning]


def _paragraphs(sentences: list[str], announce: bool) -> str:
    role = ' role="status"' if announce else ""
    return f"<div{role}>" + "".join(f'<p class="told short">{escape(s)}</p>' for s in sentences) + "</div>"
