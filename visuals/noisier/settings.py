"""Everything that can be set in tab 3, by section. Links to old pages use these names."""

from __future__ import annotations

from dataclasses import dataclass

from models.noisier import decided, guidance, plane
from models.noisier.decided import EVERY
from models.noisier.denoise import GUIDANCE, LARGEST_SEED, SAMPLES, STEPS, VIEWS
from visuals.page.settings import Settings, choice, number

TAB = "noisier"  # as links name it
NETWORKS = {"mnist": "MNIST digits", "cifar10": "CIFAR-10 photographs"}
CLASSES = {str(k): str(k) for k in range(10)}  # as the digits' network names them
ANY = "any"  # class
PAPER_SAW = f"{800_000 * 128:,}"  # pictures: steps and batch of appendix B
SAMPLES_KEPT = 20  # of each network, to start from
ALL, EACH = "all", "each"
ONE_OF_EACH = {EACH: "one picture of each"}
CLOUDS = {
    "moons": "Two moons",
    "spiral": "Spiral",
    "rings": "Rings",
    "grid": "Grid of 25 heaps",
    "letter": "Letter N",
}
WRONG_STEPS = ("50", "100", "250", "1000")
CHANGES = {  # of the sampler: four mistakes, and the true noise
    ALL: "all five",
    "no noise": "No added noise",
    "noise at the end": "Noise at the last step too",
    "cut": "The schedule cut short",
    "same betas": "The same β, fewer steps",
    "oracle": "The oracle’s noise",
}


@dataclass(frozen=True)
class SharedSettings(Settings):
    """What all sections go by."""

    network: str = choice("mnist", NETWORKS, "Network")


@dataclass(frozen=True)
class JourneySettings(Settings):
    start: int = number(7, 0, SAMPLES_KEPT - 1, "Start picture")
    label: str = choice("3", CLASSES | {ANY: "any class"}, "Class")
    samples: str = choice("1", tuple(map(str, SAMPLES)), "Pictures")
    sampler: str = choice(
        "ddpm",
        {"ddpm": "DDPM, Algorithm 2", "ddim": "DDIM", "dpm++": "DPM-Solver++ (2M)"},
        "Sampler of the way back",
    )
    steps: int = number(50, *STEPS, "Steps of the way back", step=1)
    guidance: float = number(
        1.5,
        *GUIDANCE,
        "Guidance",
        step=0.1,
        info="How strongly the class steers. 1: the network is told the class, no more. 0: the class is ignored.",
    )
    seed: int = number(0, 0, LARGEST_SEED, "Seed")
    sigma: str = choice(
        "beta",
        {"beta": "σ² = β", "beta_tilde": "σ² = β̃"},
        "Noise of DDPM",
        info="How much noise Algorithm 2 adds after a step. The paper found both similar (section 3.2).",
    )
    eta: float = number(0.0, 0, 1, "Eta of DDIM: 0 adds no noise, 1 as much as DDPM with β̃", step=0.05)
    view: str = choice(
        "linear",
        dict(zip(VIEWS, ("linear, as trained", "cosine"), strict=True)),
        "Schedule of the way there",
        info="The way back always takes the steps that the network was trained on, the linear ones. "
        "After 1,000 steps both schedules end at noise, so it can start from either.",
    )


@dataclass(frozen=True)
class PlaneSettings(Settings):
    cloud: str = choice("spiral", CLOUDS, "Cloud to learn")
    cloud_steps: int = number(1500, *plane.STEPS, "Training steps", step=100)
    cloud_seed: int = number(0, 0, plane.LARGEST_SEED, "Seed")


@dataclass(frozen=True)
class SamplersSettings(Settings):
    sides_class: str = choice("3", CLASSES, "Class")
    sides_seed: int = number(1, 0, LARGEST_SEED, "Seed of the noises")


@dataclass(frozen=True)
class DecidedSettings(Settings):
    decided_steps: str = choice("40", tuple(map(str, decided.STEPS)), "Steps of the whole way")
    decided_seed: int = number(11, 0, LARGEST_SEED, "Seed")
    noised_picture: int = number(7, 0, SAMPLES_KEPT - 1, "Picture that is brought back")
    noised_t: int = number(500, EVERY, 1000, "Noise up to t", step=EVERY)
    noised_seed: int = number(11, 0, LARGEST_SEED, "Seed of the ways back")


@dataclass(frozen=True)
class CounterfactualsSettings(Settings):
    wrong_way: str = choice(ALL, CHANGES, "What to change")
    wrong_class: str = choice(EACH, ONE_OF_EACH | CLASSES, "Class")
    wrong_steps: str = choice("250", WRONG_STEPS, "Steps")
    wrong_seed: int = number(0, 0, LARGEST_SEED, "Seed")


@dataclass(frozen=True)
class GuidanceSettings(Settings):
    guided_class: str = choice("3", CLASSES, "Class")
    guided_steps: str = choice("25", tuple(map(str, guidance.STEPS)), "Steps")
    guided_seed: int = number(0, 0, LARGEST_SEED, "Seed")


@dataclass(frozen=True)
class NumbersSettings(Settings):
    numbers_picture: int = number(7, 0, SAMPLES_KEPT - 1, "Picture that is measured")
    numbers_seed: int = number(0, 0, LARGEST_SEED, "Seed of the noises")
