"""The samplers side by side as an album."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from models.core.artifacts import Certificate
from models.noisier.reverse_chains import Row
from models.noisier.samplers import WAYS, Comparison
from visuals.components.album import Heading, album
from visuals.noisier import albums
from visuals.noisier.albums import AlbumView, Recorded, Wanted
from visuals.noisier.samplers import words
from visuals.noisier.samplers.words import Seconds
from visuals.page.files import Later


class Timed(NamedTuple):
    """An event, and the seconds that its row has taken so far."""

    row: Row
    seconds: float


class SamplersView(AlbumView):
    """The rows one after the other, with how long each took."""

    legend = words.MARKS

    def __init__(self, config: Comparison, run: int, classes: tuple[str, ...], machine: str):
        super().__init__(run, words.title(config, classes), tuple(steps for _, steps in words.SHOWN), classes, machine)
        self.config, self.seconds = config, Seconds()

    def add(self, event: Timed) -> None:
        super().add(event.row)
        if event.row.finished:
            self.seconds[event.row.row] = event.seconds

    def headings(self) -> tuple[Heading, ...]:
        return words.headings(self.config, self.events, self.seconds)

    def wanted(self, row: int) -> Wanted:
        return (self.config.label,) * self.config.count

    def sentence(self) -> str:
        return words.sentence(self.config, self.events, self.classes)

    def detail(self, seconds: float) -> str:
        return f"seed {self.config.seed}; {seconds:.0f} s"


def recorded(run: dict[str, np.ndarray], certificate: Certificate, network: str, classes: tuple[str, ...]) -> Recorded:
    """The recorded rows of a network."""
    config = Comparison(network, certificate.config["label"], certificate.seed, certificate.config["count"])
    ran = dict(zip(WAYS, albums.recorded_rows(run), strict=True))
    rows = [replace(ran[way], row=row) for row, way in enumerate(words.SHOWN)]
    wanted = (config.label,) * config.count
    cells = [cell for row in rows for cell in albums.row_cells(classes, row, wanted)]
    said = albums.recorded_with(certificate, f"seed {certificate.seed}")
    headings = words.headings(config, rows, {})
    shown = Later(lambda: album(1, words.title(config, classes), headings, cells, words.MARKS))
    answer = albums.looked(words.sentence(config, rows, classes))
    return Recorded(shown, said, words.table(certificate, classes), answer)
