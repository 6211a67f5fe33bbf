"""Stop, in every section of tab 3 that asks a network: counted in calls of the network."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from models import denoise
from visuals.diffusion import counterfactuals, decided, guidance, journey, noised, side_by_side, start

VISITOR = SimpleNamespace(session_hash="stop")
STOP_AT = 4  # the call during which the visitor presses Stop


def travel(network: str, samples: str, steps: int) -> tuple:
    return (None, network, start.row(network, 0), "3", samples, "ddpm", steps, 1.5, 0, "beta", 0.0, "linear")


RUNS = {
    "1,000 steps of a digit": (journey, "mnist", travel("mnist", "1", 1000)),
    "1,000 steps of 16 digits": (journey, "mnist", travel("mnist", "16", 1000)),
    "1,000 steps of 16 photographs": (journey, "cifar10", travel("cifar10", "16", 1000)),
    "a chain and its continuations": (decided, "mnist", ("mnist", "40", 0)),
    "part of the way, and back": (noised, "mnist", (start.row("mnist", 0), None, "mnist", 500, 0)),
    "counterfactuals": (counterfactuals, "mnist", ("mnist", "all", "each", "250", 0)),
    "guidance": (guidance, "mnist", ("mnist", "3", "25", 0)),
    "samplers side by side": (side_by_side, "mnist", ("mnist", "3", 0)),
}


@pytest.mark.parametrize(("section", "network", "settings"), RUNS.values(), ids=RUNS)
def test_the_network_is_called_at_most_once_more(section, network, settings):
    calls = []

    def stop(*_: object) -> None:
        calls.append(1)
        if len(calls) == STOP_AT:
            section.latest.stop(VISITOR)

    hook = denoise.network(network).register_forward_hook(stop)
    try:
        *_, last = section.live(*settings, VISITOR)
    finally:
        hook.remove()
    assert STOP_AT <= len(calls) <= STOP_AT + 1
    assert "Stopped" in last[1]
