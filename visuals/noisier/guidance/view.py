"""The strip of guidance scales as an album."""

from __future__ import annotations

import numpy as np

from models.core.artifacts import Certificate
from models.noisier.guidance import SCALES, Strip
from visuals.components.album import Heading, album
from visuals.noisier import albums
from visuals.noisier.albums import AlbumView, Recorded, Wanted
from visuals.noisier.guidance import words
from visuals.page.files import Later


class GuidanceView(AlbumView):
    """The strip, scale by scale."""

    legend = words.MARKS

    def __init__(self, config: Strip, run: int, classes: tuple[str, ...], machine: str):
        super().__init__(run, words.title(config, classes), (config.steps,) * len(SCALES), classes, machine)
        self.config = config

    def headings(self) -> tuple[Heading, ...]:
        return words.headings(self.config, self.events)

    def wanted(self, row: int) -> Wanted:
        return (self.config.label,) * self.config.count

    def sentence(self) -> str:
        return words.sentence(self.config, self.events, self.classes)

    def detail(self, seconds: float) -> str:
        return f"{self.config.steps} DDIM steps, seed {self.config.seed}; {seconds:.0f} s"


def recorded(run: dict[str, np.ndarray], certificate: Certificate, network: str, classes: tuple[str, ...]) -> Recorded:
    """The recorded strip of a network."""
    config = Strip(network, certificate.config["label"], certificate.config["steps"], certificate.seed)
    rows = albums.recorded_rows(run)
    wanted = (config.label,) * config.count
    cells = [cell for row in rows for cell in albums.row_cells(classes, row, wanted)]
    said = albums.recorded_with(certificate, f"seed {certificate.seed}, {config.steps} DDIM steps")
    headings = words.headings(config, rows)
    shown = Later(lambda: album(1, words.title(config, classes), headings, cells, words.MARKS))
    answer = albums.looked(f"{words.sentence(config, rows, classes)} {words.of_all(certificate)}")
    return Recorded(shown, said, words.table(certificate), answer)
