"""The tables of tab 1: what was recorded by depth, and the paper's numbers beside ours."""

from __future__ import annotations

import numpy as np

from models.artifacts import Certificate
from models.race import Lane, Race
from models.resnet import count_parameters
from visuals import style
from visuals.degradation.figures import seeds_of

PAPER = "He et al. 2015"
TABLE_6 = {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}  # layers: test error in %, residual nets
TABLE_2 = {18: (27.94, 27.88), 34: (28.54, 25.03)}  # layers: top-1 error in %, plain and residual


def by_depth(run: dict[str, np.ndarray], certificate: Certificate) -> str:
    """Mean and range of the errors over the seeds at every recorded depth."""
    body = []
    for depth in certificate.config["axes"]["depth"]:
        lanes = [Lane(depth, skip) for skip in (False, True)]
        body.append(
            [
                str(depth),
                *(spread(seeds_of(run["train_error"], certificate, lane)[:, -1]) for lane in lanes),
                *(spread(seeds_of(run["test_error"], certificate, lane)[:, -1]) for lane in lanes),
            ]
        )
    head = ["layers", "training error, plain", "training error, residual", "test error, plain", "test error, residual"]
    return style.table("Error in % by depth, mean and range of the seeds", head, body) + style.recorded(certificate)


def spread(errors: np.ndarray) -> str:
    return f"{errors.mean():.1f} <small>({errors.min():.1f} to {errors.max():.1f})</small>"


def table_6(cifar10: Certificate) -> str:
    """Table 6, the weights counted on our networks, and our short run."""
    body = []
    for depth, printed in TABLE_6.items():
        ours = (cifar10.metrics.get(f"{kind}-{depth}") for kind in ("residual", "plain"))
        errors = (f"{metrics['test_error'][0]:.2f}" if metrics else "" for metrics in ours)
        body.append([str(depth), f"{count_parameters(depth):,}", f"{printed:.2f}", *errors])
    head = ["layers", "weights, counted", "paper, residual", "our short run, residual", "our short run, plain"]
    labels = (style.measured("weights"), style.paper(f"{PAPER}, Table 6"), style.recorded(cifar10))
    return style.table("Test error in % on CIFAR-10", head, body) + "<br>".join(labels)


def table_2() -> str:
    """Table 2 of the paper."""
    body = [[str(depth), f"{plain:.2f}", f"{residual:.2f}"] for depth, (plain, residual) in TABLE_2.items()]
    head = ["layers", "plain", "residual"]
    return style.table("Top-1 error in % on ImageNet, 10 crops", head, body) + style.paper(f"{PAPER}, Table 2")


def final_training_errors(run: dict[str, np.ndarray], certificate: Certificate, config: Race) -> dict[str, str]:
    """Mean training errors of the plain nets after the last step, under the names they have in the words."""
    means = [seeds_of(run["train_error"], certificate, lane)[:, -1].mean() for lane in config.lanes if not lane.skip]
    return {"SHALLOW": f"{means[0]:.1f}", "DEEP": f"{means[1]:.1f}"}


def protocol(cifar10: Certificate) -> str:
    """How the CIFAR-10 run was made, in a line."""
    config = cifar10.config
    return (
        f"{cifar10.data}; {config['steps']:,} steps of {config['batch']} images, one seed; learning rate "
        f"{config['learning_rate']}; {cifar10.hardware}, {cifar10.seconds / 3600:.1f} hours"
    )
