"""Gradio's own scripts: a browser learns from each which come next, four times. Told of all, it fetches them at once.

This reads how gradio packs its scripts. Where another version does it otherwise nothing is named, and the page opens as
it would without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import gradio as gr

FOLDER = "assets"
PACKED = Path(gr.__file__).parent / "templates" / "frontend" / FOLDER
FILES = re.compile(r"m\.f\|\|\(m\.f=(\[[^\]]*\])")  # all that a script may load
LOADED = r"import\(`\./%s-[\w-]+\.js`\)[^`]*?__vite__mapDeps\(\[([\d,]+)\]\)"  # one file, and with which others
OF_KIND = r"\b%s:\{[^{}]*?component:\(\)=>\w+\(\(\)=>"


@cache
def _content(pattern: str) -> str:
    """Of the one script of this name, "" where there is none."""
    return next((path.read_text("utf-8") for path in sorted(PACKED.glob(pattern))), "")


def _loaded(script: str, pattern: str) -> Iterator[str]:
    """What a script loads in one place."""
    files, place = FILES.search(script), re.search(pattern, script)
    if files and place:
        names = json.loads(files[1])
        yield from (names[int(number)].removeprefix("./") for number in place[1].split(","))


def fetched(kinds: Iterable[str]) -> list[str]:
    """Addresses, as seen from the page's root, of what a page with such blocks fetches before it shows one."""
    start = list(_loaded(_content("index-*.js"), LOADED % "Index"))
    blocks = _loaded(_content(start[0]), LOADED % "Blocks") if start else ()
    parts = (name for kind in kinds for name in _loaded(_content("core-*.js"), OF_KIND % kind + LOADED % r"\w+"))
    return [f"{FOLDER}/{name}" for name in dict.fromkeys([*start, *blocks, *parts])]
