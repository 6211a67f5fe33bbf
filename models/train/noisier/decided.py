"""Record when a picture is decided: python -m models.train.noisier.decided {mnist,cifar10}"""

from __future__ import annotations

import numpy as np

from models.noisier import reverse_chains
from models.noisier.decided import CONTINUATIONS, EVERY, Frozen, Split, from_picture, split
from models.train.noisier.rows import PICTURE, Recording, finished, of_rows, record, sample_of

TRUNKS = {"mnist": 30, "cifar10": 10}  # chains that are split for the numbers
# Of the chain that is shown. Of the seeds 0 to 11 those are left where from no later moment of the way fewer
# continuations keep the class; of these, the one nearest to the means over TRUNKS.
SPLIT_SEED = {"mnist": 11, "cifar10": 10}
NOTE = "Metrics by t, over other chains than the pictures: share of continuations (%), RMSE in grey levels."


def recording(network: str) -> Recording:
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


if __name__ == "__main__":
    record("decided", __doc__, recording, NOTE)
