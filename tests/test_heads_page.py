"""Heads and averages on the page: words, bars, gradients and maps are those that were computed."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models import artifacts, insight
from models.heads import LINES, LOSSES, STATES, Evidence, evidence, gradients_of_picture
from tests.small_page import served
from visuals.inception import heads, look
from visuals.inception import heads_figures as figures
from visuals.inception.examples import picture
from visuals.inception.state import FIRST, LIVE, SOURCES, State

LION = picture("lion")
RUN = artifacts.load_run("heads")
NAMES = ("lion", "tabby", "snail")
CLASSES = insight.known().classes


def found_of(main: tuple[float, ...], early: tuple[float, ...]) -> Evidence:
    maps = np.array([[[0.5, -0.25], [0.0, 1.0]], [[-1.0, -1.0], [-1.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]])
    heads_of = {"aux_4a": np.array(early), "aux_4d": np.array(main), "main": np.array(main)}
    bias = np.array([0.1, 0.2, 0.3])
    return Evidence(heads_of, maps, bias, maps.sum((1, 2)) + bias)


# --- what the heads say ---


def test_the_sentence_says_whether_the_heads_agree():
    same = figures.agreement(found_of((0.7, 0.2, 0.1), (0.5, 0.3, 0.2)), NAMES)
    assert same.startswith("All heads agree on this picture. Main head: lion, 70.0 %; head after 4d: lion, 70.0 %;")
    other = figures.agreement(found_of((0.7, 0.2, 0.1), (0.1, 0.6, 0.3)), NAMES)
    assert other.startswith("The heads disagree")
    assert other.endswith("head after 4a: tabby, 60.0 %.")
    alone = found_of((0.7, 0.2, 0.1), (0.5, 0.3, 0.2))
    del alone.heads["aux_4a"], alone.heads["aux_4d"]
    assert "no trained auxiliary heads. Main head: lion, 70.0 %." in figures.agreement(alone, NAMES)


def test_bars_are_the_probabilities_of_each_head():
    found = evidence(LION)
    value = figures.answers(found, CLASSES)
    (panel,) = value["panels"]
    assert [kind["look"] for kind in value["kinds"]] == ["solid", "hollow", "dashed"]
    for name, shares in panel["rows"]:
        expected = [100 * found.heads[head][CLASSES.index(name)] for head in figures.NAMES]
        assert shares == pytest.approx(expected, abs=0.006)
    assert {CLASSES[int(p.argmax())] for p in found.heads.values()} <= {name for name, _ in panel["rows"]}


def test_the_table_over_held_out_pictures_is_that_of_certificate_and_run():
    trained = artifacts.certificate(insight.WEIGHTS).metrics
    said = figures.held_out_table(RUN, artifacts.certificate(insight.WEIGHTS)) + figures.held_out_sentence(RUN)
    aux_4a, aux_4d, main = RUN["answers"]
    for number in (
        *(trained[f"{head}_top{k}"] for head in figures.NAMES for k in (1, 5)),
        100 * (aux_4a == main).mean(),
        100 * (aux_4d == main).mean(),
        100 * ((aux_4a == main) & (aux_4d == main)).mean(),
        100 * (main == RUN["labels"])[(aux_4a == main) & (aux_4d == main)].mean(),
        100 * (main == RUN["labels"])[(aux_4a != main) | (aux_4d != main)].mean(),
    ):
        assert f"{number:.1f} %" in said


# --- gradients ---


@pytest.mark.parametrize("source", SOURCES)
def test_the_chart_has_the_lengths_and_the_sentence_those_at_3a(source):
    said, value = heads.show_gradients(source, "alp", LION, "tiny")
    if source == LIVE:
        lengths = gradients_of_picture(LION, CLASSES.index("alp"))
        assert "this picture taken for alp" in said
        assert "measured now" in said
    else:
        lengths = RUN["gradients"].mean(1)[STATES.index(heads.STATE_NAMES[source])]
        assert "recorded" in said
    assert value["x"]["names"] == ("1", "2", *LINES[2:-1], "out")
    for loss, row in zip(LOSSES, lengths, strict=True):
        points = dict(value["new"][loss]["points"])
        assert list(points) == [k for k, v in enumerate(row, 1) if not np.isnan(v)]
        np.testing.assert_allclose(list(points.values()), row[~np.isnan(row)], rtol=1e-3)
        assert value["y"]["low"] <= min(points.values()) <= max(points.values()) <= value["y"]["high"]
    for loss in ("main", "all"):
        assert figures.number(lengths[LOSSES.index(loss), 2]) in said


def lengths_of(main_3a: float, all_3a: float, main_5b: float) -> np.ndarray:
    lengths = np.ones((len(LOSSES), len(LINES)))
    lengths[LOSSES.index("main"), [2, 10]] = main_3a, main_5b
    lengths[LOSSES.index("all"), 2] = all_3a
    return lengths


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((1.0, 1.06, 1.1), "length 1.00, about as strong as at 5b. With both auxiliary losses it is 1.06, 6 % more."),
        ((6.7e-10, 8.9e-7, 0.0255), "length 6.7 · 10⁻¹⁰, 3.8 · 10⁷ times weaker than at 5b."),
        ((2.0, 3.0, 0.5), "4.00 times as strong as at 5b. With both auxiliary losses it is 3.00, 1.50 times as much."),
        ((2.0, 1.8, 2.0), "it is 1.80, 0.900 times as much."),
    ],
)
def test_the_sentence_about_gradients_is_true_whatever_comes_out(lengths, said):
    assert said in figures.gradient_sentence(lengths_of(*lengths), "trained")


def test_a_network_without_auxiliary_heads_is_said_to_have_none():
    lengths = lengths_of(2.0, 2.0, 2.0)
    lengths[[LOSSES.index("aux_4a"), LOSSES.index("aux_4d")]] = np.nan
    said = figures.gradient_sentence(lengths, "trained")
    assert said.endswith("length 2.00, about as strong as at 5b. This network has no trained auxiliary heads.")
    assert [series["id"] for series in figures.gradient_chart(lengths, "trained")["series"]] == ["main", "all"]


@pytest.mark.parametrize(
    ("value", "said"),
    [(1325.0, "1,325"), (0.0123, "0.0123"), (2.19, "2.19"), (0, "0"), (float("nan"), "no finite number")],
)
def test_numbers_in_words(value, said):
    assert figures.number(value) == said


def test_the_words_about_the_recorded_gradients_have_their_numbers():
    main, everything = (RUN["gradients"].mean(1)[:, LOSSES.index(loss), 2] for loss in ("main", "all"))
    trained, kaiming, small = everything / main
    kept = RUN["gradients"].mean(1)[STATES.index("kaiming"), LOSSES.index("main")]
    assert heads.seen(RUN) == {
        "TRAINED": f"{trained:.2f}",
        "KAIMING": f"{100 * (kaiming - 1):.0f} %",
        "SMALL": f"{small:,.0f}",
        "FADED": f"{kept[LINES.index('5b')] / kept[LINES.index('3a')]:.2f}",
    }


# --- where the evidence is ---


def test_the_map_is_that_of_the_class_and_its_numbers_add_up():
    found = evidence(LION)
    k = CLASSES.index("snail")
    said, value = heads.show_evidence("snail", LION, "tiny")
    np.testing.assert_allclose(value["values"], found.maps[k], atol=6e-5)
    assert value["limit"] == pytest.approx(np.abs(found.maps[k]).max())
    total, bias, logit = (float(n.replace("−", "-")) for n in re.findall(r"[+−]\d\.\d\d", said)[:3])
    assert total + bias == pytest.approx(logit, abs=0.011)
    assert logit == pytest.approx(found.logits[k], abs=0.006)
    first, _ = heads.show_evidence(FIRST, LION, "tiny")
    assert ">Lion: " in first


def test_what_speaks_for_and_against_is_told():
    found = found_of((0.7, 0.2, 0.1), (0.5, 0.3, 0.2))
    both, against, for_it = (figures.evidence_sentence(found, k, NAMES) for k in range(3))
    assert "the 4 places sum to +1.25. With the bias +0.10 this is the logit +1.35" in both
    assert both.endswith("For it: +1.50; against it: −0.25.")
    assert against.endswith("No place speaks for it.")
    assert for_it.endswith("No place speaks against it.")


@pytest.mark.parametrize("sent", [None, "no class", 3, ["lion"], {"a": 1}])
def test_a_class_that_there_is_not_gets_a_sentence(sent):
    for said, shown in (heads.show_evidence(sent, LION, "tiny"), heads.show_gradients(LIVE, sent, LION, "tiny")):
        assert "does not know the one that was chosen" in said
        assert shown == gr.skip()
    said, shown = heads.show_gradients("another", FIRST, LION, "tiny")
    assert "Choose one of the weights" in said


def test_recorded_gradients_do_not_follow_the_picture():
    assert heads.follow_gradients(SOURCES[0], FIRST, LION, "tiny", None) == (gr.skip(), gr.skip())
    assert "lion" in heads.follow_gradients(LIVE, FIRST, LION, "tiny", None)[0]


def test_the_module_of_the_map_is_marked_in_the_chart():
    for source in (SOURCES[0], LIVE):
        _, value = heads.show_gradients(source, FIRST, LION, "tiny", {"chosen": "4c"})
        assert [(level["at"], level["upright"]) for level in value["levels"]] == [(LINES.index("4c") + 1, True)]
        assert heads.mark_gradients(value, {"chosen": "4c"}) == gr.skip()
        moved = heads.mark_gradients(value, {"chosen": "5b"})
        assert moved == value | {"levels": [value["levels"][0] | {"at": LINES.index("5b") + 1}]}


def test_the_lists_follow_the_network_and_links_know_the_same_classes():
    kept, given_way = heads.offered("tiny", "tabby", "unknown")
    assert (kept["value"], given_way["value"]) == ("tabby", FIRST)
    assert kept["choices"] == [FIRST, *insight.known().classes] == [FIRST, *CLASSES]
    assert State().weights in SOURCES


# --- in a browser ---


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with gr.Blocks() as page:
        heads.build(look.build())
    with served(page, tmp_path_factory.mktemp("heads")) as at:
        yield at


def choose(page, elem_id: str, name: str) -> None:
    page.locator(f"#{elem_id} input").click()
    page.get_by_role("option", name=name, exact=True).click()


def test_class_and_picture_change_the_map_for_one_visitor_alone(new_page, url, tmp_path):
    page, other = new_page(accept_downloads=True), new_page()
    page.goto(url)
    other.goto(url)
    texts = page.locator("#evidence svg.laid text")
    expect(texts).to_have_count(9)
    choose(page, "evidence-class", "snail")
    expect(page.locator("#evidence-status")).to_contain_text("Snail: the 9 places sum to")
    values = evidence(LION).maps[CLASSES.index("snail")]
    expect(texts.first).to_have_text(figures.signed(values[0, 0]))
    with page.expect_download() as saved:
        page.locator("#evidence").get_by_role("button", name="CSV").click()
    path = tmp_path / "map.csv"
    saved.value.save_as(path)
    _, *rows = csv.reader(io.StringIO(Path(path).read_text()))
    assert sum(float(value) for *_, value in rows) == pytest.approx(values.sum(), abs=1e-3)
    page.locator("#evidence .cover input").fill("20")
    assert page.locator("#evidence image.map").evaluate("node => getComputedStyle(node).opacity") == "0.2"
    page.locator("#wider-gallery button", has_text="cat").click()
    of_cat = evidence(picture("cat")).maps[CLASSES.index("snail")]
    expect(texts.first).to_have_text(figures.signed(of_cat[0, 0]))  # the class stays
    expect(other.locator("#evidence-status")).to_contain_text("Lion: the 9 places sum to")


def test_gradients_of_the_picture_with_a_class_as_its_label(new_page, url):
    page = new_page()
    page.goto(url)
    expect(page.locator("#gradient-status")).to_contain_text("Before training, small weights: at 3a")
    expect(page.locator("#gradient svg text.tick", has_text="4c")).to_have_count(1)
    expect(page.locator("#gradient-class")).to_be_hidden()
    page.click("#wider-map .node[data-name='4c']")
    expect(page.locator("#gradient svg[role=img]")).to_have_attribute("aria-label", re.compile("chosen on the map: 4c"))
    page.get_by_label(LIVE).check()
    expect(page.locator("#gradient-status")).to_contain_text("Trained, this picture taken for lion: at 3a")
    choose(page, "gradient-class", "teapot")
    expect(page.locator("#gradient-status")).to_contain_text("this picture taken for teapot")
    page.locator("#gradient summary").click()
    expect(page.locator("#gradient .table th[scope=row]").nth(2)).to_have_text("3a")
    length = gradients_of_picture(LION, CLASSES.index("teapot"))[0, 2]
    expect(page.locator("#gradient .table tbody tr").nth(2).locator("td").first).to_have_text(f"{length:.3g}")
