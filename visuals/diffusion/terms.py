"""The lines of the equations of tab 3: in symbols, as templates for numbers, and how numbers are printed."""

from __future__ import annotations

from dataclasses import dataclass

MINUS = "−"
SYMBOLS = {
    "xt": "xₜ",
    "eps": "ε̂",
    "eps_used": "ε̂",
    "x0": "x̂₀",
    "z": "z",
    "before": "xₜ₋₁",
    "last_x0": "x̂₀ of the step before",
    "mean": "mean",
    "added": "σₜ z",
    "line": "D",
    "start": "x₀",
    "step_eps": "ε",
    "all_eps": "ε",
}


@dataclass(frozen=True)
class Term:
    """One line: its key in LEGEND, how its numbers are put together, the value that results, and when it is there.

    Places of `numbers` are factors, printed with five digits, or the pixel's values, printed to four decimals and
    named by their symbols as long as no pixel is chosen.
    """

    key: str
    numbers: str
    result: str = ""
    picture: bool = False  # whether the value can be seen as a pixel
    only: str = ""  # "clipped" or "inside": only where x0 was, or was not, clipped


LEGEND = {
    "xt": ["xₜ, now", ""],
    "eps": ["ε̂, the network’s guess", "ε̂(xₜ, t)"],
    "x0": ["x̂₀, clean picture (Eq. 15)", "(xₜ − √(1−ᾱₜ) ε̂) / √ᾱₜ"],
    "clip": ["x̂₀, clipped", "at most 1, at least −1"],
    "eq11": ["mean (Eq. 11)", "(xₜ − βₜ/√(1−ᾱₜ) ε̂) / √αₜ"],
    "eq7": ["mean (Eq. 7), as x̂₀ was clipped", "√ᾱₜ₋₁ βₜ/(1−ᾱₜ) x̂₀ + √αₜ (1−ᾱₜ₋₁)/(1−ᾱₜ) xₜ"],
    "sigma": ["noise that is added", "σₜ z"],
    "ddpm": ["xₜ₋₁ (Algorithm 2, line 4)", "mean + σₜ z"],
    "eps again": ["ε̂ that the clipped x̂₀ implies", "(xₜ − √ᾱₜ x̂₀) / √(1−ᾱₜ)"],
    "ddim": ["xₜ₋₁ (DDIM, Eq. 12)", "√ᾱₜ₋₁ x̂₀ + √(1−ᾱₜ₋₁−σₜ²) ε̂ + σₜ z"],
    "line": ["D, x̂₀ carried on", "(1 + 1/2r) x̂₀ − 1/2r x̂₀ of the step before"],
    "dpm++": ["xₜ₋₁ (DPM-Solver++, Algorithm 2)", "√((1−ᾱₜ₋₁)/(1−ᾱₜ)) xₜ + (√ᾱₜ₋₁ − √((1−ᾱₜ₋₁)/(1−ᾱₜ)) √ᾱₜ) D"],
    "eq2": ["one step on (Eq. 2)", "xₜ = √(1−βₜ) xₜ₋₁ + √βₜ ε"],
    "eq4": ["all steps at once (Eq. 4)", "xₜ = √ᾱₜ x₀ + √(1−ᾱₜ) ε"],
    "steps": ["noise so far, all pixels, step by step", "by Eq. 4: mean 0, standard deviation 1"],
    "once": ["noise of the picture in one go", "by Eq. 4: mean 0, standard deviation 1"],
    "start": ["x₀, the picture", "no noise at t = 0"],
    "new": ["x₀, the new picture", "no noise at t = 0"],
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
OF_ALL = {"steps": "std_steps", "once": "std_once"}  # lines that are there once these numbers are known


def write(term: Term, factors: dict[str, float], known: dict[str, float]) -> list[str] | None:
    """A line [key, with numbers, value, as pixel, note]; None where it does not belong to these numbers."""
    clipped = "x0_raw" in known and abs(known["x0_raw"]) > 1
    if term.only == ("inside" if clipped else "clipped"):
        return None
    if term.key in OF_ALL and OF_ALL[term.key] not in known:
        return None
    known = known | ({"start": known["x0"], "step_eps": known["z"], "all_eps": known["eps"]} if "x0" in known else {})
    shown = SYMBOLS | {name: in_a_sum(value) for name, value in known.items()}
    shown |= {name: digits(value) for name, value in factors.items()}
    value = known.get(term.result)
    said = "" if value is None else decimals(value)
    pixel = "" if value is None or not term.picture else str(as_pixel(value))
    note = "factor 0: nothing is added" if term.key == "sigma" and factors["sigma"] == 0 else ""
    if term.key == "x0" and clipped:
        note = "beyond the range of pixels"
    return [term.key, term.numbers.format(**shown), said, pixel, note]


def decimals(value: float) -> str:
    """A value of a pixel, to four decimals."""
    return f"{value:.4f}".replace("-", MINUS)


def in_a_sum(value: float) -> str:
    """The same as a part of a sum: in brackets where it is below zero."""
    text = decimals(value)
    return f"({text})" if text.startswith(MINUS) else text


def digits(value: float) -> str:
    """A factor, to five significant digits."""
    return f"{value:.5g}".replace("-", MINUS)


def as_pixel(value: float) -> int:
    """A value from -1 to 1 as it is drawn, 0 to 255; what is beyond is cut off."""
    return min(255, max(0, round((value + 1) * 127.5)))
