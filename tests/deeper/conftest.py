"""The page with tab 1 alone, opened once for all browser tests of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.small_page import with_one_tab


@pytest.fixture(scope="session")
def lesson_url(tmp_path_factory, look_ups) -> Iterator[str]:
    with with_one_tab("deeper") as address:
        yield address
