"""What the landscape's browser tests read off its picture and table."""

from __future__ import annotations


def as_written(cell: str) -> float:
    """8.52·10⁻⁴ is 8.52e-4."""
    front, _, exponent = cell.partition("·10")
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(front) * 10 ** int(exponent.translate(digits) or 0)


def cameras(page) -> list[dict]:
    return page.evaluate(
        """() => { const drawing = document.querySelector('#landscape .drawing');
        return ['scene', 'scene2'].map(s => drawing._fullLayout[s]._scene.getCamera().eye); }"""
    )
