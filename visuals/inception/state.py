"""Everything that can be set in tab 2, as plain values: what a link carries and what the controls show."""

from __future__ import annotations

from dataclasses import dataclass

from models import imagenet, insight
from models.googlenet import INCEPTIONS
from models.surgery import PARTS
from visuals import links
from visuals.inception.examples import EXAMPLES
from visuals.links import choice, number, several

TAB = "wider"  # as links name it

COUNTS, COUNT = (100, 1000), 200  # held-out pictures that a live run of the surgery may take
FIRST = "the main head's first answer"
LIVE = "trained, for this picture"
SOURCES = ("trained", "before training", "before training, small weights", LIVE)  # of the gradients
OPENS_ON = SOURCES[2]

LIMITS = {  # of the sliders that make up a module: lowest, highest, step
    "c_in": (16, 1024, 16),
    "side": (7, 56, 7),
    "n1x1": (8, 512, 8),
    "n3x3_reduce": (8, 256, 8),
    "n3x3": (8, 512, 8),
    "n5x5_reduce": (8, 128, 8),
    "n5x5": (8, 256, 8),
    "n_pool": (8, 256, 8),
}
MOST_MODULES = 20  # in a row


class Classes:
    """What can be chosen as a class: those of both networks. They are read only once a link names one."""

    def __contains__(self, name: str) -> bool:
        return name == FIRST or name in insight.known().classes or name in imagenet.classes()


@dataclass(frozen=True)
class State(links.State):
    """The controls of the sections, by the names that links give them."""

    picture: str = choice("lion", tuple(EXAMPLES), "picture")
    module: str = choice("3a", tuple(row.name for row in INCEPTIONS), "module")

    # surgery
    off: tuple[str, ...] = several(("nothing",), ("nothing", *map(str, PARTS)), len(PARTS), "parts switched off")
    pictures: int = number(COUNT, *COUNTS, "held-out pictures")
    # heads and averages
    weights: str = choice(OPENS_ON, SOURCES, "weights whose gradients are shown")
    taken: str = choice(FIRST, Classes(), "class that the picture is taken for")
    evidence: str = choice(FIRST, Classes(), "class whose evidence is shown")
    # the cost of a module
    c_in: int = number(192, *LIMITS["c_in"][:2], "input channels")
    side: int = number(28, *LIMITS["side"][:2], "side of the maps")
    n1x1: int = number(64, *LIMITS["n1x1"][:2], "width of the 1×1 branch")
    n3x3_reduce: int = number(96, *LIMITS["n3x3_reduce"][:2], "3×3 reduction")
    n3x3: int = number(128, *LIMITS["n3x3"][:2], "width of the 3×3 branch")
    n5x5_reduce: int = number(16, *LIMITS["n5x5_reduce"][:2], "5×5 reduction")
    n5x5: int = number(32, *LIMITS["n5x5"][:2], "width of the 5×5 branch")
    n_pool: int = number(32, *LIMITS["n_pool"][:2], "width of the pool branch")
    stack: int = number(9, 1, MOST_MODULES, "modules in a row")
    # against the others, and which network looks at the picture
    error: str = choice("top-5", ("top-5", "top-1"), "error of the chart")
    network: str = choice("tiny", ("tiny", "imagenet"), "network")
