"""Record what the three heads say and which gradients they send back: python -m models.train.wider.heads --data DIR."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from models.core import artifacts, runtime
from models.wider.googlenet import Heads
from models.wider.heads import LINES, LOSSES, STATES, answers, gradients_by_batch
from models.wider.validation import read_pictures

NAME = "heads"
BATCHES, BATCH = 8, 64  # of which gradients are measured


def record(root: Path) -> None:
    """Write every head's answers to all validation images, and gradients on some batches of them."""
    pictures = read_pictures(root)
    began = time.perf_counter()
    said = answers(pictures.pictures)
    right = said == pictures.labels
    lengths = np.full((len(STATES), BATCHES, len(LOSSES), len(LINES)), np.nan)
    few = slice(BATCHES * BATCH)
    for number, state, found in gradients_by_batch(pictures.pictures[few], pictures.labels[few], BATCH):
        lengths[STATES.index(state), number] = found
    at_3a = lengths[..., LINES.index("3a")].mean(1)  # (states, losses)
    certificate = artifacts.Certificate(
        command=artifacts.command(),
        config={
            "axes": {"head": Heads._fields, "state": STATES, "batch": BATCHES, "loss": LOSSES, "line": LINES},
            "batch": BATCH,
            "loss": "cross-entropy without label smoothing, mean over a batch; auxiliary ones times 0.3; no dropout",
            "weights": "kaiming and small: drawn anew for each batch, not trained",
        },
        seed=0,
        data=f"Tiny ImageNet, 52 classes: {len(right[0]):,} validation images of 64 x 64 pixels",
        metrics={f"{head}_top1": round(100 * float(right[k].mean()), 4) for k, head in enumerate(Heads._fields)}
        | {
            "all_agree": round(100 * float((said == said[0]).all(0).mean()), 4),
            "gradient_at_3a_all_over_main": {
                state: float(f"{at_3a[k, LOSSES.index('all')] / at_3a[k, LOSSES.index('main')]:.4g}")
                for k, state in enumerate(STATES)
            },
            "gradient_at_3a": {
                state: {loss: float(f"{at_3a[k, column]:.4g}") for column, loss in enumerate(LOSSES)}
                for k, state in enumerate(STATES)
            },
        },
        seconds=round(time.perf_counter() - began),
        note="Accuracies and agreement in %. Gradient: mean length over the batches.",
    )
    artifacts.save_run(
        NAME, {"answers": said.astype(np.uint8), "labels": pictures.labels, "gradients": lengths}, certificate
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with val/CLASS/ of Tiny ImageNet")
    runtime.use_threads()
    record(parser.parse_args().data)


if __name__ == "__main__":
    main()
