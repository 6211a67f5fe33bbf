"""Record what the counterfactuals open on: python -m models.train.noisier.counterfactuals {mnist,cifar10}"""

from __future__ import annotations

import numpy as np

from models.noisier import reverse_chains
from models.noisier.counterfactuals import RIGHT, WAYS, Comparison, compare, schedule_of
from models.train.noisier.rows import PICTURE, Recording, finished, of_rows, record, sample_of

STEPS = 250
CHAINS = {"mnist": 100, "cifar10": 50}  # that the numbers are from
NOTE = "Metrics over other chains than the pictures: RMSE, roughness and variety in grey levels."


def recording(network: str) -> Recording:
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


if __name__ == "__main__":
    record("counterfactuals", __doc__, recording, NOTE)
