"""A button that copies the address at which the page shows what it shows now."""

from __future__ import annotations

import os
from typing import Any

from visuals.components.base import Component


class CopyLink(Component):
    """value = what `link` returns; a new value replaces it whenever the controls change."""

    FILES = "copy_link"


def link(query: str) -> dict[str, Any]:
    """The value for the query that `visuals.links.query` writes.

    On a Space of Hugging Face the page lies inside another one, whose address is the one to copy.
    """
    return {"query": query, "space": os.environ.get("SPACE_ID", "")}
