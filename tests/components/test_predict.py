"""The predict card: what Python takes for a guess, and the card in a real browser."""

from __future__ import annotations

import json

import gradio as gr
import pytest
from playwright.sync_api import expect

from tests.looks import small_targets, swipe
from tests.small_page import served
from visuals.components.predict import Amount, Choice, Predict, card, guesses_of

PLAIN, RESIDUAL = (
    Amount(name, name, colour=f"var(--role-{name.partition('-')[0]})") for name in ("plain-56", "residual-56")
)
BRANCH = Choice("branch", "The branch that is worth most", ("1x1", "3x3", "5x5", "pool"))
EASING = Amount("rate", "learning rate", 0, 0.5, "", 2)
ASKED = (PLAIN, RESIDUAL)
QUESTION = "How many training images will each net get wrong? ${alert(1)} {{value}} <b>"


# --- what Python takes for a guess ---


def given(**guesses) -> dict:
    return {"state": "given", "guesses": [{"id": name.replace("_", "-"), "value": v} for name, v in guesses.items()]}


def test_a_card_with_guesses_gives_them_back():
    guesses = {"plain-56": 70.0, "residual-56": 2.0, "branch": "5x5"}
    assert guesses_of(card("?", (*ASKED, BRANCH), guesses), (*ASKED, BRANCH)) == guesses
    assert guesses_of(card("?", ASKED), ASKED) is None
    assert guesses_of(card("?", ASKED, how="off"), ASKED) is None
    assert guesses_of(card("?", ASKED) | {"state": "skipped"}, ASKED) is None


def test_what_is_asked_decides_what_is_taken():
    assert guesses_of(given(plain_56=70, residual_56=3.4, other="x"), ASKED) == {"plain-56": 70.0, "residual-56": 3.0}
    assert guesses_of(given(rate=0.125), (EASING,)) == {"rate": 0.12}


@pytest.mark.parametrize("value", ["70", None, True, -1, 100.5, float("nan"), float("inf"), 10**400, [70], {"a": 1}])
def test_an_impossible_number_is_no_guess(value):
    assert guesses_of(given(plain_56=value, residual_56=1), ASKED) is None


@pytest.mark.parametrize("value", ["7x7", "", None, 1, ["1x1"], {"1x1": 1}])
def test_an_answer_that_was_not_offered_is_no_guess(value):
    assert guesses_of(given(branch=value), (BRANCH,)) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        "given",
        [],
        {},
        {"state": "given"},
        {"state": "given", "guesses": "plain-56"},
        {"state": "given", "guesses": [None, 3, "x", []]},
        {"state": "given", "guesses": {"plain-56": 3, "residual-56": 3}},
        given(plain_56=3),
        {"state": "given", "guesses": [{"id": "plain-56", "value": v} for v in (1, 2)] + [{"id": [], "value": 1}]},
        given(plain_56=3, residual_56=4) | {"state": "open"},
        given(plain_56=3, residual_56=4) | {"state": "urged"},
        given(plain_56=3, residual_56=4) | {"state": ["given"]},
    ],
)
def test_what_is_no_card_is_no_guess(value):
    assert guesses_of(value, ASKED) is None


# --- in the browser ---


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        numbers = Predict(card(QUESTION, ASKED), elem_id="numbers")
        choice = Predict(card("Which?", (BRANCH,)), elem_id="choice")
        Predict(card("?", ASKED, how="off"), elem_id="off")
        Predict(card("Which?", (BRANCH,), how="aloud"), elem_id="aloud")
        Predict(card("?", ASKED, {"plain-56": 12, "residual-56": 3}), elem_id="given")
        heard = gr.Textbox(elem_id="heard")
        times = gr.Number(0, elem_id="times")

        def hear(value, count, asked):
            return json.dumps(guesses_of(value, asked)), count + 1

        numbers.guessed(lambda v, n: hear(v, n, ASKED), [numbers, times], [heard, times])
        choice.guessed(lambda v, n: hear(v, n, (BRANCH,)), [choice, times], [heard, times])
        gr.Button("other question", elem_id="other").click(lambda: card("And now?", (EASING,)), None, numbers)
        gr.Button("off", elem_id="switch").click(lambda: card("?", ASKED, how="off"), None, numbers)
    with served(page) as address:
        yield address


@pytest.fixture
def cards(page, url):
    page.goto(url)
    page.wait_for_selector("#numbers [data-state=open]")
    page.wait_for_selector("#choice [data-state=open]")
    return page


def hears(page, times: int) -> dict | None:
    """What Python made of the card at its so-manieth event."""
    expect(page.locator("#times input")).to_have_value(str(times))
    return json.loads(page.input_value("#heard textarea, #heard input"))


def test_nothing_is_a_guess_until_it_is_touched(cards):
    numbers = cards.locator("#numbers")
    assert numbers.locator(".question").inner_text() == QUESTION
    assert numbers.locator("input[type=number]").evaluate_all("all => all.map(i => i.value)") == ["", ""]
    sliders = numbers.locator("input[type=range]")
    assert [s.get_attribute("aria-valuetext") for s in sliders.all()] == ["not guessed yet"] * 2
    assert numbers.locator(".commit").is_disabled()
    assert numbers.locator(".missing").inner_text() == "No guess yet: plain-56, residual-56"
    sliders.first.focus()
    assert numbers.locator(".commit").is_disabled()  # to look at it is no guess either
    assert cards.input_value("#times input") == "0"


def test_a_guess_is_dragged_typed_locked_in_and_heard_once(cards):
    numbers = cards.locator("#numbers")
    slider = numbers.locator("input[type=range]").first
    slider.click(position={"x": 0.7 * slider.bounding_box()["width"], "y": 10})
    dragged = float(numbers.locator("input[type=number]").first.input_value())
    assert dragged == pytest.approx(70, abs=3)
    assert numbers.locator(".commit").is_disabled()
    typed = numbers.get_by_label("residual-56 in %")
    typed.fill("4")
    assert numbers.locator("input[type=range]").nth(1).input_value() == "4"
    assert numbers.locator(".commit").is_enabled()
    assert cards.input_value("#times input") == "0"
    typed.press("Enter")
    assert hears(cards, 1) == {"plain-56": dragged, "residual-56": 4.0}
    assert numbers.locator("form").is_hidden()
    assert numbers.get_by_role("status").inner_text() == f"Your guess: plain-56 {dragged:.0f} %, residual-56 4 %"
    assert cards.evaluate("document.activeElement.textContent") == "Guess again"


def test_a_click_on_the_middle_of_the_scale_is_a_guess(cards):
    """There the browser's slider stood unseen, so that nothing moves."""
    slider = cards.locator("#numbers input[type=range]").first
    slider.click()
    assert slider.get_attribute("aria-valuetext") == "50 %"


def test_everything_can_be_done_with_the_keyboard(cards):
    numbers = cards.locator("#numbers")
    numbers.locator("input[type=range]").first.focus()
    cards.keyboard.press("End")
    cards.keyboard.press("Tab")
    cards.keyboard.press("Tab")
    cards.keyboard.press("Space")
    cards.keyboard.press("ArrowLeft")
    cards.keyboard.press("Tab")
    cards.keyboard.press("Tab")
    assert cards.evaluate("document.activeElement.className") == "commit"
    cards.keyboard.press("Enter")
    assert hears(cards, 1) == {"plain-56": 100.0, "residual-56": 49.0}
    cards.keyboard.press("Enter")  # on Guess again
    assert numbers.locator("form").is_visible()
    assert cards.evaluate("document.activeElement.type") == "range"
    cards.keyboard.press("Home")
    numbers.locator(".commit").click()
    assert hears(cards, 2) == {"plain-56": 0.0, "residual-56": 49.0}


def test_typing_what_is_out_of_range_gives_the_nearest_guess_and_emptying_none(cards):
    numbers = cards.locator("#numbers")
    typed = numbers.get_by_label("plain-56 in %")
    typed.fill("250")
    assert "plain-56" in numbers.locator(".missing").inner_text()
    typed.press("Tab")
    assert typed.input_value() == "100"
    assert "plain-56" not in numbers.locator(".missing").inner_text()
    typed.fill("")
    assert "plain-56" in numbers.locator(".missing").inner_text()


def test_it_can_be_skipped_and_guessed_after_all(cards):
    numbers = cards.locator("#numbers")
    numbers.get_by_role("button", name="Skip").click()
    assert hears(cards, 1) is None
    assert numbers.get_by_role("status").inner_text() == "No guess made."
    numbers.get_by_role("button", name="Guess after all").click()
    assert numbers.locator(".commit").is_disabled()


def test_one_of_several_answers_is_chosen(cards):
    choice = cards.locator("#choice")
    assert choice.locator("input:checked").count() == 0
    assert choice.get_by_role("radiogroup").get_attribute("aria-label") == BRANCH.label
    choice.get_by_label("5x5").check()
    choice.get_by_role("button", name="Lock in my guess").click()
    assert hears(cards, 1) == {"branch": "5x5"}
    assert choice.get_by_role("status").inner_text() == f"Your guess: {BRANCH.label}: 5x5"


def test_a_card_can_be_given_or_switched_off_from_the_start_and_later(cards):
    assert cards.locator("#given").get_by_role("status").inner_text() == "Your guess: plain-56 12 %, residual-56 3 %"
    assert cards.locator("#off .predict").is_hidden()
    cards.click("#switch")
    cards.wait_for_selector("#numbers [data-state=off]", state="attached")
    assert cards.locator("#numbers .predict").is_hidden()


def test_where_a_class_is_asked_aloud_the_outcome_waits_for_the_teacher(cards):
    aloud = cards.locator("#aloud")
    expect(aloud.locator(".question")).to_have_text("Which?")
    expect(aloud.get_by_role("radio")).to_have_count(0)
    aloud.get_by_role("button", name="Show what came out").click()
    expect(aloud.locator("[data-state=skipped]")).to_be_visible()


def test_another_question_starts_without_a_guess(cards):
    cards.locator("#numbers").get_by_label("plain-56 in %").fill("3")
    cards.click("#other")
    numbers = cards.locator("#numbers")
    numbers.get_by_text("And now?").wait_for()
    assert numbers.locator(".missing").inner_text() == "No guess yet."
    assert numbers.locator("input[type=number]").input_value() == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(new_page, url, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(390, 844, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#numbers [data-state=open]")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    found = [Axe().run(page, context=f"#{card}").response["violations"] for card in ("numbers", "choice", "given")]
    assert [violation["id"] for violations in found for violation in violations] == []
    assert [small_targets(page, f"#{card}") for card in ("numbers", "choice", "given")] == [[], [], []]


def test_a_guess_survives_a_reload_until_it_is_taken_back(cards):
    numbers = cards.locator("#numbers")
    for name, value in (("plain-56 in %", "70"), ("residual-56 in %", "4")):
        numbers.get_by_label(name).fill(value)
    numbers.locator(".commit").click()
    hears(cards, 1)
    cards.locator("#choice").get_by_role("button", name="Skip").click()
    hears(cards, 2)
    cards.reload()
    expect(numbers.get_by_role("status")).to_have_text("Your guess: plain-56 70 %, residual-56 4 %")
    expect(cards.locator("#choice").get_by_role("status")).to_have_text("No guess made.")
    expect(cards.locator("#times input")).not_to_have_value("0")  # Python hears it again
    numbers.get_by_role("button", name="Guess again").click()
    cards.reload()
    expect(numbers.locator("form")).to_be_visible()
    expect(numbers.locator(".missing")).to_contain_text("plain-56, residual-56")


def test_what_is_kept_must_answer_the_question(page, url):
    kept = [f"page: {QUESTION}", {"state": "given", "values": {"plain-56": 700, "residual-56": "x"}}]
    page.add_init_script(f"sessionStorage.setItem('guesses', {json.dumps(json.dumps([kept]))})")
    page.goto(url)
    page.wait_for_selector("#numbers [data-state=open]")


def test_a_finger_guesses_by_moving_sideways_or_by_a_tap_and_else_scrolls(new_page, url):
    page = new_page(390, 500, has_touch=True, is_mobile=True)
    page.goto(url)
    page.wait_for_selector("#numbers [data-state=open]")
    first, second = page.locator("#numbers input[type=range]").all()
    before = page.evaluate("scrollY")
    swipe(page, first, across=10, down=-150)
    page.wait_for_function(f"scrollY > {before}")
    expect(first).to_have_attribute("aria-valuetext", "not guessed yet")
    swipe(page, first, across=60, down=8)
    expect(first).not_to_have_attribute("aria-valuetext", "not guessed yet")
    second.tap()
    expect(second).to_have_attribute("aria-valuetext", "50 %")
    guessed = first.get_attribute("aria-valuetext")
    swipe(page, first, across=-10, down=100)
    expect(first).to_have_attribute("aria-valuetext", guessed)
