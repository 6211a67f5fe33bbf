"""What the tests share: the page, served once, and a real browser to look at it with."""

from __future__ import annotations

import os
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from visuals.page import hosting  # before anything imports gradio

# isort: split
import pytest
import torch

from tests.chromium import NO_BROWSER, chromium, forget, launched, new_context, visited
from visuals.page.live.pace import Pace
from visuals.page.shared_runs import runs
from visuals.page.visitors import presence

torch.set_num_threads(1)  # the same order of additions, and the same numbers, on every machine

PATIENCE = 60_000  # ms to wait for what the page should show: enough for a machine that is busy with other work
ARRIVES = 50  # ms in which what a page has just done arrives here
# Gradio brings back a part's first values in the frame after it has unfolded.
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
ASKS = re.compile("queue/join|run/predict")  # addresses at which a page asks the server to run a function

# Instead of the browser's camera: an orange picture.
CAMERA = """
const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
[canvas.width, canvas.height] = [640, 480];
const paint = () => {
  pen.fillStyle = '#e06010';
  pen.fillRect(0, 0, 640, 480);
};
setInterval(paint, 200);
paint();
navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(5);
"""

runs.grace = presence.grace = 0  # who leaves a page does not come back, and no test waits for them


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with many tests in a browser come first: whoever begins one late is alone with it at the end.

    Among the others those with few tests come first: some of them start programs, which takes long.
    """
    seen = Counter(item.path for item in items if "browser" in getattr(item, "fixturenames", ()))
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (-seen[item.path], tests[item.path]))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(autouse=True)
def no_run_yet(monkeypatch) -> None:
    """What the runs of earlier tests took says nothing about the times that this one is told."""
    monkeypatch.setattr(Pace, "slower", 1.0)


@pytest.fixture(scope="session")
def look_ups() -> Iterator[list[str]]:
    """Names of other machines that this process asks for while the page is served; at the end there are none."""
    asked, real = [], socket.getaddrinfo
    own = (None, "", "localhost", "127.0.0.1", "0.0.0.0", "::1", hosting.own_number())

    def recorded(host, *args, **kwargs):
        if host not in own:
            asked.append(str(host))
        return real(host, *args, **kwargs)

    socket.getaddrinfo = recorded
    yield asked
    socket.getaddrinfo = real
    assert asked == [], "the server must ask no other host"


@pytest.fixture(scope="session")
def whole_page(look_ups) -> Any:
    """The whole page, which takes seconds to build."""
    import app

    return app.build()


@pytest.fixture(scope="session")
def url(tmp_path_factory, whole_page) -> Iterator[str]:
    """Address of the page, served as app.main() serves it."""
    import app

    _, address, _ = whole_page.launch(
        **app.LAUNCH, server_name="127.0.0.1", server_port=free_port(), prevent_thread_lock=True, quiet=True
    )
    yield address
    whole_page.close(verbose=False)


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """A Chromium for the session. Without one the test is skipped, under CI=true it fails."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        if chromium(playwright.chromium.executable_path) is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_BROWSER)
        started = launched(playwright)
        yield started
        started.close()


@pytest.fixture(autouse=True, scope="session")
def gone_to() -> Iterator[None]:
    """A test that goes to a page finds gradio's there, not what stands in its place first; unless it waits for less."""
    from playwright.sync_api import Page

    def goto(page: Page, address: str, **options: Any) -> Any:
        answer = go(page, address, **options)
        if "wait_until" not in options:
            page.wait_for_function("() => !document.getElementById('first-screen')")
        return answer

    go = Page.goto
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "goto", goto)
        yield


class Complaints:
    """What a page must not do: fail, write errors to the console, or ask another host."""

    # What gradio logs for connections that end as a page is left: it closes its stream, and what is answered after that
    # opens another, which the server has forgotten.
    CUT_OFF = ("AbortError", "Connection errored out", "Unexpected error 404: Not Found")

    def __init__(self, page, address: str):
        self._found: list[str] = []
        self._cut_off: list[str] = []  # may arrive before the request that leaves the page
        self._host, self._left = urlsplit(address).netloc, False
        page.on("pageerror", lambda error: self._found.append(f"page error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("websocket", self._request)
        page.on("request", lambda sent: self._leave(page.url) if sent.is_navigation_request() else None)

    def _leave(self, url: str) -> None:
        self._left |= urlsplit(url).netloc == self._host

    def _console(self, message) -> None:
        if message.type == "error":
            kind = self._cut_off if any(part in message.text for part in self.CUT_OFF) else self._found
            kind.append(f"console error: {message.text}")

    def _request(self, sent) -> None:
        to = urlsplit(sent.url)
        if to.scheme in ("http", "https", "ws", "wss") and to.netloc != self._host:
            self._found.append(f"request to another host: {sent.url}")

    @property
    def found(self) -> list[str]:
        """All of them, when the page has done what it should."""
        return self._found if self._left else self._found + self._cut_off


@pytest.fixture
def watch(url) -> Iterator[Callable]:
    """watch(page): the page, which at the end may have no complaints."""
    watched: list[Complaints] = []

    def watch(page):
        page.set_default_timeout(PATIENCE)
        watched.append(Complaints(page, url))
        return page

    yield watch
    found = [complaint for complaints in watched for complaint in complaints.found]
    assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def spare_contexts() -> dict[str, list]:
    """Contexts that wait for their next page, by their options: they have fetched what every page needs."""
    return {}


@pytest.fixture
def new_page(watch, browser, spare_contexts) -> Iterator[Callable]:
    """new_page(width=1280, height=720, **context options): a page of its own, in a browser that remembers nothing.

    But for files that it has fetched already: to fetch and to compile gradio's own is most of what a short test takes.
    """
    lent = []

    def new(width: int = 1280, height: int = 720, **options):
        options["viewport"] = {"width": width, "height": height}
        spare = spare_contexts.setdefault(repr(sorted(options.items())), [])
        context = spare.pop() if spare else new_context(browser, options)
        lent.append((spare, context))
        return watch(context.new_page())

    yield new
    for spare, context in lent:
        context.set_offline(False)
        for page in visited(context):
            page.wait_for_timeout(ARRIVES)
            forget(page)
        spare.append(context)


@contextmanager
def held(network: torch.nn.Module, at: int) -> Iterator[SimpleNamespace]:
    """A network that stays in its call number `at`: `reached` is set there, and it goes on once `go_on` is set."""
    calls, reached, go_on = [], Event(), Event()

    def stay(*_: object) -> None:
        calls.append(1)
        if len(calls) == at:
            reached.set()
            go_on.wait(PATIENCE / 1000)

    hook = network.register_forward_hook(stay)
    try:
        yield SimpleNamespace(calls=calls, reached=reached, go_on=go_on)
    finally:
        go_on.set()
        hook.remove()


def unfold(page, part: str) -> None:
    """Open a fold by its id; what is in it can be set then: gradio sets it once more in the frame after it is seen."""
    page.locator(f"#{part} > button").click()
    page.evaluate(FRAMES)


@contextmanager
def unanswered(page) -> Iterator[None]:
    """What the page asks the server for waits until the context ends."""
    waiting, over = [], Event()
    page.route(ASKS, lambda route: route.continue_() if over.is_set() else waiting.append(route))
    yield
    over.set()
    for route in waiting:
        route.continue_()


def end_of(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> Event:
    """An event that is set when the next run of the generator function `name` has ended, however it did."""
    ended, run, runs = Event(), getattr(module, name), count()

    def noted(*args: object) -> Iterator:
        first = next(runs) == 0
        try:
            yield from run(*args)
        finally:
            if first:
                ended.set()

    monkeypatch.setattr(module, name, noted)
    return ended


def expect_the_end(latest, page) -> None:
    """Of all runs that a LatestRun follows, while an open page lets the browser's events come in."""
    for _ in range(PATIENCE // 50):
        if not latest.running:
            return
        page.wait_for_timeout(50)
    pytest.fail("a run goes on although its visitor has left")


@pytest.fixture
def page(new_page):
    """A fresh page, 1280 x 720, not yet at `url`."""
    return new_page()
