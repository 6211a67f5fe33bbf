"""Try this, in tab 2: four exercises that set the controls, with answers out of the recorded runs."""

from __future__ import annotations

from models import artifacts
from models.cost import module_costs
from models.insight import WEIGHTS
from visuals.inception import cost, question
from visuals.inception.layout import exercises
from visuals.inception.state import TAB, State

LAST = {"module": "5b"} | dict(zip(cost.NAMES, cost.numbers(module_costs()["5b"]), strict=True))
EXERCISES = {
    "lean": State(False, module="3a", off=("3a-1x1",)),
    "late": State(False, **LAST, off=("5b-1x1",)),
    "help": State(False, weights="before training, small weights"),
    "price": State(False, **LAST),
}


def build() -> None:
    """Put the section into the open gradio context. Raises ArtifactError where a recorded run is missing."""
    surgery, heads = artifacts.certificate("surgery").metrics, artifacts.certificate("heads").metrics
    whole, without = surgery["main_top1"], surgery["main_top1_without"]
    small, kaiming = (heads["gradient_at_3a_all_over_main"][start] for start in ("small", "kaiming"))
    times = {name: module.naive_weights / module.weights for name, module in module_costs().items()}
    most = max(times, key=times.get)
    exercises(
        TAB,
        EXERCISES,
        WHOLE=f"{whole:.1f} %",
        EARLY=f"{whole - without['3a']['1x1']:.1f}",
        LATE=f"{whole - without['5b']['1x1']:.1f}",
        FIVE=f"{question.lost()['5x5']:.1f}",
        SMALL=f"{small:,.0f}",
        KAIMING=f"{kaiming:.2f}",
        AUX=f"{artifacts.certificate(WEIGHTS).metrics['aux_4a_top1']:.1f} %",
        MOST=f"module {most}",
        TIMES=f"{times[most]:.1f}",
        FIRST=f"{times['3a']:.1f}",
    )
