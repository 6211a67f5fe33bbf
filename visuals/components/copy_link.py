"""A button that copies the address at which the page shows what it shows now."""

from __future__ import annotations

import os
import time
from typing import Any

from visuals.components.base import Component


class CopyLink(Component):
    """Triggers `asked` when it is pressed; the value that answers it, from `link` or `no_link`, is copied or said.

    So the controls are read only then: to follow them, gradio would copy all of them at every change of one.
    """

    FILES = "copy_link"


def link(query: str) -> dict[str, Any]:
    """The value for the query that `visuals.links.query` writes.

    On a Space of Hugging Face the page lies inside another one, whose address is the one to copy.
    """
    return _answer(query=query, space=os.environ.get("SPACE_ID", ""))


def no_link(problem: str) -> dict[str, Any]:
    """The value that says, in a sentence, why there is none."""
    return _answer(problem=problem)


def _answer(**value: str) -> dict[str, Any]:
    """A value that is new each time: of no other is the component told."""
    return value | {"at": time.time()}
