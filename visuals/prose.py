"""The words of a tab: a Markdown file cut at its second-level headings."""

from __future__ import annotations

import re
from pathlib import Path


def sections(path: Path) -> dict[str, str]:
    """Heading to text of every `## heading` section of the file."""
    parts = re.split(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name.strip(): text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
