"""The layout of tab 1."""

from __future__ import annotations

from pathlib import Path

from visuals.layout import Layout

HERE = Path(__file__).parent

_layout = Layout(HERE)
prose, html, beside, exercises = _layout.prose, _layout.html, _layout.beside, _layout.exercises
