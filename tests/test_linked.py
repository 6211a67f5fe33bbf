"""Links of tabs 2 and 3: what they set is what they say, and whatever the controls hold, a link can be written."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import pytest
import torch

from visuals.diffusion import exercises as noisier_exercises
from visuals.diffusion import tab as noisier
from visuals.inception import exercises as wider_exercises
from visuals.inception import tab as wider
from visuals.links import query, read

TABS = {"wider": (wider, wider_exercises), "noisier": (noisier, noisier_exercises)}


@pytest.fixture(scope="module", params=TABS)
def linked(request):
    """The tab's Linked, built in a page of its own, and its exercises' states."""
    tab, exercises = TABS[request.param]
    with gr.Blocks() as page:
        linked = tab.build(page)
    return linked, exercises.EXERCISES


def value_of(update):
    return update["value"] if isinstance(update, dict) and update.get("__type__") == "update" else update


def opened(linked, text: str) -> tuple:
    return linked.restore(SimpleNamespace(query_params=dict(parse_qsl(text))))


def test_every_setting_has_a_control(linked):
    linked, _ = linked
    assert {f.name for f in fields(linked.kind)} == {"predict", *linked.controls}


def test_what_a_link_sets_is_what_the_controls_link_to(linked):
    linked, exercises = linked
    for state in (*exercises.values(), linked.kind()):
        text = query(state, linked.tab)
        notices, card, asks, *values, _ = opened(linked, text)
        assert notices == ""
        assert card == gr.skip() if state.predict else card["state"] == "off"
        assert linked.link_of(asks, *map(value_of, values))["query"] == text


def test_a_link_that_was_opened_before_runs_no_network(linked, monkeypatch):
    """A class opens the same one at the same time, past the queue."""
    linked, exercises = linked
    links = [query(state, linked.tab) for state in exercises.values()]
    for text in links:
        opened(linked, text)
    monkeypatch.setattr(torch.nn.Module, "__call__", lambda *_: pytest.fail("a network runs"))
    for text in links:
        opened(linked, text)


def test_a_link_with_impossible_values_says_so(linked):
    linked, _ = linked
    notices, card, *_ = opened(linked, "tab=" + linked.tab + "&predict=maybe&" + wrong(linked))
    assert notices.count("notice") == 2
    assert "<script>" not in notices
    assert card == gr.skip()  # the question may have been answered by now


def wrong(linked) -> str:
    return {"wider": "module=<script>", "noisier": "steps=1e999"}[linked.tab]


def test_without_a_link_nothing_is_set(linked):
    linked, _ = linked
    for params in ({}, {"tab": "deeper", "seed": "3"}):
        told = linked.restore(SimpleNamespace(query_params=params))
        assert len(told) == 4 + len(linked.controls)
        assert told == (gr.skip(),) * len(told)


@pytest.mark.parametrize("nonsense", [None, -1, 1e99, "x" * 1000, [], {}, {"chosen": "no"}, {"off": [1]}, float("nan")])
def test_whatever_the_controls_hold_a_link_can_be_written(linked, nonsense):
    linked, _ = linked
    text = linked.link_of(nonsense, *[nonsense] * len(linked.controls))["query"]
    state, notices = read(linked.kind, dict(parse_qsl(text)), linked.tab)
    assert notices == []
    assert set(asdict(state)) == {f.name for f in fields(linked.kind)}


def test_the_links_of_the_exercises_do_not_ask_for_a_guess(linked):
    for state in linked[1].values():
        assert state != replace(state, predict=True)
