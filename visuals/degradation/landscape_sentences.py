"""What the landscape section says in words: how far it is, and what two surfaces show in numbers."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from models.artifacts import Certificate
from models.landscape import Landscape
from models.race import Trained
from models.runtime import hardware
from visuals import style

GUESS = math.log(10)  # loss of a net that gives every digit the same probability
ABOUT = 1.25  # shares of the plane that differ by a smaller factor are called about equal


def recorded_outcome(config: Landscape, loss: np.ndarray, error: np.ndarray, certificate: Certificate) -> str:
    """What the recorded surfaces show, (net, row, column) each."""
    detail = f"{certificate.data}; seed {config.seed}; {certificate.hardware}"
    return paragraphs(verdict(config, loss, error), announce=False) + style.recorded(certificate, detail)


def live_outcome(config: Landscape, loss: np.ndarray, error: np.ndarray, seconds: float) -> str:
    """The same of surfaces measured just now, and how fast it went."""
    pace = f"{loss.size:,} evaluations in {seconds:.0f} s, {loss.size / seconds:.0f} a second"
    return paragraphs(verdict(config, loss, error)) + style.measured(f"seed {config.seed}; {pace}; {hardware('cpu')}")


def progress(config: Landscape, done: int, seconds_left: float) -> str:
    """How many places have been measured, and for how long it will go on."""
    said = f"Measuring from the trained nets outward: {done} of {len(config.nets) * config.size**2:,} places"
    return style.told(f"{said}, about {seconds_left:.0f} s left.", announce=False) + style.measured(
        f"seed {config.seed}"
    )


def paragraphs(sentences: list[str], announce: bool = True) -> str:
    """Each on a line of its own; `announce`: a screen reader says them at once."""
    role = ' role="status"' if announce else ""
    return (
        f"<div{role}>" + "".join(f'<p class="told short">{escape(sentence)}</p>' for sentence in sentences) + "</div>"
    )


def verdict(config: Landscape, loss: np.ndarray, error: np.ndarray) -> list[str]:
    """What the two surfaces say in numbers, whatever that is: a sentence for each net, and one for both."""
    said = [of_one(net, config.reach, loss[k], error[k]) for k, net in enumerate(config.nets)]
    (plain, residual), (plain_name, residual_name) = map(share, loss), (net.lane.name for net in config.nets)
    if max(plain, residual) == 0:
        said.append(f"Neither net is anywhere better than guessing, whose loss is {GUESS:.2f}.")
    elif max(plain, residual) < ABOUT * min(plain, residual):
        said.append("About as much of the plane beats guessing around both.")
    else:
        wider = int(residual > plain)
        higher = ", though on the rim its loss is the higher one" if rim(loss[wider]) > rim(loss[1 - wider]) else ""
        said.append(f"More of the plane beats guessing around {(plain_name, residual_name)[wider]}{higher}.")
    return said


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
    if not math.isfinite(value):
        return "no finite number"
    if value < 1000:
        return f"{value:.3g}"
    if value < 1e5:
        return f"{value:,.0f}"
    exponent = math.floor(math.log10(value))
    return f"{value / 10**exponent:.1f} · 10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(exponent))
