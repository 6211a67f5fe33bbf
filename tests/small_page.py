"""Pages of a part of the whole for the tests of that part, served as the whole is; they open in half the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
import pytest

from tests.conftest import free_port


@contextmanager
def with_one_tab(name: str) -> Iterator[str]:
    """Address of the page with this tab alone, while the context is open."""
    import app

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "LESSONS", [lesson for lesson in app.LESSONS if lesson.name == name])
        page = app.build()
    with served(page) as address:
        yield address


@contextmanager
def served(page: gr.Blocks) -> Iterator[str]:
    """Address of `page` while the context is open."""
    import app

    _, address, _ = page.launch(
        **app.LAUNCH, server_name="127.0.0.1", server_port=free_port(), prevent_thread_lock=True, quiet=True
    )
    yield address
    page.close(verbose=False)
