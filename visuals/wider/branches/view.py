"""What the chosen module sees: its feature maps, and one channel enlarged."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

import numpy as np

from models.wider import activations
from models.wider.activations import Maps, Pass
from models.wider.googlenet import BRANCHES
from visuals.components.pictures import data_url
from visuals.wider.branches import words
from visuals.wider.network_map import ROWS, TITLES, branches_of

SHOWN = 16  # feature maps of each branch, until all are asked for
Channel = tuple[str, int]  # branch and number of the channel in it


def feature_maps(run: Pass, module: str, chosen: Channel, every: bool = False) -> dict[str, Any]:
    """Value of the FeatureMaps: the strongest maps of each branch of a module, or every one."""
    maps = run.maps(module)
    loudest = max(branch.means[0] for branch in maps.values())
    count = ROWS[module].out[2]
    return {
        "known": run.network,
        "name": module,
        "says": f"{count} channels, one stroke each",
        "side": run.shapes[module][1],
        "chosen": {"branch": chosen[0], "channel": chosen[1]},
        "all": every,
        "branches": [_column(about, maps[about["branch"]], loudest, every) for about in branches_of(ROWS[module])],
    }


def _column(about: dict[str, Any], maps: Maps, loudest: float, every: bool) -> dict[str, Any]:
    total = len(maps.channels)
    count = total if every else min(SHOWN, total)
    shown = f"all {total} channels" if count == total else f"{count} of {total} channels"
    strip = np.empty(total, np.uint8)
    strip[maps.channels] = np.rint(255 * np.sqrt(maps.means / (loudest or 1)))
    return {
        "branch": about["branch"],
        "title": about["title"],
        "caption": shown,
        "says": f"{about['title']} branch: {shown}, the strongest first. Arrow keys choose one, which is enlarged.",
        "largest": _number(maps.largest),
        "channels": total,
        "share": about["share"],
        "strip": _base64(strip),
        "order": maps.channels[:count].tolist(),
        "means": [_number(mean) for mean in maps.means[:count]],
        "maxima": [_number(largest) for largest in maps.maxima[:count]],
        "data": _base64(maps.pixels[:count]),
    }


def field(run: Pass, module: str, chosen: Channel, at: tuple[int, int] | None = None) -> dict[str, Any]:
    """Value of the ReceptiveField: one channel, at its strongest position if none is given."""
    branch, channel = chosen
    maps = run.maps(module)[branch]
    pixels = maps.pixels[maps.channels.tolist().index(channel)]
    side = len(pixels)
    row, column = at or divmod(int(pixels.argmax()), side)
    fields = activations.trained(run.network).fields[module]
    return {
        "name": f"Module {module}, {TITLES[branch]} branch, channel {channel}",
        "known": run.network,
        "module": module,
        "branch": branch,
        "channel": channel,
        "side": side,
        "data": _base64(pixels),
        "largest": maps.largest,
        "picture": data_url(run.seen),
        "size": run.shapes["picture"][1],
        "fields": [{"branch": name, "title": TITLES[name], **asdict(fields[name])} for name in BRANCHES],
        "frames": words.frames({TITLES[name]: fields[name].size for name in BRANCHES}, run.shapes["picture"][1]),
        "at": [row, column],
        "effective": _effective(run, module, chosen, (row, column)),
    }


def _effective(run: Pass, module: str, chosen: Channel, at: tuple[int, int]) -> dict[str, Any]:
    influence = activations.influence(run, module, *chosen, at)
    most = influence.max()
    light = np.sqrt(influence / most) if most else influence
    return {
        "at": list(at),
        "data": _base64(np.rint(255 * light).astype(np.uint8)),
        "says": words.field(activations.trained(run.network).fields[module][chosen[0]], at, influence),
    }


def _number(value: float) -> str:
    return f"{value:.3g}"


def _base64(pixels: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
