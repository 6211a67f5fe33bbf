"""What the exercises ask and tell to do, and the numbers in their answers."""

from __future__ import annotations

from models.core.artifacts import Certificate
from visuals.components.chart import Axis
from visuals.components.exercise import Asked

WORDS = {
    "steps": Asked(
        "How few steps will do?",
        "Run it. Then do the same with DPM-Solver++, and with DDPM.",
        "Set DDIM with five steps",
    ),
    "guidance": Asked(
        "Does more guidance make better pictures?",
        "Run it. Then do the same at guidance 1, which is none.",
        "Set four horses at guidance 8",
    ),
    "cut": Asked(
        "Why not just cut the schedule short?",
        "Compare with the right way, which takes as few steps but spans the whole schedule.",
        "Set the schedule cut short",
    ),
    "back": Asked(
        "How much of a picture survives?",
        "Run it at t = 300 and note what comes back. Then run it at 700.",
        "Set noise up to t = 300, then back",
    ),
}
READ = Axis("read as what was asked for", 0, 100, "%")
# To sketch on what one expects.
AXES = {
    "steps": (Axis("steps", 1, 50), Axis("distance from the end, grey levels", 0, 100)),
    "guidance": (Axis("guidance", 0, 8), READ),
    "cut": (Axis("the schedule", 0.5, 2.5, names=("respaced", "cut short")), READ),
    "back": (Axis("noise up to t", 0, 1000), Axis("read as the picture is", 0, 100, "%")),
}


def numbers(certificates: dict[str, Certificate], back: list[int]) -> dict[str, str]:
    """The values of the answers' places, by name.

    `back` is how many of the recorded ways back from a picture are read as the picture is, by the time it is noised to.
    """
    samplers, wrong, guided, split = (certificates[n] for n in ("samplers", "counterfactuals", "guidance", "decided"))
    side, off, scale, kept = samplers.metrics, wrong.metrics, guided.metrics, split.metrics
    times = sorted(zip(split.config["times"], back, strict=True))
    (little, read_little), *_, (much, read_much) = times
    return {
        "NEAR": str(samplers.config["near"]),
        "NEAR_DIGIT": str(samplers.config["label"]),
        "DDIM_FEW": f"{side['ddim 5']['distance_to_goal']:.1f}",
        "SOLVER_FEW": f"{side['dpm++ 5']['distance_to_goal']:.1f}",
        "DDIM_MANY": f"{side['ddim 50']['distance_to_goal']:.1f}",
        "SOLVER_MANY": f"{side['dpm++ 50']['distance_to_goal']:.1f}",
        "PLAIN_READ": f"{scale['1']['read_as_asked']:.0f} %",
        "GUIDED_READ": f"{scale['8']['read_as_asked']:.0f} %",
        "PLAIN_VARIETY": f"{scale['1']['relative_variety']:.2f}",
        "GUIDED_VARIETY": f"{scale['8']['relative_variety']:.2f}",
        "CUT_READ": f"{off['cut']['read_as_asked']:.0f} %",
        "RIGHT_READ": f"{off['right']['read_as_asked']:.0f} %",
        "CUT_LEFT": f"{off['cut']['alpha_bar']:.2f}",
        "LITTLE": str(little),
        "LITTLE_READ": str(read_little),
        "MUCH": str(much),
        "MUCH_READ": str(read_much),
        "KEPT_EARLY": f"{kept['300']['class_kept']:.0f} %",
        "KEPT_LATE": f"{kept['700']['class_kept']:.0f} %",
    }
