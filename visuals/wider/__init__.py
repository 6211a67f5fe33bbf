"""Tab 2, Wider: GoogLeNet's parallel branches, on a picture of the visitor's choice."""

from visuals.page.lesson import Lesson
from visuals.wider.branches.section import SECTION as BRANCHES
from visuals.wider.comparison.section import SECTION as COMPARISON
from visuals.wider.cost.section import SECTION as COST
from visuals.wider.evidence.section import SECTION as EVIDENCE
from visuals.wider.exercises.section import SECTION as EXERCISES
from visuals.wider.heads.section import SECTION as HEADS
from visuals.wider.see.section import SECTION as SEE
from visuals.wider.settings import TAB, WiderSettings
from visuals.wider.shared import share
from visuals.wider.surgery.section import SECTION as SURGERY

SECTIONS = (SEE, BRANCHES, SURGERY, HEADS, EVIDENCE, COST, COMPARISON, EXERCISES)
LESSON = Lesson(TAB, "2 Wider", SECTIONS, share, WiderSettings)
