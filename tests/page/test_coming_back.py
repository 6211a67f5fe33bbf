"""What is pressed acts on what is shown, and neither a reload nor a line that is cut costs a run or a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from types import SimpleNamespace
from urllib.parse import urlsplit

import gradio as gr
import pytest
from playwright.sync_api import expect

from tests.conftest import PATIENCE, unanswered
from tests.relay import Relay
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
    """A page with a race of three events, the last once `go_on` is set, and a download: its `url`, what has `begun`."""
    begun, go_on, shared, latest, fetching = [], Event(), SharedRuns(), LatestRun(), LatestRun()

    def steps(of: int) -> Iterator[str]:
        begun.append(of)
        yield f"1 of {of}"
        yield f"2 of {of}"
        go_on.wait(PATIENCE / 1000)
        yield f"all {of}"

    def live(of: int, request: gr.Request) -> Iterator[str]:
        yield from latest.follow(request, shared.follow(of, lambda: steps(of)))

    def fetch(request: gr.Request) -> Iterator[str]:
        yield from fetching.follow(request, steps(0))

    def build(_: None) -> Built:
        go, stop, status = gr.Button("Go", elem_id="race-go"), gr.Button("Stop"), gr.HTML("", elem_id="status")
        fetching.wire(gr.Button("Get", elem_id="race-fetch"), gr.Button("Stop"), fetch, [], [status], status)
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


@pytest.fixture
def line(race) -> Iterator[Relay]:
    """To the page's server."""
    race.go_on.clear()
    line = Relay(urlsplit(race.url).port)
    yield line
    line.close()


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


def test_a_line_that_is_cut_costs_neither_a_run_nor_a_question(browser, race, line):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"http://127.0.0.1:{line.port}/?tab=deeper&at=race&steps=120")
    page.click("#race-go")
    status, notice = page.locator("#status"), page.locator(".full-house")
    expect(status).to_have_text("2 of 120")
    page.evaluate("document.body.dataset.same = 'page'")
    with line.cut():
        expect(notice).to_contain_text("The line to the server is cut.")
    expect(notice).to_have_count(0)
    race.go_on.set()
    expect(status).to_have_text("all 120")
    assert race.begun.count(120) == 1
    page.fill("#steps input", "130")
    with line.cut():
        page.click("#race-go")
        expect(notice).to_contain_text("The line to the server is cut.")
    expect(status).to_have_text("all 130")
    expect(page.locator("body[data-same=page]")).to_have_count(1)
    page.close()


def test_a_reload_presses_no_download_again(page, race, line, url):
    page.goto(url)
    page.click("#race-fetch")
    expect(page.locator("#status")).to_have_text("2 of 0")
    assert page.evaluate("sessionStorage.getItem('run-under-way')") is None
    race.go_on.set()
    expect(page.locator("#status")).to_have_text("all 0")
