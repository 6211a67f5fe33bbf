"""Record the bound of a shipped network: python -m models.train.noisier.bound {mnist,cifar10} --data DIR."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch

from models.core import artifacts, data, runtime
from models.noisier import denoise
from models.train.noisier.ddpm import NETWORKS, scaled
from models.train.noisier.quality import bits_per_dim, bound, spread

PIXELS = 127.5  # steps of the scale of 0 to 255 in one unit of data in [-1, 1]


def record(name: str, images: data.ImageSet, count: int, seed: int) -> None:
    """Measure `count` test images and write, for t = 0..T, what each time adds to the bound and the RMSE of x0."""
    began = time.perf_counter()
    network = denoise.network(name)
    x0 = scaled(spread(images.test_x, count)).to(runtime.device())
    with runtime.autocast(x0.device):
        terms = bound(network, x0, seed)
    rmse = PIXELS * terms.error.mean(1).sqrt()
    bits = bits_per_dim(terms)
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"network": f"ddpm-{name}", "weights": artifacts.certificate(f"ddpm-{name}").sha256, "images": count},
        seed=seed,
        data=f"{images.name}: {count} of {len(images.test_x):,} test images, at equal distances",
        metrics={"bits_per_dim": bits, "rmse": {str(t): round(rmse[t].item(), 3) for t in (1, 251, 501, 751)}},
        seconds=round(time.perf_counter() - began),
        note="Without classes. The predicted clean image is clipped to [-1, 1]; its error is on the scale of 0 to 255, "
        "the root of the mean square over all images.",
    )
    arrays = {"bits": terms.transitions.mean(1), "rmse": rmse, "decoder": terms.decoder, "prior": terms.prior}
    artifacts.save_run(f"bound-{name}", {key: value.numpy() for key, value in arrays.items()}, certificate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=NETWORKS)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data set")
    parser.add_argument("--images", type=int, default=64, help="test images to take the bound on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="CPU threads")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    images = {"mnist": data.mnist, "cifar10": data.cifar10}[args.name](args.data)
    record(args.name, images, args.images, args.seed)


if __name__ == "__main__":
    main()
