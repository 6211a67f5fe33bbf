"""Stop, in every section of tab 3 that asks a network: counted in calls of the network."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from models.noisier import denoise
from visuals.noisier.counterfactuals import section as counterfactuals
from visuals.noisier.decided import section as decided
from visuals.noisier.guidance import section as guidance
from visuals.noisier.journey import section as journey
from visuals.noisier.samplers import section as samplers

VISITOR = SimpleNamespace(session_hash="stop")
STOP_AT = 4  # the call during which the visitor presses Stop


def travel(network: str, samples: str, steps: int) -> tuple:
    return (network, {"chosen": 0}, "3", samples, "ddpm", steps, 1.5, 0, "beta", 0.0, "linear")


RUNS = {
    "1,000 steps of a digit": (journey.live, journey.latest, travel("mnist", "1", 1000)),
    "1,000 steps of 16 digits": (journey.live, journey.latest, travel("mnist", "16", 1000)),
    "1,000 steps of 16 photographs": (journey.live, journey.latest, travel("cifar10", "16", 1000)),
    "a chain and its continuations": (decided.live_split, decided.splitting, ("mnist", "40", 0)),
    "part of the way, and back": (decided.live_back, decided.bringing_back, ({"chosen": 0}, "mnist", 500, 0)),
    "counterfactuals": (counterfactuals.live, counterfactuals.latest, ("mnist", "all", "each", "250", 0)),
    "guidance": (guidance.live, guidance.latest, ("mnist", "3", "25", 0)),
    "samplers": (samplers.live, samplers.latest, ("mnist", "3", 0)),
}


@pytest.mark.parametrize(("live", "latest", "settings"), RUNS.values(), ids=RUNS)
def test_the_network_is_called_at_most_once_more(live, latest, settings):
    calls, network = [], "cifar10" if "cifar10" in settings else "mnist"

    def stop(*_: object) -> None:
        calls.append(1)
        if len(calls) == STOP_AT:
            latest.stop(VISITOR)

    hook = denoise.network(network).register_forward_hook(stop)
    try:
        *_, (_, said) = live(*settings, VISITOR)
    finally:
        hook.remove()
    assert STOP_AT <= len(calls) <= STOP_AT + 1
    assert "Stopped" in said
