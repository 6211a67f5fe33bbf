"""The map of tab 2: every layer with its shape in this pass, and what the heads answer."""

from __future__ import annotations

from typing import Any

from models import insight
from models.googlenet import BRANCHES, TABLE_1, Row
from models.insight import Look

TITLES = {"1x1": "1×1", "3x3": "3×3", "5x5": "5×5", "pool": "pool"}
HEADS = {"main": "Main head", "aux_4d": "Auxiliary head", "aux_4a": "Auxiliary head"}
AFTER = {"main": "softmax", "aux_4d": "4d", "aux_4a": "4a"}
ROWS = {row.name: row for row in TABLE_1}
FIRST_LINE = "pool3"  # the last stage of the map's first line: both lines are equally long

LAYERS = {  # stage: two short lines above its box, and the layer in words
    "picture": (("picture",), "the picture, three colours"),
    "conv1": (("7×7", "conv /2"), "7×7 convolution, stride 2"),
    "pool1": (("max", "pool /2"), "3×3 max pooling, stride 2"),
    "lrn1": (("norm",), "local response normalisation over 5 channels"),
    "conv2_reduce": (("1×1", "conv"), "1×1 convolution, a reduction"),
    "conv2": (("3×3", "conv"), "3×3 convolution"),
    "lrn2": (("norm",), "local response normalisation over 5 channels"),
    "pool2": (("max", "pool /2"), "3×3 max pooling, stride 2"),
    "pool3": (("max", "pool /2"), "3×3 max pooling, stride 2"),
    "pool4": (("max", "pool /2"), "{0}×{0} max pooling, stride 2"),
    "avgpool": (("average", "pool"), "average over all positions, one number for each channel"),
}


def network_map(look: Look, chosen: str = "") -> dict[str, Any]:
    """Value of the NetworkMap. Without `chosen` the visitor's choice stays."""
    classes = (look.num_classes,)
    shapes = look.shapes | {"linear": classes, "softmax": classes}
    widest, last_pool = windows(look)
    stages, before, line = [], None, 0
    for name, shape in shapes.items():
        stages.append(_stage(name, before, shape, widest, last_pool) | {"line": line})
        before, line = shape, 1 if name == FIRST_LINE else line
    return {
        "chosen": chosen,
        "stages": stages,
        "heads": [_head(look, head) for head in look.heads],
        "modules": {name: _module(look, name) for name in ROWS if name in look.outputs and name not in LAYERS},
    }


def windows(look: Look) -> tuple[int, int]:
    """The window of the branch called 5x5 and that of the last max pooling: in torchvision's network they are others.

    Both follow from the receptive fields: a window of k adds (k - 1) jumps.
    """
    fields = insight.known(look.known).fields
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
        parts = ", ".join(f"{b['channels']} from {b['title']}" for b in branches["branches"])
        layer = f"Inception module, channels: {parts}"
    else:
        label, layer = {
            "linear": (("linear",), "a linear layer, one score for each class"),
            "softmax": (("softmax",), "softmax: scores become probabilities"),
        }[name]
    sizes = f"{size(before)} in, {size(shape)} out." if before else f"{size(shape)}."
    return {"name": name, "label": label, "shape": [*sides, channels], "says": f"{name}: {layer}. {sizes}"} | branches


def size(shape: tuple[int, ...]) -> str:
    """(C, H, W) as 'H × W × C'."""
    channels, *sides = shape
    return " × ".join(map(str, [*sides, channels]))


def _head(look: Look, head: str) -> dict[str, Any]:
    (answer, share), *_ = look.heads[head]
    return {
        "after": AFTER[head],
        "title": HEADS[head].lower() + ("" if head == "main" else ", for training"),
        "answer": f"{answer} {100 * share:.0f} %",
        "layers": [] if head == "main" else _head_layers(look.shapes[AFTER[head]], look.num_classes),
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


def _module(look: Look, name: str) -> dict[str, Any]:
    before = list(look.shapes)[list(look.shapes).index(name) - 1]
    channels, *sides = look.shapes[before]
    height, width, _ = ROWS[name].out
    paper = f" At the paper's 224 pixels the maps are {height} × {width}." if height != sides[0] else ""
    return {
        "title": f"Module {name}, opened",
        "shapes": f"{size(look.shapes[before])} in, {size(look.shapes[name])} out.{paper}",
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
