"""Links of tab 3: what they set is what they say, older ones too, and the exercises lead to their sections."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from models.noisier.counterfactuals import WAYS
from models.noisier.plane import clouds
from visuals.noisier import LESSON, SECTIONS
from visuals.noisier.exercises.section import EXERCISES
from visuals.noisier.exercises.words import WORDS
from visuals.noisier.settings import ALL, CHANGES, CLOUDS, TAB, GuidanceSettings, SharedSettings
from visuals.page import lesson
from visuals.page.files import VISUALS
from visuals.page.lesson_link import OFF, LessonLink
from visuals.page.prose import sections as prose_sections
from visuals.page.settings import query

PROSE = VISUALS / "noisier" / "exercises" / "prose.md"
LINKS = {name: query(TAB, at, *settings, asks=False) for name, (at, *settings) in EXERCISES.items()}


@pytest.fixture(scope="module")
def link() -> LessonLink:
    with gr.Blocks() as page:
        (built,) = lesson.build(page, [LESSON])
    return built


def opened(link: LessonLink, text: str) -> dict:
    """The controls' new values, by name, of the settings that were set."""
    _, _, _, *values, _ = link.restore(SimpleNamespace(link="?" + text))
    names = [name for part in link.parts.values() for name in part.built.controls]
    plain = [
        v["value"] if isinstance(v, dict) and v.get("__type__") == "update" and "value" in v else v for v in values
    ]
    return {name: value for name, value in zip(names, plain, strict=True) if value != gr.skip()}


def test_what_can_be_chosen_is_what_there_is():
    assert set(CHANGES) == {ALL, *WAYS[1:]}
    assert set(CLOUDS) == set(clouds.CLOUDS)


def test_every_exercise_has_its_words_and_its_answer():
    assert set(EXERCISES) == set(WORDS)
    assert {f"answer {name}" for name in EXERCISES} | {"exercises", "end"} == set(prose_sections(PROSE))


def test_every_setting_has_a_control(link):
    for section in SECTIONS:
        assert set(link.parts[section.name].built.controls) == {f.name for f in fields(section.settings)}


@pytest.mark.parametrize("name", LINKS)
def test_what_an_exercise_sets_is_what_the_controls_link_to(link, name):
    at = EXERCISES[name][0]
    set_to = opened(link, LINKS[name])
    shared = [set_to["network"]]
    values = shared + [
        set_to.get(control) for section in SECTIONS for control in link.parts[section.name].built.controls
    ]
    assert link.link_of(at, OFF, *values)["query"] == LINKS[name]


def test_a_link_names_the_class_that_it_sets(link):
    said, *_ = link.restore(SimpleNamespace(link="?" + LINKS["guidance"]))
    assert "Class: horse" in said
    older = "tab=noisier&guided_network=cifar10&guided_class=7"
    said, *_ = link.restore(SimpleNamespace(link="?" + older))
    assert "Class: horse" in said
    said, *_ = link.restore(SimpleNamespace(link="?tab=noisier&network=imagenet&label=any"))
    assert "Class: any class" in said


def test_a_link_from_when_each_section_had_its_own_network_opens_there_with_it(link):
    text = "tab=noisier&predict=on&network=mnist&sides_network=mnist&guided_network=cifar10&guided_class=3&steps=50"
    assert link.about(dict(parse_qsl(text))) == "guidance"
    assert opened(link, text)["network"] == "cifar10"
    today = query(TAB, "guidance", SharedSettings("cifar10"), GuidanceSettings(guided_seed=4))
    assert link.about(dict(parse_qsl(today))) == "guidance"


@pytest.mark.parametrize("nonsense", [None, -1, 1e99, "x" * 1000, [], {}, {"chosen": "no"}, float("nan")])
def test_whatever_the_controls_hold_a_link_can_be_written(link, nonsense):
    for section in SECTIONS:
        assert link.link_of(section.name, nonsense, *[nonsense] * len(link.controls))["query"].startswith("tab=noisier")
