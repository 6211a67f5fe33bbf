"""While a lesson's question is open, nothing that stands open in its tab tells the answer. Without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import gradio as gr
import pytest
from gradio.blocks import Block, BlockContext

import app
from tests.told import words_of
from visuals.page import style

# What would tell how the question of a lesson comes out.
TOLD = {
    "deeper": r"plain-56[^.]*(learn|wrong|%)|residual-56[^.]*(wrong|left to correct)|worse|degradation",
    "wider": r"1×1 branch[^.]*(lose|cost|miss)|loses? \d|percentage points, ",
    "noisier": r"(There|Back): between t = |[Ss]plit at t = \d+, ",
}


def texts(block: Block, hidden: bool = False) -> Iterator[tuple[str, bool]]:
    """All words within a block, and whether they wait for the answer."""
    hidden |= style.ONCE_GUESSED in (getattr(block, "elem_classes", None) or [])
    if words := words_of(block):
        yield words, hidden
    for child in block.children if isinstance(block, BlockContext) else ():
        yield from texts(child, hidden)


@pytest.fixture(scope="module")
def tabs() -> dict[str, list[tuple[str, bool]]]:
    page = app.build()
    found = {block.elem_id: block for block in page.blocks.values() if isinstance(block, gr.Tab)}
    return {lesson.name: list(texts(found[f"{lesson.name}-tab"])) for lesson in app.LESSONS}


@pytest.mark.parametrize("name", TOLD)
def test_what_tells_the_answer_waits_for_the_guess(tabs, name):
    telling = {
        hidden: [text for text, waits in tabs[name] if waits is hidden and re.search(TOLD[name], text)]
        for hidden in (False, True)
    }
    assert telling[True]  # so the pattern finds something
    assert telling[False] == []


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_a_section_that_waits_says_where_the_question_is(tabs, lesson):
    waiting = [section for section in lesson.sections if section.waits]
    first = next(section for section in lesson.sections if section.asks)
    said = [text for text, hidden in tabs[lesson.name] if 'class="unguessed"' in text and not hidden]
    assert len(said) == len(waiting) > 0
    assert not any("?</a>." in text for text in said)
    assert all(f'href="?tab={lesson.name}&amp;at={first.name}"' in text for text in said)
