"""The page with tab 3 alone, served once for all its tests in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.small_page import with_one_tab


@pytest.fixture(scope="session")
def url(tmp_path_factory, look_ups) -> Iterator[str]:
    with with_one_tab("noisier") as address:
        yield address


@pytest.fixture
def at_section(page, url) -> Callable:
    """at_section(name): the page, opened there; nothing waits for a guess."""

    def at(name: str):
        page.goto(f"{url}?tab=noisier&at={name}" + ("&predict=off" if name == "decided" else ""))
        page.wait_for_selector(f"#noisier-{name} h2")
        return page

    return at


@pytest.fixture
def opened(new_page, url):
    """The journey, on a page where nothing moves by itself: the recorded one opens in its middle."""
    page = new_page(reduced_motion="reduce")
    page.goto(f"{url}?tab=noisier&at=journey")
    page.wait_for_selector("#player .player[data-frames='92']")
    return page
