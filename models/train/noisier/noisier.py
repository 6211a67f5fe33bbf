"""Record what the experiments of tab 3 open on: python -m models.train.noisier.noisier decided mnist"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from models.core import artifacts, runtime
from models.noisier import reverse_chains
from models.noisier.counterfactuals import RIGHT, WAYS, Comparison, compare, schedule_of
from models.noisier.decided import CONTINUATIONS, EVERY, Frozen, Split, from_picture, split
from models.noisier.denoise import NETWORKS, TRAINED_ON
from models.noisier.guidance import SCALES, Strip, at_the_ends, relative_variety, strip
from models.noisier.reverse_chains import Row

STEPS = 250  # of the counterfactuals
CHAINS = {"mnist": 100, "cifar10": 50}  # that the numbers of the counterfactuals are from
TRUNKS = {"mnist": 30, "cifar10": 10}  # chains that are split for the numbers
PICTURE = {"mnist": 7, "cifar10": 17}  # the sample that the oracle knows and that is noised and brought back
SPLIT_SEED = {"mnist": 2, "cifar10": 0}
GUIDED = {"mnist": 3, "cifar10": 7}  # the class that the pictures show

Recording = tuple[dict[str, np.ndarray], dict, dict, int]  # arrays, configuration, metrics, seed


def counterfactuals(network: str) -> Recording:
    """Eight chains as pictures, CHAINS others for the numbers."""
    picture = sample_of(network)
    shown = Comparison(network, steps=STEPS)
    rows = finished(compare(shown, picture))
    many = Comparison(network, tuple(i % 10 for i in range(CHAINS[network])), STEPS, seed=1)
    metrics, compared = {}, {WAYS[row.row]: row for row in finished(compare(many, picture))}
    right = compared[RIGHT].pictures
    for way, row in compared.items():
        hits = [seen == label for (seen, _), label in zip(row.seen, many.asked, strict=True)]
        metrics[way] = {
            "read_as_asked": round(100 * float(np.mean(hits)), 1),
            "rmse_to_right": round(reverse_chains.rmse(row.pictures, right), 1),
            "roughness": round(reverse_chains.roughness(row.pictures), 1),
            "variety": round(reverse_chains.variety(row.pictures), 1),
            "alpha_bar": float(f"{schedule_of(way, STEPS).alpha_bar[-1].item():.4g}"),
        }
    config = {"steps": STEPS, "asked": shown.asked, "ways": WAYS, "picture": PICTURE[network]}
    config |= {"chains": CHAINS[network]}
    return of_rows(rows) | {"picture": picture}, config, metrics, shown.seed


def decided(network: str) -> Recording:
    """One chain and a picture, split as in Fig. 7 as pictures; TRUNKS others, at more times, for the numbers."""
    shown = Split(network, SPLIT_SEED[network])
    events = list(split(shown))
    own, *rows = finished(events)
    arrays = of_rows(rows) | {"xt": np.stack([event.xt for event in events if isinstance(event, Frozen)])}
    arrays |= {f"chain_{key}": value for key, value in of_rows([own]).items()}
    picture = sample_of(network)
    back = list(from_picture(shown, picture))
    arrays |= {f"back_{key}": value for key, value in of_rows(finished(back)).items()}
    arrays |= {"picture": picture, "back_xt": np.stack([event.xt for event in back if isinstance(event, Frozen)])}

    times = tuple(range(1000, 0, -EVERY))
    kept, variety, distance = np.zeros((3, TRUNKS[network], len(times)))
    for k in range(TRUNKS[network]):
        own, *rows = finished(split(Split(network, 100 + k, times=times)))
        for column, row in enumerate(rows):
            kept[k, column] = np.mean([seen == own.seen[0][0] for seen, _ in row.seen])
            variety[k, column] = reverse_chains.variety(row.pictures)
            distance[k, column] = reverse_chains.rmse(row.pictures, np.broadcast_to(own.pictures, row.pictures.shape))
        print(f"{network}: {k + 1} of {TRUNKS[network]} chains split", flush=True)
    metrics = {
        str(t): {
            "class_kept": round(100 * float(kept[:, column].mean()), 1),
            "rmse_between": round(float(variety[:, column].mean()), 1),
            "rmse_to_chain": round(float(distance[:, column].mean()), 1),
        }
        for column, t in enumerate(times)
    }
    config = {"steps": shown.steps, "times": shown.times, "continuations": CONTINUATIONS, "chains": TRUNKS[network]}
    config |= {"picture": PICTURE[network], "sigma": "beta_tilde"}
    return arrays | {"curve_times": np.array(times), "kept": kept, "variety": variety}, config, metrics, shown.seed


def guidance(network: str) -> Recording:
    """Eight noises as pictures; ten noises of each class for the numbers."""
    shown = Strip(network, GUIDED[network])
    rows = finished(strip(shown))
    of_class = [finished(strip(Strip(network, label, seed=100 + label, count=10))) for label in range(10)]
    metrics = {}
    for k, scale in enumerate(SCALES):
        scaled = [found[k] for found in of_class]
        hits = [seen == label for label, row in enumerate(scaled) for seen, _ in row.seen]
        metrics[f"{scale:g}"] = {
            "read_as_asked": round(100 * float(np.mean(hits)), 1),
            "probability": round(100 * float(np.mean([p for row in scaled for _, p in row.seen])), 1),
            "contrast": round(float(np.mean([reverse_chains.contrast(row.pictures) for row in scaled])), 1),
            "relative_variety": round(float(np.mean([relative_variety(row.pictures) for row in scaled])), 3),
            "at_the_ends": round(100 * float(np.mean([at_the_ends(row.pictures) for row in scaled])), 1),
        }
    config = {"label": shown.label, "steps": shown.steps, "count": shown.count, "scales": SCALES, "pictures": 100}
    return of_rows(rows), config, metrics, shown.seed


def sample_of(network: str) -> np.ndarray:
    """A picture (32, 32, C) that the network drew itself."""
    return artifacts.load_run(f"journey-{network}")["samples"][PICTURE[network]]


def finished(events: Any) -> list[Row]:
    return [event for event in events if isinstance(event, Row) and event.finished]


def of_rows(rows: list[Row]) -> dict[str, np.ndarray]:
    """pictures (row, N, 32, 32, C), and what each is read as: classes and probabilities (row, N)."""
    return {
        "pictures": np.stack([row.pictures for row in rows]),
        "classes": np.array([[seen for seen, _ in row.seen] for row in rows]),
        "probabilities": np.array([[p for _, p in row.seen] for row in rows], dtype=np.float32),
    }


EXPERIMENTS = {"counterfactuals": counterfactuals, "decided": decided, "guidance": guidance}
NOTES = {
    "counterfactuals": "Metrics over other chains than the pictures: RMSE, roughness and variety in grey levels.",
    "decided": "Metrics by t, over other chains than the pictures: share of continuations (%), RMSE in grey levels.",
    "guidance": "Metrics by scale, ten pictures of each class: shares in %, contrast in grey levels, "
    "variety within a class in units of the contrast.",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", choices=EXPERIMENTS)
    parser.add_argument("network", choices=NETWORKS)
    args = parser.parse_args()
    runtime.use_threads()
    began = time.perf_counter()
    arrays, config, metrics, seed = EXPERIMENTS[args.experiment](args.network)
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={"network": args.network, "schedule_steps": TRAINED_ON.steps} | config,
        seed=seed,
        data=f"no data: the network ddpm-{args.network}, judged by classifier-{args.network}",
        metrics=metrics,
        seconds=round(time.perf_counter() - began),
        note=NOTES[args.experiment],
    )
    artifacts.save_run(f"{args.experiment}-{args.network}", arrays, certificate)


if __name__ == "__main__":
    main()
