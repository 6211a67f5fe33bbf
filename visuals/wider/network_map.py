"""The map of tab 2: every layer with its shape in this pass, and what the heads answer."""

from __future__ import annotations

from typing import Any

from models.wider.activations import Pass, trained
from models.wider.googlenet import BRANCHES, INCEPTIONS, TABLE_1, Row

TITLES = {"1x1": "1×1", "3x3": "3×3", "5x5": "5×5", "pool": "pool"}
AFTER = {"main": "softmax", "aux_4d": "4d", "aux_4a": "4a"}
ROWS = {row.name: row for row in TABLE_1}
LINE_ENDS = ("pool2", "4d")  # the last stages of the map's first two lines; the first is the stem

LAYERS = {  # stage: two short lines above its box, and the layer in words
    "picture": (("picture",), "the picture, three colours"),
    "conv1": (("7×7 conv,", "half size"), "7×7 convolution, stride 2"),
    "pool1": (("max pool,", "half size"), "3×3 max pooling, stride 2"),
    "lrn1": (("norm,", "scales down"), "local response normalisation over 5 channels"),
    "conv2_reduce": (("1×1", "conv"), "1×1 convolution, a reduction"),
    "conv2": (("3×3", "conv"), "3×3 convolution"),
    "lrn2": (("norm,", "scales down"), "local response normalisation over 5 channels"),
    "pool2": (("max pool,", "half size"), "3×3 max pooling, stride 2"),
    "pool3": (("max pool,", "half size"), "3×3 max pooling, stride 2"),
    "pool4": (("max pool,", "half size"), "{0}×{0} max pooling, stride 2"),
    "avgpool": (("average", "pool"), "average over all positions, one number for each channel"),
}


def network_map(run: Pass, chosen: str = "") -> dict[str, Any]:
    """Value of the NetworkMap. Without `chosen` the visitor's choice stays."""
    classes = (len(run.classes),)
    shapes = run.shapes | {"linear": classes, "softmax": classes}
    widest, last_pool = windows(run)
    stages, before, line = [], None, 0
    for name, shape in shapes.items():
        stages.append(_stage(name, before, shape, widest, last_pool) | {"line": line})
        before, line = shape, line + (name in LINE_ENDS)
    return {
        "chosen": chosen,
        "stages": stages,
        "heads": [_head(run, head) for head in run.heads],
        "modules": {name: _module(run, name) for name in ROWS if name in run.outputs and name not in LAYERS},
    }


def module_strip(chosen: str) -> dict[str, Any]:
    """Value of the ModuleStrip."""
    modules = {row.name: [row.n1x1, row.n3x3, row.n5x5, row.n_pool] for row in INCEPTIONS}
    return {"label": "Module of the network", "chosen": chosen, "modules": modules}


def windows(run: Pass) -> tuple[int, int]:
    """The window of the branch called 5x5 and that of the last max pooling: in torchvision's network they are others.

    Both follow from the receptive fields: a window of k adds (k - 1) jumps.
    """
    fields = trained(run.network).fields
    narrow, wide, pooled = fields["4e"]["1x1"], fields["4e"]["5x5"], fields["5a"]["1x1"]
    widest = max(field.size for field in fields["4e"].values())
    return 1 + (wide.size - narrow.size) // narrow.jump, 1 + (pooled.size - widest) // narrow.jump


def _stage(
    name: str, before: tuple[int, ...] | None, shape: tuple[int, ...], widest: int, last_pool: int
) -> dict[str, Any]:
    channels, *sides = shape
    branches = {}
    if name in LAYERS:
        label, layer = LAYERS[name]
        layer = layer.format(last_pool)
    elif name in ROWS and ROWS[name].kind == "inception":
        label, branches = (name,), {"branches": branches_of(ROWS[name], widest)}
        layer = "Inception module of four branches"
    else:
        label, layer = {
            "linear": (("linear,", "scores"), "a linear layer, one score for each class"),
            "softmax": (("softmax,", "in %"), "softmax: scores become probabilities"),
        }[name]
    said = f"{name}: {layer}" if branches else layer[0].upper() + layer[1:]
    sizes = f"{size(before)} in, {size(shape)} out." if before else f"{size(shape)}."
    return {"name": name, "label": label, "shape": [*sides, channels], "says": f"{said}. {sizes}"} | branches


def size(shape: tuple[int, ...]) -> str:
    """(C, H, W) as 'H × W × C'."""
    channels, *sides = shape
    return " × ".join(map(str, [*sides, channels]))


def _head(run: Pass, head: str) -> dict[str, Any]:
    (answer, share), *_ = run.heads[head]
    return {
        "after": AFTER[head],
        "title": "main head" if head == "main" else "aux. head",
        "answer": f"{answer} {100 * share:.0f} %",
        "layers": [] if head == "main" else _head_layers(run.shapes[AFTER[head]], len(run.classes)),
    }


def _head_layers(shape: tuple[int, ...], classes: int) -> list[dict[str, Any]]:
    """The layers of an auxiliary head on a map (C, H, W)."""
    channels, side, _ = shape
    pooled = (side - 5) // 3 + 1
    where, behind = f"{pooled} × {pooled} ×", f"→ {pooled}×{pooled}×"
    layers = (
        (
            f"5×5 average pool /3 {behind}{channels}",
            channels,
            f"5×5 average pooling, stride 3: {size(shape)} in, {where} {channels} out.",
        ),
        (f"1×1 conv {behind}128", 128, f"1×1 convolution: {where} {channels} in, {where} 128 out."),
        ("linear → 1,024", 1024, f"Linear layer with ReLU, then 70 % dropout in training: {where} 128 in, 1,024 out."),
        (f"linear, softmax → {classes:,}", classes, f"Linear layer and softmax: 1,024 in, {classes:,} out."),
    )
    return [{"title": title, "channels": count, "says": says} for title, count, says in layers]


def _module(run: Pass, name: str) -> dict[str, Any]:
    before = list(run.shapes)[list(run.shapes).index(name) - 1]
    channels, *sides = run.shapes[before]
    height, width, _ = ROWS[name].out
    paper = f" In the paper, at 224 pixels: {height} × {width}." if height != sides[0] else ""
    return {
        "title": f"Module {name}, opened",
        "shapes": f"{size(run.shapes[before])} in, {size(run.shapes[name])} out.{paper}",
        "input": ["×".join(map(str, sides)), f"×{channels}"],
    }


def branches_of(row: Row, widest: int = 5) -> list[dict[str, Any]]:
    """The four branches of a module with their layers, in the order of BRANCHES. `widest`: window of the 5x5 branch."""
    steps = {
        "1x1": [("1×1 convolution", row.n1x1)],
        "3x3": [("1×1 reduction", row.n3x3_reduce), ("3×3 convolution", row.n3x3)],
        "5x5": [("1×1 reduction", row.n5x5_reduce), (f"{widest}×{widest} convolution", row.n5x5)],
        "pool": [("3×3 max pool", 0), ("1×1 convolution", row.n_pool)],
    }
    return [
        {
            "branch": branch,
            "title": TITLES[branch],
            "channels": steps[branch][-1][1],
            "steps": [(layer, f"{n} channels" if n else "all channels") for layer, n in steps[branch]],
            "share": percent(steps[branch][-1][1] / row.out[2]),
            "says": f"{TITLES[branch]} branch: "
            + ", then ".join(f"{layer} to {n} channels" if n else layer for layer, n in steps[branch]),
        }
        for branch in BRANCHES
    ]


def percent(share: float) -> str:
    """0.125 as '12.5 %', 0.25 as '25 %'."""
    return f"{100 * share:.3g} %"
