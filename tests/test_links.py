"""Links: a state survives the way through an address to the last digit, and hostile links do no harm."""

from __future__ import annotations

import math
import random
import re
from dataclasses import FrozenInstanceError, dataclass, fields
from urllib.parse import parse_qsl, urlsplit

import gradio as gr
import pytest
from playwright.sync_api import expect

from tests.small_page import served
from visuals.components.copy_link import CopyLink, link, no_link
from visuals.links import State, choice, number, query, read, several, switch, tab_of

LANES = ("plain-8", "plain-56", "residual-56", "plain-20 without batch norm")
TABS = ("degradation", "inception", "diffusion")


@dataclass(frozen=True)
class Example(State):
    lanes: tuple[str, ...] = several(LANES[:2], LANES, most=4, label="lanes")
    steps: int = number(200, 10, 400, "steps")
    seed: int = number(5, -3, 2**32 - 1, "seed")
    rate: float = number(0.1, 1e-5, 3.0, "learning rate")
    data: str = choice("digits", ("digits", "cifar10", "é&=?#+ %"), "data")
    norm: bool = switch(True, "batch norm")


def params(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))


def random_state(chance: random.Random) -> Example:
    return Example(
        predict=chance.random() < 0.5,
        lanes=tuple(chance.choices(LANES, k=chance.randint(1, 4))),
        steps=chance.randint(10, 400),
        seed=chance.randint(-3, 2**32 - 1),
        rate=math.exp(chance.uniform(math.log(1e-5), math.log(3))),
        data=chance.choice(("digits", "cifar10", "é&=?#+ %")),
        norm=chance.random() < 0.5,
    )


def in_range(state: Example) -> bool:
    return (
        isinstance(state.predict, bool)
        and isinstance(state.norm, bool)
        and 1 <= len(state.lanes) <= 4
        and set(state.lanes) <= set(LANES)
        and isinstance(state.steps, int)
        and 10 <= state.steps <= 400
        and isinstance(state.seed, int)
        and -3 <= state.seed < 2**32
        and isinstance(state.rate, float)
        and 1e-5 <= state.rate <= 3
        and state.data in ("digits", "cifar10", "é&=?#+ %")
    )


# --- there and back ---


def test_a_thousand_states_come_back_exactly():
    chance = random.Random(0)
    for _ in range(1000):
        state = random_state(chance)
        assert read(Example, params(query(state, "deeper")), "deeper") == (state, [])


@pytest.mark.parametrize("rate", [1e-5, 0.1 + 0.2, 1 / 3, 3.0, 2.5e-05, math.nextafter(3, 0), math.nextafter(1e-5, 1)])
def test_floats_come_back_to_the_last_bit(rate):
    state, _ = read(Example, params(query(Example(rate=rate), "t")), "t")
    assert state.rate.hex() == rate.hex()


def test_a_link_carries_every_value_so_that_later_defaults_change_nothing():
    assert set(params(query(Example(), "t"))) == {"tab", *(f.name for f in fields(Example))}
    assert params(query(Example(), "t"))["tab"] == "t"


def test_the_predict_card_can_be_switched_off_for_one_tab_or_for_all():
    assert not read(Example, {"predict": "off"}, "deeper")[0].predict
    assert not read(Example, {"predict": "off", "tab": "deeper"}, "deeper")[0].predict
    assert read(Example, {"predict": "off", "tab": "wider"}, "deeper") == (Example(), [])
    assert "predict=off" in query(Example(predict=False), "deeper")


def test_a_state_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Example().steps = 3


# --- what a link must not do ---


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"steps": "5"}, "steps", 10),
        ({"steps": "401"}, "steps", 400),
        ({"steps": "-9" * 60}, "steps", 200),
        ({"steps": "9" * 399}, "steps", 400),
        ({"steps": "9" * 5000}, "steps", 200),
        ({"steps": "20.0"}, "steps", 200),
        ({"steps": "1_00"}, "steps", 200),
        ({"steps": " 20"}, "steps", 200),
        ({"steps": "２０"}, "steps", 200),
        ({"steps": ""}, "steps", 200),
        ({"seed": "4294967296"}, "seed", 2**32 - 1),
        ({"rate": "nan"}, "rate", 0.1),
        ({"rate": "inf"}, "rate", 0.1),
        ({"rate": "1e999"}, "rate", 3.0),
        ({"rate": "-1e999"}, "rate", 1e-5),
        ({"rate": "0x1p3"}, "rate", 0.1),
        ({"rate": "1,5"}, "rate", 0.1),
        ({"rate": "."}, "rate", 0.1),
        ({"data": "<script>alert(1)</script>"}, "data", "digits"),
        ({"data": "DIGITS"}, "data", "digits"),
        ({"norm": "yes"}, "norm", True),
        ({"predict": ""}, "predict", True),
        ({"lanes": ""}, "lanes", LANES[:2]),
        ({"lanes": "residual-56,<script>"}, "lanes", ("residual-56",)),
        ({"lanes": ",".join(LANES[:1] * 9)}, "lanes", LANES[:1] * 4),
        ({"lanes": "plain-8," * 500}, "lanes", LANES[:2]),
    ],
)
def test_what_cannot_be_taken_is_clamped_or_left_and_told_in_one_sentence(given, name, value):
    state, notices = read(Example, given, "deeper")
    assert state == Example(**{name: value})
    label = next(f.metadata["label"] for f in fields(Example) if f.name == name)
    assert len(notices) == 1
    assert label in notices[0]
    assert "<" not in notices[0]
    assert len(notices[0]) < 200


def test_right_values_are_taken_without_a_word():
    given = {"steps": "+20", "rate": ".5", "seed": "-3", "norm": "off", "data": "cifar10", "lanes": "residual-56"}
    state = Example(steps=20, rate=0.5, seed=-3, norm=False, data="cifar10", lanes=("residual-56",))
    assert read(Example, given, "deeper") == (state, [])


def test_unknown_names_are_passed_over():
    assert read(Example, {"__theme": "dark", "take": "1", "__class__": "x", "step": "3"}, "t") == (Example(), [])


def test_no_link_gets_anything_else_than_a_state_in_range():
    chance = random.Random(1)
    pieces = [
        "nan",
        "1e999",
        "-",
        "<script>",
        "${1}",
        "{{x}}",
        "\0",
        "é",
        "💥",
        ",",
        "on",
        "off",
        "plain-8",
        "7",
        "1e3",
        "e",
        ".",
    ]
    for _ in range(2000):
        given = {f.name: "".join(chance.choices(pieces, k=chance.randint(0, 4))) for f in fields(Example)}
        state, notices = read(Example, given, "t")
        assert in_range(state)
        assert read(Example, params(query(state, "t")), "t") == (state, [])
        assert not any("script" in notice or "💥" in notice for notice in notices)


def test_a_link_opens_the_tab_that_it_names():
    assert tab_of({"tab": "diffusion"}, TABS) == "diffusion"
    assert [tab_of(p, TABS) for p in ({}, {"tab": ""}, {"tab": "<script>"}, {"tab": "Diffusion"})] == [
        "degradation"
    ] * 4


# --- the button ---


def link_of(steps: float) -> dict:
    return link(query(Example(steps=int(steps)), "deeper")) if steps < 1000 else no_link("So many steps are too many.")


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        steps = gr.Number(Example().steps, elem_id="steps")
        here, space = CopyLink(elem_id="here"), CopyLink(elem_id="space")
        here.asked(link_of, steps, here)
        space.asked(lambda: link("tab=deeper") | {"space": "someone/lessons"}, None, space)
        said = gr.Number(elem_id="said")

        def arrive(request: gr.Request):
            return read(Example, dict(request.query_params), "deeper")[0].steps

        page.load(arrive, None, said)
    with served(page, tmp_path_factory.mktemp("gradio")) as address:
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
    assert copied(allowed, "#here") == url + "?" + query(Example(), "deeper")
    allowed.fill("#steps input", "300")
    address = copied(allowed, "#here")
    assert read(Example, params(urlsplit(address).query), "deeper") == (Example(steps=300), [])
    assert allowed.locator("#here [role=status]").inner_text() == "Copied"
    allowed.goto(address)
    allowed.wait_for_function("document.querySelector('#said input')?.value === '300'")


def test_without_a_clipboard_the_link_is_shown_and_selected(new_page, url):
    page = new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(url)
    page.locator("#here").get_by_role("button").click()
    page.locator("#here input").wait_for()
    assert page.input_value("#here input") == url + "?" + query(Example(), "deeper")
    assert page.evaluate("getSelection().toString()") == page.input_value("#here input")
    page.fill("#steps input", "300")
    page.locator("#here").get_by_role("button").click()
    expect(page.locator("#here input")).to_have_value(url + "?" + query(Example(steps=300), "deeper"))


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
