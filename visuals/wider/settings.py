"""What can be set in the sections of tab 2: links, controls and experiments take it from here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from models.wider import activations, imagenet
from models.wider.googlenet import INCEPTIONS
from models.wider.surgery import PARTS
from visuals.page.settings import Settings, choice, number, several
from visuals.wider.examples import EXAMPLES
from visuals.wider.words import part_of

TAB = "wider"  # as links name it
NETWORKS = {"tiny": "our network, 52 classes", imagenet.NAME: "torchvision's, 1,000 classes"}

OFF = {"nothing": "nothing"} | {str(part): part_of(part) for part in PARTS}
FIRST = "the main head's first answer"
LIVE = "trained, for this picture"
SOURCES = {  # of the gradients
    "trained": "trained",
    "before training": "Kaiming's weights",
    "before training, small weights": "small random weights",
    LIVE: "trained, this picture",
}
SMALL = "before training, small weights"

MOST_MODULES = 20  # in a row


class Classes(Collection[str]):
    """What can be chosen as a class: those of both networks. They are read only once a link names one."""

    def __contains__(self, name: object) -> bool:
        return name == FIRST or name in activations.classes() or name in imagenet.classes()

    def __iter__(self) -> Iterator[str]:
        return iter((FIRST, *activations.classes(), *imagenet.classes()))

    def __len__(self) -> int:
        return len(tuple(self))


@dataclass(frozen=True)
class WiderSettings(Settings):
    """What all sections share."""

    picture: str = choice("lion", tuple(EXAMPLES), "picture")
    module: str = choice("3a", tuple(row.name for row in INCEPTIONS), "module")
    network: str = choice("tiny", NETWORKS, "Network that looks at the picture")


@dataclass(frozen=True)
class SurgerySettings(Settings):
    off: tuple[str, ...] = several(("nothing",), OFF, len(PARTS), "switched off")
    pictures: int = number(200, 100, 1000, "Held-out pictures", step=20)


@dataclass(frozen=True)
class HeadsSettings(Settings):
    weights: str = choice(SMALL, SOURCES, "Weights")
    taken: str = choice(FIRST, Classes(), "Class that this picture is taken for")


@dataclass(frozen=True)
class EvidenceSettings(Settings):
    evidence: str = choice(FIRST, Classes(), "Class")


@dataclass(frozen=True)
class CostSettings(Settings):
    """Of a module, in the order of its component: 3a's by default; and how many of them stand in a row."""

    c_in: int = number(192, 16, 1024, "Input channels", step=16)
    side: int = number(28, 7, 56, "Side of the maps", step=7)
    n1x1: int = number(64, 8, 512, "1×1", step=8)
    n3x3_reduce: int = number(96, 8, 256, "1×1 reduction of 3×3", step=8)
    n3x3: int = number(128, 8, 512, "3×3", step=8)
    n5x5_reduce: int = number(16, 8, 128, "1×1 reduction of 5×5", step=8)
    n5x5: int = number(32, 8, 256, "5×5", step=8)
    n_pool: int = number(32, 8, 256, "pool", step=8)
    stack: int = number(9, 1, MOST_MODULES, "Modules in a row", step=1)


@dataclass(frozen=True)
class ComparisonSettings(Settings):
    error: str = choice("top-5", ("top-5", "top-1"), "Error")
