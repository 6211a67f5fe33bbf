"""What a handful of seeds can tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
Errors = Sequence[float | None] | np.ndarray  # of each seed; None or NaN where it has none


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
        return None if self.low is None or self.high is None else not self.low <= 0 <= self.high


def paired_difference(a: Errors, b: Errors) -> Difference | None:
    """Of two lanes' errors seed by seed. Seeds of which one lane has no number are left out; None if none is left."""
    differences = np.asarray(b, dtype=float) - np.asarray(a, dtype=float)  # NaN where there was None
    differences = differences[~np.isnan(differences)]
    if not differences.size:
        return None
    mean, pairs = float(differences.mean()), differences.size
    if pairs == 1:
        return Difference(mean, None, None, 1)
    from scipy.special import stdtrit  # and not scipy.stats: that would be half a second of the start

    error = float(differences.std(ddof=1)) / math.sqrt(pairs)
    reach = float(stdtrit(pairs - 1, (1 + CONFIDENCE) / 2)) * error
    return Difference(mean, mean - reach, mean + reach, pairs)
