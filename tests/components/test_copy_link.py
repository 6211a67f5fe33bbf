"""The button that copies a link: to the clipboard, or in sight where there is none; inside a Space the Space's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import gradio as gr
import pytest
from playwright.sync_api import expect

from tests.small_page import served
from visuals.components.copy_link import CopyLink, link, no_link
from visuals.page.settings import Settings, number, query, read


@dataclass(frozen=True)
class Example(Settings):
    steps: int = number(200, 10, 400, "steps")
    seed: int = number(5, -3, 2**32 - 1, "seed")


def link_of(steps: float) -> dict:
    return (
        link(query("deeper", "race", Example(steps=int(steps))))
        if steps < 1000
        else no_link("So many steps are too many.")
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        steps = gr.Number(Example().steps, elem_id="steps")
        here, space = CopyLink(elem_id="here"), CopyLink(elem_id="space")
        here.asked(link_of, steps, here)
        space.asked(lambda: link("tab=deeper") | {"space": "someone/lessons"}, None, space)
        said = gr.Number(elem_id="said")

        def arrive(request: gr.Request):
            return read(Example, dict(request.query_params))[0].steps

        page.load(arrive, None, said)
    with served(page) as address:
        yield address


@pytest.fixture
def allowed(new_page, url):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(url + "?seed=1")
    page.wait_for_selector("#here button")
    return page


def copied(page, where: str) -> str:
    page.locator(where).get_by_role("button").click()
    page.locator(where).get_by_text("Copied").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def test_the_link_leads_to_what_the_controls_say_now(allowed, url):
    assert copied(allowed, "#here") == url + "?" + query("deeper", "race", Example())
    allowed.fill("#steps input", "300")
    address = copied(allowed, "#here")
    assert read(Example, dict(parse_qsl(urlsplit(address).query))) == (Example(steps=300), [])
    assert allowed.locator("#here [role=status]").inner_text() == "Copied"
    allowed.goto(address)
    allowed.wait_for_function("document.querySelector('#said input')?.value === '300'")


def test_without_a_clipboard_the_link_is_shown_and_selected(new_page, url):
    page = new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(url)
    page.locator("#here").get_by_role("button").click()
    page.locator("#here input").wait_for()
    assert page.input_value("#here input") == url + "?" + query("deeper", "race", Example())
    assert page.evaluate("getSelection().toString()") == page.input_value("#here input")
    page.fill("#steps input", "300")
    page.locator("#here").get_by_role("button").click()
    expect(page.locator("#here input")).to_have_value(url + "?" + query("deeper", "race", Example(steps=300)))


@pytest.mark.parametrize("allowed_to", [["clipboard-write"], []])
def test_where_there_is_no_link_the_reason_is_said_and_the_next_one_works(new_page, url, allowed_to):
    page = new_page(permissions=allowed_to)
    page.goto(url)
    page.fill("#steps input", "5000")
    page.locator("#here").get_by_role("button").click()
    page.locator("#here").get_by_text("So many steps are too many.").wait_for()
    expect(page.locator("#here input")).to_be_hidden()
    page.fill("#steps input", "300")
    page.locator("#here").get_by_role("button").click()
    page.locator("#here").get_by_text("Copied" if allowed_to else "Copy it from here:").wait_for()


def test_without_an_answer_the_button_says_so_and_the_next_press_works(new_page, url):
    page = new_page()
    page.add_init_script("const wait = setTimeout; setTimeout = (f, ms, ...rest) => wait(f, ms / 20, ...rest)")
    page.goto(url)
    held = []
    page.route("**/queue/join*", lambda route: held.append(route))
    page.locator("#here").get_by_role("button").click()
    page.locator("#here").get_by_text("The server has not answered. Try again.").wait_for()
    held.pop().continue_()
    page.unroute_all()
    page.locator("#here").get_by_role("button").click()
    page.locator("#here").get_by_text(re.compile("Copied|Copy it from here")).wait_for()


def test_inside_a_space_the_link_is_the_space_s(new_page, url):
    page = new_page()
    page.goto(url)
    page.evaluate("""() => new Promise(done => { const frame = document.createElement('iframe');
        frame.src = location.href; frame.name = 'framed'; frame.onload = done; frame.width = 900; frame.height = 600;
        document.body.append(frame); })""")
    frame = page.frame("framed")
    frame.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    frame.locator("#space").get_by_role("button").click()
    frame.locator("#space input").wait_for()
    assert frame.input_value("#space input") == "https://huggingface.co/spaces/someone/lessons?tab=deeper"


def test_a_space_on_a_page_of_its_own_has_its_own_address(new_page, url):
    page = new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(url)
    page.locator("#space").get_by_role("button").click()
    page.locator("#space input").wait_for()
    assert page.input_value("#space input") == url + "?tab=deeper"


def test_the_space_is_the_one_that_serves(monkeypatch):
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert link("a=1").items() >= {"query": "a=1", "space": ""}.items()
    monkeypatch.setenv("SPACE_ID", "someone/lessons")
    assert link("a=1").items() >= {"query": "a=1", "space": "someone/lessons"}.items()
