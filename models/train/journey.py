"""Record what tab 3 opens on: python -m models.train.journey {mnist,cifar10}.

Samples of the shipped network to start from and, for the network that the tab opens with, the page's default run from
one of them, with the numbers that the sampler computed with. Training a network records it anew.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, replace

import numpy as np
import torch

from models import artifacts, denoise
from models.denoise import NETWORKS, Frame, Journey
from models.train.quality import KEPT, SAMPLER, generate

OPENING = 7  # which of the kept samples the tab opens with


def record(name: str, generated: list[np.ndarray], certificate: artifacts.Certificate) -> None:
    """Keep the samples (32, 32, C) uint8, and the default run of the network that the tab opens with."""
    run, config = {"samples": np.stack(generated)}, {"network": name}
    journey = Journey()
    if name == journey.network:
        run |= denoise.stack([e for e in denoise.travel(journey, generated[OPENING]) if isinstance(e, Frame)])
        config = asdict(journey) | {"start": OPENING}
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
    images, _ = generate(network, KEPT, like.to(next(network.parameters()).device), seed)
    generated = [denoise.to_image(image) for image in images]
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
