"""What the chosen module sees, in tab 2: its feature maps, one channel enlarged, and the effect of normalisation."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

import numpy as np

from models import insight
from models.googlenet import BRANCHES
from models.insight import NORMS, Look, Maps
from visuals.components.maps import panel
from visuals.components.pictures import data_url
from visuals.inception.network_figures import LAYERS, ROWS, TITLES, branches_of, size

SHOWN = 16  # feature maps of each branch, until all are asked for
COMPARED = 4  # channels before and after a pooling or a normalisation
Channel = tuple[str, int]  # branch and number of the channel in it


def feature_maps(look: Look, module: str, chosen: Channel, every: bool = False) -> dict[str, Any]:
    """Value of the FeatureMaps: the strongest maps of each branch of a module, or every one."""
    maps = look.maps(module)
    loudest = max(branch.means[0] for branch in maps.values())
    count = ROWS[module].out[2]
    return {
        "known": look.known,
        "name": module,
        "says": f"What module {module} hands on: {count} channels side by side, one line each. "
        "The brighter a line, the larger the channel's mean activation (its square root, so that weak ones show).",
        "side": look.shapes[module][1],
        "chosen": {"branch": chosen[0], "channel": chosen[1]},
        "all": every,
        "branches": [_column(about, maps[about["branch"]], loudest, every) for about in branches_of(ROWS[module])],
    }


def _column(about: dict[str, Any], maps: Maps, loudest: float, every: bool) -> dict[str, Any]:
    total = len(maps.channels)
    count = total if every else min(SHOWN, total)
    shown = f"All {total} channels" if count == total else f"The {count} strongest of {total} channels"
    strip = np.empty(total, np.uint8)
    strip[maps.channels] = np.rint(255 * np.sqrt(maps.means / (loudest or 1)))
    return {
        "branch": about["branch"],
        "title": about["title"],
        "caption": f"{shown}, {about['share']} of the output",
        "says": f"{shown} of the {about['title']} branch as maps. Arrow keys choose one, which is then enlarged below.",
        "largest": _number(maps.largest),
        "channels": total,
        "share": about["share"],
        "strip": _base64(strip),
        "order": maps.channels[:count].tolist(),
        "means": [_number(mean) for mean in maps.means[:count]],
        "maxima": [_number(largest) for largest in maps.maxima[:count]],
        "data": _base64(maps.pixels[:count]),
    }


def field(look: Look, module: str, chosen: Channel, at: tuple[int, int] | None = None) -> dict[str, Any]:
    """Value of the ReceptiveField: one channel, at its strongest position if none is given."""
    branch, channel = chosen
    maps = look.maps(module)[branch]
    pixels = maps.pixels[maps.channels.tolist().index(channel)]
    side = len(pixels)
    row, column = at or divmod(int(pixels.argmax()), side)
    fields = insight.known(look.known).fields[module]
    return {
        "name": f"Module {module}, {TITLES[branch]} branch, channel {channel}",
        "known": look.known,
        "module": module,
        "branch": branch,
        "channel": channel,
        "side": side,
        "data": _base64(pixels),
        "largest": maps.largest,
        "picture": data_url(look.seen),
        "size": look.shapes["picture"][1],
        "fields": [{"branch": name, "title": TITLES[name], **asdict(fields[name])} for name in BRANCHES],
        "frames": frames_sentence({TITLES[name]: fields[name].size for name in BRANCHES}, look.shapes["picture"][1]),
        "at": [row, column],
        "effective": _effective(look, module, chosen, (row, column)),
    }


def frames_sentence(sizes: dict[str, int], size: int) -> str:
    """Which branches' fields are the same, which are larger than the picture, and how a frame shows that."""
    same = [[title for title, s in sizes.items() if s == one] for one in dict.fromkeys(sizes.values())]
    said = [f"The frames of {_named(titles)} coincide." for titles in same if len(titles) > 1]
    large = [title for title, s in sizes.items() if s > size]
    if large:
        of = f"The field{'s' if len(large) > 1 else ''} of {_named(large)} {'are' if len(large) > 1 else 'is'}"
        said.append(f"{'All four fields are' if len(large) == len(sizes) else of} larger than the picture.")
    return " ".join([*said, "Where a frame would leave the picture, it is drawn at the edge."])


def _named(titles: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(titles[:-1]), titles[-1])))


def _effective(look: Look, module: str, chosen: Channel, at: tuple[int, int]) -> dict[str, Any]:
    influence = insight.influence(look, module, *chosen, at)
    most = influence.max()
    light = np.sqrt(influence / most) if most else influence
    return {
        "at": list(at),
        "data": _base64(np.rint(255 * light).astype(np.uint8)),
        "says": _field_sentence(look, module, chosen[0], at, influence),
    }


def _field_sentence(look: Look, module: str, branch: str, at: tuple[int, int], influence: np.ndarray) -> str:
    """What the position sees by arithmetic, and how much of that counts, with the numbers."""
    size, found = len(influence), insight.known(look.known).fields[module][branch]
    (top, bottom), (left, right) = (found.pixels(position) for position in at)
    inside = (min(bottom, size) - max(top, 0)) * (min(right, size) - max(left, 0))
    reach = (
        "more than the whole picture"
        if inside == size * size
        else f"and {inside:,} of the picture's {size * size:,} lie inside"
    )
    seen = f"By arithmetic this position sees {found.size} × {found.size} pixels, {reach}"
    if not influence.any():
        return f"{seen}. Its activation is 0: ReLU has switched it off, and no small change of a pixel moves it."
    half = pixels_of_half(influence)
    return (
        f"{seen}. But these do not count alike: half of the gradient lies on {half:,} pixels, "
        f"{100 * half / inside:.1f} % of those that are seen. The brighter a pixel, the more it counts: its brightness "
        "is the square root of the gradient's length there."
    )


def pixels_of_half(influence: np.ndarray) -> int:
    """The smallest number of pixels that hold half of the influence."""
    ranked = np.sort(influence.ravel())[::-1].cumsum()
    return int(np.searchsorted(ranked, ranked[-1] / 2)) + 1


def stem(look: Look) -> str:
    """The picture's way to the first module as HTML: the strongest channels of both convolutions, before and after
    the pooling behind each, on one scale a pair.
    """
    figures = [_pictured("the picture", f"{size(look.shapes['picture'])}, as it enters", [data_url(look.seen)])]
    for convolution, pooling in (("conv1", "pool1"), ("conv2", "pool2")):
        strongest = np.argsort(-look.outputs[convolution].mean((1, 2)), kind="stable")[:COMPARED]
        largest = float(look.outputs[convolution][strongest].max()) or 1.0
        for stage in (convolution, pooling):
            light = np.rint(255 * np.minimum(1, look.outputs[stage][strongest] / largest)).astype(np.uint8)
            about = f"{size(look.shapes[stage])}; channels {', '.join(map(str, strongest))}; white is {largest:.3g}"
            name = LAYERS[stage][1]
            figures.append(_pictured(name, about, [data_url(channel) for channel in light]))
    return f'<div class="stem">{"".join(figures)}</div>'


def _pictured(title: str, about: str, pictures: list[str]) -> str:
    """A figure of one picture or of a few that belong together, two in a row."""
    shown = "".join(f'<img class="pixels" src="{picture}" alt="">' for picture in pictures)
    return (
        f'<figure><div class="maps{len(pictures)}" role="img" aria-label="{title}: {about}">{shown}</div>'
        f"<figcaption><b>{title}</b> {about}</figcaption></figure>"
    )


def norms(look: Look) -> dict[str, Any]:
    """Value of the Maps: the strongest channels before and after each local response normalisation, if there is any."""
    rows, limit = [], 0.0
    for k, (before, after) in enumerate(NORMS if has_norms(look) else (), start=1):
        strongest = np.argsort(-look.outputs[before].mean((1, 2)), kind="stable")[:COMPARED]
        x, y = look.outputs[before][strongest], look.outputs[after][strongest]
        limit = max(limit, float(x.max()))
        numbers = ", ".join(map(str, strongest))
        rows.append(
            {
                "net": f"LRN {k}",
                "title": f"Normalisation {k}: channels {numbers}, the strongest before it",
                "panels": [panel("before", x), panel("after", y), panel("after − before", y - x)],
            }
        )
    return {"name": "Local response normalisation", "limit": limit, "rows": rows}


def norms_sentence(look: Look) -> str:
    """How much each normalisation changes, over all channels and positions."""
    parts = []
    for k, (before, after) in enumerate(NORMS, start=1):
        x, y = look.outputs[before], look.outputs[after]
        alive = x > 0
        mean = np.abs(y - x).sum() / np.abs(x).sum()
        most = (1 - y[alive] / x[alive]).max() if alive.any() else 0
        parts.append(
            f"normalisation {k} shrinks its input by {100 * mean:.2g} % on average, and by {100 * most:.2g} % at most"
        )
    return f"On this picture, {parts[0]}; {parts[1]}."


def has_norms(look: Look) -> bool:
    """Whether this network normalises at all: torchvision's GoogLeNet does not."""
    return all(stage in look.outputs for pair in NORMS for stage in pair)


def _number(value: float) -> str:
    return f"{value:.3g}"


def _base64(pixels: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
