"""Record whether samples copy training pictures: python -m models.train.noisier.neighbours {mnist,cifar10} --data DIR.

The yardstick are the test pictures, which the network has never seen: how near does the nearest training picture come
to them? Samples that were copies would be nearer. A copy in another cut or contrast need not be: a Concorde among the
test pictures has such copies, at a distance like any other. So neighbours are kept to be looked at, too.
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
from models.noisier import denoise
from models.noisier.denoise import NETWORKS
from models.noisier.images import to_images
from models.noisier.neighbours import MIRRORED, PART, SPACES, Album, Search, search
from models.train.noisier.quality import SAMPLER, generate

SEED = 1  # of the samples beyond the shipped ones
CLOSEST = 5  # per cent of the test pictures
SHOWN, SUSPECTS = 10, 3  # samples kept as pictures: the first ones, and those nearest to training in each of SPACES
NOTE = (
    "Samples: {sampler}, one of class 0, one of class 1, and so on, the shipped ones first. Distances are to the "
    "nearest of all training pictures{mirrored}: root mean squares in grey levels of 0 to 255, and of the classifier's "
    "features. Of the samples {shown} are kept as pictures, the first ten and the three nearest in either way, and the "
    "first test picture of each class; with them their neighbours, training pictures. These few pictures come from "
    "{source}."
)


def drawn(name: str, count: int) -> Tensor:
    """`count` samples (count, C, 32, 32) uint8; the shipped ones first."""
    shipped = artifacts.load_run(f"journey-{name}")["samples"]
    network = denoise.network(name)
    like = torch.zeros(1, network.config["channels"], denoise.SIZE, denoise.SIZE, device=runtime.device())
    more, _ = generate(network, count - len(shipped), like, SEED)
    return torch.from_numpy(np.concatenate((shipped, to_images(more.cpu().numpy())))).permute(0, 3, 1, 2)


def of_samples(samples: Tensor, training: Album, test: Album) -> dict[str, np.ndarray]:
    """The distances of N samples (N, C, 32, 32), and SHOWN + 2 SUSPECTS of them beside their neighbours."""
    near, to_test = finished(samples, training, "samples"), finished(samples, test, "samples and test pictures")
    arrays, suspects = {"asked": np.arange(len(samples)) % 10}, []
    for space in SPACES:
        nearest = getattr(near, space)
        arrays |= {
            f"{space}_distance": nearest.distance[:, 0].astype(np.float32),
            f"{space}_to_test": getattr(to_test, space).distance[:, 0].astype(np.float32),
            f"{space}_label": training.labels[nearest.index[:, 0]].numpy(),
            f"{space}_mirrored": nearest.mirrored[:, 0],
        }
        suspects += nearest.distance[:, 0].argsort()[:SUSPECTS].tolist()
    shown = np.array([*range(SHOWN), *suspects])
    arrays |= {"shown": shown, "pictures": samples[shown].permute(0, 2, 3, 1).numpy()}
    return arrays | {f"{space}_pictures": training.shown(getattr(near, space))[shown, 0] for space in SPACES}


def of_test(training: Album, test: Album) -> dict[str, np.ndarray]:
    """The distances of all test pictures, and the first of each class beside its neighbours."""
    near = finished(test.pictures, training, "test pictures")
    shown = np.array([int((test.labels == label).nonzero()[0]) for label in range(10)])
    arrays = {"test_shown": shown, "test_pictures": test.pictures[shown].permute(0, 2, 3, 1).numpy()}
    for space in SPACES:
        nearest = getattr(near, space)
        arrays |= {
            f"test_{space}_distance": nearest.distance[:, 0].astype(np.float32),
            f"test_{space}_pictures": training.shown(nearest)[shown, 0],
            f"test_{space}_label": training.labels[nearest.index[shown, 0]].numpy(),
        }
    return arrays


def finished(pictures: Tensor, album: Album, what: str) -> Search:
    """The end of the search, with its progress on the screen."""
    *_, last = tqdm(search(pictures, album), desc=what, total=-(-len(album) // PART), mininterval=10)
    return last


def compared(run: dict[str, np.ndarray]) -> dict[str, dict]:
    """By space: how near samples and test pictures are to training, and how many samples are nearer than those."""
    metrics = {}
    for space in SPACES:
        own, test = run[f"{space}_distance"], run[f"test_{space}_distance"]
        metrics[space] = {
            "of_samples": quantiles(own),
            "of_test": quantiles(test),
            "nearer_than_closest_test": int((own < np.percentile(test, CLOSEST)).sum()),
            "nearer_than_median_test": int((own < np.median(test)).sum()),
            "nearer_to_training_than_to_test": int((own < run[f"{space}_to_test"]).sum()),
            "neighbour_of_the_class_asked": int((run[f"{space}_label"] == run["asked"]).sum()),
        }
    return metrics


def quantiles(distances: np.ndarray) -> dict[str, float]:
    """The least of distances, what the closest 5 % stay below, and the median, to four digits."""
    values = np.percentile(distances, (0, CLOSEST, 50))
    return dict(zip(("least", "closest", "median"), (float(f"{value:.4g}") for value in values), strict=True))


def record(name: str, root: Path, count: int) -> None:
    """Search for the nearest training pictures of `count` samples and of all test pictures, and keep what was found."""
    began = time.perf_counter()
    images = {"mnist": data.mnist, "cifar10": data.cifar10}[name](root)
    training, test = Album(name, images.train_x, images.train_y), Album(name, images.test_x, images.test_y)
    run = of_samples(drawn(name, count), training, test) | of_test(training, test)
    share = len(training) / (len(training) + len(test))
    mirrored = " and their mirror images" if MIRRORED[name] else ""
    source = images.name + (" (4:2:0)" if "JPEG" in images.name else "")
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"network": name, "classifier": f"classifier-{name}", "mirrored": MIRRORED[name], "closest": CLOSEST},
        seed=SEED,
        data=f"{images.name}: {len(training):,} training and {len(test):,} test images",
        metrics={"samples": count, "nearer_to_training_by_chance": round(count * share, 1), **compared(run)},
        seconds=round(time.perf_counter() - began),
        note=NOTE.format(sampler=SAMPLER, mirrored=mirrored, shown=len(run["shown"]), source=source),
    )
    artifacts.save_run(f"neighbours-{name}", run, certificate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data set")
    parser.add_argument("--samples", type=int, default=200)
    args = parser.parse_args()
    runtime.use_threads()
    record(args.network, args.data, args.samples)


if __name__ == "__main__":
    main()
