"""Guidance in words: what is said of the strip is in the recorded run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.core import artifacts
from models.noisier.denoise import NETWORKS
from models.noisier.guidance import SCALES, Strip, relative_variety
from models.noisier.judge import classes
from visuals.noisier import albums
from visuals.noisier.guidance import view, words


def test_the_strip_in_words():
    run = artifacts.load_run("guidance-mnist")
    said = words.sentence(Strip(), albums.recorded_rows(run), classes("mnist"))
    found = [round(relative_variety(pictures), 2) for pictures in run["pictures"]]
    least = [f"{scale:g}" for scale, variety in zip(SCALES, found, strict=True) if variety == min(found)]
    assert f"the variety of these 8 pictures is {found[SCALES.index(1)]:.2f}." in said
    assert least == ["3", "5"]  # beside both rows stands the same number
    assert f"The least is {min(found):.2f}, at s = 3 and 5." in said
    found = words.headings(Strip(), albums.recorded_rows(run))
    for head, read, pictures in zip(found, run["classes"], run["pictures"], strict=True):
        assert head.short == f"{sum(read == 3)}/8 · {relative_variety(pictures):.2f}"


@pytest.mark.parametrize("network", NETWORKS)
def test_beside_the_strip_stand_the_recorded_shares_of_all_classes(network):
    """Eight pictures of one class can all be read as asked, whatever the scale."""
    certificate = artifacts.certificate(f"guidance-{network}")
    run = artifacts.load_run(f"guidance-{network}")
    shown, _, _, said = view.recorded(run, certificate, network, classes(network))
    plain, most = (certificate.metrics[scale] for scale in ("1", "8"))
    assert plain["read_as_asked"] < most["read_as_asked"]
    assert plain["relative_variety"] > most["relative_variety"]
    assert certificate.config["pictures"] == 100
    assert "So 100 more were drawn at each scale, of all classes." in said
    assert f"{plain['read_as_asked']:.0f} of these are read as asked" in said
    assert "variety within a class" in certificate.note
    assert f"and the variety within a class is {plain['relative_variety']:.2f}." in said
    assert f"At s = 8, {most['read_as_asked']:.0f} are. The variety is then {most['relative_variety']:.2f}." in said
    assert said.startswith("<details>")  # one looks first
    answer = "You gain pictures of the class that you ask for, and lose variety."
    assert answer in said
    alike = certificate.metrics | {"8": most | {"relative_variety": plain["relative_variety"]}}
    assert answer not in words.of_all(replace(certificate, metrics=alike))
    assert "Second: variety, how much two pictures differ, divided by their contrast." in shown.get()["legend"]
