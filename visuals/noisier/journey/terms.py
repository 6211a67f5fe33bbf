"""The lines of the equations: in symbols, as templates for numbers, and how numbers are printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

MINUS = "−"
SYMBOLS = {
    "xt": "x_t",
    "eps": "ε_θ",
    "eps_used": "ε_θ",
    "x0": "x̂_0",
    "z": "z",
    "before": "x_{t−1}",
    "last_x0": "x̂_0 of the step before",
    "mean": "mean",
    "added": "σ_t z",
    "line": "D",
    "start": "x_0",
    "step_eps": "ε",
    "all_eps": "ε",
}


@dataclass(frozen=True)
class Term:
    """One line: its key in LEGEND, how its numbers are put together, the value that results, and when it is there.

    Places of `numbers` are factors, printed with five digits, or the pixel's values, printed to four decimals and
    named by their symbols as long as no pixel is chosen. x_{t−1} is the picture after the step: with fewer than 1,000
    steps, that at the next time which is kept.
    """

    key: str
    numbers: str
    result: str = ""
    picture: bool = False  # whether the value can be seen as a pixel
    only: str = ""  # "clipped" or "inside": only where x0 was, or was not, clipped


LEGEND = {
    "xt": ["x_t, now", ""],
    "eps": ["ε_θ(x_t, t), the network’s guess", "√ᾱ_t v + √(1−ᾱ_t) x_t, from our network’s v"],
    "x0": ["x̂_0, clean picture (Eq. 15)", "(x_t − √(1−ᾱ_t) ε_θ) / √ᾱ_t"],
    "clip": ["x̂_0, clipped", "at most 1, at least −1"],
    "eq11": ["mean (Eq. 11)", "(x_t − β_t/√(1−ᾱ_t) ε_θ) / √α_t"],
    "eq7": ["mean (Eq. 7), as x̂_0 was clipped", "√ᾱ_{t−1} β_t/(1−ᾱ_t) x̂_0 + √α_t (1−ᾱ_{t−1})/(1−ᾱ_t) x_t"],
    "sigma": ["noise that is added", "σ_t z"],
    "ddpm": ["x_{t−1}, mean and fresh noise (Algorithm 2)", "mean + σ_t z"],
    "eps again": ["ε_θ that the clipped x̂_0 implies", "(x_t − √ᾱ_t x̂_0) / √(1−ᾱ_t)"],
    "ddim": ["x_{t−1} (DDIM, Eq. 12)", "√ᾱ_{t−1} x̂_0 + √(1−ᾱ_{t−1}−σ_t²) ε_θ + σ_t z"],
    "line": ["D, x̂_0 carried on", "(1 + 1/2r) x̂_0 − 1/2r x̂_0 of the step before"],
    "dpm++": ["x_{t−1} (DPM-Solver++, Algorithm 2)", "q x_t + (√ᾱ_{t−1} − q √ᾱ_t) D, q = √((1−ᾱ_{t−1})/(1−ᾱ_t))"],
    "eq2": ["one step on (Eq. 2)", "x_t = √(1−β_t) x_{t−1} + √β_t ε"],
    "eq4": ["all steps at once (Eq. 4)", "x_t = √ᾱ_t x_0 + √(1−ᾱ_t) ε"],
    "steps": ["noise so far, all pixels, step by step", "by Eq. 4: mean 0, standard deviation 1"],
    "once": ["noise of the picture in one go", "by Eq. 4: mean 0, standard deviation 1"],
    "start": ["x_0, the picture", "no noise at t = 0"],
    "new": ["x_0, the new picture", "no noise at t = 0"],
}

_FIRST = (
    Term("xt", "", "xt", picture=True),
    Term("eps", "", "eps"),
    Term("x0", "({xt} − {noise} · {eps}) / {signal}", "x0_raw"),
    Term("clip", "", "x0", picture=True, only="clipped"),
)
BACK = {
    "ddpm": (
        *_FIRST,
        Term("eq11", "({xt} − {take} · {eps}) / {shrink}", "mean", only="inside"),
        Term("eq7", "{of_x0} · {x0} + {of_xt} · {xt}", "mean", only="clipped"),
        Term("sigma", "{sigma} · {z}", "added"),
        Term("ddpm", "{mean} + {added}", "before", picture=True),
    ),
    "ddim": (
        *_FIRST,
        Term("eps again", "({xt} − {signal} · {x0}) / {noise}", "eps_used", only="clipped"),
        Term("sigma", "{sigma} · {z}", "added"),
        Term("ddim", "{of_x0} · {x0} + {of_eps} · {eps_used} + {added}", "before", picture=True),
    ),
    "dpm++": (
        *_FIRST,
        Term("line", "{ahead} · {x0} − {behind} · {last_x0}", "line"),
        Term("dpm++", "{kept} · {xt} + {of_line} · {line}", "before", picture=True),
    ),
}
THERE = (
    Term("eq2", "{keep} · {before} + {add} · {step_eps}", "xt", picture=True),
    Term("eq4", "{signal} · {start} + {noise} · {all_eps}", "xt", picture=True),
    Term("steps", "mean {mean_steps}, standard deviation {std_steps}"),
    Term("once", "mean {mean_once}, standard deviation {std_once}"),
)
START = (Term("start", "", "xt", picture=True),)
NEW = (Term("new", "", "xt", picture=True),)
# What unfolds. In sight stay the equations whose result the player shows: beside it there is no room for more.
BETWEEN = ["xt", "eq11", "eq7", "sigma", "eps again", "line", "steps", "once"]
OF_ALL = {"steps": "std_steps", "once": "std_once"}  # lines that are there once these numbers are known


def write(term: Term, factors: dict[str, float], known: dict[str, float]) -> list[str] | None:
    """A line [key, with numbers, value, as pixel, note]; None where it does not belong to these numbers.

    A line that has no number yet would only repeat its symbols.
    """
    clipped = "x0_raw" in known and abs(known["x0_raw"]) > 1
    if term.only == ("inside" if clipped else "clipped"):
        return None
    if term.key in OF_ALL and OF_ALL[term.key] not in known:
        return None
    known = known | ({"start": known["x0"], "step_eps": known["z"], "all_eps": known["eps"]} if "x0" in known else {})
    shown = SYMBOLS | {name: decimals(value) for name, value in known.items()}
    shown |= {name: digits(value) for name, value in factors.items()}
    value = known.get(term.result)
    said = "" if value is None else decimals(value)
    pixel = str(as_pixel(value)) if value is not None and (term.picture or (term.key == "x0" and not clipped)) else ""
    note = "factor 0: nothing is added" if term.key == "sigma" and factors["sigma"] == 0 else ""
    if term.key == "x0" and clipped:
        note = "beyond the range of pixels"
    numbers = bracketed(term.numbers.format(**shown))
    return [term.key, "" if numbers == LEGEND[term.key][1] else numbers, said, pixel, note]


def decimals(value: float) -> str:
    """A value of a pixel, to four decimals."""
    return f"{value:.4f}".replace("-", MINUS)


def bracketed(text: str) -> str:
    """A line of numbers in which those below zero that come after a sign stand in brackets."""
    return re.sub(rf"([·+{MINUS}] )({MINUS}[\d.]+)", r"\1(\2)", text)


def digits(value: float) -> str:
    """A factor, to five significant digits."""
    return f"{value:.5g}".replace("-", MINUS)


def as_pixel(value: float) -> int:
    """A value from -1 to 1 as it is drawn, 0 to 255; what is beyond is cut off."""
    return min(255, max(0, round((value + 1) * 127.5)))
