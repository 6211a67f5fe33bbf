"""Tab 2 in a real browser: what is shown is what the models compute, and every choice is followed."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from models import artifacts, insight
from models.cost import layer_costs, module_costs
from models.googlenet import INCEPTIONS
from tests.small_page import with_one_tab
from visuals.inception import figures, question
from visuals.inception.examples import EXAMPLES, picture
from visuals.uploads import read_image

MODULES = [row.name for row in INCEPTIONS]
ROLE = "branch => getComputedStyle(document.documentElement).getPropertyValue('--role-' + branch).trim()"
PIXEL = """([branch, x, y, colour]) => {
  const c = document.querySelector(`#wider-maps figure[data-branch="${branch}"] canvas`);
  const found = c.getContext('2d').getImageData(x, y, 1, 1).data;
  return colour.every((value, k) => Math.abs(value - found[k]) <= 1); }"""  # drawn in the frame after the words

SEEN = """name => { const node = document.querySelector(`#wider-map .node[data-name="${name}"][aria-checked="true"]`);
  const { left, right } = node?.getBoundingClientRect() ?? {};
  return left >= 0 && right > left && right <= innerWidth; }"""


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with with_one_tab("wider", tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def tab(page, url):
    return opened(page, url)


def opened(page, url):
    page.goto(url)
    page.get_by_role("tab", name="Wider").click()
    page.wait_for_selector("#wider-maps [data-name='3a'] figure canvas")
    page.wait_for_selector("#wider-field [data-at]")
    page.click("#wider-predict .skip")  # so that every number is shown
    return page


def on_screen(page, head: str) -> list[tuple[str, str]]:
    """A head's classes and probabilities, as text."""
    lines = page.locator(f"#wider-predictions .head.{head} li")
    return [tuple(line.split("\n")[:2]) for line in lines.all_inner_texts()]


def expected(look: insight.Look, head: str) -> list[tuple[str, str]]:
    return [(name, f"{100 * p:.1f} %") for name, p in look.heads[head]]


def shows(page, look: insight.Look) -> None:
    """Wait until all three heads and the map say what `look` says."""
    expect(page.locator("#wider-predictions .head.main .name").first).to_have_text(look.heads["main"][0][0])
    expect(page.locator("#wider-predictions .head.main .share").first).to_have_text(expected(look, "main")[0][1])
    for head in look.heads:
        assert on_screen(page, head) == expected(look, head)
        name, p = look.heads[head][0]
        assert f"{name} {100 * p:.0f} %" in page.text_content("#wider-map svg.map")


def chosen(page, name: str) -> None:
    """Wait until map, feature maps, table and formulas all follow the choice."""
    page.wait_for_selector(f"#wider-map [data-chosen='{name}']")
    page.wait_for_selector(f"#wider-maps [data-name='{name}']")
    expect(page.locator("#wider-cost tr.chosen th")).to_have_text(name)
    widths = module_costs()[name]
    page.wait_for_selector(f"#cost-module [data-widths^='{widths.c_in} {widths.side} {widths.n1x1} ']")
    assert page.get_attribute(f"#wider-map .node[data-name='{name}']", "aria-checked") == "true"
    assert page.locator("#wider-map .node[aria-checked='true']").count() == 1


def drawn_as_computed(page, look: insight.Look, name: str) -> None:
    """The first and the last map of every branch: the brightness of some of their positions."""
    for branch, maps in look.maps(name).items():
        side = maps.pixels.shape[1]
        role = page.evaluate(ROLE, branch)
        for at, y, x in ((0, side // 2, side // 2), (5, 0, side - 1), (15, side - 1, 1)):
            place = [int(at % 4 * 76 + (x + 0.5) * 72 / side), int(at // 4 * 76 + (y + 0.5) * 72 / side)]
            page.wait_for_function(PIXEL, arg=[branch, *place, ramp(role, int(maps.pixels[at, y, x]))])


def ramp(role: str, value: int) -> list[float]:
    """Black at 0, the role's colour at 128, white at 255."""
    full = [int(role[i : i + 2], 16) for i in (1, 3, 5)]
    return [c * value / 128 if value < 128 else c + (255 - c) * (value - 128) / 127 for c in full]


def test_opens_on_a_finished_pass_and_the_table_as_counted(tab):
    look = insight.look(picture("lion"))
    shows(tab, look)
    drawn_as_computed(tab, look, "3a")
    for part in ("#wider-predictions", "#wider-maps-when", "#surgery-status", "#heads-status", "#evidence-status"):
        expect(tab.locator(part)).to_contain_text("measured when this page was started")
    assert "one of the 52 classes" in tab.inner_text("#wider-picture")
    table = tab.inner_text("#wider-cost")
    for cost in layer_costs():
        assert f"{cost.weights:,}" in table
        assert f"{cost.printed_weights.text}\t" in table
    assert table.count("differs") == 7


def test_a_chosen_example_runs_the_network(tab):
    for name in ("dahlia", "cat"):
        tab.locator("#wider-gallery button").nth(list(EXAMPLES).index(name)).click()
        look = insight.look(picture(name))
        shows(tab, look)
        drawn_as_computed(tab, look, "3a")
        assert tab.locator("#wider-gallery button[aria-pressed='true']").inner_text() == name


def test_a_module_chosen_on_the_map_is_followed_everywhere(tab):
    look = insight.look(picture("lion"))
    for name in ("4d", "5b"):
        tab.click(f"#wider-map .node[data-name='{name}']")
        chosen(tab, name)
        drawn_as_computed(tab, look, name)
        assert f"{module_costs()[name].naive_weights:,}" in tab.inner_text("#cost-module")
        assert f"Module {name}, opened" in tab.inner_text("#wider-map")


def test_the_choice_outlives_another_picture(tab):
    tab.click("#wider-map .node[data-name='4b']")
    chosen(tab, "4b")
    tab.locator("#wider-gallery button").nth(1).click()
    look = insight.look(picture("whole lion"))
    shows(tab, look)
    chosen(tab, "4b")
    drawn_as_computed(tab, look, "4b")


def test_a_module_chosen_while_the_network_runs_is_kept(tab):
    buttons = tab.locator("#wider-gallery button")
    for at in (1, 5, 4):  # without waiting for an answer
        buttons.nth(at).click()
        tab.click(f"#wider-map .node[data-name='{MODULES[at]}']")
    look = insight.look(picture("temple"))
    shows(tab, look)
    chosen(tab, MODULES[4])
    tab.wait_for_timeout(1000)  # for an answer that should not come
    shows(tab, look)
    chosen(tab, MODULES[4])
    drawn_as_computed(tab, look, MODULES[4])


def test_the_map_is_used_by_keyboard(tab):
    tab.focus("#wider-map .node[data-name='3a']")
    for key, name in (("ArrowRight", "3b"), ("End", "5b"), ("ArrowRight", "3a"), ("ArrowLeft", "5b"), ("Home", "3a")):
        tab.keyboard.press(key)
        chosen(tab, name)
        assert tab.evaluate("document.activeElement.dataset.name") == name
    for _ in MODULES[1:]:  # faster than answers come back: the last choice counts
        tab.keyboard.press("ArrowRight")
    chosen(tab, "5b")


def test_an_upload_runs_the_network(tab, tmp_path):
    """Turned by its EXIF note, so that the picture is seen upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "mine.png"
    Image.fromarray(picture("temple")).transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    send(tab, path)
    look = insight.look(np.asarray(read_image(path)))
    np.testing.assert_array_equal(look.seen, insight.look(picture("temple")).seen)
    shows(tab, look)
    assert tab.locator("#wider-gallery button[aria-pressed='true']").count() == 0


def test_a_bad_upload_gets_a_sentence_and_the_next_one_works(tab, tmp_path):
    before = on_screen(tab, "main")
    words, empty, good = tmp_path / "words.png", tmp_path / "empty.png", tmp_path / "good.png"
    words.write_text("no picture")
    empty.touch()
    Image.fromarray(picture("tower")).save(good)
    for path, sentence in ((words, "not a picture"), (empty, "empty"), (words, "not a picture")):
        send(tab, path)
        tab.locator("#wider-problem").get_by_text(sentence).wait_for()
        assert on_screen(tab, "main") == before
    send(tab, good)
    shows(tab, insight.look(picture("tower")))
    assert tab.inner_text("#wider-problem").strip() == ""
    tab.click("#wider-map .node[data-name='4a']")
    chosen(tab, "4a")


def test_a_file_that_is_far_too_large_gets_its_sentence_too(tab, tmp_path):
    """Larger than the server takes: only its beginning travels, and the server says what would work."""
    before = on_screen(tab, "main")
    large, good = tmp_path / "large.png", tmp_path / "good.png"
    Image.fromarray(picture("tower")).save(good)
    large.write_bytes(good.read_bytes().ljust(80 * 1024**2, b"\0"))  # more than the server takes
    send(tab, large)
    tab.locator("#wider-problem").get_by_text("too large. Pictures of up to 10 MB work.").wait_for()
    assert on_screen(tab, "main") == before
    send(tab, good)
    shows(tab, insight.look(picture("tower")))
    assert tab.inner_text("#wider-problem").strip() == ""


def send(page, path) -> None:
    with page.expect_file_chooser() as choice:
        page.click("#wider-upload")
    choice.value.set_files(path)


OUTCOMES = ("#worth-status", "#worth", "#cost-module")


def test_the_outcome_waits_for_the_guess_which_stays_on_it(page, url):
    page.goto(f"{url}?tab=wider")
    expect(page.locator("#worth-status")).to_contain_text("costs most")  # it is there, but not to be seen
    for part in OUTCOMES:
        expect(page.locator(part)).to_be_hidden()
    waiting = page.locator(".until-guessed")
    expect(waiting).to_have_count(2)
    for words in waiting.all():
        expect(words).to_contain_text("once you have answered or skipped the question at the top")
    page.locator("#wider-predict label", has_text="3×3").click()
    page.locator("#wider-predict input[type=number]").fill("5")
    page.click("#wider-predict .commit")
    for part in OUTCOMES:
        expect(page.locator(part)).to_be_visible()
    expect(waiting.first).to_be_hidden()
    lost = question.lost()
    expect(page.locator("#worth-guess")).to_have_text(
        f"You said 3×3. Without that branch of 3a the network loses {lost['3x3']:.1f} points, without 1×1 it loses "
        f"{lost['1x1']:.1f}."
    )
    expect(page.locator("#worth svg .guessed")).to_have_text("your guess")
    cell = page.locator("#worth svg .guess").last.bounding_box()
    number = page.locator("#worth svg text.strong", has_text="−4.8").first.bounding_box()
    assert cell["x"] < number["x"] < number["x"] + number["width"] < cell["x"] + cell["width"]
    assert cell["y"] < number["y"] + number["height"] / 2 < cell["y"] + cell["height"]
    expect(page.locator("#cost-guess")).to_contain_text("5.0 times cheaper. It is 9.7 times.")
    page.get_by_role("button", name="Guess again").click()
    expect(page.locator("#worth")).to_be_hidden()


def test_without_the_question_the_outcome_is_shown_at_once(page, url):
    page.goto(f"{url}?tab=wider&predict=off")
    for part in OUTCOMES:
        expect(page.locator(part)).to_be_visible()
    expect(page.locator(".until-guessed").first).to_be_hidden()
    expect(page.locator("#worth svg .guess")).to_have_count(0)


def test_the_guess_is_named_beside_the_outcome():
    lost = question.lost()
    right = question.missed({"branch": "1×1", "cheaper": 5.0})
    assert f"You said 1×1. Without that branch of 3a the network loses {lost['1x1']:.1f} points, more than" in right
    assert question.missed(None) == question.priced(None) == ""


def test_the_card_answers_in_whole_sentences():
    def answered(branch: str) -> str:
        value = question.question() | {"state": "given"}
        return question.answer(
            value | {"guesses": [{"id": "branch", "value": branch}, {"id": "cheaper", "value": 5.0}]}
        )

    run, five = artifacts.load_run("surgery"), module_costs()["3a"].reduce_5x5
    whole, lost = 100 * run["whole"].mean(), 100 * (run["whole"].mean() - run["cut"][0, 0].mean())
    wrong = answered("3×3")
    assert "Most is lost without the 1×1 branch, not 3×3 as you said: of " in wrong
    assert f"of {whole:.1f} % accuracy the network loses, in percentage points, without 1×1 {lost:.1f}" in wrong
    assert f"{five.naive / five.bottleneck:.1f} times cheaper (you said 5.0): {five.naive:,} weights directly" in wrong
    assert "Most is lost without the 1×1 branch, as you said: of " in answered("1×1")
    assert "you said" not in question.answer(None)


@pytest.mark.parametrize(
    ("five", "said"), [("tabby lion", ""), ("lion tabby", "first, and tabby is"), ("lion", "see it")]
)
def test_a_known_picture_says_what_became_of_its_class(five, said):
    look = replace(insight.look(picture("cat")), heads={"main": tuple((name, 0.1) for name in five.split())})
    told = figures.example("cat", look)
    assert "This is one of the 52 classes: tabby." in told
    assert said in told
    assert ("The network" in told) == bool(said)
    assert "64 × 64 pixels, scaled up to 96 × 96" in told


def test_two_visitors_do_not_meet(new_page, url):
    one, two = opened(new_page(), url), opened(new_page(), url)
    one.locator("#wider-gallery button").nth(2).click()
    shows(one, insight.look(picture("cat")))
    two.click("#wider-map .node[data-name='4c']")
    chosen(two, "4c")
    shows(two, insight.look(picture("lion")))
    drawn_as_computed(two, insight.look(picture("lion")), "4c")
    one.click("#wider-map .node[data-name='5a']")
    chosen(one, "5a")
    drawn_as_computed(one, insight.look(picture("cat")), "5a")


def test_a_link_sets_the_picture_and_marks_its_module_everywhere(page, url):
    page.goto(f"{url}?tab=wider&predict=off&picture=temple&module=5b")
    page.wait_for_selector("#wider-predictions .head.main .name")
    shows(page, insight.look(picture("temple")))
    expect(page.locator("#wider-map [data-chosen]")).to_have_attribute("data-chosen", "5b")
    last = "Math.max(...[...document.querySelectorAll('#worth rect')].map(r => +r.getAttribute('y')))"
    page.wait_for_function(f"document.querySelector('#worth .mark')?.getAttribute('y') >= {last}")
    expect(page.locator("#surgery-switches tr.chosen th")).to_have_text("5b")
    chosen(page, "5b")  # also in the table, and with its widths
    expect(page.locator("#gradient svg[role=img]")).to_have_attribute("aria-label", re.compile("chosen on the map: 5b"))
    expect(page.locator("#wider-predictions")).to_contain_text("measured now")


def test_the_copied_link_has_what_was_chosen_in_the_last_moment(new_page, url):
    page = opened(new_page(permissions=["clipboard-read", "clipboard-write"]), url)
    part = page.locator("#surgery-switches [role=switch]").first
    part.click()
    page.click("#wider-map .node[data-name='4c']")
    page.click("#wider-link button")
    page.locator("#wider-link").get_by_text("Copied").wait_for()
    copied = parse_qs(urlsplit(page.evaluate("navigator.clipboard.readText()")).query)
    assert copied["module"] == ["4c"]
    assert copied["off"] == [part.get_attribute("data-id")]


def test_on_a_phone_the_map_scrolls_inside_its_frame(new_page, url):
    for name in ("3a", "5b"):  # the chosen one is seen; the edges fade where the map goes on
        page = new_page(390, 844)
        page.goto(f"{url}?tab=wider&module={name}")
        page.wait_for_function(SEEN, arg=name)
        expect(page.locator("#wider-map .frame")).to_have_class(re.compile("more-left"))
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert page.evaluate("(f => f.scrollWidth > f.clientWidth + 300)(document.querySelector('#wider-map .frame'))")
    assert page.evaluate("(m => m.scrollWidth <= m.clientWidth)(document.querySelector('#wider-map .inside'))")
    assert page.locator("#wider-map svg.module").get_attribute("viewBox").startswith("0 0 340")
