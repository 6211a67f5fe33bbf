"""What papers print of the networks' errors on ImageNet."""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "Szegedy et al. 2014"
OURS = "GoogLeNet"
ALEXNET = 60.97e6  # parameters of the network of 2012
RESNET = "He et al. 2015"


@dataclass(frozen=True)
class Error:
    """A network's error on ImageNet's validation pictures, ten crops each, in %, as printed; None where it is not."""

    top5: float | None
    top1: float | None
    source: str


ERRORS = {
    "AlexNet": Error(18.2, 40.7, "Krizhevsky et al. 2012, Table 2, one network"),
    "VGG-16": Error(9.33, 28.07, f"{RESNET}, Table 3"),
    "GoogLeNet": Error(9.15, None, "Szegedy et al. 2014, Table 3"),
    "ResNet-18": Error(None, 27.88, f"{RESNET}, Table 2"),
    "ResNet-34": Error(7.46, 24.52, f"{RESNET}, Table 3, option B"),
    "ResNet-50": Error(6.71, 22.85, f"{RESNET}, Table 3"),
}
KINDS = {"top-5": "top5", "top-1": "top1"}

PRINTED = (  # top-5 error on ImageNet in per cent, and where the paper prints it
    ("AlexNet (SuperVision), 2012", 16.4, "Table 2"),
    ("Clarifai, 2013", 11.7, "Table 2"),
    ("VGG, 2014", 7.32, "Table 2"),
    ("GoogLeNet, one network, 1 crop", 10.07, "Table 3"),
    ("GoogLeNet, one network, 10 crops", 9.15, "Table 3"),
    ("GoogLeNet, one network, 144 crops", 7.89, "Table 3"),
    ("GoogLeNet, ensemble", 6.67, "Table 2"),
)
