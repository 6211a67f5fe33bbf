"""How long a run will take, said before it is started."""

from __future__ import annotations

from models.core.artifacts import Certificate
from visuals.page.words import duration


class Pace:
    """How long runs of a kind take: as the last one here, else as the recorded one, or slower, as others here were."""

    slower = 1.0  # how many times as long as where it was recorded the last run here took, of any kind

    def __init__(self, recorded: Certificate, work: float):
        self._recorded, self._hardware, self._here = recorded.seconds / work, recorded.hardware, 0.0

    def note(self, work: float, seconds: float) -> None:
        """A run has ended, so many seconds after it began. A short one tells too little of a machine."""
        self._here = seconds / work
        if self._recorded * work >= 10:
            Pace.slower = max(1.0, self._here / self._recorded)

    def expected(self, work: float) -> str:
        """About how long, in words."""
        if self._here:
            return f"Takes about {duration(self._here * work)} on this machine, by the last run."
        where = f"where it was recorded ({self._hardware})" if Pace.slower == 1 else "here, going by another run"
        return f"Takes about {duration(self._recorded * Pace.slower * work)} {where}."
