"""Look first, read second: what every part of every section shows at first, in 1280 x 720 px (see stage.py)."""

from __future__ import annotations

import pytest

import app
from tests.stage import measured
from tests.test_page import open_section


@pytest.mark.parametrize("lesson", app.LESSONS, ids=lambda lesson: lesson.name)
def test_a_section_is_one_screen_with_few_words_large_letters_and_pictures_that_let_the_page_scroll(page, url, lesson):
    page.goto(f"{url}?tab={lesson.name}")
    stages = {
        f"{section.name} {part}": stage
        for section in lesson.sections
        for part, stage in measured(page, open_section(page, lesson.name, section), lesson.name).items()
    }
    assert not (wrong := {name: str(stage) for name, stage in stages.items() if stage.fails}), wrong


@pytest.mark.parametrize("name", ["journey", "plane"])
def test_where_nothing_plays_by_itself_a_section_is_no_longer(new_page, url, name):
    page = new_page(reduced_motion="reduce")
    page.goto(f"{url}?tab=noisier&at={name}")
    section = next(section for section in app.NOISIER.sections if section.name == name)
    stages = measured(page, open_section(page, "noisier", section), "noisier")
    assert not (wrong := {part: str(stage) for part, stage in stages.items() if stage.fails}), wrong
