"""What the tests of tab 2 share: the page with this tab alone, and how a section of it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from models.wider import validation
from tests.small_page import with_one_tab


@pytest.fixture(scope="session")
def url(tmp_path_factory, look_ups) -> Iterator[str]:
    """Address of the page, on a machine without held-out pictures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(validation.FOLDER, raising=False)
        with with_one_tab("wider") as address:
            yield address


@pytest.fixture
def opened(new_page, url) -> Callable:
    """opened("heads", "&predict=off", **options of the page): a page of its own, at a section."""

    def at(section: str, query: str = "", **options):
        page = new_page(**options)
        page.goto(f"{url}?tab=wider&at={section}{query}")
        page.wait_for_selector(f"#wider-{section} h2")
        return page

    return at


@pytest.fixture
def go() -> Callable:
    """go(page, "heads"): what the rail does."""

    def to(page, section: str) -> None:
        detail = f"{{ detail: {{ tab: 'wider', at: '{section}' }} }}"
        page.evaluate(f"document.dispatchEvent(new CustomEvent('open-section', {detail}))")
        page.wait_for_selector(f"#wider-{section} h2")

    return to
