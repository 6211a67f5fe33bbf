"""What is pressed acts on what is shown, and a run that is lost with its page is joined again when the page is back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from types import SimpleNamespace

import gradio as gr
import pytest
from playwright.sync_api import expect

from tests.conftest import PATIENCE, unanswered
from tests.small_page import served
from visuals.components.base import publish
from visuals.page import lesson
from visuals.page.lesson import Lesson
from visuals.page.live import LatestRun
from visuals.page.section import Built, Section
from visuals.page.settings import Settings, control, number
from visuals.page.shared_runs import SharedRuns


@dataclass(frozen=True)
class Race(Settings):
    steps: int = number(200, 10, 400, "Steps", step=10)


@pytest.fixture(scope="module")
def race(look_ups) -> Iterator[SimpleNamespace]:
    """A page with a race of three events, the last once `go_on` is set: its `url`, and what has `begun`."""
    begun, go_on, shared, latest = [], Event(), SharedRuns(), LatestRun()

    def steps(of: int) -> Iterator[str]:
        begun.append(of)
        yield f"1 of {of}"
        yield f"2 of {of}"
        go_on.wait(PATIENCE / 1000)
        yield f"all {of}"

    def live(of: int, request: gr.Request) -> Iterator[str]:
        yield from latest.follow(request, shared.follow(of, lambda: steps(of)))

    def build(_: None) -> Built:
        go, stop, status = gr.Button("Go", elem_id="race-go"), gr.Button("Stop"), gr.HTML("", elem_id="status")
        controls = {"steps": control(Race, "steps", elem_id="steps")}
        latest.wire(go, stop, live, [*controls.values()], [status], status)
        return Built(controls)

    with gr.Blocks(analytics_enabled=False) as page:
        lesson.build(page, [Lesson("deeper", "Deeper", [Section("race", "Race", build, settings=Race)])])
    publish(page)
    with served(page) as url:
        yield SimpleNamespace(url=url, begun=begun, go_on=go_on)


@pytest.fixture(scope="module")
def url(race) -> str:
    return race.url


def test_a_press_waits_for_the_link_and_a_run_is_joined_again_after_a_reload(page, race, url):
    with unanswered(page):
        page.goto(f"{url}?tab=deeper&at=race&steps=300")
        page.click("#race-go")
    status = page.locator("#status")
    expect(status).to_have_text("2 of 300")
    page.reload()
    expect(status).to_have_text("2 of 300")
    race.go_on.set()
    expect(status).to_have_text("all 300")
    assert race.begun == [300]
    page.wait_for_function("sessionStorage.getItem('run-under-way') === null")  # another reload begins no run
