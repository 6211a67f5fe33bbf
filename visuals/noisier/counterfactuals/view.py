"""The sampler and its counterfactuals as an album."""

from __future__ import annotations

import numpy as np

from models.core.artifacts import Certificate
from models.noisier.counterfactuals import Comparison
from visuals.components.album import Heading, album
from visuals.noisier import albums
from visuals.noisier.albums import AlbumView, Recorded, Wanted
from visuals.noisier.counterfactuals import words
from visuals.page.files import Later


class CounterfactualsView(AlbumView):
    """The right way and what was chosen to change; `picture` is the one that the oracle knows."""

    def __init__(self, config: Comparison, picture: np.ndarray, run: int, classes: tuple[str, ...], machine: str):
        label = f"{words.title(config.network)}, seed {config.seed}"
        super().__init__(run, label, (config.steps,) * len(config.ways), classes, machine)
        self.config, self.picture = config, picture

    def headings(self) -> tuple[Heading, ...]:
        return words.headings(self.config, self.events, self.picture)

    def wanted(self, row: int) -> Wanted:
        return words.wanted(self.config, self.config.ways[row])

    def sentence(self) -> str:
        return words.lesson(self.config, self.events)

    def detail(self, seconds: float) -> str:
        return f"{self.config.steps:,} steps, seed {self.config.seed}; {seconds:.0f} s"


def recorded(run: dict[str, np.ndarray], certificate: Certificate, network: str, classes: tuple[str, ...]) -> Recorded:
    """The recorded rows of a network."""
    config = Comparison(network, tuple(certificate.config["asked"]), certificate.config["steps"], certificate.seed)
    rows = albums.recorded_rows(run)
    cells = [
        cell for row in rows for cell in albums.row_cells(classes, row, words.wanted(config, config.ways[row.row]))
    ]
    said = albums.recorded_with(certificate, f"seed {certificate.seed}, {config.steps} steps")
    headings = words.headings(config, rows, run["picture"])
    shown = Later(lambda: album(1, words.title(network), headings, cells, words.MARKS))
    return Recorded(shown, said, words.table(certificate), albums.looked(words.lesson(config, rows)))
