"""Is it a copy? The pictures are those of the run, each above its own neighbours, and the words follow the numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from models.core import artifacts
from models.noisier.denoise import NETWORKS
from models.noisier.judge import classes
from models.noisier.neighbours import SPACES
from tests.noisier.test_albums_page import drawn
from visuals.components.pictures import data_url
from visuals.noisier.neighbours import view, words
from visuals.page.words import number

every_network = pytest.mark.parametrize("network", NETWORKS)


def recorded(network: str) -> tuple[dict[str, np.ndarray], artifacts.Certificate]:
    return artifacts.load_run(f"neighbours-{network}"), artifacts.certificate(f"neighbours-{network}")


def found(network: str, near: int) -> artifacts.Certificate:
    """The certificate as it would be with so many samples near in pixels."""
    _, certificate = recorded(network)
    pixels = certificate.metrics["pixels"] | {"nearer_than_closest_test": near}
    return replace(certificate, metrics=certificate.metrics | {"pixels": pixels})


@every_network
def test_the_first_samples_are_shown_and_the_nearest_in_each_space(network):
    run, _ = recorded(network)
    shown = run["shown"][view.places(run)].tolist()
    assert shown[: view.FIRST] == list(range(view.FIRST))
    assert len(set(shown)) == len(shown) == view.COLUMNS
    ranks = np.minimum(*(run[f"{space}_distance"].argsort().argsort() for space in SPACES))
    chosen = shown[view.FIRST :]
    assert ranks[chosen].max() <= np.delete(ranks, chosen).min()


@every_network
def test_below_each_picture_are_its_neighbours_at_their_distance(network):
    run, certificate = recorded(network)
    album = view.recorded(run, certificate, classes(network)).album.get()
    cells = {(cell["row"], cell["column"]): cell for cell in album["new"]}
    assert len(cells) == len(album["new"]) == len(album["rows"]) * view.COLUMNS
    for column, place in enumerate(view.places(run)):
        sample = run["shown"][place]
        assert cells[0, column]["src"] == data_url(run["pictures"][place])
        assert cells[0, column]["caption"] == classes(network)[sample % 10]
        assert cells[3, column]["src"] == data_url(run["test_pictures"][column])
        for row, space in enumerate(SPACES, 1):
            assert cells[row, column]["src"] == data_url(run[f"{space}_pictures"][place])
            assert cells[row, column]["caption"] == number(run[f"{space}_distance"][sample])
            assert f" {classes(network)[run[f'{space}_label'][sample]]}," in cells[row, column]["says"]
            assert cells[3 + row, column]["src"] == data_url(run[f"test_{space}_pictures"][column])
            distance = run[f"test_{space}_distance"][run["test_shown"][column]]
            assert cells[3 + row, column]["caption"] == number(distance)


@every_network
def test_the_numbers_of_the_sentence_are_the_certificate_s(network):
    run, certificate = recorded(network)
    near = (run["pixels_distance"] < np.percentile(run["test_pixels_distance"], certificate.config["closest"])).sum()
    closest = certificate.config["closest"]
    expected = len(run["pixels_distance"]) * closest / 100
    samples = f"{len(run['pixels_distance']):,}"
    said = re.findall(r"[\d,]*\d", words.sentence(certificate))
    assert said == [str(100 - closest), samples, f"{expected:.0f}", str(near)]


def test_the_words_follow_the_numbers():
    assert words.sentence(found("cifar10", 10)).startswith("No sign of close copies. ")
    counted = " Of 200 test photographs, 10 are near; of as many generated ones, 10 are."
    assert counted in words.sentence(found("cifar10", 10))
    assert words.sentence(found("cifar10", 13)).endswith("Chance alone can make that difference.")
    assert words.sentence(found("cifar10", 30)).startswith("Some may be copies. ")
    assert "digits" in words.sentence(found("mnist", 0))
    assert "; of as many generated ones, 1 is." in words.sentence(found("mnist", 1))


def test_chance_is_that_of_as_many_draws():
    draws = np.random.default_rng(0).binomial(200, 0.05, 100_000)
    for near in (0, 10, 13, 30):
        assert words.by_chance(found("cifar10", near)) == pytest.approx((draws >= near).mean(), abs=0.005)


def test_all_digits_that_are_near_are_ones_which_tend_to_be_nearer():
    run, certificate = recorded("mnist")
    near = certificate.metrics["pixels"]["nearer_than_closest_test"]
    assert words.which(run, certificate, classes("mnist")).endswith(f": 1 ({near}).")
    ones, of_all = (np.median(run["pixels_distance"][of]) for of in (run["asked"] == 1, run["asked"] >= 0))
    assert ones < of_all
    said = words.alike(run, certificate, classes("mnist"))
    assert said == f" All {near} are of the class 1, whose pictures tend to be nearer than others."


def test_nothing_is_said_of_one_class_where_the_near_ones_are_of_several():
    assert words.alike(*recorded("cifar10"), classes("cifar10")) == ""


@every_network
def test_the_table_has_the_certificate_s_numbers(network):
    run, certificate = recorded(network)
    table = words.table(run, certificate, classes(network))
    for space in SPACES:
        cell = certificate.metrics[space]
        for value in (number(cell["of_samples"]["median"]), number(cell["of_test"]["median"])):
            assert f"<td>{value}</td>" in table
        assert f"<td>{cell['nearer_than_closest_test']}</td>" in table
        assert f"<td>{cell['nearer_to_training_than_to_test']}</td>" in table


def test_the_test_photograph_with_twins_is_at_a_distance_like_any_other():
    """The words give it as an example: it is not among the closest."""
    run, certificate = recorded("cifar10")
    for space in SPACES:
        distances = run[f"test_{space}_distance"]
        assert distances[run["test_shown"][0]] > np.percentile(distances, certificate.config["closest"])


def test_the_section_opens_by_its_address_and_goes_along_with_the_network(at_section):
    page = at_section("neighbours")
    page.evaluate(
        """() => {
            const place = document.querySelector('#neighbours-status'), what = { childList: true, subtree: true };
            window.told = [];
            new MutationObserver(() => told.push(place.textContent)).observe(place, what);
        }"""
    )
    for network, label in (("mnist", "MNIST digits"), ("cifar10", "CIFAR-10 photographs")):
        run, certificate = recorded(network)
        page.locator("#noisier-network").get_by_label(label).check()
        expect(page.locator("#neighbours-status .told")).to_have_text(
            words.sentence(certificate) + words.alike(run, certificate, classes(network))
        )
        album = page.locator("#neighbours-album .album")
        expect(album).to_have_attribute("aria-label", words.title(network))
        expect(album).to_have_attribute("data-captions", str(6 * view.COLUMNS))
        for column, place in enumerate(view.places(run)):
            for row, kind in enumerate(("pictures", "pixels_pictures", "features_pictures")):
                expected = np.broadcast_to(run[kind][place], (32, 32, 3))
                np.testing.assert_array_equal(drawn(page, "neighbours", row, column), expected)
    assert any("are coming" in words for words in page.evaluate("told"))  # said at once
    expect(page.locator("#noisier-neighbours .notice")).to_have_count(0)
