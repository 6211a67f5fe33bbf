"""Record the samplers side by side: python -m models.train.noisier.samplers {mnist,cifar10}.

Six noises of one class as pictures. The metrics are of EACH pictures of each class, and of the distance to where 1,000
steps of DDIM lead from the same noise, which is the goal of both samplers that add none.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from models.core import artifacts, runtime
from models.noisier import reverse_chains
from models.noisier.denoise import NETWORKS, Sampler
from models.noisier.reverse_chains import Row
from models.noisier.samplers import GUIDANCE, STEPS, WAYS, Comparison, compare
from models.train.noisier.rows import finished, of_rows

LABEL = {"mnist": 3, "cifar10": 7}  # a digit, a horse
GOAL: tuple[tuple[Sampler, int], ...] = (("ddim", 1000),)
REPEATS = 2  # of the timing
EACH = {"mnist": 10, "cifar10": 3}  # pictures of each class to measure by
NEAR = {"mnist": 6, "cifar10": 3}  # noises whose distance to the goal is measured


def timed(config: Comparison, ways: tuple[tuple[Sampler, int], ...]) -> tuple[list[Row], list[float]]:
    """The finished rows, and the seconds that each took."""
    rows, seconds, before = [], [], time.perf_counter()
    for event in compare(config, ways):
        if event.finished:
            now = time.perf_counter()
            rows.append(event)
            seconds.append(now - before)
            before = now
    return rows, seconds


def measure(network: str) -> dict[str, dict]:
    """By sampler and steps: read as asked in %, and the RMSE to the goal in grey levels."""
    of_class = [finished(compare(Comparison(network, label, 100 + label, EACH[network]))) for label in range(10)]
    near = Comparison(network, LABEL[network], 1, NEAR[network])
    (goal,), rows = finished(compare(near, GOAL)), finished(compare(near))
    found = {}
    for k, (sampler, steps) in enumerate(WAYS):
        right = [seen == label for label, all_rows in enumerate(of_class) for seen, _ in all_rows[k].seen]
        distance = reverse_chains.rmse(rows[k].pictures, goal.pictures)
        found[f"{sampler} {steps}"] = {
            "read_as_asked": round(100 * float(np.mean(right)), 1),
            "distance_to_goal": round(distance, 1),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    name = parser.parse_args().network
    runtime.use_threads()
    began, config = time.perf_counter(), Comparison(name, LABEL[name])
    list(compare(Comparison(name, count=1), WAYS[:1]))  # warms up
    rows, *took = timed(config, WAYS)
    took += [timed(config, WAYS)[1] for _ in range(REPEATS - 1)]
    seconds = [min(each) for each in zip(*took, strict=True)]  # others may have used the machine meanwhile
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={
            "network": name, "label": config.label, "count": config.count, "guidance": GUIDANCE, "steps": STEPS,
            "pictures": 10 * EACH[name], "near": NEAR[name], "seconds": [round(s, 2) for s in seconds],
        },
        seed=config.seed,
        data=f"pictures that the network ddpm-{name} drew, judged by classifier-{name}",
        metrics=measure(name),
        seconds=round(time.perf_counter() - began),
        note="Metrics by sampler and steps: pictures of all classes read as asked (%); RMSE in grey levels to where "
        "1,000 steps of DDIM lead from the same noise.",
    )  # fmt: skip
    artifacts.save_run(f"samplers-{name}", of_rows(rows), certificate)


if __name__ == "__main__":
    main()
