"""Links of tab 2: what they leave out, what they may name, and what is done where something is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models import artifacts, insight
from models.cost import module_costs
from models.imagenet import NAME, WeightsError
from visuals.inception import cost, examples, figures, linked, look
from visuals.inception.state import FIRST, TAB, State
from visuals.links import read


def widths(state: State) -> list[int]:
    return [getattr(state, name) for name in cost.NAMES]


def test_a_link_that_names_a_module_alone_means_its_widths():
    for name, module in module_costs().items():
        state, notices = read(State, linked.completed({"tab": TAB, "module": name}), TAB)
        assert (state.module, widths(state), notices) == (name, cost.numbers(module), [])
    own, _ = read(State, linked.completed({"module": "5b", "n5x5": "8"}), TAB)
    assert widths(own) == widths(replace(State(), n5x5=8))
    for params in ({}, {"module": "9z"}, {"stack": "3"}):
        assert linked.completed(params) == params


def test_a_link_may_name_the_classes_of_both_networks():
    for name in (FIRST, "teapot", "tench"):  # tench is one of ImageNet's alone
        state, notices = read(State, {"taken": name, "evidence": name}, TAB)
        assert (state.taken, state.evidence, notices) == (name, name, [])
    assert len(read(State, {"taken": "unicorn"}, TAB)[1]) == 1


@pytest.fixture
def other(monkeypatch):
    """The other network, of which a few classes are enough here."""
    fetched = replace(insight.known(), classes=("tench", "goldfish"))
    monkeypatch.setitem(insight.KNOWN, NAME, lambda: fetched)
    insight._load.cache_clear()
    yield
    insight._load.cache_clear()


def test_a_class_is_kept_where_the_network_of_the_link_knows_it(other):
    values = linked.values(State(network=NAME, taken="tench", evidence="teapot"))
    assert values["taken"]["choices"] == [FIRST, "tench", "goldfish"]
    assert (values["taken"]["value"], values["evidence"]["value"]) == ("tench", FIRST)


def test_without_the_other_network_s_weights_its_classes_give_way(monkeypatch):
    def missing():
        raise WeightsError("not here")

    monkeypatch.setitem(insight.KNOWN, NAME, missing)
    values = linked.values(State(network=NAME, taken="tench", evidence="teapot"))
    assert (values["taken"]["value"], values["evidence"]["value"]) == (FIRST, "teapot")


@pytest.fixture
def without_samples(monkeypatch):
    def missing(name: str) -> dict[str, np.ndarray]:
        raise artifacts.ArtifactError(f"{name} is missing")

    monkeypatch.setattr(artifacts, "load_run", missing)
    forgotten = (examples.available, examples.picture, figures.thumbnails)
    for cached in forgotten:
        cached.cache_clear()
    yield
    for cached in forgotten:
        cached.cache_clear()


def test_without_tab_3_s_samples_the_photographs_are_left(without_samples):
    gallery = figures.gallery("cat")
    assert gallery["names"] == [name for name, example in examples.EXAMPLES.items() if not example.drawn]
    assert gallery["names"][gallery["chosen"]] == "cat"
    assert look.example_of({"chosen": len(gallery["names"])}) is None
    assert linked.values(State(picture="drawn horse"))["picture"] == figures.gallery(look.FIRST_PICTURE)
