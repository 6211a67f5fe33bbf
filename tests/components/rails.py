"""A page with a rail of two lessons, for the tests of the way through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
from playwright.sync_api import expect

from app import HEAD
from tests.small_page import served
from visuals.components.base import publish
from visuals.components.predict import Amount, Asks, Outcome, Predict, card
from visuals.page import lesson
from visuals.page.lesson import Lesson
from visuals.page.section import Section

SECTIONS = {"one": ("first", "second", "third"), "two": ("fourth", "fifth")}
TABS = {"one": "1 One", "two": "2 Two"}
EVERY = [(tab, at) for tab, sections in SECTIONS.items() for at in sections]
HIGH = '<div style="height: 3000px">%s</div>'


def asking(shared: object) -> None:
    """A section with a question and a main button, which counts how often it was pressed."""
    gr.HTML("fourth")
    Predict(card("How high?", (Amount("net", "net"),)))
    go, ran = gr.Button("Run", variant="primary", elem_id="fourth-go"), gr.HTML("", elem_id="ran")
    go.click(None, None, ran, js="() => 'It ran.'")


def section(name: str) -> Section:
    if name == "fourth":
        return Section(name, "Fourth", asking, asks=Asks("How high?", (), lambda: Outcome({}, "")))
    return Section(name, name.capitalize(), lambda shared: gr.HTML(HIGH % name) and None, waits=name == "fifth")


@contextmanager
def with_rail() -> Iterator[str]:
    """Its address, while the context is open."""
    with gr.Blocks(analytics_enabled=False) as page:
        gr.HTML(HEAD)
        lesson.build(page, [Lesson(tab, TABS[tab], [section(at) for at in ats]) for tab, ats in SECTIONS.items()])
    publish(page)
    with served(page) as address:
        yield address


def expect_open(page, tab: str, at: str) -> None:
    """This section is on the screen, alone, the rail says so, and so does the address."""
    expect(page.locator(f"#{tab}-{at} h2")).to_be_visible()
    for other in EVERY:
        if other != (tab, at):
            expect(page.locator("#{}-{}".format(*other))).not_to_be_visible()
    expect(page.locator("#rail ol [aria-current=page]")).to_have_text(re.compile(at.capitalize()))
    expect(page.locator("#rail .lessons [aria-current=true]")).to_have_text(TABS[tab])


def rail_link(page, name: str):
    return page.locator("#rail a", has_text=name)
