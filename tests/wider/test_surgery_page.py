"""Surgery on the page: words, bars and map say what was computed, and the switches work by mouse and keyboard."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models.core import artifacts
from models.wider import activations, validation
from models.wider.googlenet import INCEPTIONS
from models.wider.surgery import MODULES, PARTS, Cut, Operation, Part, operate
from models.wider.validation import HeldOut
from visuals.wider import passes
from visuals.wider.examples import EXAMPLES, picture
from visuals.wider.surgery import section, view, words

CLASSES = ("lion", "tabby", "snail")
VISITOR = SimpleNamespace(session_hash="visitor")
LION = passes.of_example("lion", "tiny")
OWN = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)


def operation(main_after: tuple[float, ...]) -> Operation:
    early, late, main = np.array([0.6, 0.3, 0.1]), np.array([0.5, 0.2, 0.3]), np.array([0.7, 0.2, 0.1])
    before = {"aux_4a": early, "aux_4d": late, "main": main}
    return Operation(before, before | {"main": np.array(main_after)}, 12.0)


# --- words ---


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ((0.1, 0.8, 0.1), "lion falls from 70.0 % to 10.0 %. The first answer is now tabby with 80.0 %."),
        ((0.65, 0.25, 0.1), "lion falls from 70.0 % to 65.0 %. It stays the first answer."),
        ((0.9, 0.05, 0.05), "lion rises from 70.0 % to 90.0 %. It stays the first answer."),
        ((0.7001, 0.1999, 0.1), "lion stays at 70.0 %. It stays the first answer."),
    ],
)
def test_the_sentence_is_true_whatever_comes_out(after, said):
    assert words.main(operation(after), (Part("4b", "5x5"),), CLASSES) == f"Without the 5×5 branch of 4b: {said}"


def test_a_head_before_the_surgery_does_not_change():
    *_, last = words.others(operation((0.1, 0.8, 0.1)), (Part("4b", "5x5"),), CLASSES)
    assert last == "Head after 4a: nothing changes: all that is off comes after it."
    unchanged = operation((0.7, 0.2, 0.1))
    main = words.main(unchanged, (Part("5a", "5r"),), CLASSES)  # nothing comes behind the main head
    assert main == "Without the 1×1 reduction of the 5×5 branch of 5a: nothing changes for this picture."
    *_, last = words.others(unchanged, (Part("4b", "5x5"), Part("4a", "5r")), CLASSES)
    assert last == "Head after 4a: nothing changes for this picture."
    assert words.main(unchanged, (), CLASSES) == "Nothing is switched off: the network answers lion with 70.0 %."
    assert words.others(unchanged, (), CLASSES) == ["Nothing is switched off."]


def test_a_network_without_auxiliary_heads_is_said_to_have_none():
    alone = Operation({"main": np.array([0.7, 0.3, 0])}, {"main": np.array([0.7, 0.3, 0])}, 1.0)
    assert words.others(alone, (PARTS[0],), CLASSES) == ["This network has no trained auxiliary heads."]
    assert view.answers(alone, CLASSES, section.OTHERS)["panels"] == []


def test_parts_are_named_or_counted():
    assert words.named(PARTS[:1]) == "the 1×1 branch of 3a"
    assert words.named((PARTS[3], PARTS[10])) == "the pool branch of 3a and the 1×1 reduction of the 3×3 branch of 3b"
    assert words.named(PARTS[:7]) == "these 7 parts"


def test_bars_have_every_class_that_was_or_is_among_the_first():
    found = operate(LION.run, (PARTS[0], PARTS[6]))
    classes = activations.trained().classes
    value = view.answers(found, classes, tuple(words.HEADS))
    assert [panel["detail"] for panel in value["panels"]] == ["at the end", "after 4d", "after 4a"]
    for head, panel in zip(words.HEADS, value["panels"], strict=True):
        expected = {classes[k] for p in (found.before[head], found.after[head]) for k in np.argsort(p)[-view.TOP :]}
        assert {name for name, _ in panel["rows"]} == expected
        for name, shares in panel["rows"]:
            k = classes.index(name)
            assert shares == pytest.approx([100 * found.before[head][k], 100 * found.after[head][k]])


@pytest.mark.parametrize(
    "sent", [None, [], "3a-1x1", {}, {"off": "3a-1x1"}, {"off": ["3a-7x7"]}, {"off": [["3a-1x1"]]}, {"off": [None]}]
)
def test_what_no_switches_have_sent_is_refused_in_a_sentence(sent):
    said, *rest = section.show("lion", "tiny", sent, VISITOR)
    assert 'role="alert"' in said
    assert "no choice of parts" in said
    assert rest == [gr.skip()] * 4


# --- many pictures ---


def test_what_the_words_say_of_the_whole_table_is_true_of_the_run():
    metrics = artifacts.certificate(section.RECORDED).metrics
    without = metrics["main_top1_without"]
    most = [min(("1x1", "3x3", "5x5", "pool"), key=left.get) for left in without.values()]
    said = words.lesson(section.recorded())
    assert words.NUMBERS.index(said["NARROWEST"]) == most.count("1x1")
    assert said["WIDEST"] == f"{metrics['main_top1'] - min(left['5x5'] for left in without.values()):.1f}"
    assert all(row.n3x3 >= row.n1x1 for row in INCEPTIONS)


def test_the_recorded_map_is_that_of_the_run():
    run = artifacts.load_run("surgery")
    value, said = section.recorded_map(1, "4c"), section.recorded_outcome()
    assert (value["rows"], value["chosen"]) == (list(MODULES), "4c")
    for row in range(9):
        for column in range(6):
            d = run["cut"][row, column].astype(float) - run["whole"]
            half = 1.9609 * d.std(ddof=1) / len(d) ** 0.5  # Student's t for 2,599
            numbers = [value[key][row][column] for key in ("values", "low", "high")]
            assert numbers == pytest.approx(
                [100 * d.mean(), 100 * (d.mean() - half), 100 * (d.mean() + half)], abs=0.01
            )
    branches = 100 * (run["cut"][:, :4].mean(2) - run["whole"].mean())
    row, _ = np.unravel_index(branches.argmin(), branches.shape)
    most = words.most(section.recorded())
    assert f"branch of {MODULES[row]} costs most" in most
    assert f"instead of {100 * run['whole'].mean():.1f} %" in most
    assert f"the 1×1 branch costs most to lose, {-branches.mean(0)[0]:.1f} points" in said
    sure = [low > 0 or high < 0 for low, high in zip(np.ravel(value["low"]), np.ravel(value["high"]), strict=True)]
    assert words.lesson(section.recorded())["SURE"] == str(sum(sure))


OWN = passes.Chosen("own 1", np.zeros((80, 100, 3), np.uint8), LION.run)


def test_without_held_out_pictures_it_says_that_it_measures_something_else(monkeypatch):
    monkeypatch.delenv(validation.FOLDER, raising=False)
    pictures, labels, measured = section.at_hand(LION, 200)
    assert (labels, len(pictures)) == (None, len(EXAMPLES))
    assert len(section.at_hand(OWN, 200)[0]) == len(EXAMPLES) + 1
    assert "Probability" in measured.name
    assert "Not an accuracy" in measured.note
    monkeypatch.setattr(section, "available", lambda: ("lion",))
    *_, (value, said) = section.live("lion", "tiny", 200, VISITOR)
    assert "No labelled pictures are on this machine, so this is no accuracy" in said
    scores = operate(LION.run, (Part("5a", "pool"),))
    lost = scores.after["main"][scores.before["main"].argmax()] - scores.before["main"].max()
    assert value["values"][7][3] == pytest.approx(100 * lost, abs=0.01)
    assert value["low"][7][3] is None


def test_with_held_out_pictures_it_measures_accuracy(monkeypatch, tmp_path):
    monkeypatch.setenv(validation.FOLDER, str(tmp_path))
    ((skipped, said),) = section.live("lion", "tiny", 200, VISITOR)
    assert "no pictures of African_elephant" in said
    assert skipped == gr.skip()
    ((_, said),) = section.live("lion", "tiny", 7, VISITOR)
    assert "from 100 to 1,000" in said
    labels = np.array([31, 31, 4])
    pictures = np.stack([activations.run(picture(name)).seen for name in ("lion", "cat", "whole lion")])
    monkeypatch.setattr(validation, "read_pictures", lambda root, count: HeldOut(pictures, labels, 3))
    *_, (value, said) = section.live("lion", "tiny", 200, VISITOR)
    assert "Accuracy of our network on 3 held-out pictures of this machine." in said
    right = [
        activations.run(p).heads["main"][0][0] == activations.trained().classes[k]
        for p, k in zip(pictures, labels, strict=True)
    ]
    assert f"instead of {100 * np.mean(right):.1f} %" in said
    assert any(low is not None for row in value["low"] for low in row)


def test_it_stops_within_a_step_and_says_so(monkeypatch):
    monkeypatch.delenv(validation.FOLDER, raising=False)
    monkeypatch.setattr(section, "available", lambda: ("cat",))
    running = section.live("cat", "tiny", 200, VISITOR)
    next(running), next(running)
    section.latest.stop(VISITOR)
    *_, (value, said) = running
    assert "Stopped after 1 of 54 passes" in said or "Stopped after 2 of 54 passes" in said
    assert sum(v is not None for v in np.ravel(value["values"])) <= 2


def test_the_map_of_half_a_run_has_holes():
    drawn = view.LiveTable(2, True, view.Measured("name", "points", ""), 1, "CPU")
    assert drawn.start()[0]["limit"] == 10
    drawn.add(Cut(PARTS[0], 0, np.array([1.0, 0.0]), np.array([0.0, 0.0])))
    (value,) = drawn.news()
    assert value["values"][0][:2] == [-50.0, None]
    assert value["limit"] == 50
    assert "1 of 54 steps" in drawn.progress(3)


# --- in a browser ---


def test_switching_by_mouse_and_keyboard_and_for_one_visitor_alone(opened):
    page, other = opened("surgery"), opened("surgery")
    status = page.locator("#surgery-status")
    page.locator("[data-id='3a-1x1']").click()
    expect(status).to_contain_text("Without the 1×1 branch of 3a:")
    found = operate(LION.run, (Part("3a", "1x1"),))
    k = found.before["main"].argmax()
    expect(status).to_contain_text(
        f"lion falls from {100 * found.before['main'][k]:.1f} % to {100 * found.after['main'][k]:.1f} %"
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(status).to_contain_text("Without the 1×1 branch of 3a and the 3×3 branch of 3b:")
    expect(page.locator("[data-id='3b-3x3']")).to_have_attribute("aria-checked", "false")
    expect(page.locator("#surgery-bars")).to_contain_text("without what is off")
    page.click("#surgery-others-part > button")
    expect(page.locator("#surgery-others-said")).to_contain_text("Head after 4a: ")
    expect(page.locator("#surgery-others svg[role=img]")).to_have_count(2)
    page.click("#wider-gallery button[title=cat]")
    expect(status).not_to_contain_text("lion falls")  # the same parts, another picture
    expect(status).to_contain_text("Without the 1×1 branch of 3a and the 3×3 branch of 3b:")
    page.get_by_role("button", name="All of module 5b: switch").click()
    expect(status).to_contain_text("Without these 8 parts")
    page.get_by_role("button", name="Switch everything on").click()
    expect(status).to_contain_text("Nothing is switched off")
    expect(other.locator("#surgery-status")).to_contain_text("Nothing is switched off: the network answers lion")
    expect(other.locator("#surgery-switches [aria-checked=false]")).to_have_count(0)


def test_the_table_of_many_pictures_is_drawn_marked_measured_and_saved(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(section, "available", lambda: ("lion", "cat"))
    page = opened("surgery", "&predict=off", accept_downloads=True)
    heat, value = page.locator("#lost"), section.recorded_map(1)
    page.click("#lost-part > button")
    expect(heat.locator("svg[role=img] text.strong").first).to_have_text(words.points(value["values"][0][0] / 100))
    expect(heat.locator(".mark")).to_have_count(1)
    with page.expect_download() as saved:
        heat.get_by_role("button", name="CSV").click()
    path = tmp_path / "worth.csv"
    saved.value.save_as(path)
    _, *rows = csv.reader(io.StringIO(Path(path).read_text()))
    assert [float(row[2]) for row in rows] == pytest.approx(np.ravel(value["values"]).tolist())
    before = heat.locator("[data-known]").get_attribute("data-run")
    page.click("#lost-here > button")
    expect(page.locator("#lost-takes")).to_contain_text("Takes about")
    page.locator("#lost-go").click()
    expect(page.locator("#lost-status")).to_contain_text("No labelled pictures are on this machine")
    expect(heat.locator("[data-known='54']")).to_have_count(1)
    assert heat.locator("[data-known]").get_attribute("data-run") != before
    expect(heat.locator(".mark")).to_have_count(1)  # the mark stays
    expect(page.locator("#lost-takes")).to_contain_text("on this machine, by the last run")
    page.locator("#lost-back").click()
    expect(page.locator("#lost-status")).to_contain_text("recorded")
    expect(heat.locator(".note")).to_contain_text("Bold: unlikely to be chance.")


# --- the question ---

# What the tag of the guess lies over.
COVERED = """svg => {
  const tag = svg.querySelector('.plate').getBBox(), meet = ({ x, y, width, height }) =>
    x < tag.x + tag.width && tag.x < x + width && y < tag.y + tag.height && tag.y < y + height;
  return [...svg.querySelectorAll('text:not(.guessed)')].filter(text => meet(text.getBBox())).map(t => t.textContent);
}"""


def test_a_guess_unfolds_the_table_and_is_marked_in_it(opened):
    page = opened("surgery")
    page.locator("#wider-predict label", has_text="5×5").click()
    page.click("#wider-predict .commit")
    expect(page.locator("#lost [data-known='54'] svg .guessed")).to_have_text("your guess")
    cells, columns = page.locator("#lost svg .guess.under"), page.locator("#lost svg text.title", has_text="5×5")
    middle = cells.evaluate("cell => cell.x.baseVal.value + cell.width.baseVal.value / 2")
    assert float(columns.first.get_attribute("x")) == pytest.approx(middle, abs=1)
    assert page.eval_on_selector("#lost svg", COVERED) == []


def test_the_outcome_waits_for_the_guess_which_stays_on_it(opened):
    page = opened("surgery")
    page.click("#lost-part > button")
    expect(page.locator("#lost-status")).to_contain_text("costs most")  # it is there, but not to be seen
    expect(page.locator("#lost-status")).to_be_hidden()
    expect(page.locator("#wider-surgery .until-guessed")).to_contain_text("answered or skipped the question above")
    page.click("#lost-part > button")
    page.locator("#wider-predict label", has_text="3×3").click()
    page.click("#wider-predict .commit")
    expect(page.locator("#wider-answer")).to_contain_text("You said 3×3; it is the")
    for part in ("#lost-status", "#lost"):  # they unfold
        expect(page.locator(part)).to_be_visible()
    expect(page.locator("#wider-surgery .until-guessed")).to_be_hidden()
    expect(page.locator("#lost svg .guessed")).to_have_text("your guess")
    page.get_by_role("button", name="Guess again").click()
    expect(page.locator("#lost")).to_be_hidden()
