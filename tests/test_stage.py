"""Look first, read second: what every section shows at first, in a window of 1280 x 720 (see stage.py)."""

from __future__ import annotations

import pytest

import app
from tests.stage import measured
from tests.test_page import open_section


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_a_section_is_one_screen_with_few_words_large_letters_and_pictures_that_let_the_page_scroll(page, url, lesson):
    page.goto(f"{url}?tab={lesson.name}")
    stages = {
        section.name: measured(page, open_section(page, lesson.name, section), lesson.name)
        for section in lesson.sections
    }
    assert not (wrong := {name: str(stage) for name, stage in stages.items() if stage.fails}), wrong
