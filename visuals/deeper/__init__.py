"""Tab 1, Deeper: why a deeper plain network trains worse, and what one addition changes."""

from __future__ import annotations

from visuals.deeper.block.section import SECTION as BLOCK
from visuals.deeper.cifar10.section import SECTION as CIFAR10
from visuals.deeper.construction.section import SECTION as CONSTRUCTION
from visuals.deeper.depth.section import SECTION as DEPTH
from visuals.deeper.exercises.section import SECTION as EXERCISES
from visuals.deeper.landscape.section import SECTION as LANDSCAPE
from visuals.deeper.mathematics.section import SECTION as MATHEMATICS
from visuals.deeper.race.section import SECTION as RACE
from visuals.deeper.shared import share
from visuals.deeper.signal.section import SECTION as SIGNAL
from visuals.page.lesson import Lesson

SECTIONS = (RACE, DEPTH, SIGNAL, CONSTRUCTION, BLOCK, LANDSCAPE, CIFAR10, MATHEMATICS, EXERCISES)
LESSON = Lesson("deeper", "1 Deeper", SECTIONS, share)
