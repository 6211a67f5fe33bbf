"""What the tab draws of one picture's way through the network: values for components, and HTML."""

from __future__ import annotations

import base64
from functools import cache
from html import escape
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from models.googlenet import BRANCHES, TABLE_1, Row
from models.insight import SEEN, Look
from models.runtime import hardware
from visuals.components.pictures import data_url
from visuals.inception.examples import EXAMPLES
from visuals.inception.examples import picture as example_picture
from visuals.style import measured

SHOWN = 16  # feature maps of each branch
PREVIEW, THUMBNAIL = 320, 112  # pixels

TITLES = {"1x1": "1×1", "3x3": "3×3", "5x5": "5×5", "pool": "pool"}
HEADS = {"main": "Main head", "aux_4d": "Auxiliary head", "aux_4a": "Auxiliary head"}
AFTER = {"main": "softmax", "aux_4d": "4d", "aux_4a": "4a"}
ROWS = {row.name: row for row in TABLE_1}

LAYERS = {  # stage: two short lines under its bar, and the layer in words
    "picture": (("picture",), "the picture"),
    "conv1": (("7×7", "conv /2"), "7×7 convolution, stride 2"),
    "pool1": (("max", "pool /2"), "3×3 max pooling, stride 2"),
    "lrn1": (("norm",), "local response normalisation"),
    "conv2_reduce": (("1×1", "conv"), "1×1 convolution"),
    "conv2": (("3×3", "conv"), "3×3 convolution"),
    "lrn2": (("norm",), "local response normalisation"),
    "pool2": (("max", "pool /2"), "3×3 max pooling, stride 2"),
    "pool3": (("max", "pool /2"), "3×3 max pooling, stride 2"),
    "pool4": (("max", "pool /2"), "3×3 max pooling, stride 2"),
    "avgpool": (("average", "pool"), "average over all positions, then 40 % dropout in training"),
}


def jpeg_url(image: np.ndarray) -> str:
    """A photograph (H, W, 3) uint8 that a page can show without another request."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


@cache
def thumbnails() -> tuple[str, ...]:
    return tuple(jpeg_url(square(example_picture(name), THUMBNAIL)) for name in EXAMPLES)


def gallery(chosen: str | None) -> dict[str, Any]:
    """Value of the Pictures: the examples, with `chosen` pressed."""
    return {
        "pictures": thumbnails(),
        "names": list(EXAMPLES),
        "chosen": list(EXAMPLES).index(chosen) if chosen else None,
        "large": True,
    }


def example(name: str, look: Look) -> str:
    """The example beside what the network gets of it, and whether the network can know what it shows."""
    known = EXAMPLES[name].known
    remark = (
        f"This is one of the {look.num_classes} classes: {known}."
        if known
        else f"This is none of the {look.num_classes} classes, so the network names the likeliest of those it knows."
    )
    return picture(example_picture(name), look, name, remark)


def square(image: np.ndarray, side: int) -> np.ndarray:
    """The central square of (H, W, 3) uint8, scaled to (side, side, 3)."""
    picture = Image.fromarray(image)
    short = min(picture.size)
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    return np.asarray(picture.resize((side, side), box=(left, top, left + short, top + short)))


def picture(image: np.ndarray, look: Look, name: str, remark: str = "") -> str:
    """The visitor's picture beside what the network gets of it."""
    said = escape(name)
    return f"""<div class="seen">
<figure><img src="{jpeg_url(square(image, PREVIEW))}" alt="{said}, central square">
<figcaption>{said}, the central square</figcaption></figure>
<figure><img class="pixels" src="{data_url(look.seen)}" alt="the same at {SEEN} × {SEEN} pixels">
<figcaption>what the network gets: {SEEN} × {SEEN} pixels</figcaption></figure></div>
<p class="remark">{escape(remark)}</p>"""


def predictions(look: Look) -> str:
    """The five likeliest classes of the three heads as bars, the main head first."""
    columns = "".join(_head(head, look.heads[head]) for head in HEADS)
    label = measured(f"all three heads and all maps from one pass of {look.milliseconds:.0f} ms; {hardware('cpu')}")
    return f'<div class="heads">{columns}</div><p>{label}</p>'


def _head(head: str, likeliest: tuple[tuple[str, float], ...]) -> str:
    bars = "".join(
        f'<li><span class="name">{escape(name)}</span><span class="share">{100 * p:.1f} %</span>'
        f'<span class="track"><span class="bar" style="width:{100 * p:.1f}%"></span></span></li>'
        for name, p in likeliest
    )
    where = "at the end" if head == "main" else f"after module {AFTER[head]}"
    return f'<section class="head {head}"><h3>{HEADS[head]} <small>{where}</small></h3><ol>{bars}</ol></section>'


def network_map(look: Look, chosen: str = "") -> dict[str, Any]:
    """Value of the NetworkMap: the stages with the shapes of this pass, and what the heads answer.

    Without `chosen` the visitor's choice stays.
    """
    stages = []
    for name, shape in look.shapes.items():
        if name in LAYERS:
            stages.append(_stage(name, *LAYERS[name], shape))
        else:
            module = _stage(name, (name,), f"module {name}", shape)
            stages.append(module | {"branches": _branches(ROWS[name])})
    classes = (look.num_classes,)
    stages.append(_stage("linear", ("linear",), "linear layer", classes))
    stages.append(_stage("softmax", ("soft-", "max"), "softmax: probabilities", classes))
    return {
        "chosen": chosen,
        "stages": stages,
        "heads": [
            {"after": AFTER[head], "title": HEADS[head].lower(), "answer": f"{name} {100 * p:.0f} %"}
            for head, ((name, p), *_) in look.heads.items()
        ],
        "modules": {name: _module(look, name) for name in ROWS if name in look.outputs},
    }


def _stage(name: str, label: tuple[str, ...], says: str, shape: tuple[int, ...]) -> dict[str, Any]:
    channels, *sides = shape
    return {"name": name, "label": label, "shape": [*sides, channels], "says": f"{says}, {_size(shape)}"}


def _size(shape: tuple[int, ...]) -> str:
    """(C, H, W) as 'H × W × C'."""
    channels, *sides = shape
    return " × ".join(map(str, [*sides, channels]))


def _module(look: Look, name: str) -> dict[str, Any]:
    before = list(look.shapes)[list(look.shapes).index(name) - 1]
    channels, *sides = look.shapes[before]
    height, width, _ = ROWS[name].out
    return {
        "title": f"Module {name}, opened",
        "shapes": f"{_size(look.shapes[before])} in, {_size(look.shapes[name])} out. "
        f"At the paper's 224 pixels the maps are {height} × {width}.",
        "input": ["×".join(map(str, sides)), f"×{channels}"],
    }


def _branches(row: Row) -> list[dict[str, Any]]:
    """The four branches of a module with their layers, in the order of BRANCHES."""
    steps = {
        "1x1": [("1×1 convolution", row.n1x1)],
        "3x3": [("1×1 reduction", row.n3x3_reduce), ("3×3 convolution", row.n3x3)],
        "5x5": [("1×1 reduction", row.n5x5_reduce), ("5×5 convolution", row.n5x5)],
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


def feature_maps(look: Look, name: str) -> dict[str, Any]:
    """Value of the FeatureMaps: the strongest maps of each branch of module `name`."""
    columns, of_branch = [], look.maps(name)
    for branch in _branches(ROWS[name]):
        maps = of_branch[branch["branch"]]
        count = min(SHOWN, len(maps.pixels))
        columns.append(
            {
                "branch": branch["branch"],
                "title": f"{branch['title']} branch",
                "caption": f"{count} strongest of {branch['channels']} channels, {branch['share']} of the output",
                "says": f"The {count} strongest feature maps of the {branch['title']} branch of module {name}",
                "side": maps.pixels.shape[1],
                "count": count,
                "largest": f"{maps.largest:.2g}",
                "data": base64.b64encode(maps.pixels[:count].tobytes()).decode(),
            }
        )
    return {"name": name, "branches": columns}
