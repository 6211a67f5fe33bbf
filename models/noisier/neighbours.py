"""Does the sampler copy what it was trained on? The nearest pictures of a set, as in Ho et al. 2020, Figs. 12 and 15.

Nearest pixel by pixel, and nearest in the features of the classifier that was trained on the same data, where the
paper has Inception's. Both distances are root mean squares: over the values of a picture, in grey levels of 0 to 255,
and over the features. The search is exact: it compares with every picture, and where training mirrored pictures
(appendix B), with every mirrored one, too. Pure generators of plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from models.core import data, runtime
from models.noisier import judge

SPACES = ("pixels", "features")
MIRRORED = {"mnist": False, "cifar10": True}  # a mirrored digit is no digit
PART = 500  # pictures of the album that are looked at together
Best = tuple[Tensor, Tensor]  # mean squared distances and numbers, both (Q, count), nearest first


@dataclass(frozen=True)
class Nearest:
    """The nearest pictures of an album to each of Q pictures, nearest first; all (Q, count)."""

    index: np.ndarray  # in the album
    mirrored: np.ndarray  # whether its mirror image is meant
    distance: np.ndarray


@dataclass(frozen=True)
class Search:
    """What is nearest among the album's first `done` of `of` pictures."""

    done: int
    of: int
    pixels: Nearest
    features: Nearest


@dataclass(frozen=True)
class Row:
    """Neighbours of one picture, nearest first."""

    pictures: np.ndarray  # (count, 32, 32, C) uint8
    labels: np.ndarray  # (count,)
    distance: np.ndarray  # (count,)


@dataclass(frozen=True)
class Beside:
    """One picture's neighbours among the first `done` of `of` training pictures."""

    done: int
    of: int
    pixels: Row
    features: Row


class Album:
    """Pictures (N, C, 32, 32) uint8 with labels (N,) to search for neighbours; their features are computed once."""

    def __init__(self, network: str, pictures: Tensor, labels: Tensor):
        self.network, self.pictures, self.labels = network, pictures, labels
        self._features: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return len(self.pictures)

    def part(self, first: int) -> tuple[Tensor, dict[str, Tensor]]:
        """PART pictures from number `first` on: their numbers, and what they are in each of SPACES.

        Mirrored ones follow, numbered from N on.
        """
        pictures, numbers = self.pictures[first : first + PART], torch.arange(len(self))[first : first + PART]
        if MIRRORED[self.network]:
            pictures, numbers = torch.cat((pictures, pictures.flip(-1))), torch.cat((numbers, numbers + len(self)))
        if first not in self._features:
            self._features[first] = features(self.network, pictures)
        return numbers, {"pixels": pictures.flatten(1), "features": self._features[first]}

    def nearest(self, best: Best) -> Nearest:
        """What the numbers and mean squares of a search stand for."""
        squares, numbers = (values.numpy() for values in best)
        return Nearest(numbers % len(self), numbers >= len(self), np.sqrt(squares))

    def shown(self, nearest: Nearest) -> np.ndarray:
        """The neighbours as pictures (Q, count, 32, 32, C) uint8, mirrored where their mirror image is meant."""
        pictures = self.pictures[torch.from_numpy(nearest.index)].permute(0, 1, 3, 4, 2).numpy()
        mirrored = nearest.mirrored[..., None, None, None]
        return np.ascontiguousarray(np.where(mirrored, pictures[..., ::-1, :], pictures))


@runtime.quick
@torch.no_grad()
def features(network: str, pictures: Tensor) -> Tensor:
    """Pictures (N, C, 32, 32) uint8 as the classifier sees them before its last layer: (N, D) float32, on the CPU."""
    classifier = judge.judge(network)
    where = classifier.linear.weight.device
    return torch.cat([classifier.features(part.to(where) / 127.5 - 1).cpu() for part in pictures.split(100)])


def mean_squares(queries: Tensor, among: Tensor) -> Tensor:
    """Mean squared difference of each of (Q, D) to each of (N, D): (Q, N) float64.

    By |a|² - 2ab + |b|². Float64 holds these sums of whole grey levels without rounding.
    """
    a, b = queries.double(), among.double()
    squares = torch.addmm(b.square().sum(1), a, b.T, alpha=-2).add_(a.square().sum(1, keepdim=True))
    return squares.clamp_min_(0).div_(a.shape[1])


def search(pictures: Tensor, album: Album, count: int = 1) -> Iterator[Search]:
    """The `count` nearest of the album to each of the pictures (Q, C, 32, 32) uint8; an event for each part of it."""
    queries = {"pixels": pictures.flatten(1), "features": features(album.network, pictures)}
    none = torch.empty(len(pictures), 0, dtype=torch.float64), torch.empty(len(pictures), 0, dtype=torch.int64)
    best = dict.fromkeys(SPACES, none)
    for first in range(0, len(album), PART):
        numbers, part = album.part(first)
        for space in SPACES:
            squares = mean_squares(queries[space], part[space])
            best[space] = _better(best[space], squares, numbers, count)
        found = {space: album.nearest(best[space]) for space in SPACES}
        yield Search(min(first + PART, len(album)), len(album), **found)


def _better(best: Best, squares: Tensor, numbers: Tensor, count: int) -> Best:
    """The nearest so far and the nearest of a part, (Q, N) away, together."""
    near, which = squares.topk(min(count, squares.shape[1]), largest=False)
    both = torch.cat((best[0], near), 1), torch.cat((best[1], numbers[which]), 1)
    near, which = both[0].topk(min(count, both[0].shape[1]), largest=False)
    return near, both[1].gather(1, which)


@cache
def training_pictures(network: str) -> Album:
    """What the network was trained on. Raises data.DataError where it is not on this machine."""
    images = data.mnist(data.mnist_folder()) if network == "mnist" else data.cifar10(data.cifar10_folder())
    return Album(network, images.train_x, images.train_y)


def beside(network: str, picture: np.ndarray, count: int = 5) -> Iterator[Beside]:
    """The training pictures nearest to a picture (32, 32, C) uint8, as far as the search has come."""
    album = training_pictures(network)
    query = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None]
    if query.shape[1:] != album.pictures.shape[1:] or query.dtype != torch.uint8:
        raise ValueError(f"The picture must be 32 x 32 with {album.pictures.shape[1]} channels of 0 to 255.")
    for so_far in search(query, album, count):
        yield Beside(so_far.done, so_far.of, *(_row(album, getattr(so_far, space)) for space in SPACES))


def _row(album: Album, nearest: Nearest) -> Row:
    return Row(album.shown(nearest)[0], album.labels[torch.from_numpy(nearest.index[0])].numpy(), nearest.distance[0])
