"""When is it decided, as albums and charts."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import numpy as np

from models.core.artifacts import Certificate
from models.noisier import judge
from models.noisier.decided import CONTINUATIONS, Frozen, Split
from models.noisier.denoise import TRAINED_ON
from models.noisier.reverse_chains import Reading, Row
from visuals.components.album import Cell, Heading, album
from visuals.components.chart import Axis, Series, chart
from visuals.noisier import albums
from visuals.noisier.albums import AlbumView, Recorded, Rows, Wanted
from visuals.noisier.decided import words
from visuals.noisier.settings import NETWORKS
from visuals.page import style
from visuals.page.files import Later

TIME = Axis("frozen at t", 0, 1000)
SHARE = Axis("class kept, %", 0, 100, "%", 1)

Names = tuple[str, ...]  # of the ten classes


class SplitView(AlbumView):
    """One chain and its continuations."""

    def __init__(self, config: Split, run: int, classes: Names, machine: str):
        super().__init__(run, words.split_label(config), (config.steps, *left(config)), classes, machine)
        self.config = config

    def headings(self) -> tuple[Heading, ...]:
        return words.split_headings(self.config, self.events)

    def wanted(self, row: int) -> Wanted:
        return words.wanted(row, self.events)

    def sentence(self) -> str:
        return words.split_sentence(self.config, self.events, self.classes)

    def detail(self, seconds: float) -> str:
        return f"{self.config.steps} steps, seed {self.config.seed}; {seconds:.0f} s"


class BackView(AlbumView):
    """A picture, and below it its ways back; `seen` is what the picture is read as."""

    def __init__(self, config: Split, picture: np.ndarray, seen: Reading, run: int, classes: Names, machine: str):
        super().__init__(run, words.back_label(config), (1, *left(config)), classes, machine)
        self.config, self.picture, self.seen = config, picture, seen
        super().add(original(picture, seen))

    def add(self, event: Row | Frozen) -> None:
        """The event one row further down: the picture has a row of its own."""
        super().add(type(event)(**{**vars(event), "row": event.row + 1}))

    def headings(self) -> tuple[Heading, ...]:
        return words.back_headings(self.config, self.events, self.picture, self.seen, self.classes)

    def wanted(self, row: int) -> Wanted:
        return (self.seen[0],) * (CONTINUATIONS if row else 1)

    def sentence(self) -> str:
        return words.back_sentence(self.config, self.events, self.picture, self.seen, self.classes)

    def detail(self, seconds: float) -> str:
        return f"{self.config.steps} steps for the whole way back, seed {self.config.seed}; {seconds:.1f} s"


def left(config: Split) -> tuple[int, ...]:
    """The steps that are left from each time."""
    return tuple(t * config.steps // 1000 for t in config.times)


def original(picture: np.ndarray, seen: Reading) -> Row:
    """The row of the picture itself."""
    return Row(0, 1, 1, picture[None], (seen,))


# --- recorded ---


def recorded_split(run: dict[str, np.ndarray], certificate: Certificate, network: str, classes: Names) -> Recorded:
    """The recorded chain of a network."""
    config = split_of(certificate, network)
    rows = albums.recorded_rows(run, "chain_") + albums.recorded_rows(run, first=1)
    events: Rows = [*frozen(config.times, run["xt"]), *rows]
    cells = [albums.lead(event) for event in events if isinstance(event, Frozen)]
    cells += [cell for row in rows for cell in albums.row_cells(classes, row, words.wanted(row.row, events))]
    said = style.told(words.split_sentence(config, events, classes), announce=False)
    said += albums.recorded_with(certificate, f"seed {certificate.seed}, {config.steps} steps")
    headings = words.split_headings(config, events)
    return Recorded(Later(lambda: album(1, words.split_label(config), headings, cells, albums.LEGEND)), said)


def recorded_back(run: dict[str, np.ndarray], certificate: Certificate, network: str) -> Recorded:
    """The recorded ways back for a sample of the network, which the classifier reads when they are first looked at."""
    made = Later(lambda: back(run, certificate, network, judge.recognise(network, run["picture"])))
    return Recorded(made.then(itemgetter(0)), made.then(itemgetter(1)))


def back(
    run: dict[str, np.ndarray], certificate: Certificate, network: str, seen: Reading
) -> tuple[dict[str, Any], str]:
    """The album of these ways back and what is said of them, where the picture is read as `seen`."""
    config, picture, classes = split_of(certificate, network), run["picture"], judge.classes(network)
    own, leads = original(picture, seen), frozen(config.times, run["back_xt"])
    rows = albums.recorded_rows(run, "back_", first=1)
    events: Rows = [own, *leads, *rows]
    cells: list[Cell] = [*map(albums.lead, leads), *albums.row_cells(classes, own, (seen[0],))]
    cells += [cell for row in rows for cell in albums.row_cells(classes, row, (seen[0],) * CONTINUATIONS)]
    said = style.told(words.back_sentence(config, events, picture, seen, classes), announce=False)
    said += albums.recorded_with(certificate, f"four times, {config.steps} steps, seed {certificate.seed}")
    headings = words.back_headings(config, events, picture, seen, classes)
    return album(1, words.back_label(config), headings, cells, albums.LEGEND), said


def split_of(certificate: Certificate, network: str) -> Split:
    """What was recorded."""
    return Split(network, certificate.seed, certificate.config["steps"], tuple(certificate.config["times"]))


def frozen(times: tuple[int, ...], xt: np.ndarray) -> list[Frozen]:
    """The x_t (time, 32, 32, C) of a recorded run as its events, in the rows from 1 on."""
    signal = TRAINED_ON.alpha_bar.sqrt().tolist()
    return [Frozen(1 + k, t, signal[t], xt[k]) for k, t in enumerate(times)]


def curve(certificates: dict[str, Certificate]) -> dict[str, Any]:
    """Share of continuations that keep the class, by the time of freezing, for both networks."""
    series = (
        Series("mnist", NETWORKS["mnist"], "var(--role-signal)", marker="circle"),
        Series("cifar10", NETWORKS["cifar10"], "var(--body-text-color)", dash=True, marker="square"),
    )
    points = {
        name: sorted((int(t), m["class_kept"]) for t, m in certificate.metrics.items())
        for name, certificate in certificates.items()
    }
    words = "Share of continuations that end as the same class as their chain, by the time t at which it was frozen."
    count = " and ".join(str(certificate.config["chains"]) for certificate in certificates.values())
    note = f"{count} chains, {CONTINUATIONS} continuations at every 50th t. Chance: about 10 %."
    return chart(1, words, TIME, SHARE, series, points, note, start=certificates["mnist"].config["times"][-1])
