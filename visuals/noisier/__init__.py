"""Tab 3, Noisier: a fixed process turns an image into noise, a learned one turns noise into an image."""

from __future__ import annotations

from visuals.noisier.counterfactuals.section import SECTION as COUNTERFACTUALS
from visuals.noisier.decided.section import SECTION as DECIDED
from visuals.noisier.exercises.section import SECTION as EXERCISES
from visuals.noisier.guidance.section import SECTION as GUIDANCE
from visuals.noisier.journey.section import SECTION as JOURNEY
from visuals.noisier.neighbours.section import SECTION as NEIGHBOURS
from visuals.noisier.numbers.section import SECTION as NUMBERS
from visuals.noisier.plane.section import SECTION as PLANE
from visuals.noisier.samplers.section import SECTION as SAMPLERS
from visuals.noisier.settings import TAB, SharedSettings
from visuals.noisier.shared import share
from visuals.page.lesson import Lesson

SECTIONS = (JOURNEY, PLANE, SAMPLERS, DECIDED, COUNTERFACTUALS, GUIDANCE, NEIGHBOURS, NUMBERS, EXERCISES)
LESSON = Lesson(TAB, "3 Noisier", SECTIONS, share, SharedSettings)
