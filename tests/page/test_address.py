"""The address follows what the open section is set to, without a press: a reload brings the page back as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass

import gradio as gr
import pytest
from playwright.sync_api import expect

from tests.small_page import served
from visuals.components.base import publish
from visuals.page import lesson
from visuals.page.lesson import Lesson
from visuals.page.section import Built, Section
from visuals.page.settings import Settings, choice, control, number


@dataclass(frozen=True)
class Race(Settings):
    steps: int = number(200, 10, 400, "Steps")


@dataclass(frozen=True)
class Block(Settings):
    kind: str = choice("plain", ("plain", "residual"), "Kind")


def race(shared: None) -> Built:
    return Built({"steps": control(Race, "steps", elem_id="steps")})


def block(shared: None) -> Built:
    return Built({"kind": control(Block, "kind", elem_id="kind")})


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    sections = [Section("race", "Race", race, settings=Race), Section("block", "Block", block, settings=Block)]
    with gr.Blocks(analytics_enabled=False) as page:
        lesson.build(page, [Lesson("deeper", "Deeper", sections)])
    publish(page)
    with served(page) as address:
        yield address


def test_the_address_follows_the_settings_and_a_reload_brings_them_back(page, url):
    page.goto(url)
    page.click("#rail a[href$=block]")
    page.click("#rail a[href$=race]")
    expect(page).to_have_url(f"{url}?tab=deeper&at=race")  # nothing was changed
    page.fill("#steps input", "300")
    expect(page).to_have_url(f"{url}?tab=deeper&at=race&steps=300")
    page.reload()
    expect(page.locator("#steps input")).to_have_value("300")
    expect(page.locator(".set-by-link")).to_have_count(0)
    page.click("#rail a[href$=block]")
    expect(page).to_have_url(f"{url}?tab=deeper&at=block&kind=plain")
    page.click("#kind input[value=residual]")
    expect(page).to_have_url(re.compile("at=block&kind=residual"))
    page.click("#deeper-asks input")
    page.get_by_role("option", name="shows the outcome at once").click()
    expect(page).to_have_url(re.compile("kind=residual&predict=off"))
    page.go_back()
    expect(page).to_have_url(f"{url}?tab=deeper&at=race&steps=300&predict=off")


# Opens a section in the moment in which the page can be used.
AT_ONCE = """new MutationObserver((_, watching) => {
  if (document.getElementById('first-screen') || !document.querySelector('#rail ol a')) return;
  watching.disconnect();
  document.dispatchEvent(new CustomEvent('open-section', { detail: { tab: 'deeper', at: 'block' } }));
}).observe(document, { childList: true, subtree: true });"""


def test_a_link_is_followed_although_another_section_is_opened_at_once(page, url):
    page.add_init_script(AT_ONCE)
    page.goto(f"{url}?tab=deeper&at=race&steps=300&kind=residual&predict=off")
    expect(page).to_have_url(f"{url}?tab=deeper&at=block&kind=residual&predict=off")
    page.click("#rail a[href$=race]")
    expect(page.locator("#steps input")).to_have_value("300")
