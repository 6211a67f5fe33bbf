"""What the tests of a class share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.classroom.seeding import Races
from tests.classroom.serving import Served, served
from tests.conftest import PATIENCE, Complaints
from visuals.classroom import trainer
from visuals.page.shared_runs import SharedRuns


@pytest.fixture
def races(monkeypatch) -> Iterator[Races]:
    """Nothing is trained: each seed's errors are given, and come when the test says so."""
    found = Races()
    monkeypatch.setattr(trainer, "race", found.race)
    monkeypatch.setattr(trainer, "runs", SharedRuns())
    yield found
    found.go_on.set()


@pytest.fixture(scope="module")
def server(tmp_path_factory, look_ups) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("rooms")) as found:
        yield found


@pytest.fixture
def url(server) -> str:
    return server.address


@pytest.fixture
def watch(url) -> Iterator[Callable[[Page], Page]]:
    """The page, which may complain of a network that drops and of what the server refuses, and of nothing else."""
    watched: list[Complaints] = []

    def watch(page: Page) -> Page:
        page.set_default_timeout(PATIENCE)
        watched.append(Complaints(page, url))
        return page

    yield watch
    found = [each for complaints in watched for each in complaints.found if "Failed to load resource" not in each]
    assert not found, "\n".join(found)


@pytest.fixture
def lead(new_page, url) -> Iterator[Callable[..., Page]]:
    """lead(**context options): the projector's page of a new room, which is ended when the test is over."""
    opened = []

    def new(**options) -> Page:
        page = new_page(**options)
        page.goto(f"{url}lead")
        expect(page.locator(".door .code")).to_have_text(re.compile(r"^\w{4}$"))
        opened.append(page)
        return page

    yield new
    for page in opened:
        page.on("dialog", lambda dialog: dialog.accept())
        page.evaluate("document.querySelector('.more').open = true")
        if page.locator("footer .end").is_visible():
            page.click("footer .end")
            expect(page.locator("footer .commit")).to_have_text("Open a room")


@pytest.fixture
def phone(new_page, url) -> Callable[..., Page]:
    """phone(teacher, **context options): a learner's page in the teacher's room."""

    def new(teacher: Page, **options) -> Page:
        page = new_page(390, 760, has_touch=True, **options)
        page.goto(url + teacher.locator("header .code").text_content())
        return page

    return new
