"""Try this, in tab 3: four exercises that set the controls, with answers out of the recorded runs."""

from __future__ import annotations

from models import artifacts
from visuals.diffusion.layout import exercises
from visuals.diffusion.state import TAB, State

EXERCISES = {
    "steps": State(False, sampler="ddim", steps=5),
    "guidance": State(False, network="cifar10", start=0, label="7", samples="16", guidance=8.0),
    "cut": State(False, wrong_way="cut"),
    "back": State(False, noised_t=300),
}


def build() -> None:
    """Put the section into the open gradio context. Raises ArtifactError where a recorded run is missing."""
    side, wrong, guided, split = (
        artifacts.certificate(name).metrics
        for name in ("side-by-side-mnist", "counterfactuals-mnist", "guidance-cifar10", "decided-mnist")
    )
    exercises(
        TAB,
        EXERCISES,
        DDIM_FEW=f"{side['ddim 5']['distance_to_goal']:.1f}",
        SOLVER_FEW=f"{side['dpm++ 5']['distance_to_goal']:.1f}",
        DDIM_MANY=f"{side['ddim 50']['distance_to_goal']:.1f}",
        SOLVER_MANY=f"{side['dpm++ 50']['distance_to_goal']:.1f}",
        PLAIN_READ=f"{guided['1']['read_as_asked']:.0f} %",
        GUIDED_READ=f"{guided['8']['read_as_asked']:.0f} %",
        PLAIN_VARIETY=f"{guided['1']['relative_variety']:.2f}",
        GUIDED_VARIETY=f"{guided['8']['relative_variety']:.2f}",
        CUT_READ=f"{wrong['cut']['read_as_asked']:.0f} %",
        RIGHT_READ=f"{wrong['right']['read_as_asked']:.0f} %",
        CUT_LEFT=f"{wrong['cut']['alpha_bar']:.2f}",
        KEPT_EARLY=f"{split['300']['class_kept']:.0f} %",
        KEPT_LATE=f"{split['700']['class_kept']:.0f} %",
    )
