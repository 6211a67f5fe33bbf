"""Record what guidance does: python -m models.train.noisier.guidance {mnist,cifar10}"""

from __future__ import annotations

import numpy as np

from models.noisier import reverse_chains
from models.noisier.guidance import SCALES, Strip, at_the_ends, relative_variety, strip
from models.train.noisier.rows import Recording, finished, of_rows, record

GUIDED = {"mnist": 3, "cifar10": 7}  # the class that the pictures show
NOTE = (
    "Metrics by scale, ten pictures of each class: shares in %, contrast in grey levels, "
    "variety within a class in units of the contrast."
)


def recording(network: str) -> Recording:
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


if __name__ == "__main__":
    record("guidance", __doc__, recording, NOTE)
