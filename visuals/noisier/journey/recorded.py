"""The recorded journey of either network, and the pace at which journeys are made."""

from __future__ import annotations

from functools import cache
from typing import Any

from models.core import artifacts
from models.core.artifacts import Certificate
from models.noisier import judge
from models.noisier.denoise import Frame, Journey
from models.noisier.replay import replay, unstack
from visuals.components.player import Player
from visuals.noisier import pictures
from visuals.noisier.journey import words
from visuals.noisier.journey.kept import Kept
from visuals.noisier.journey.recipe import recipe
from visuals.noisier.journey.view import early, opening
from visuals.noisier.settings import CLASSES, NETWORKS, JourneySettings, SharedSettings
from visuals.noisier.takes import Takes, Work
from visuals.page import files
from visuals.page.files import Later
from visuals.page.settings import checked


def certificate_of(network: str) -> Certificate:
    return artifacts.certificate(f"journey-{network}")


def recorded(network: str = "mnist", number: int = 0) -> Kept:
    """The recorded run of a network; the section opens with that of the digits, which has the number 0."""
    config, run = dict(certificate_of(network).config), artifacts.load_run(f"journey-{network}")
    start = config.pop("start")
    journey = Journey(**config)
    return Kept(number, journey, recipe(journey, run["samples"][start], start), list(_frames(network)))


@cache
def _frames(network: str) -> tuple[Frame, ...]:
    """All moments of the recorded run. Of photographs only what the network said was kept: the rest follows from it."""
    config, run = dict(certificate_of(network).config), artifacts.load_run(f"journey-{network}")
    if "xt" in run:
        return tuple(unstack(run))
    start = config.pop("start")
    events = replay(Journey(**config), run["samples"][start], run["eps"])
    return tuple(event for event in events if isinstance(event, Frame))


def journey_of(network: Any, *settings: Any) -> Journey:
    """What the controls ask for. Raises ValueError, in a sentence for the visitor."""
    shared = checked(SharedSettings, {"network": network})
    names = ("label", "samples", "sampler", "steps", "guidance", "seed", "sigma", "eta", "view")
    asked = checked(JourneySettings, dict(zip(names, settings, strict=True)))
    label = int(asked.label) if asked.label in CLASSES else None
    plain = {name: getattr(asked, name) for name in names if name not in ("label", "samples")}
    return Journey(shared.network, label, samples=int(asked.samples), **plain)


def work(network: Any, samples: Any, steps: Any) -> Work:
    """Steps back, each of which costs about as much as its pictures and one more."""
    shared = checked(SharedSettings, {"network": network})
    asked = checked(JourneySettings, {"samples": samples, "steps": steps})
    return shared.network, asked.steps * (int(asked.samples) + 1)


def told(network: str) -> str:
    """What is said of a network's recorded run."""
    return words.recorded_status(network, certificate_of(network), judge.classes(network))


@cache
def takes() -> Takes:
    """The pace of journeys; what was recorded took the samples to start from, in as many steps, and one journey."""
    samples = len(pictures.samples("mnist"))
    return Takes({n: (certificate_of(n), work(n, "1", 50)[1] * (samples + 1) / 2) for n in NETWORKS})


def at_first() -> tuple[Later[dict[str, Any]], Later[dict[str, Any]]]:
    """What the player opens on, and what of it is drawn before gradio is there."""
    return Later(lambda: opening(recorded())), Later(lambda: early(recorded()))


def filed(player: Player, network: str) -> dict[str, Any]:
    """A network's recorded journey for the player, as a file that is written when it is first fetched."""
    return {"file": files.awaited(Later(lambda: player.postprocess(opening(recorded(network)))))}
