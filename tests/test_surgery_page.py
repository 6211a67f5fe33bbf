"""Surgery on the page: words, bars and map say what was computed, and the switches work by mouse and keyboard."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models import artifacts, held_out, insight
from models.googlenet import INCEPTIONS
from models.held_out import HeldOut
from models.surgery import LAYERS, MODULES, PARTS, Operation, Part, operate, summary
from tests.small_page import served
from visuals.inception import look, question, surgery, worth
from visuals.inception import surgery_figures as figures
from visuals.inception.examples import EXAMPLES, picture

CLASSES = ("lion", "tabby", "snail")
VISITOR = SimpleNamespace(session_hash="visitor")
OWN = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)


def operation(main_after: tuple[float, ...]) -> Operation:
    early, late, main = np.array([0.6, 0.3, 0.1]), np.array([0.5, 0.2, 0.3]), np.array([0.7, 0.2, 0.1])
    before = {"aux_4a": early, "aux_4d": late, "main": main}
    return Operation(before, before | {"main": np.array(main_after)}, 12.0)


# --- words ---


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ((0.1, 0.8, 0.1), "lion falls from 70.0 % to 10.0 %, and the first answer is now tabby with 80.0 %."),
        ((0.65, 0.25, 0.1), "lion falls from 70.0 % to 65.0 %, and stays the first answer."),
        ((0.9, 0.05, 0.05), "lion rises from 70.0 % to 90.0 %, and stays the first answer."),
        ((0.7001, 0.1999, 0.1), "lion stays at 70.0 %, and stays the first answer."),
    ],
)
def test_the_sentence_is_true_whatever_comes_out(after, said):
    first, main, *_ = figures.outcome(operation(after), (Part("4b", "5x5"),), CLASSES)
    assert first == "Without the 5×5 branch of 4b:"
    assert main == f"Main head at the end: {said}"


def test_a_head_before_the_surgery_does_not_change():
    *_, last = figures.outcome(operation((0.1, 0.8, 0.1)), (Part("4b", "5x5"),), CLASSES)
    assert last == "Auxiliary head after 4a: nothing changes, because what is off comes behind it."
    unchanged = operation((0.7, 0.2, 0.1))
    _, main, *_ = figures.outcome(unchanged, (Part("5a", "5r"),), CLASSES)  # nothing comes behind the main head
    assert main == "Main head at the end: nothing changes, for this picture."
    *_, last = figures.outcome(unchanged, (Part("4b", "5x5"), Part("4a", "5r")), CLASSES)
    assert last == "Auxiliary head after 4a: nothing changes, for this picture."
    (only,) = figures.outcome(unchanged, (), CLASSES)
    assert "Nothing is switched off. The main head answers lion with 70.0 %." in only


def test_parts_are_named_or_counted():
    assert figures.named(PARTS[:1]) == "the 1×1 branch of 3a"
    assert figures.named((PARTS[3], PARTS[10])) == "the pool branch of 3a and the 3×3 reduction of 3b"
    assert figures.named(PARTS[:7]) == "these 7 parts"


def test_bars_have_every_class_that_was_or_is_among_the_first_five():
    found = operate(picture("lion"), (PARTS[0], PARTS[6]))
    classes = insight.known().classes
    value = figures.answers(found, classes)
    assert [panel["detail"] for panel in value["panels"]] == ["at the end", "after 4d", "after 4a"]
    for head, panel in zip(figures.HEADS, value["panels"], strict=True):
        expected = {classes[k] for p in (found.before[head], found.after[head]) for k in np.argsort(p)[-5:]}
        assert {name for name, _ in panel["rows"]} == expected
        for name, shares in panel["rows"]:
            k = classes.index(name)
            assert shares == pytest.approx([100 * found.before[head][k], 100 * found.after[head][k]])


@pytest.mark.parametrize(
    "sent", [None, [], "3a-1x1", {}, {"off": "3a-1x1"}, {"off": ["3a-7x7"]}, {"off": [["3a-1x1"]]}, {"off": [None]}]
)
def test_what_no_switches_have_sent_is_refused_in_a_sentence(sent):
    said, bars = surgery.show(OWN, "tiny", sent)
    assert 'role="alert"' in said
    assert "no choice of parts" in said
    assert bars == gr.skip()


def test_words_and_bars_round_the_same_number():
    """0.21849 is 21.8 %: rounded first to 21.85 it would become 21.9 %."""
    assert (figures.share(0.21849), f"{figures.percent(0.21849):.1f}") == ("21.8 %", "21.8")


# --- what every part is worth ---


def test_what_the_words_say_of_the_whole_table_is_true_of_the_run():
    metrics = artifacts.certificate(worth.RECORDED).metrics
    without = metrics["main_top1_without"]
    most = [min(("1x1", "3x3", "5x5", "pool"), key=left.get) for left in without.values()]
    said = worth.lesson(worth.recorded())
    assert worth.NUMBERS.index(said["NARROWEST"]) == most.count("1x1")
    assert said["WIDEST"] == f"{metrics['main_top1'] - min(left['5x5'] for left in without.values()):.1f}"
    assert all(row.n3x3 >= row.n1x1 for row in INCEPTIONS)


def test_the_recorded_map_is_that_of_the_run():
    run = artifacts.load_run("surgery")
    value, said = worth.recorded_map("4c"), worth.recorded_outcome()
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
    row, column = np.unravel_index(branches.argmin(), branches.shape)
    assert f"branch of {MODULES[row]} costs most" in said
    assert f"{branches.min():.1f}".replace("-", "−") + " points (95 % interval" in said
    sure = [low > 0 or high < 0 for low, high in zip(np.ravel(value["low"]), np.ravel(value["high"]), strict=True)]
    assert f"For {sum(sure)} of the 54 parts the interval leaves out zero" in said


def test_without_held_out_pictures_it_says_that_it_measures_something_else(monkeypatch):
    monkeypatch.delenv(held_out.FOLDER, raising=False)
    found = worth.at_hand(picture("lion"), 200)
    assert found.labels is None
    assert len(found.pictures) == len(EXAMPLES)
    assert len(worth.at_hand(OWN, 200).pictures) == len(EXAMPLES) + 1
    assert "Probability" in found.name
    assert "Not an accuracy" in found.note
    monkeypatch.setattr(worth, "available", lambda: ("lion",))
    *_, (value, said) = worth.live(picture("lion"), 200, VISITOR)
    assert "No labelled pictures are on this machine, so this is no accuracy" in said
    scores = operate(picture("lion"), (Part("5a", "pool"),))
    lost = scores.after["main"][scores.before["main"].argmax()] - scores.before["main"].max()
    assert value["values"][7][3] == pytest.approx(100 * lost, abs=0.01)
    assert value["low"][7][3] is None


def test_with_held_out_pictures_it_measures_accuracy(monkeypatch, tmp_path):
    monkeypatch.setenv(held_out.FOLDER, str(tmp_path))
    _, (skipped, said) = worth.live(OWN, 200, VISITOR)
    assert "no pictures of African_elephant" in said
    assert skipped == gr.skip()
    _, (_, said) = worth.live(OWN, 7, VISITOR)
    assert "between 100 and 1000" in said
    labels = np.array([31, 31, 4])
    pictures = np.stack([insight.look(picture(name)).seen for name in ("lion", "cat", "whole lion")])
    monkeypatch.setattr(held_out, "held_out", lambda root, count: HeldOut(pictures, labels, 3))
    *_, (value, said) = worth.live(OWN, 200, VISITOR)
    assert "Accuracy of our network on 3 held-out pictures of this machine." in said
    right = [
        insight.look(p).heads["main"][0][0] == insight.known().classes[k] for p, k in zip(pictures, labels, strict=True)
    ]
    assert f"instead of {100 * np.mean(right):.1f} %" in said
    assert value["low"][0][0] is not None


def test_it_stops_within_a_step_and_says_so(monkeypatch):
    monkeypatch.delenv(held_out.FOLDER, raising=False)
    monkeypatch.setattr(worth, "available", lambda: ("lion",))
    running = worth.live(picture("lion"), 200, VISITOR)
    next(running), next(running)
    worth.latest.stop(VISITOR)
    (value, said), *rest = running
    assert "Stopped after 1 of 54 passes" in said or "Stopped after 2 of 54 passes" in said
    assert rest == []
    assert sum(v is not None for v in np.ravel(value["values"])) <= 2
    running = worth.live(picture("lion"), 200, VISITOR)
    next(running), next(running)
    worth.show_recorded(VISITOR)  # supersedes it
    assert list(running) == []


def test_the_map_of_half_a_run_has_holes():
    whole, cut = np.array([1.0, 0.0]), np.full((9, 6, 2), np.nan)
    cut[0, 0] = 0, 0
    value = figures.worth_map(summary(whole, cut), 1, "name", "points", "")
    assert value["values"][0][:2] == [-50.0, None]
    assert value["limit"] == 50
    nothing = replace(summary(whole, cut), mean=np.full((9, 6), np.nan))
    assert figures.worth_map(nothing, 1, "name", "points", "")["limit"] == 10


# --- in a browser ---


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(held_out.FOLDER, raising=False)
        patch.setattr(worth, "available", lambda: ("lion", "cat"))
        with gr.Blocks() as page:
            predict, chosen = question.build(), look.build()
            surgery.build(chosen)
            worth.build(chosen, predict)
        with served(page, tmp_path_factory.mktemp("surgery")) as at:
            yield at


def opened(new_page, url, **options):
    page = new_page(**options)
    page.goto(url)
    expect(page.locator("#surgery-switches [role=switch]")).to_have_count(len(PARTS))
    return page


def test_switching_by_mouse_and_keyboard_and_for_one_visitor_alone(new_page, url):
    page, other = opened(new_page, url), opened(new_page, url)
    status = page.locator("#surgery-status")
    page.locator("[data-id='3a-1x1']").click()
    expect(status).to_contain_text("Without the 1×1 branch of 3a:")
    found = operate(picture("lion"), (Part("3a", "1x1"),))
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
    page.locator("#wider-gallery button", has_text="cat").click()
    expect(status).not_to_contain_text("lion falls")  # the same parts, another picture
    expect(status).to_contain_text("Without the 1×1 branch of 3a and the 3×3 branch of 3b:")
    page.get_by_role("button", name="All of module 5b: switch").click()
    expect(status).to_contain_text("Without these 8 parts")
    page.get_by_role("button", name="Switch everything on").click()
    expect(status).to_contain_text("Nothing is switched off.")
    expect(other.locator("#surgery-status")).to_contain_text("Nothing is switched off. The main head answers lion")
    expect(other.locator("#surgery-switches .count")).to_have_text("Nothing is switched off.")


def test_the_map_of_worth_is_drawn_marked_measured_and_saved(new_page, url, tmp_path):
    page = opened(new_page, url, accept_downloads=True)
    heat, value = page.locator("#worth"), worth.recorded_map()
    expect(heat.locator("svg[role=img] text.strong").first).to_have_text(figures.points(value["values"][0][0] / 100))
    expect(heat.locator(".mark")).to_have_count(1)
    with page.expect_download() as saved:
        heat.get_by_role("button", name="CSV").click()
    path = tmp_path / "worth.csv"
    saved.value.save_as(path)
    _, *rows = csv.reader(io.StringIO(Path(path).read_text()))
    assert [float(row[2]) for row in rows] == pytest.approx(np.ravel(value["values"]).tolist())
    before = heat.locator("[data-known]").get_attribute("data-run")
    page.locator("#worth-go").click()
    expect(page.locator("#worth-status")).to_contain_text("No labelled pictures are on this machine")
    expect(heat.locator("[data-known='54']")).to_have_count(1)
    assert heat.locator("[data-known]").get_attribute("data-run") != before
    expect(heat.locator(".mark")).to_have_count(1)  # the mark stays
    page.locator("#worth-back").click()
    expect(page.locator("#worth-status")).to_contain_text("of the 54 parts the interval leaves out zero")
    expect(heat.locator(".note")).to_contain_text("Bold: the interval leaves out zero")


def test_on_a_phone_nothing_runs_over_the_page(new_page, url):
    page = opened(new_page, url, width=390, height=844)
    page.locator("[data-id='4a-5x5']").click()
    expect(page.locator("#surgery-status")).to_contain_text("Without the 5×5 branch of 4a")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator("[data-id='4a-5r']").bounding_box()["width"] >= 32
    assert list(LAYERS) == ["1x1", "3x3", "5x5", "pool", "3r", "5r"]
