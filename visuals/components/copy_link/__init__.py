"""A button that copies the address at which the page shows what it shows now; the browser's address follows, too."""

from __future__ import annotations

import os
import time
from typing import Any

from visuals.components.base import Component


class CopyLink(Component):
    """Triggers `asked` when it is pressed; the value that answers it, from `link` or `no_link`, is copied or said.

    It is triggered once more when settings have been changed and rest, so that the address of the page can follow them.
    Were it an event of the controls themselves, gradio would copy all of them at every change of one.
    """

    NAME = "copy_link"
    DRAWN_EARLY = False
    EVENTS = ("asked",)


def link(query: str) -> dict[str, Any]:
    """The value for the query that `visuals.page.settings.query` writes.

    On a Space of Hugging Face the page lies inside another one, whose address is the one to copy.
    """
    return _answer(query=query, space=os.environ.get("SPACE_ID", ""))


def no_link(problem: str) -> dict[str, Any]:
    """The value that says, in a sentence, why there is none."""
    return _answer(problem=problem)


def _answer(**value: str) -> dict[str, Any]:
    """A value that is new each time: of no other is the component told."""
    return value | {"at": time.time()}
