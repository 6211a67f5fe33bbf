"""The landscape in words: how far it is, and what two surfaces show in numbers."""

from __future__ import annotations

import math

import numpy as np

from models.core.artifacts import Certificate
from models.core.runtime import hardware
from models.deeper.landscape import Landscape
from models.deeper.nets import Trained
from visuals.page import style, words
from visuals.page.words import named

GUESS = math.log(10)  # loss of a net that gives every class the same probability
ABOUT = 1.25  # shares of the plane that differ by a smaller factor are called about equal


def recorded_outcome(config: Landscape, loss: np.ndarray, error: np.ndarray, certificate: Certificate) -> str:
    """What the recorded surfaces show, (net, row, column) each."""
    detail = f"{style.data_of(certificate)}; seed {config.seed}; {certificate.hardware}"
    said = style.told(verdict(config, loss, error)[-1], announce=False)
    return table(config, loss, error) + said + style.recorded(certificate, detail)


def live_outcome(config: Landscape, loss: np.ndarray, error: np.ndarray, seconds: float) -> str:
    """The same of surfaces measured just now, and how fast it went."""
    pace = f"{loss.size:,} evaluations in {seconds:.0f} s, {loss.size / seconds:.0f} a second"
    label = style.measured(f"seed {config.seed}; {pace}; {hardware(threads=True)}")
    return table(config, loss, error) + style.told(verdict(config, loss, error)[-1]) + label


def table(config: Landscape, loss: np.ndarray, error: np.ndarray) -> str:
    """The two surfaces in numbers, side by side."""
    middle = config.size // 2
    rows = {
        "loss of the trained net": [number(surface[middle, middle]) for surface in loss],
        "wrong answers": [f"{surface[middle, middle]:.0f} %" for surface in error],
        "loss on the rim, median": [number(rim(surface)) for surface in loss],
        f"area below guessing, {GUESS:.2f}": [percent(share(surface)) for surface in loss],
    }
    head = ["", *(net.lane.name for net in config.nets)]
    return style.table("The surfaces in numbers", head, [[name, *cells] for name, cells in rows.items()])


def progress(config: Landscape, done: int, seconds_left: float) -> str:
    """How many places have been measured, and for how long it will go on."""
    said = f"Measuring from the trained nets outward: {done} of {len(config.nets) * config.size**2:,} places"
    return style.told(f"{said}, about {seconds_left:.0f} s left.", announce=False) + style.measured(
        f"seed {config.seed}"
    )


def verdict(config: Landscape, loss: np.ndarray, error: np.ndarray) -> list[str]:
    """What the two surfaces say in numbers, whatever that is: a sentence for each net, and one for both."""
    said = [of_one(net, config.reach, loss[k], error[k]) for k, net in enumerate(config.nets)]
    (plain, residual), (plain_name, residual_name) = map(share, loss), (net.lane.name for net in config.nets)
    if max(plain, residual) == 0:
        said.append(f"Neither net is anywhere better than guessing, whose loss is {GUESS:.2f}.")
    elif max(plain, residual) < ABOUT * min(plain, residual):
        said.append("About as much of the plane beats guessing around both: their hollows are about equally wide.")
    else:
        wider = int(residual > plain)
        higher = (
            ", though on the rim its loss is the higher one" if rim(loss[wider]) > ABOUT * rim(loss[1 - wider]) else ""
        )
        name = (plain_name, residual_name)[wider]
        said.append(f"More of the plane beats guessing around {name}: its hollow is wider{higher}.")
    return said


def all_recorded(loss: dict[str, np.ndarray]) -> dict[str, str]:
    """What the recorded planes (row, column) of all nets say together, by the names of their places in the words."""
    depths = sorted({int(name.partition("-")[2]) for name in loss})
    wider = [shape(share(loss[f"residual-{depth}"]), share(loss[f"plain-{depth}"])) for depth in depths]
    return {
        "HIGHEST": named([f"{number(float(plane.max()))} around {name}" for name, plane in loss.items()]),
        "PLACES": f"{len(next(iter(loss.values())))} × {len(next(iter(loss.values())))}",
        "SHARES": named([f"{percent(share(plane))} around {name}" for name, plane in loss.items()]),
        "AGREES": agreement(dict(zip(depths, wider, strict=True))),
    }


def shape(residual: float, plain: float) -> int:
    """1 where the hollow of the residual net is wider, -1 where it is narrower, 0 where they are about equal."""
    return 0 if max(plain, residual) <= ABOUT * min(plain, residual) else 1 if residual > plain else -1


def agreement(wider: dict[int, int]) -> str:
    """At which depths the hollow is wider around the residual net, as one would expect from the paper."""
    said = []
    for found, how in ((1, "wider"), (0, "about as wide"), (-1, "narrower")):
        if depths := [str(depth) for depth, is_so in wider.items() if is_so == found]:
            than = "as" if found == 0 else "than"
            said.append(f"with {named(depths)} layers the residual net's hollow is {how} {than} the plain one's")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def of_one(net: Trained, reach: float, loss: np.ndarray, error: np.ndarray) -> str:
    """One net's loss in the centre, at the rim and how much of the plane is better than guessing."""
    middle = len(loss) // 2
    hardly = ", so it has hardly learned" if loss[middle, middle] > GUESS / 2 else ""
    own, wrong = number(loss[middle, middle]), f"{error[middle, middle]:.0f} % wrong{hardly}"
    return (
        f"{net.lane.name} stands at a loss of {own} ({wrong}); on the rim, at distance {reach:g}, the median is "
        f"{number(rim(loss))}. It beats guessing (below {GUESS:.2f}) on {percent(share(loss))} of the plane."
    )


def rim(loss: np.ndarray) -> float:
    """The median loss on the four sides of the plane."""
    return float(np.median(np.concatenate([loss[0], loss[-1], loss[1:-1, 0], loss[1:-1, -1]])))


def share(loss: np.ndarray) -> float:
    """Share of the measured places at which the net is better than guessing."""
    return float((loss < GUESS).mean())


def percent(part: float) -> str:
    return f"{100 * part:.0f} %" if part >= 0.1 or part == 0 else f"{100 * part:.1f} %"


def number(value: float) -> str:
    """A loss in words: three digits, very large ones with a power of ten."""
    return words.number(value, largest=1e5)
