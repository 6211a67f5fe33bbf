"""Try this, in tab 3: four exercises that set the controls, with answers out of the recorded runs."""

from __future__ import annotations

from models import artifacts, denoise
from visuals.diffusion.albums import listed
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
    near, wrong, guided, split = (
        artifacts.certificate(name)
        for name in ("side-by-side-mnist", "counterfactuals-mnist", "guidance-cifar10", "decided-mnist")
    )
    side, wrong, guided, kept = near.metrics, wrong.metrics, guided.metrics, split.metrics
    exercises(
        TAB,
        EXERCISES,
        NEAR=str(near.config["near"]),
        NEAR_DIGIT=str(near.config["label"]),
        NEAR_SEED=str(near.seed),
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
        BACK_READ=brought_back(split.config["times"]),
        CHAINS=str(split.config["chains"]),
        KEPT_EARLY=f"{kept['300']['class_kept']:.0f} %",
        KEPT_LATE=f"{kept['700']['class_kept']:.0f} %",
    )


def brought_back(times: list[int]) -> str:
    """How many of the recorded ways back from a picture with noise up to t are read as the picture is."""
    run = artifacts.load_run("decided-mnist")
    digit, _ = denoise.recognise("mnist", run["picture"])
    same = (run["back_classes"] == digit).sum(1).tolist()
    return listed([f"{count} from t = {t}" for count, t in zip(same, times, strict=True)][::-1])
