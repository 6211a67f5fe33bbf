"""Everything that can be set in tab 3, as plain values: what a link carries and what the controls show."""

from __future__ import annotations

from dataclasses import dataclass

from models.chains import LARGEST_SEED
from models.clouds import CLOUDS
from models.counterfactual import WAYS
from models.decided import STEPS as SPLIT_STEPS
from models.denoise import NETWORKS, SAMPLERS, SAMPLES, VIEWS
from models.guidance import STEPS as GUIDED_STEPS
from models.plane import STEPS
from visuals import links
from visuals.links import choice, number

TAB = "noisier"  # as links name it
CLASSES = tuple(map(str, range(10)))
ANY = "any"  # class
SAMPLES_KEPT = 20  # of each network, to start from


@dataclass(frozen=True)
class State(links.State):
    """The controls of the sections, by the names that links give them."""

    # there and back
    network: str = choice("mnist", NETWORKS, "network")
    start: int = number(7, 0, SAMPLES_KEPT - 1, "start picture")
    label: str = choice("3", (*CLASSES, ANY), "class")
    samples: str = choice("1", tuple(map(str, SAMPLES)), "number of pictures")
    sampler: str = choice("ddpm", SAMPLERS, "sampler")
    steps: int = number(50, 5, 1000, "steps of the way back")
    guidance: float = number(1.5, 0, 8, "guidance")
    seed: int = number(0, 0, LARGEST_SEED, "seed")
    sigma: str = choice("beta", ("beta", "beta_tilde"), "sigma")
    eta: float = number(0.0, 0, 1, "eta")
    view: str = choice("linear", tuple(VIEWS), "schedule of the way there")
    # samplers side by side
    sides_network: str = choice("mnist", NETWORKS, "network of the samplers side by side")
    sides_class: str = choice("3", CLASSES, "class of the samplers side by side")
    sides_seed: int = number(1, 0, LARGEST_SEED, "seed of the samplers side by side")
    # when is it decided?
    decided_network: str = choice("mnist", NETWORKS, "network to split")
    decided_steps: str = choice("40", tuple(map(str, SPLIT_STEPS)), "steps of the chain to split")
    decided_seed: int = number(2, 0, LARGEST_SEED, "seed of the chain to split")
    noised_network: str = choice("mnist", NETWORKS, "network that brings a picture back")
    noised_picture: int = number(7, 0, SAMPLES_KEPT - 1, "picture that is brought back")
    noised_t: int = number(500, 50, 1000, "noise up to t")
    noised_seed: int = number(2, 0, LARGEST_SEED, "seed of the ways back")
    # counterfactuals
    wrong_network: str = choice("mnist", NETWORKS, "network of the counterfactuals")
    wrong_way: str = choice("all", ("all", *WAYS[1:]), "what to do wrong")
    wrong_class: str = choice("each", ("each", *CLASSES), "class of the counterfactuals")
    wrong_steps: str = choice("250", ("50", "100", "250", "1000"), "steps of the counterfactuals")
    wrong_seed: int = number(0, 0, LARGEST_SEED, "seed of the counterfactuals")
    # guidance
    guided_network: str = choice("mnist", NETWORKS, "network to guide")
    guided_class: str = choice("3", CLASSES, "class to guide to")
    guided_steps: str = choice("25", tuple(map(str, GUIDED_STEPS)), "steps of the guided chains")
    guided_seed: int = number(0, 0, LARGEST_SEED, "seed of the guided chains")
    # two dimensions
    cloud: str = choice("spiral", CLOUDS, "cloud of points")
    cloud_steps: int = number(1500, *STEPS, "training steps of the cloud")
    cloud_seed: int = number(0, 0, 999_999, "seed of the cloud")
    # the numbers of this picture
    numbers_seed: int = number(0, 0, 999_999, "seed of the noises of one picture")
