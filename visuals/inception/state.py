"""Everything that can be set in tab 2, as plain values: what a link carries and what the controls show."""

from __future__ import annotations

from dataclasses import dataclass

from models import artifacts
from models.googlenet import INCEPTIONS
from models.insight import WEIGHTS
from models.surgery import PARTS
from visuals import links
from visuals.inception.examples import EXAMPLES
from visuals.links import choice, number, several

TAB = "wider"  # as links name it

COUNTS, COUNT = (100, 1000), 200  # held-out pictures that a live run of the surgery may take
FIRST = "the main head's first answer"
CLASSES = tuple(name.replace("_", " ") for name in artifacts.certificate(WEIGHTS).config["classes"])
LIVE = "trained, for this picture"
SOURCES = ("trained", "before training", "before training, small weights", LIVE)  # of the gradients
OPENS_ON = SOURCES[2]


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
    taken: str = choice(FIRST, (FIRST, *CLASSES), "class that the picture is taken for")
    evidence: str = choice(FIRST, (FIRST, *CLASSES), "class whose evidence is shown")
