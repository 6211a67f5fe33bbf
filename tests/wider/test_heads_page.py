"""Heads and evidence on the page: words, bars, gradients and maps are those that were computed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models.core import artifacts
from models.wider import activations
from models.wider.heads import LINES, LOSSES, STATES, gradients_of_picture
from visuals.page.words import number
from visuals.wider import passes
from visuals.wider.heads import section, view, words
from visuals.wider.settings import FIRST, LIVE, SOURCES

VISITOR = SimpleNamespace(session_hash="visitor")
LION = passes.of_example("lion", "tiny")
RUN = artifacts.load_run("heads")
CLASSES = activations.trained().classes


def pass_of(main: tuple[float, ...], early: tuple[float, ...]) -> activations.Pass:
    """One whose heads give these probabilities to the first three classes, and next to nothing to the others."""
    few, others = np.log(np.array([early, main, main])), np.full((3, len(CLASSES) - 3), -99.0)
    logits = dict(zip(("aux_4a", "aux_4d", "main"), np.hstack([few, others]), strict=True))
    return replace(LION.run, logits=logits)


# --- what the heads say ---


def test_the_sentence_says_whether_the_heads_agree():
    first, second = CLASSES[:2]
    same = words.agreement(pass_of((0.7, 0.2, 0.1), (0.5, 0.3, 0.2)))
    assert same == f"All three heads answer {first}."
    other = words.agreement(pass_of((0.7, 0.2, 0.1), (0.1, 0.6, 0.3)))
    assert other.startswith(f"The heads disagree: the main head answers {first}, ")
    assert other.endswith(f" and the head after 4a answers {second}.")
    alone = pass_of((0.7, 0.2, 0.1), (0.5, 0.3, 0.2))
    alone = replace(alone, logits={"main": alone.logits["main"]})
    assert f"no trained auxiliary heads. Its main head answers {first}." in words.agreement(alone)


def test_bars_are_the_probabilities_of_each_head():
    value = view.answers(LION.run)
    (panel,) = value["panels"]
    assert [kind["look"] for kind in value["kinds"]] == ["solid", "hollow", "dashed"]
    for name, shares in panel["rows"]:
        expected = [100 * LION.run.probabilities[head][CLASSES.index(name)] for head in words.NAMES]
        assert shares == pytest.approx(expected, abs=0.006)
    assert {likeliest[0][0] for likeliest in LION.run.heads.values()} <= {name for name, _ in panel["rows"]}


def test_the_bars_of_three_classes_are_shown_also_where_the_heads_disagree():
    heads = pass_of((0.7, 0.2, 0.1), (0.1, 0.3, 0.6))
    (panel,) = view.answers(heads)["panels"]
    assert [name for name, _ in panel["rows"]] == list(CLASSES[:3])
    apart = replace(heads, logits=heads.logits | {"aux_4d": np.roll(heads.logits["main"], 7)})
    (panel,) = view.answers(apart)["panels"]
    assert {name for name, _ in panel["rows"]} == {CLASSES[0], CLASSES[2], CLASSES[7]}


def test_the_table_over_held_out_pictures_is_that_of_certificate_and_run():
    trained = artifacts.certificate(activations.WEIGHTS).metrics
    said = words.held_out_table(RUN, artifacts.certificate(activations.WEIGHTS)) + words.held_out_sentence(RUN)
    aux_4a, aux_4d, main = RUN["answers"]
    for share in (
        *(trained[f"{head}_top{k}"] for head in words.NAMES for k in (1, 5)),
        100 * (aux_4a == main).mean(),
        100 * (aux_4d == main).mean(),
        100 * ((aux_4a == main) & (aux_4d == main)).mean(),
        100 * (main == RUN["labels"])[(aux_4a == main) & (aux_4d == main)].mean(),
        100 * (main == RUN["labels"])[(aux_4a != main) | (aux_4d != main)].mean(),
    ):
        assert f"{share:.1f} %" in said


# --- gradients ---


@pytest.mark.parametrize("source", SOURCES)
def test_the_chart_has_the_lengths_and_the_sentence_those_at_3a(source):
    said, value = section.show_gradients("lion", "tiny", source, "alp", "3a", VISITOR)
    if source == LIVE:
        lengths = gradients_of_picture(LION.run, CLASSES.index("alp"))
        assert "this picture taken for alp" in said
        assert "measured now" in said
    else:
        lengths = RUN["gradients"].mean(1)[STATES.index(section.STATE_NAMES[source])]
        assert "recorded" in said
    assert value["x"]["names"] == ("1", "2", *LINES[2:-1], "out")
    for loss, row in zip(LOSSES, lengths, strict=True):
        points = dict(value["new"][loss]["points"])
        assert list(points) == [k for k, v in enumerate(row, 1) if not np.isnan(v)]
        np.testing.assert_allclose(list(points.values()), row[~np.isnan(row)], rtol=1e-3)
        assert value["y"]["low"] <= min(points.values()) <= max(points.values()) <= value["y"]["high"]
    assert words.gradient_sentence(lengths, "X").removeprefix("X: ") in unescape(said)


def lengths_of(main_3a: float, all_3a: float, main_5b: float) -> np.ndarray:
    lengths = np.ones((len(LOSSES), len(LINES)))
    lengths[LOSSES.index("main"), [2, 10]] = main_3a, main_5b
    lengths[LOSSES.index("all"), 2] = all_3a
    return lengths


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((1.0, 1.06, 1.1), "gradient keeps about its length. At 3a the auxiliary losses add 6 % to it."),
        (
            (6.7e-10, 8.9e-7, 0.0255),
            "shrinks by a factor of 3.8 · 10⁷. At 3a the auxiliary losses make the gradient 1,328 times as long.",
        ),
        (
            (2.0, 3.0, 0.5),
            "grows by a factor of 4.00. At 3a the auxiliary losses make the gradient 1.50 times as long.",
        ),
        ((2.0, 1.8, 2.0), "At 3a the auxiliary losses make the gradient 0.900 times as long."),
    ],
)
def test_the_sentence_about_gradients_is_true_whatever_comes_out(lengths, said):
    assert said in words.gradient_sentence(lengths_of(*lengths), "trained")


def test_a_network_without_auxiliary_heads_is_said_to_have_none():
    lengths = lengths_of(2.0, 2.0, 2.0)
    lengths[[LOSSES.index("aux_4a"), LOSSES.index("aux_4d")]] = np.nan
    said = words.gradient_sentence(lengths, "trained")
    assert said.endswith("keeps about its length. This network has no trained auxiliary heads.")
    assert [series["id"] for series in view.gradient_chart(1, lengths, "trained")["series"]] == ["all", "main"]


def test_the_words_about_the_recorded_gradients_have_their_numbers():
    lengths = RUN["gradients"].mean(1)
    main, everything = (lengths[:, LOSSES.index(loss), LINES.index("3a")] for loss in ("main", "all"))
    trained, kaiming, small = everything / main
    kept = lengths[STATES.index("kaiming"), LOSSES.index("main")]
    assert small > 1000
    assert words.seen(RUN) == {
        "TRAINED": f"{trained:.2f}",
        "KAIMING": f"{100 * (kaiming - 1):.0f} %",
        "MAIN": number(main[2]),
        "ALL": number(everything[2]),
        "BELOW": number(everything[1] / everything[2]),
        "FADED": f"{kept[LINES.index('5b')] / kept[LINES.index('3a')]:.2f}",
    }


@pytest.mark.parametrize("sent", [None, "no class", 3, ["lion"], {"a": 1}])
def test_a_class_that_there_is_not_gets_a_sentence(sent):
    gradients = section.show_gradients("lion", "tiny", LIVE, sent, "3a", VISITOR)
    said, shown = gradients
    assert "does not know the one that was chosen" in said
    assert shown == gr.skip()
    said, shown = section.show_gradients("lion", "tiny", "another", FIRST, "3a", VISITOR)
    assert "Choose one of the weights" in said


def test_recorded_gradients_do_not_follow_the_picture():
    assert section.follow_gradients("lion", "tiny", "trained", FIRST, "3a", VISITOR) == (gr.skip(), gr.skip())
    assert "lion" in section.follow_gradients("lion", "tiny", LIVE, FIRST, "3a", VISITOR)[0]


def test_the_chosen_module_is_marked_in_the_chart():
    for source in ("trained", LIVE):
        _, value = section.show_gradients("lion", "tiny", source, FIRST, "4c", VISITOR)
        assert [(level["at"], level["upright"]) for level in value["levels"]] == [(LINES.index("4c") + 1, True)]
        assert section.mark_gradients(value, "4c") == gr.skip()
        moved = section.mark_gradients(value, "5b")
        assert moved == value | {"levels": [value["levels"][0] | {"at": LINES.index("5b") + 1}]}
        assert section.mark_gradients(value, "9z")["levels"][0]["at"] == LINES.index("3a") + 1


# --- in a browser ---


def choose(page, elem_id: str, name: str) -> None:
    page.locator(f"#{elem_id} input").click()
    page.get_by_role("option", name=name, exact=True).click()


def test_gradients_of_the_picture_with_a_class_as_its_label(opened):
    page = opened("heads")
    expect(page.locator("#gradient-status")).to_contain_text("Small random weights: from 5b back to 3a")
    expect(page.locator("#gradient svg text.tick", has_text="4c")).to_have_count(1)
    expect(page.locator("#gradient-class")).to_be_hidden()
    page.click("#wider-strip [data-name='4c']")
    expect(page.locator("#gradient svg[role=img]")).to_have_attribute("aria-label", re.compile("chosen on the map: 4c"))
    page.get_by_label(SOURCES[LIVE]).check()
    expect(page.locator("#gradient-status")).to_contain_text("Trained, this picture taken for lion: from 5b")
    choose(page, "gradient-class", "teapot")
    expect(page.locator("#gradient-status")).to_contain_text("this picture taken for teapot")
    page.locator("#gradient summary").click()
    expect(page.locator("#gradient .table th[scope=row]").nth(2)).to_have_text("3a")
    length = gradients_of_picture(LION.run, CLASSES.index("teapot"))[0, 2]
    expect(page.locator("#gradient .table tbody tr").nth(2).locator("td").nth(1)).to_have_text(f"{length:.3g}")
