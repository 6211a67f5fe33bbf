"""What a handful of seeds can tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Difference:
    """Mean of paired differences b - a with its 95 % interval (Student's t); no interval from a single pair."""

    mean: float
    low: float | None
    high: float | None
    pairs: int

    @property
    def real(self) -> bool | None:
        """Whether the interval leaves out zero; None where there is no interval."""
        return None if self.low is None else not self.low <= 0 <= self.high


def paired_difference(a: tuple[float | None, ...], b: tuple[float | None, ...]) -> Difference | None:
    """Of two lanes' errors seed by seed. Seeds of which one lane has no number are left out; None if none is left."""
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    if not pairs:
        return None
    differences = np.diff(np.array(pairs, dtype=float), axis=1)[:, 0]
    n, mean = len(differences), float(differences.mean())
    if n == 1:
        return Difference(mean, None, None, 1)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * differences.std(ddof=1) / n**0.5)
    return Difference(mean, mean - half, mean + half, n)
