"""What the sections of tab 2 share: the picture and its pass, links, and pictures that are not there."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from models.core import artifacts
from models.wider import activations, imagenet
from models.wider.cost import module_costs
from models.wider.imagenet import NAME
from visuals.page.settings import query, read
from visuals.wider import LESSON, examples, passes, shared
from visuals.wider.branches import section as branches
from visuals.wider.classes import offered
from visuals.wider.cost import section as cost
from visuals.wider.evidence import section as evidence
from visuals.wider.exercises import section as exercises
from visuals.wider.heads import section as heads
from visuals.wider.see import section as see
from visuals.wider.settings import (
    FIRST,
    LIVE,
    CostSettings,
    EvidenceSettings,
    HeadsSettings,
    SurgerySettings,
    WiderSettings,
)
from visuals.wider.surgery import section as surgery

OWN = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)


@pytest.fixture
def visitor() -> SimpleNamespace:
    request = SimpleNamespace(session_hash="visitor")
    yield request
    passes.own.forget(request)


# --- one pass for all sections ---


def test_a_picture_costs_three_forward_passes(visitor, monkeypatch):
    """One of the whole network; one for the gradient of the open activation; and one for the gradients of its losses,
    where these are looked at. What the heads say, the surgery and the evidence come from what the first has kept.
    """
    whole, stages = [], type(activations.trained().network).stages

    def counted(network, x, after=""):
        whole.append(after)
        return stages(network, x, after)

    monkeypatch.setattr(type(activations.trained().network), "stages", counted)
    name = passes.keep(visitor, OWN, "tiny").name
    assert whole == [""]
    shared.run(name, "tiny", visitor)
    see.show(name, "tiny", "3a", visitor)
    branches.show_stem(name, "tiny", visitor)
    heads.show_heads(name, "tiny", visitor)
    evidence.show(name, "tiny", "teapot", visitor)
    surgery.show(name, "tiny", {"off": []}, visitor)
    assert whole == [""]
    list(branches.show_module(name, "tiny", "4c", None, None, visitor))
    assert whole == ["", ""]
    heads.follow_gradients(name, "tiny", LIVE, FIRST, "3a", visitor)
    assert whole == ["", "", ""]
    surgery.show(name, "tiny", {"off": ["5b-pool"]}, visitor)
    assert whole == ["", "", "", "5a"]  # not from the picture on


def test_passes_over_examples_are_shared(monkeypatch):
    first = passes.of_example("cat", "tiny")
    monkeypatch.setattr(activations, "run", lambda *_: pytest.fail("the network runs again"))
    request = SimpleNamespace(session_hash="another")
    assert passes.chosen(request, "cat", "tiny") is first


def test_each_visitor_has_a_picture_and_gives_it_up(visitor):
    name, other = passes.keep(visitor, OWN, "tiny").name, SimpleNamespace(session_hash="other")
    np.testing.assert_array_equal(passes.chosen(visitor, name, "tiny").image, OWN)
    for lost in (lambda: passes.chosen(other, name, "tiny"), lambda: passes.chosen(other, "own 1", "tiny")):
        with pytest.raises(gr.Error, match="no longer kept"):
            lost()
    passes.own.forget(visitor)
    with pytest.raises(gr.Error, match="no longer kept"):
        passes.chosen(visitor, name, "tiny")


def test_no_picture_and_no_network_is_in_a_state_of_the_page():
    with gr.Blocks() as page:
        given, _ = LESSON.share(page)
        for section in LESSON.sections:
            section.build(given)
    assert [block for block in page.blocks.values() if isinstance(block, gr.State)] == []
    assert not any(
        "base64" in str(getattr(block, "value", "")) for block in page.blocks.values() if type(block) is gr.HTML
    )


@pytest.mark.parametrize("network", ["unknown", None, 3, ["tiny"], {}])
def test_a_network_that_there_is_not_is_ours(network, visitor):
    assert passes.chosen(visitor, "cat", network).run.network == "tiny"


# --- links ---


def test_a_link_that_names_a_module_alone_means_its_widths():
    for name, module in module_costs().items():
        settings, notices = read(CostSettings, cost.completed({"tab": "wider", "module": name}))
        assert ([getattr(settings, one) for one in cost.NAMES], notices) == (cost.numbers(module), [])
    own, _ = read(CostSettings, cost.completed({"module": "5b", "n5x5": "8"}))
    assert own == CostSettings(n5x5=8)
    for params in ({}, {"module": "9z"}, {"stack": "3"}):
        assert cost.completed(params) == params


def test_a_link_may_name_the_classes_of_both_networks():
    for name in (FIRST, "teapot", "tench"):  # tench is one of ImageNet's alone
        assert read(HeadsSettings, {"taken": name}) == (HeadsSettings(taken=name), [])
        assert read(EvidenceSettings, {"evidence": name}) == (EvidenceSettings(name), [])
    assert len(read(HeadsSettings, {"taken": "unicorn"})[1]) == 1


@pytest.fixture
def fetched(monkeypatch):
    """The other network, of which a few classes are enough here."""
    other = replace(activations.trained(), classes=("tench", "goldfish"))
    monkeypatch.setitem(activations.NETWORKS, NAME, lambda: other)
    monkeypatch.setattr(imagenet, "is_here", lambda: True)
    activations._load.cache_clear()
    yield
    activations._load.cache_clear()


def test_a_class_is_kept_where_the_network_of_the_link_knows_it(fetched):
    taken, speaks = heads.values(HeadsSettings(taken="tench")), evidence.values(EvidenceSettings("teapot"))
    assert (taken["taken"]["value"], speaks["evidence"]["value"]) == ("tench", "teapot")
    assert "tench" in taken["taken"]["choices"]
    assert offered(NAME, "tench")["choices"] == [FIRST, "goldfish", "tench"]
    assert [offered(NAME, name)["value"] for name in ("tench", "teapot")] == ["tench", FIRST]


def test_without_the_other_network_s_weights_it_and_its_classes_give_way(monkeypatch):
    monkeypatch.setattr(imagenet, "is_here", lambda: False)
    assert shared.values(WiderSettings(network=NAME))["network"] == "tiny"
    assert heads.values(HeadsSettings(taken="tench"))["taken"]["value"] == FIRST
    assert evidence.values(EvidenceSettings("teapot"))["evidence"]["value"] == "teapot"


def test_a_picture_of_one_s_own_has_no_name_in_a_link():
    written = shared.written({"picture": "own 3", "module": "4c", "network": "tiny"})
    assert written == {"picture": "lion", "module": "4c", "network": "tiny"}


def test_the_exercises_set_something_and_do_not_ask_for_a_guess():
    names = [section.name for section in LESSON.sections]
    for at, settings in exercises.EXERCISES.values():
        text = query("wider", at, *settings, asks=False)
        assert at in names
        assert "predict=off" in text
        assert f"at={at}" in text


def test_what_is_off_is_written_as_it_is_read():
    for off in (("nothing",), ("3a-1x1", "5b-5r")):
        values = surgery.values(SurgerySettings(off=off))
        assert surgery.written(values | {"pictures": 200})["off"] == ",".join(off)
    for nonsense in (None, [], "x", {"off": {}}):
        assert surgery.written({"off": nonsense, "pictures": 1})["off"] == "nothing"


# --- pictures that are not there ---


@pytest.fixture
def reread():
    """Examples are looked for anew, here and afterwards."""

    def forget() -> None:
        for cached in (examples.available, examples.picture, examples.thumbnails, passes.of_example):
            cached.cache_clear()

    forget()
    yield
    forget()


def test_without_tab_3_s_samples_the_photographs_are_left(reread, monkeypatch):
    def missing(name: str) -> dict[str, np.ndarray]:
        raise artifacts.ArtifactError(f"{name} is missing")

    monkeypatch.setattr(artifacts, "load_run", missing)
    gallery = examples.gallery("cat")
    assert gallery["names"] == [name for name, example in examples.EXAMPLES.items() if not example.drawn]
    assert gallery["names"][gallery["chosen"]] == "cat"
    assert shared.values(WiderSettings(picture="drawn horse"))["picture"] == "lion"


def test_without_an_example_the_lesson_opens_and_says_so_where_one_chooses(reread, monkeypatch):
    def missing(name: str) -> str:
        raise FileNotFoundError(name)

    monkeypatch.setattr(gr.media, "get_image", missing)
    assert examples.missing() == ("lion", "whole lion", "tower")
    with gr.Blocks() as page:
        given, _ = LESSON.share(page)
        see.build(given)
    said = [
        str(getattr(block, "value", ""))
        for block in page.blocks.values()
        if 'role="alert"' in str(getattr(block, "value", ""))
    ]
    assert len(said) == 1
    assert "lion, whole lion and tower cannot be read" in said[0]
    assert passes.at_start().name == "cat"


def test_without_weights_the_line_above_the_sections_has_no_answer(monkeypatch):
    def missing() -> None:
        raise artifacts.ArtifactError("weights/googlenet.safetensors is missing")

    monkeypatch.setattr(passes, "at_start", missing)
    with gr.Blocks() as page:
        LESSON.share(page)
    assert not any("Whole network:" in str(getattr(block, "value", "")) for block in page.blocks.values())
