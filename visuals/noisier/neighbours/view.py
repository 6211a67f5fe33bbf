"""Generated pictures and test pictures above their neighbours, as an album."""

from __future__ import annotations

import numpy as np

from models.core.artifacts import Certificate
from models.noisier.neighbours import SPACES
from visuals.components.album import Cell, album
from visuals.noisier.albums import Recorded
from visuals.noisier.neighbours import words
from visuals.page import style
from visuals.page.files import Later
from visuals.page.words import number

COLUMNS, FIRST = 8, 4  # pictures of a row, and of those the ones that nothing chose


def recorded(run: dict[str, np.ndarray], certificate: Certificate, classes: tuple[str, ...]) -> Recorded:
    """The recorded neighbours of a network's samples."""
    network = certificate.config["network"]
    cells = [*of_samples(run, classes), *of_test(run, classes)]
    shown = Later(lambda: album(1, words.title(network), words.headings(COLUMNS), cells))
    told = words.sentence(certificate) + words.alike(run, certificate, classes)
    said = style.told(told, announce=False) + style.recorded(certificate)
    return Recorded(shown, said, words.table(run, certificate, classes))


def places(run: dict[str, np.ndarray]) -> np.ndarray:
    """Which of the kept samples are shown (COLUMNS,): the first ones, then the nearest in either space, none twice."""
    numbers, kept = np.unique(run["shown"], return_index=True)
    ranks = [run[f"{space}_distance"][numbers].argsort().argsort() for space in SPACES]
    nearest = kept[np.minimum(*ranks).argsort(kind="stable")]
    return np.array([*range(FIRST), *nearest[nearest >= FIRST][: COLUMNS - FIRST]])


def of_samples(run: dict[str, np.ndarray], classes: tuple[str, ...]) -> list[Cell]:
    """Rows 0 to 2: generated pictures, and below each its neighbours."""
    chosen = places(run)
    numbers = run["shown"][chosen]
    cells = []
    for column, (place, label) in enumerate(zip(chosen, run["asked"][numbers], strict=True)):
        says = f"Generated picture of the class {classes[label]}"
        cells.append(Cell(0, column, run["pictures"][place], classes[label], says))
    for row, space in enumerate(SPACES, 1):
        near = run[f"{space}_pictures"][chosen], run[f"{space}_label"][numbers], run[f"{space}_distance"][numbers]
        cells += neighbours(row, space, near, classes)
    return cells


def of_test(run: dict[str, np.ndarray], classes: tuple[str, ...]) -> list[Cell]:
    """Rows 3 to 5: a test picture of each class in turn, and below each its neighbours."""
    numbers = run["test_shown"][:COLUMNS]
    cells = []
    for label in range(COLUMNS):
        says = f"Test picture of the class {classes[label]}"
        cells.append(Cell(3, label, run["test_pictures"][label], classes[label], says))
    for row, space in enumerate(SPACES, 4):
        pictures, labels = run[f"test_{space}_pictures"][:COLUMNS], run[f"test_{space}_label"][:COLUMNS]
        cells += neighbours(row, space, (pictures, labels, run[f"test_{space}_distance"][numbers]), classes)
    return cells


def neighbours(
    row: int, space: str, near: tuple[np.ndarray, np.ndarray, np.ndarray], classes: tuple[str, ...]
) -> list[Cell]:
    """A row of neighbours: their pictures (N, 32, 32, C), classes (N,) and distances (N,)."""
    return [
        Cell(row, column, picture, number(distance), words.neighbour(space, classes[label], distance))
        for column, (picture, label, distance) in enumerate(zip(*near, strict=True))
    ]
