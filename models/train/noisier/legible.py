"""Record up to which time t a noised picture can still be read: python -m models.train.noisier.legible mnist --data DIR

Read by the classifier, which has never seen noise, in two ways: x_t itself, and the clean picture that the diffusion
network predicts from x_t in one look (Eq. 15), which is more than any eye gets out of it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from models.core import artifacts, data, runtime
from models.noisier import denoise, reverse_chains
from models.noisier.denoise import NETWORKS, TRAINED_ON
from models.noisier.diffusion.process import noise_like, predict_x0, q_sample
from models.noisier.unet import UNet
from models.train.noisier.ddpm import scaled
from models.train.noisier.quality import spread

TIMES = tuple(range(50, 1001, 50))
SEED = 0


@torch.no_grad()
def record(name: str, root: Path, count: int) -> None:
    """Noise `count` test pictures to every time of TIMES and write the shares that are still read correctly, in %."""
    images = {"mnist": data.mnist, "cifar10": data.cifar10}[name](root)
    x0, labels = spread(scaled(images.test_x), count), spread(images.test_y, count).tolist()
    unet, rng, began = denoise.network(name), torch.Generator().manual_seed(SEED), time.perf_counter()
    itself, predicted = np.zeros((2, len(TIMES)))
    for column, t in enumerate(tqdm(TIMES, desc=name)):
        xt = q_sample(TRAINED_ON, x0, t, noise_like(x0, rng))
        looks = [x0_in_one_look(unet, part, t) for part in xt.split(100)]
        itself[column] = share_read(name, xt, labels)
        predicted[column] = share_read(name, torch.cat(looks), labels)
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"network": name, "axes": {"t": TIMES}, "pictures": count},
        seed=SEED,
        data=f"{images.name}: {count:,} of its test pictures",
        metrics={str(t): {"itself": a, "predicted": b} for t, a, b in zip(TIMES, itself, predicted, strict=True)},
        seconds=round(time.perf_counter() - began),
        note="Metrics by t: share of pictures read as their class in %, x_t itself and the predicted clean picture.",
    )
    artifacts.save_run(f"legible-{name}", {"t": np.array(TIMES), "itself": itself, "predicted": predicted}, certificate)


def x0_in_one_look(unet: UNet, xt: Tensor, t: int) -> Tensor:
    """The clean pictures that the network predicts for xt (N, C, 32, 32) without being told a class."""
    predict = denoise.predictor(unet, reverse_chains.labels(unet, (None,) * len(xt)), guidance=1)
    where = next(unet.parameters()).device
    xt = xt.to(where)
    return predict_x0(TRAINED_ON, xt, t, predict(xt, torch.full((len(xt),), t, device=where))).clamp(-1, 1).cpu()


def share_read(name: str, x: Tensor, labels: list[int]) -> float:
    """Per cent of the pictures (N, C, 32, 32), as the screen shows them, that the classifier reads as their class."""
    seen = [seen for seen, _ in reverse_chains.readings(name, reverse_chains.to_images(x))]
    return round(100 * float(np.mean(np.equal(seen, labels))), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data set")
    parser.add_argument("--pictures", type=int, default=1000)
    args = parser.parse_args()
    runtime.use_threads()
    record(args.network, args.data, args.pictures)


if __name__ == "__main__":
    main()
