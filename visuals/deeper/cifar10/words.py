"""The recorded run on CIFAR-10 in words, and the paper's tables beside it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from models.core.artifacts import Certificate
from models.core.resnet import count_parameters
from visuals.page import style
from visuals.page.words import difference

PAPER = "He et al. 2015"
PAPER_EPOCHS = 64_000 * 128 / 50_000
TABLE_6 = {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}  # layers: test error in %, residual nets
TABLE_2 = {18: (27.94, 27.88), 34: (28.54, 25.03)}  # layers: top-1 error in %, plain and residual
LEVEL = 0.5  # points: nets that are not farther apart, with one seed, are called about level

Errors = Mapping[str, Mapping[str, float]]  # by net and kind, in %


def depths_of(errors: Errors) -> list[int]:
    return sorted({int(name.partition("-")[2]) for name in errors})


def outcome(certificate: Certificate) -> str:
    """What came out: by depth in either kind, and between the kinds."""
    errors = certificate.metrics
    said = [*(by_depth(errors, kind) for kind in ("plain", "residual")), between(errors)]
    return style.told(" ".join(said), announce=False) + style.recorded(certificate, protocol(certificate))


def by_depth(errors: Errors, kind: str) -> str:
    """With how many layers a kind errs least in the test, and how the deepest net of it ends beside that."""
    *_, deepest = depths = depths_of(errors)
    best = min(depths, key=lambda depth: errors[f"{kind}-{depth}"]["test_error"])
    least = f"The {kind} net errs least with {best} layers"
    if best == deepest:
        return f"{least}, the most that were trained."
    one, other = errors[f"{kind}-{best}"], errors[f"{kind}-{deepest}"]
    train, test = (difference(other[error], one[error]) for error in ("train_error", "test_error"))
    training = f"its training error {abs(train):.1f} {'higher' if train > 0 else 'lower'}"
    return f"{least}. With {deepest} its test error is {test:.1f} points higher, {training}."


def between(errors: Errors) -> str:
    """What the shortcut does to the test error of the shallowest nets, and to that of the deepest."""
    shallow, *_, deep = depths_of(errors)
    few, many = (saved(errors, depth) for depth in (shallow, deep))
    return f"In test error the shortcut {few} at {shallow} layers. At {deep} it {many}."


def saved(errors: Errors, depth: int) -> str:
    """What the shortcut does to the test error of the nets with so many layers."""
    plain, residual = (errors[f"{kind}-{depth}"]["test_error"] for kind in ("plain", "residual"))
    gap = difference(plain, residual)
    return "hardly matters" if abs(gap) < LEVEL else f"{'saves' if gap > 0 else 'costs'} {abs(gap):.1f} points"


def given(certificate: Certificate) -> dict[str, str]:
    """What fills the places of the prose: how long the nets trained, beside the paper's."""
    return {"EPOCHS": str(certificate.config["epochs"]), "PAPER": f"{PAPER_EPOCHS:.0f}"}


def order(certificate: Certificate) -> dict[str, str]:
    """How far our residual nets improve with depth, as the paper's do."""
    errors = certificate.metrics
    ends = {depth: errors[f"residual-{depth}"]["test_error"] for depth in depths_of(errors)}
    first, *_, deepest = ends
    for shallow, deep in pairwise(ends):
        gain = difference(ends[shallow], ends[deep])
        if gain < LEVEL:
            then = f"with {deep} layers the error {'is about the same' if gain > -LEVEL else 'is higher'}"
            return {"ORDER": f"Ours do not: {then}" if shallow == first else f"Ours do up to {shallow}; {then}"}
    return {"ORDER": f"So do ours, which go up to {deepest}"}


def level(certificate: Certificate) -> dict[str, str]:
    """On which data the shallowest nets of both kinds end level."""
    depth = depths_of(certificate.metrics)[0]
    plain, residual = (certificate.metrics[f"{kind}-{depth}"]["test_error"] for kind in ("plain", "residual"))
    return {"LEVEL": "On the digits and on CIFAR-10" if abs(plain - residual) < LEVEL else "On the digits"}


def table(certificate: Certificate) -> str:
    """How all nets end."""
    errors = certificate.metrics
    body = [
        [
            str(depth),
            *(
                f"{errors[f'{kind}-{depth}'][error]:.1f}"
                for error in ("train_error", "test_error")
                for kind in ("plain", "residual")
            ),
        ]
        for depth in depths_of(errors)
    ]
    head = ["layers", "training, plain", "training, residual", "test, plain", "test, residual"]
    return style.table("Our nets on CIFAR-10 at the end, error in %", head, body) + style.recorded(certificate)


def table_6(certificate: Certificate) -> str:
    """Table 6, the weights counted on our networks, and our short run."""
    body = []
    for depth, printed in TABLE_6.items():
        ours = (certificate.metrics.get(f"{kind}-{depth}") for kind in ("residual", "plain"))
        errors = (f"{metrics['test_error']:.2f}" if metrics else "" for metrics in ours)
        body.append([str(depth), f"{count_parameters(depth):,}", f"{printed:.2f}", *errors])
    head = ["layers", "weights, counted", "paper, residual", "our short run, residual", "our short run, plain"]
    labels = (
        style.at_start("the numbers of weights, counted"),
        style.paper(f"{PAPER}, Table 6"),
        style.recorded(certificate),
    )
    return style.table("Test error in % on CIFAR-10", head, body) + "<br>".join(labels)


def table_2() -> str:
    """Table 2 of the paper."""
    body = [[str(depth), f"{plain:.2f}", f"{residual:.2f}"] for depth, (plain, residual) in TABLE_2.items()]
    head = ["layers", "plain", "residual"]
    return style.table("Top-1 error in % on ImageNet, 10 crops", head, body) + style.paper(f"{PAPER}, Table 2")


def protocol(certificate: Certificate) -> str:
    """How the run was made, in a line."""
    config = certificate.config
    return (
        f"{style.data_of(certificate)}; {config['epochs']} epochs in batches of {config['batch']}, one seed; "
        f"{certificate.hardware}, {certificate.seconds / 3600:.1f} hours for all nets"
    )
