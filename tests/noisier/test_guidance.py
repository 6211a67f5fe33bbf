"""Guidance in words: what is said of the strip is in the recorded run."""

from __future__ import annotations

import pytest

from models.core import artifacts
from models.noisier.denoise import NETWORKS
from models.noisier.guidance import Strip, relative_variety
from models.noisier.judge import classes
from visuals.noisier import albums
from visuals.noisier.guidance import view, words


def test_the_strip_in_words():
    run = artifacts.load_run("guidance-mnist")
    said = words.sentence(Strip(), albums.recorded_rows(run), classes("mnist"))
    plain, most = (relative_variety(run["pictures"][k]) for k in (1, 6))
    assert f"Variety goes from {plain:.2f} at s = 1 to {most:.2f} at s = 8." in said
    found = words.headings(Strip(), albums.recorded_rows(run))
    for head, read, pictures in zip(found, run["classes"], run["pictures"], strict=True):
        assert head.short == f"{sum(read == 3)}/8 · {relative_variety(pictures):.2f}"


@pytest.mark.parametrize("network", NETWORKS)
def test_beside_the_strip_stand_the_recorded_shares_of_all_classes(network):
    """Eight pictures of one class can all be read as asked, whatever the scale."""
    certificate = artifacts.certificate(f"guidance-{network}")
    shown, said, _ = view.recorded(artifacts.load_run(f"guidance-{network}"), certificate, network, classes(network))
    plain, most = (certificate.metrics[scale]["read_as_asked"] for scale in ("1", "8"))
    assert plain < most
    assert certificate.config["pictures"] == 100
    assert (
        f"Of 100 recorded pictures of all classes, {plain:.0f} are read as asked at s = 1, and {most:.0f} at s = 8."
        in said
    )
    assert "Second number: variety relative to contrast." in shown["legend"]
