"""The trained nets at hand: the recorded ones that ship, and those that the visitor's last race has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from models.deeper import photographs
from models.deeper.nets import Trained, images, recorded
from models.deeper.race import Layers, Race
from visuals.page.visitors import Visitors, bytes_of

OF_DIGITS = (8, 20)  # layers of the recorded nets that read digits
MEASURED_ON = 500  # test images at most, for what takes all of them
OWN = "from your race"

Looks = Mapping[int, Mapping[int, Layers]]  # step: lane: what was seen there
Nets = tuple[Trained, ...]


@dataclass(frozen=True, eq=False)
class Raced:
    """What a live race has left."""

    config: Race
    looks: Looks
    nets: Nets


RACED: Visitors[Raced] = Visitors(lambda raced: sum(bytes_of(net.state) for net in raced.nets))


@cache
def of_photographs() -> Nets:
    """The paper's nets, trained on CIFAR-10: the sections look into these."""
    return tuple(recorded(name, photographs.NAME) for name in photographs.NETS)


@cache
def of_digits() -> Nets:
    """The recorded nets that live experiments go on with."""
    return tuple(recorded(f"{kind}-{depth}") for depth in OF_DIGITS for kind in ("plain", "residual"))


def joined(own: Nets) -> Nets:
    """A visitor's own nets, and of those that read digits the ones of which they have trained no counterpart."""

    def kind(net: Trained) -> tuple[int, bool, str]:
        return net.lane.depth, net.lane.norm, net.lane.init

    trained = set(map(kind, own))
    return (*(net for net in of_digits() if kind(net) not in trained), *own)


def pairs(nets: Nets) -> dict[str, Nets]:
    """The nets by what they have in common besides the shortcut: "20 layers", the recorded ones first."""
    found: dict[str, list[Trained]] = {}
    for net in sorted(nets, key=lambda net: (is_own(net), net.lane.depth, net.lane.skip)):
        depth, *rest = net.lane.name.split("-", 1)[1].split(", ")
        found.setdefault(", ".join([f"{depth} layers", *rest, *[OWN] * is_own(net)]), []).append(net)
    return {name: tuple(pair) for name, pair in found.items()}


def is_own(net: Trained) -> bool:
    """Whether a race has left it; the nets of photographs are recorded."""
    return net.data != photographs.NAME


def test_images(nets: Nets) -> tuple:
    """(x, y) of the test images on which what is shown of these nets is measured."""
    _, _, x, y = images(nets[0].data)
    return x[:MEASURED_ON], y[:MEASURED_ON]
