"""The words of a tab: a Markdown file cut at its second-level headings."""

from __future__ import annotations

import re
from pathlib import Path

# What gr.Markdown sets as mathematics.
LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]


def sections(path: Path) -> dict[str, str]:
    """Heading to text of every `## heading` section of the file.

    Headings inside a section move up one level: on the page they stand right below its title.
    """
    parts = re.split(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    texts = [re.sub(r"^#(##+ )", r"\1", text, flags=re.MULTILINE).strip() for text in parts[2::2]]
    return dict(zip(map(str.strip, parts[1::2]), texts, strict=True))
