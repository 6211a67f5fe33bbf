"""Record what tab 3 opens on: python -m models.train.noisier.journey {mnist,cifar10}.

Samples of the shipped network to start from, and a run from one of them: for the network that the tab opens with all
numbers that the sampler computed with, for the other what the network said, from which they follow.
Training a network records it again.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, replace

import numpy as np
import torch

from models.core import artifacts
from models.noisier import denoise, images
from models.noisier.denoise import NETWORKS, Frame, Journey
from models.noisier.replay import guesses, stack
from models.train.noisier.quality import KEPT, SAMPLER, generate

OPENING = {  # the run of each network, and which of the kept samples it starts from
    "mnist": (Journey(), 7),
    "cifar10": (Journey("cifar10", label=1, sampler="ddim"), 8),
}


def record(name: str, generated: list[np.ndarray], certificate: artifacts.Certificate) -> None:
    """Keep the samples (32, 32, C) uint8, and the default run of the network."""
    run, (journey, start) = {"samples": np.stack(generated)}, OPENING[name]
    frames = [event for event in denoise.travel(journey, generated[start]) if isinstance(event, Frame)]
    run |= stack(frames) if name == Journey().network else {"eps": guesses(frames)}
    config = asdict(journey) | {"start": start}
    note = f"Samples: {SAMPLER}, one of class 0, one of class 1, and so on."
    artifacts.save_run(f"journey-{name}", run, replace(certificate, config=config, metrics={}, note=note))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=NETWORKS)
    name = parser.parse_args().name
    torch.set_num_threads(1)
    began, seed = time.perf_counter(), 0
    network = denoise.network(name)
    like = torch.zeros(1, network.config["channels"], denoise.SIZE, denoise.SIZE)
    drawn, _ = generate(network, KEPT, like.to(next(network.parameters()).device), seed)
    generated = [images.to_image(image) for image in drawn]
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={},
        seed=seed,
        data=artifacts.certificate(f"ddpm-{name}").data,
        metrics={},
        seconds=round(time.perf_counter() - began),
    )
    record(name, generated, certificate)


if __name__ == "__main__":
    main()
