"""Albums: what they are told, and what the sections say about their pictures."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from models import artifacts
from models.chains import Row
from models.counterfactual import RIGHT, WAYS
from models.denoise import classes
from models.guidance import Strip
from visuals.components.album import LEAD, Album, Heading, album
from visuals.diffusion import albums, counterfactuals, decided, guidance, linked, noised, side_by_side, state
from visuals.diffusion.albums import LiveAlbum
from visuals.diffusion.counterfactual_sentences import headings, lesson

VISITOR, OTHER = SimpleNamespace(session_hash="one"), SimpleNamespace(session_hash="two")
BLACK = np.zeros((32, 32, 1), np.uint8)


def picture_row(row: int, done: int, steps: int, seen: tuple = ()) -> Row:
    return Row(row, done, steps, np.stack([BLACK] * 2), seen)


def live_album() -> LiveAlbum:
    heads = (Heading("first", columns=2), Heading("second", columns=2))
    return LiveAlbum("mnist", "two rows", (50, 50), lambda events: heads, lambda row, _: (3, None))


def test_a_message_carries_only_what_is_new_and_few_previews():
    live = live_album()
    assert live.message()["new"] == []
    seen = ((3, 0.5), (8, 1.0))
    worth = [done for done in range(1, 51) if live.add(picture_row(0, done, 50, seen if done == 50 else ()))]
    assert len(worth) == albums.PREVIEWS + 1
    assert worth[-1] == 50
    new = live.message()["new"]
    assert new[-2]["caption"] == "✓ 3\n50 %"
    assert new[-1]["caption"] == "8\n100 %"  # nothing was wanted of it
    assert "Picture 1, read as 3 with 50 %, wanted 3" in new[-2]["says"]
    assert live.message()["new"] == []
    assert (live.done, live.finished) == (50, False)
    for done in range(1, 51):
        live.add(picture_row(1, done, 50, ((8, 0.25), (8, 1.0)) if done == 50 else ()))
    assert live.message()["new"][-2]["caption"] == "✗ 8\n25 %"
    assert live.finished


def test_values_travel_as_text_and_come_back():
    value = album(7, "all", (Heading("a", "b", 1),), albums.row_cells("mnist", picture_row(0, 1, 2), (None, None)))
    component = Album(value)
    sent = component.postprocess(value)
    assert {type(sent["rows"]), type(sent["new"])} == {str}
    assert component.preprocess(sent) == value
    with pytest.raises(gr.Error):
        component.preprocess({"rows": 3})


@pytest.mark.parametrize(("share", "said"), [(1.0, "100 %"), (0.9999, "> 99 %"), (0.994, "99 %"), (0.0, "0 %")])
def test_certainty_is_not_rounded_up_to_all(share, said):
    assert albums.percent(share) == said


@pytest.mark.parametrize("wrong", [None, True, "3.5", "x", float("nan"), 1.5, [1], "²", "9" * 5000])
def test_what_is_no_whole_number_gets_a_sentence(wrong):
    with pytest.raises(ValueError, match=r"The seed must be a whole number\."):
        albums.number("The seed", wrong)


def test_counterfactuals_say_what_their_pictures_show():
    run, certificate = artifacts.load_run("counterfactuals-mnist"), artifacts.certificate("counterfactuals-mnist")
    rows = albums.recorded_rows(run)
    config = counterfactuals.comparison_of("mnist", "all", "each", "250", certificate.seed)
    right = [sum(run["classes"][k] == np.arange(8)) for k in range(len(WAYS))]
    assert f"the right way {right[0]}, no added noise {right[1]}," in lesson(config, rows)
    heads = {way: head.note for way, head in zip(WAYS, headings(config, rows, run["picture"]), strict=True)}
    assert "share should be √ᾱ = 0.72" in heads["cut"]
    assert "RMSE to that picture: 0.0." in heads["oracle"]
    one = counterfactuals.comparison_of("mnist", "noise at the end", "each", "250", 0)
    said = lesson(one, [rows[0], Row(1, 1, 1, rows[2].pictures, rows[2].seen)])
    assert one.ways == (RIGHT, "noise at the end")
    assert "σ₁ = √β₁ is 2.9 grey levels" in said  # sqrt(1 - alpha_bar_4) · 127.5


@pytest.mark.parametrize(
    ("section", "good", "wrong", "says"),
    [
        (decided, ["mnist", "40", 1], (0, "imagenet"), "networks"),
        (decided, ["mnist", "40", 1], (1, "41"), "Steps"),
        (decided, ["mnist", "40", 1], (2, -1), "seed"),
        (counterfactuals, ["mnist", "cut", "each", "50", 1], (1, "right"), "from the list"),
        (counterfactuals, ["mnist", "cut", "each", "50", 1], (1, ["cut"]), "from the list"),
        (counterfactuals, ["mnist", "cut", "each", "50", 1], (2, "10"), "class"),
        (counterfactuals, ["mnist", "cut", "each", "50", 1], (3, "1001"), "Steps"),
        (guidance, ["mnist", "3", "25", 1], (1, "ten"), "class"),
        (guidance, ["mnist", "3", "25", 1], (3, None), "seed"),
    ],
)
def test_bad_input_gets_a_sentence_and_leaves_the_pictures(section, good, wrong, says):
    good[wrong[0]] = wrong[1]
    (shown, said), *rest = section.live(*good, VISITOR)
    assert shown == gr.skip()
    assert 'class="notice"' in said
    assert says in said
    assert not rest
    assert not section.latest.running


def test_two_visitors_get_their_own_pictures_and_stopping_one_leaves_the_other():
    ours = guidance.live("mnist", "1", "10", 1, VISITOR)
    theirs = guidance.live("mnist", "7", "10", 1, OTHER)
    seen = {id(ours): [], id(theirs): []}
    for _ in range(6):
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


def test_a_picture_is_brought_back_below_itself():
    gallery = {"chosen": 7}
    *_, (shown, said) = noised.live(gallery, None, "mnist", 100, 1, VISITOR)
    assert "The classifier reads the picture as 7. Of 8 ways back, 8 from t = 100 are read as 7 too." in said
    assert [row["columns"] for row in shown["rows"]] == [1, 8]
    (refused, said), *_ = noised.live(gallery, None, "mnist", 120, 1, VISITOR)
    assert refused == gr.skip()
    assert "multiple of 50" in said


def test_a_link_to_the_other_network_brings_a_picture_of_it():
    """The gallery still shows the first network's; what it says is no reason to trust it either."""
    for gallery in ({"chosen": 3}, {"chosen": "x"}, None, [1]):
        messages = noised.live(gallery, None, "cifar10", 50, 1, VISITOR)
        shown = next(messages)[0]
        messages.close()
        assert shown["rows"][0]["note"].split()[-1].strip(".") in classes("cifar10")


def test_controls_start_where_links_do():
    with gr.Blocks():
        controls = {}
        for section in (decided, noised, counterfactuals, guidance):
            controls |= section.build()[0]
    defaults = state.State()
    for name, control in controls.items():
        value = control.value["chosen"] if name == "noised_picture" else control.value
        assert value == getattr(defaults, name), name


def test_a_link_restores_the_picture_that_is_brought_back():
    linked_state = state.State(noised_network="cifar10", noised_picture=3)
    value = linked.values(linked_state)["noised_picture"]
    assert value == noised.row_of("cifar10", chosen=3)
    assert linked.names({"start": {"chosen": 20}, "noised_picture": value})["noised_picture"] == 3
    for anything in ({"chosen": 20}, {"chosen": -1}, {"chosen": True}, {"chosen": "x"}, None, [1]):
        named = linked.names({"start": anything, "noised_picture": anything})
        assert (named["start"], named["noised_picture"]) == (7, 7)


@pytest.mark.parametrize("section", [decided, noised, counterfactuals, guidance, side_by_side])
def test_a_link_to_the_other_network_shows_its_recorded_pictures(section):
    with gr.Blocks():
        controls, at_link = section.build()
    assert at_link["fn"]("mnist") == gr.skip() == at_link["fn"]("no network")
    assert at_link["fn"]("cifar10")[1] == section.recorded("cifar10")[1]
    assert at_link["inputs"] is next(iter(controls.values()))
    assert len(at_link["outputs"]) == len(section.recorded("cifar10"))


def test_leads_stand_at_the_head_of_their_rows():
    value, said = decided.recorded("mnist")
    leads = [cell for cell in value["new"] if cell["column"] == LEAD]
    assert [cell["says"].split(":")[0] for cell in leads] == [f"x at t = {t}" for t in (1000, 750, 500, 250)]
    run = artifacts.load_run("decided-mnist")
    own = run["chain_classes"][0, 0]
    assert f"The chain ends as {own} " in said
    assert f"{sum(run['classes'][3] == own)} from t = 250" in said


def test_the_strip_in_words():
    run = artifacts.load_run("guidance-mnist")
    said = guidance.sentence(Strip(), albums.recorded_rows(run))
    read = [sum(run["classes"][k] == 3) for k in (0, 1, 4, 6)]
    assert "{} at s = 0, {} at s = 1, {} at s = 3 and {} at s = 8 of 8".format(*read) in said
