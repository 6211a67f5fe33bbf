"""The layout of tab 2."""

from __future__ import annotations

from pathlib import Path

from visuals.layout import Layout

_layout = Layout(Path(__file__).parent)
prose, html, beside, exercises = _layout.prose, _layout.html, _layout.beside, _layout.exercises
