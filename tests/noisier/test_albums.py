"""Albums: what they are told, and what the sections say about their pictures."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from models.core import artifacts
from models.noisier.counterfactuals import RIGHT, WAYS
from models.noisier.judge import classes
from models.noisier.reverse_chains import Row
from visuals.components.album import LEAD, Album, Heading, album
from visuals.noisier import albums
from visuals.noisier.albums import AlbumView, Wanted
from visuals.noisier.counterfactuals import section as counterfactuals
from visuals.noisier.counterfactuals import view as counterfactuals_view
from visuals.noisier.counterfactuals.words import TITLES, harm, headings, lesson
from visuals.noisier.decided import section as decided
from visuals.noisier.decided import view as decided_view
from visuals.noisier.guidance import section as guidance

VISITOR, OTHER = SimpleNamespace(session_hash="one"), SimpleNamespace(session_hash="two")
BLACK = np.zeros((32, 32, 1), np.uint8)


def picture_row(row: int, done: int, steps: int, seen: tuple = ()) -> Row:
    return Row(row, done, steps, np.stack([BLACK] * 2), seen)


class TwoRows(AlbumView):
    def headings(self) -> tuple[Heading, ...]:
        return Heading("first", columns=2), Heading("second", columns=2)

    def wanted(self, row: int) -> Wanted:
        return 3, None


def test_a_message_carries_only_what_is_new_and_few_previews():
    live = TwoRows(1, "two rows", (50, 50), classes("mnist"), "CPU")
    assert live.start()[0]["new"] == []
    seen, previews = ((3, 0.5), (8, 1.0)), 0
    for done in range(1, 50):
        live.add(picture_row(0, done, 50))
        previews += bool(live.news()[0]["new"])
    assert previews == albums.PREVIEWS
    live.add(picture_row(0, 50, 50, seen))
    new = live.news()[0]["new"]
    assert new[-2]["caption"] == "✓ 3\n50 %"
    assert [cell["mark"] for cell in new[-2:]] == ["", ""]
    assert new[-1]["caption"] == "8\n100 %"  # nothing was wanted of it
    assert "Picture 1, read as 3 with 50 %, wanted 3" in new[-2]["says"]
    assert live.news()[0]["new"] == []
    assert live.done == 0.5
    for done in range(1, 51):
        live.add(picture_row(1, done, 50, ((8, 0.25), (8, 1.0)) if done == 50 else ()))
    last = live.news()[0]["new"][-2]
    assert (last["caption"], last["mark"]) == ("✗ 8\n25 %", "×")
    assert live.done == 1
    assert len(live.whole()[0]["new"]) == 4


def test_values_travel_as_text_and_come_back():
    value = album(
        7, "all", (Heading("a", "b", 1),), albums.row_cells(classes("mnist"), picture_row(0, 1, 2), (None, None))
    )
    component = Album(value)
    sent = component.postprocess(value)
    assert {type(sent["rows"]), type(sent["new"])} == {str}
    assert component.preprocess(sent) == value
    with pytest.raises(gr.Error):
        component.preprocess({"rows": 3})


@pytest.mark.parametrize(("share", "said"), [(1.0, "100 %"), (0.9999, "> 99 %"), (0.994, "99 %"), (0.0, "0 %")])
def test_certainty_is_not_rounded_up_to_all(share, said):
    assert albums.percent(share) == said


def test_counterfactuals_say_what_their_pictures_show():
    run, certificate = artifacts.load_run("counterfactuals-mnist"), artifacts.certificate("counterfactuals-mnist")
    rows = albums.recorded_rows(run)
    config = counterfactuals.comparison_of("mnist", "all", "each", "250", certificate.seed)
    right = [sum(run["classes"][k] == np.arange(8)) for k in range(len(WAYS))]
    said, found = lesson(config, rows), headings(config, rows, run["picture"])
    assert said.startswith(f"On the right way {right[0]} of 8 pictures are read as asked.")
    worst = TITLES[WAYS[right.index(min(right[1:5]))]]
    assert right[1:5].count(min(right[1:5])) == 1
    assert f"done by “{worst}”: only {min(right[1:5])} are still read as asked." in said
    far = [np.sqrt(((run["pictures"][k] - run["pictures"][0].astype(float)) ** 2).mean()) for k in range(1, 5)]
    assert (
        f"Least is seen of “{TITLES[WAYS[1 + int(np.argmin(far))]]}”: it changes the pictures by {min(far):.1f}" in said
    )
    assert [head.short for head in found] == [*(f"{count}/8" for count in right[:5]), ""]
    heads = {way: head.note for way, head in zip(WAYS, found, strict=True)}
    assert "factor should be √ᾱ = 0.72" in heads["cut"]
    assert "RMSE to that picture: 0.0." in heads["oracle"]
    shown, _, table, answer = counterfactuals_view.recorded(run, certificate, "mnist", classes("mnist"))
    assert answer == albums.looked(lesson(config, rows))  # one looks first
    of_oracle = [cell for cell in shown.get()["new"] if WAYS[cell["row"]] == "oracle"]  # nothing is wrong there
    assert {(cell["mark"], cell["caption"][0], "wanted" in cell["says"]) for cell in of_oracle} == {("", "7", False)}
    assert table.count("no class asked for") == 1
    one = counterfactuals.comparison_of("mnist", "noise at the end", "each", "250", 0)
    said = lesson(one, [rows[0], Row(1, 1, 1, rows[2].pictures, rows[2].seen)])
    assert one.ways == (RIGHT, "noise at the end")
    assert "noise of σ₁ = √β₁, 2.9 grey levels" in said  # sqrt(1 - alpha_bar_4) · 127.5


@pytest.mark.parametrize(
    ("live", "good", "wrong", "says"),
    [
        (decided.live_split, ["mnist", "40", 1], (0, "imagenet"), "network"),
        (decided.live_split, ["mnist", "40", 1], (1, "41"), "steps"),
        (decided.live_split, ["mnist", "40", 1], (2, -1), "Seed"),
        (decided.live_back, [{}, "mnist", 100, 1], (2, 120), "multiple of 50"),
        (counterfactuals.live, ["mnist", "cut", "each", "50", 1], (1, "right"), "of the list"),
        (counterfactuals.live, ["mnist", "cut", "each", "50", 1], (1, ["cut"]), "of the list"),
        (counterfactuals.live, ["mnist", "cut", "each", "50", 1], (2, "10"), "class"),
        (counterfactuals.live, ["mnist", "cut", "each", "50", 1], (3, "1001"), "steps"),
        (counterfactuals.live, ["mnist", "cut", "each", "1000", 1], (4, 1), "are the right way"),
        (guidance.live, ["mnist", "3", "25", 1], (1, "ten"), "class"),
        (guidance.live, ["mnist", "3", "25", 1], (3, None), "Seed"),
    ],
)
def test_bad_input_gets_a_sentence_and_leaves_the_pictures(live, good, wrong, says):
    good[wrong[0]] = wrong[1]
    (shown, said), *rest = live(*good, VISITOR)
    assert shown == gr.skip()
    assert 'class="notice"' in said
    assert says in said
    assert not rest


def test_two_visitors_get_their_own_pictures_and_stopping_one_leaves_the_other():
    ours = guidance.live("mnist", "1", "10", 1, VISITOR)
    theirs = guidance.live("mnist", "7", "10", 1, OTHER)
    seen = {id(ours): [], id(theirs): []}
    for _ in range(3):
        for stream in (ours, theirs):
            seen[id(stream)].append(next(stream))
    guidance.latest.stop(VISITOR)
    *_, (_, last) = ours
    assert "Stopped after" in last
    *_, (shown, said) = theirs
    assert "Asked for 7" in said
    assert shown["label"].startswith("Guidance from 0 to 8, asked for 7")
    cells = [cell for value, _ in seen[id(ours)] if "new" in value for cell in value["new"]]
    assert all("wanted 7" not in cell["says"] for cell in cells)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ({"no noise": 1, "cut": 3}, "done by “No added noise”: only 1 is still read as asked."),
        (
            {"no noise": 2, "cut": 2},
            "by “No added noise” and “The schedule cut short”: only 2 are still read as asked with",
        ),
        ({"no noise": 7, "cut": 8}, "With none of the mistakes it is fewer."),
    ],
)
def test_harm_is_what_leaves_fewer_pictures_than_the_right_way(read, said):
    assert said in harm(read, right=7)


def test_a_picture_is_brought_back_below_itself():
    *_, (shown, said) = decided.live_back({"chosen": 7}, "mnist", 100, 1, VISITOR)
    assert "The classifier reads the picture as 7. From t = 100, 8 of 8 ways back are read as 7 too." in said
    assert [row["columns"] for row in shown["rows"]] == [1, 8]


def test_a_link_to_the_other_network_brings_a_picture_of_it():
    """The gallery still shows the first network's; what it says is no reason to trust it either."""
    for gallery in ({"chosen": 3}, {"chosen": "x"}, None, [1]):
        messages = decided.live_back(gallery, "cifar10", 50, 1, VISITOR)
        shown = next(messages)[0]
        messages.close()
        assert shown["rows"][0]["note"].split()[-1].strip(".") in classes("cifar10")


def test_leads_stand_at_the_head_of_their_rows():
    certificate = artifacts.certificate("decided-mnist")
    recorded = artifacts.load_run("decided-mnist")
    value, said, *_ = decided_view.recorded_split(recorded, certificate, "mnist", classes("mnist"))
    leads = [cell for cell in value.get()["new"] if cell["column"] == LEAD]
    assert [cell["says"].split(":")[0] for cell in leads] == [f"x at t = {t}" for t in (1000, 750, 500, 250)]
    run = artifacts.load_run("decided-mnist")
    own = run["chain_classes"][0, 0]
    assert f"The chain ends as {own} " in said
    assert f"From t = 250, {sum(run['classes'][3] == own)} do." in said
