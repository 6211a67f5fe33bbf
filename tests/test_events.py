"""Events of the page: which wait in the queue, and that none set each other off for ever."""

from __future__ import annotations

import importlib.util
import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.routes import App
from gradio.state_holder import SessionState
from playwright.sync_api import expect
from starlette.testclient import TestClient

import app
from tests.conftest import unfold
from visuals.components.player import Player
from visuals.page.events import AT_ONCE, NOTHING_OF_OURS, guarded, not_served_yet
from visuals.page.settings import Settings, choice, control

CHOICES = ("4d", "5b", "3a", "4c", "4b")  # modules, chosen faster than the page follows


@pytest.fixture(scope="module")
def built() -> gr.Blocks:
    return app.build()


@pytest.fixture(scope="module")
def sent(built) -> Callable[[dict[str, Any]], httpx.Response]:
    """What the page answers to a request that goes past its queue."""
    client = TestClient(App.create_app(built))
    return lambda body: client.post("/gradio_api/run/predict", json=body)


def test_no_event_has_two_functions_that_are_held_back(built):
    """Gradio repeats the whole event for a function that it held back: two would hold each other for ever.

    The change of a gr.State is none of these: each of its functions is called on its own.
    """
    held = Counter(
        (built.blocks[source].elem_id or built.blocks[source], name)
        for event in built.fns.values()
        for source, name in event.targets
        if event.fn is not None and event.trigger_mode == "always_last"
        if source in built.blocks and not isinstance(built.blocks[source], gr.State)
    )
    assert held
    assert [event for event, count in held.items() if count > 1] == []


def test_only_what_computes_or_downloads_waits_in_the_queue(built):
    """Gradio may drop a run that is started in the moment in which another event comes out of its queue."""
    asked = [event for event in built.fns.values() if event.fn is not None and event.targets[0][1] != "unload"]
    queued = [event for event in asked if event.queue]
    assert 0 < len(queued) < len(asked) / 2
    lanes = {event.name for event in queued if event.concurrency_id not in ("compute", "answer")}
    assert lanes == {"fetch"}


def asked(event: Any, inputs: list[Any]) -> dict[str, Any]:
    """What a program sends that asks for this event past the queue."""
    return {"fn_index": event._id, "data": inputs, "session_hash": "a program"}


def test_what_waits_in_the_queue_is_not_answered_past_it(built, sent):
    events = [event for event in built.fns.values() if event.fn is not None and event.queue]
    answers = {event.name: sent(asked(event, [None] * len(event.inputs))).status_code for event in events}
    assert set(answers.values()) == {404}, answers


def test_a_refusal_is_a_sentence_and_no_error_of_ours_in_the_log(built, sent, capsys):
    event = next(
        each for each in built.fns.values() if not each.queue and each.inputs and isinstance(each.inputs[0], gr.Radio)
    )
    answer = sent(asked(event, [[], *[None] * (len(event.inputs) - 1)]))
    assert answer.json()["error"] == NOTHING_OF_OURS
    said = capsys.readouterr()
    assert len((said.out + said.err).splitlines()) <= 1


@dataclass(frozen=True)
class Pairs(Settings):
    pair: str = choice("plain", ("plain", "residual"), "Pair")


def test_a_page_whose_session_gradio_has_given_up_goes_on_as_it_is():
    """With what there is to choose in it, which gradio has forgotten."""
    with gr.Blocks() as page:
        pair, said, more = control(Pairs, "pair"), gr.HTML(""), gr.Button("More")
        more.click(lambda: gr.update(choices=["own"]), None, pair, **AT_ONCE)
        pair.input(lambda chosen: f"{chosen} is shown", pair, said, **AT_ONCE)
    guarded(page)
    page.state_session_capacity = 1
    client = TestClient(App.create_app(page))

    def answer(visitor: str, event: int, *inputs: str) -> Any:
        body = {"fn_index": event, "data": inputs, "session_hash": visitor}
        return client.post("/gradio_api/run/predict", json=body).json()["data"]

    answer("anna", 0)
    assert answer("anna", 1, "own") == ["own is shown"]
    assert answer("ben", 1, "plain") == ["plain is shown"]
    assert "anna" not in page.state_holder
    assert answer("anna", 1, "own") == ["own is shown"]


def test_what_is_no_experiment_does_not_wait_behind_one(built):
    """An experiment is a generator. Everything else that waits in the queue has another lane."""
    for event in built.fns.values():
        if event.fn is not None and event.queue and event.concurrency_id == "compute":
            assert inspect.isgeneratorfunction(event.fn), f"{event.fn.__name__} waits behind experiments"


def test_progress_is_noted_only_where_it_is_seen(built):
    """Gradio copies the value of every component that an event's progress is noted on, at every step of every event."""
    noted = [event for event in built.fns.values() if event.show_progress == "hidden"]
    assert noted
    assert {tuple(block.elem_id for block in event.show_progress_on) for event in noted} == {("head",)}


def test_a_class_of_components_leaves_nothing_beside_its_file(tmp_path):
    source = tmp_path / "own.py"
    source.write_text("import gradio as gr\n\n\nclass Own(gr.HTML):\n    EVENTS = []\n")
    spec = importlib.util.spec_from_file_location("own", source)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert not source.with_suffix(".pyi").exists(), "gradio goes another way: without_interfaces() no longer saves time"


def test_a_page_that_is_built_is_no_server_until_it_is_launched():
    with not_served_yet(), gr.Blocks() as page:
        gr.HTML("")
    assert (page.app, page.config) == (None, None), "gradio goes another way: not_served_yet() no longer saves time"
    assert isinstance(App.create_app(page), App)


def test_a_visit_begins_without_a_description_of_all_parts(built):
    """What gradio would keep for links of its own; what an event then changes in a visit is not noted there either."""
    session = SessionState(built)
    assert session.config_values == {}
    head = next(key for key, block in built.blocks.items() if block.elem_id == "head")
    assert session.blocks_config.blocks[head] is built.blocks[head]
    session._update_value_in_config(head, "changed")
    assert session.config_values == {}


def test_a_component_has_the_events_that_its_script_triggers_and_no_others():
    player = Player()
    assert callable(player.probe)
    for name in ("prob", "probes"):
        assert not hasattr(player, name)


def test_after_quick_choices_the_page_comes_to_rest(page, url):
    page.add_init_script(
        "const real = fetch; fetch = (...asked) => { last = performance.now(); return real(...asked); }"
    )
    page.goto(f"{url}?tab=wider&at=branches&predict=off")
    page.wait_for_selector("#wider-maps [data-name]")
    for name in CHOICES:
        page.click(f"#wider-strip [data-name='{name}']")
    page.wait_for_selector(f"#wider-maps [data-name='{CHOICES[-1]}']")
    page.wait_for_function("performance.now() - last > 1000")  # for a whole second nothing was asked
    page.click("#rail a[href$='at=cost']")
    unfold(page, "cost-others")
    expect(page.locator("#cost-preset input")).to_have_value(CHOICES[-1])
