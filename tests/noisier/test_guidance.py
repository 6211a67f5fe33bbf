"""Guidance in words: what is said of the strip is in the recorded run."""

from __future__ import annotations

from models.core import artifacts
from models.noisier.guidance import Strip
from models.noisier.judge import classes
from visuals.noisier import albums
from visuals.noisier.guidance import words


def test_the_strip_in_words():
    run = artifacts.load_run("guidance-mnist")
    said = words.sentence(Strip(), albums.recorded_rows(run), classes("mnist"))
    plain, most = (sum(run["classes"][k] == 3) for k in (1, 6))
    assert f"The classifier agrees with {plain} of 8 without guidance, and with {most} at s = 8." in said
    found = words.headings(Strip(), albums.recorded_rows(run))
    assert [head.short for head in found] == [f"{sum(classes_of_row == 3)}/8" for classes_of_row in run["classes"]]
