"""Numbers in words: the one place that rounds them, gives them signs, writes powers of ten and keeps them whole."""

from __future__ import annotations

import math
import re

# A picture, a link's address, a formula and a tag, which stay as they are; a number with its sign; the name of a net.
WHOLE = re.compile(
    r"<svg\b.*?</svg>|\]\([^)\s]*\)|\$\$.*?\$\$|\$[^$\n]*\$|<[^>]*>|\d[\d.,]*\s%|\b(?:plain|residual)-\d+", re.DOTALL
)
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, smallest: float = 1e-3, largest: float = 1e4) -> str:
    """Three digits: 1,325 or 0.0123. With a power of ten below `smallest` and from `largest` on."""
    value = float(value)
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else "no finite number"
    if not smallest <= abs(value) < largest:
        return power(value)
    return fixed(value, max(0, 2 - exponent(value, 3)))


def power(value: float, plain: bool = False) -> str:
    """Two digits with a power of ten: 1.0 · 10⁻⁴ for 9.97e-5. `plain`: 1 · 10⁻⁴, without a last zero."""
    raised = exponent(value, 2)
    front = f"{value / 10.0**raised:.1f}".replace("-", "−")
    return f"{front.removesuffix('.0') if plain else front} · 10{str(raised).translate(RAISED)}"


def exponent(value: float, digits: int) -> int:
    """The power of ten of a number that is rounded to so many digits: 0.0999 is 10⁻¹ with two, 10⁻² with three."""
    return int(f"{value:.{digits - 1}e}".partition("e")[2])


def fixed(value: float, decimals: int) -> str:
    """'1,325.0' or '−0.007', with a true minus."""
    return f"{float(value):,.{decimals}f}".replace("-", "−")


def percent(share: float) -> str:
    """0.613 as '61.3 %'."""
    return f"{100 * float(share):.1f} %"


def signed(value: float, decimals: int = 2) -> str:
    """'+1.25' or '−0.25', with a true minus."""
    return f"{float(value):+.{decimals}f}".replace("-", "−")


def difference(one: float, other: float, decimals: int = 1) -> float:
    """One number minus another as a reader finds it who sees both with so many decimals."""
    return round(round(float(one), decimals) - round(float(other), decimals), decimals)


def named(names: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def a(name: str) -> str:
    """A name with its article: 'a 3', 'an 8', 'an automobile'."""
    return f"{'an' if name[0] in 'aeiou8' else 'a'} {name}"


def duration(seconds: float) -> str:
    """A time that is only known roughly, rounded: 8 s, 40 s, 3 minutes."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 100:
        return f"{5 * round(seconds / 5)} s"
    return f"{round(seconds / 60)} minutes"


def whole(text: str) -> str:
    """Markdown or HTML in which no line begins within a number with its % or the name of a net."""
    return WHOLE.sub(lambda found: found[0] if found[0][0] in "<$]" else f'<span class="whole">{found[0]}</span>', text)
