"""The construction argument on the page: recorded, live, and what is said about it."""

from __future__ import annotations

import re
from functools import partial

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models import artifacts
from models.construction import ANEW, CONSTRUCTED, Check, Construction, construct
from models.race import Lane, Point, recorded
from tests.conftest import PATIENCE, end_of, expect_the_end
from tests.small_page import served
from visuals.degradation import construction as section
from visuals.degradation import construction_figures as figures
from visuals.degradation.construction import RECORDED, construction_of, fit_controls, shallow
from visuals.degradation.race import kept

SAME = Check(1797, 18.2, 4.8e-6, 0.2, 0.2, 90.0)
NETS = kept()
RESIDUAL_8 = NETS[1]
SHORT = partial(Construction, steps=50)


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        section.build(gr.State(NETS))
    with served(page, tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture(scope="module")
def run():
    return artifacts.load_run(RECORDED), artifacts.certificate(RECORDED)


# --- words and numbers ---


@pytest.mark.parametrize(
    ("curve", "constructed", "anew", "said", "unsaid"),
    [
        ([0.2, 0.3, 79.9, 50.4], 50.4, 66.2, ("up to 79.9 % at step 2", "training has left it"), "keeps"),
        ([0.2, 0.3, 40.0, 0.5], 0.5, 66.2, ("up to 40.0 % at step 2", "keeps what plain-8 could"), "left it"),
        ([0.2, 0.3, 0.1], 0.1, 66.2, ("keeps what plain-8 could",), "led"),
        ([0.2, 0.3, 0.1], 0.1, None, ("the one from scratch has diverged",), "led"),
        ([0.2, 30.0], None, 20.0, ("the constructed net has diverged", "training has left it"), "keeps"),
    ],
)
def test_the_verdict_is_true_whatever_comes_out(curve, constructed, anew, said, unsaid):
    sentence = figures.verdict(0.2, curve, constructed, anew, "plain-8")
    assert all(part in sentence for part in said)
    assert unsaid not in sentence
    for error in (constructed, anew):
        assert error is None or f"gets {error:.1f} % wrong" in sentence


def test_the_comparison_gives_the_difference_without_an_exponent():
    said = figures.compared(Lane(8, False), 56, SAME)
    assert "plain-8 got 48 more layers" in said
    assert "1,797 images" in said
    assert "more than 0.0000048 (the outputs reach 18)" in said
    assert "0.2 %, both of them" in said
    other = figures.compared(Lane(8, False), 56, Check(1797, 18.2, 3.0, 0.2, 7.0, 90.0))
    assert "0.2 % and 7.0 %" in other


@pytest.mark.parametrize(("value", "written"), [(0, "0"), (3.8147e-6, "0.0000038"), (0.25, "0.25"), (12.0, "12")])
def test_small_numbers_are_written_out(value, written):
    assert figures.number(value) == written


def test_recorded_numbers_in_words_chart_and_table_are_those_of_the_run(run):
    arrays, certificate = run
    last = arrays["train_error"][0, 0, :, :, -1].astype(float).mean(axis=0)  # plain, 0.1: (constructed, anew)
    words, chart = figures.recorded_outcome(*run), figures.recorded_chart(*run)
    table = figures.recorded_table(certificate)
    assert f"the constructed net gets {last[0]:.1f} % wrong and the one from scratch gets {last[1]:.1f} %" in words
    assert f"than {figures.number(arrays['checks'][0, :, 2].max())} (" in words
    for net, id in ((CONSTRUCTED, "constructed"), (ANEW, "anew")):
        points = chart["new"][id]["points"]
        assert [x for x, _ in points] == list(range(201))
        assert points[-1][1] == pytest.approx(last[net], abs=0.01)
        seeds = [y for _, y in chart["new"][f"{id} seeds"]["points"]]
        assert seeds == pytest.approx(arrays["train_error"][0, 0, :, net, -1].tolist(), abs=0.01)
    assert chart["levels"][0]["at"] == pytest.approx(arrays["checks"][0, :, 3].mean(), abs=1e-3)
    for kind in (0, 1):
        for rate in (0, 1):
            ended = arrays["train_error"][kind, rate, :, :, -1].astype(float)
            for of_net in ended.T:
                assert f"{of_net.mean():.1f} <small>({of_net.min():.1f} to {of_net.max():.1f})" in table


def test_what_is_said_of_the_recorded_runs_together_is_true(run):
    """In every seed: with small steps the constructed net stays, and the one from scratch does not get there."""
    arrays, certificate = run
    small = arrays["train_error"][0, 1, :, :, -1]  # plain, 0.01: (seed, net)
    assert (small[:, CONSTRUCTED] < 5).all()
    assert (small[:, ANEW] > 50).all()
    assert (arrays["train_error"][1, :, :, CONSTRUCTED, :] < 1).all()  # residual, at both rates, at every step
    assert (arrays["train_error"][1, :, :, ANEW, -1] < 2).all()
    assert f"{small[:, 0].mean():.1f} % wrong" in figures.lesson(certificate)
    assert (arrays["checks"][:, :, 3] == arrays["checks"][:, :, 4]).all()  # equal training errors
    assert arrays["checks"][0, :, 2].max() < 1e-5
    assert (arrays["checks"][1, :, 2] == 0).all()


def test_the_recorded_run_is_the_live_one(run):
    """The first steps again from the net that ships; other processors round differently."""
    arrays, _ = run
    check, *points = (event for event, _ in zip(construct(Construction(RESIDUAL_8, 56)), range(11), strict=False))
    np.testing.assert_allclose(check.anew_error, arrays["checks"][1, 0, 5], atol=2)
    for point in points:
        stored = arrays["train_error"][1, 0, 0, point.lane, point.step - 1]
        assert point.train_error[0] == pytest.approx(stored, abs=3)


def test_live_points_are_sent_once_and_begin_with_the_check():
    running = figures.LiveConstruction(Construction(RESIDUAL_8, 14, steps=2))
    assert running.news()["new"]["anew"]["points"] == []
    running.add(SAME)
    running.add(Point(CONSTRUCTED, 1, (3.0,)))
    running.add(Point(ANEW, 1, (88.0,)))
    value = running.news()
    assert value["new"]["constructed"] == {"start": 0, "points": [(0, 0.2), (1, 3.0)]}
    assert value["new"]["anew"] == {"start": 0, "points": [(0, 90.0), (1, 88.0)]}
    assert value["levels"][0]["at"] == 0.2
    assert not running.finished
    running.add(Point(CONSTRUCTED, 2, (2.0,)))
    running.add(Point(ANEW, 2, (None,)))
    value = running.news()
    assert value["new"]["constructed"] == {"start": 2, "points": [(2, 2.0)]}
    assert value["ended"] == {"anew": "diverged"}
    assert running.finished
    assert "the constructed net gets 2.0 % wrong and the one from scratch has diverged" in running.outcome()


def test_nets_that_can_become_deeper_are_offered():
    nets = recorded("plain-56"), recorded("plain-20"), RESIDUAL_8
    assert shallow(nets) == ["plain-20", "residual-8"]
    assert fit_controls(nets, "plain-8")["value"] == "plain-20"
    assert fit_controls(nets, "residual-8")["value"] == "residual-8"
    assert fit_controls(nets[:1], "plain-20")["value"] is None


@pytest.mark.parametrize(
    ("net", "depth", "rate", "sentence"),
    [
        ("plain-99", 56, 0.1, "choose one of the trained nets"),
        (None, 56, 0.1, "choose one of the trained nets"),
        ("residual-8", 8, 0.1, "more than the 8 layers"),
        ("residual-8", 9, 0.1, "depth must be one of"),
        ("residual-8", 56, -3, "learning rate must be"),
    ],
)
def test_impossible_choices_are_refused_in_words(net, depth, rate, sentence):
    with pytest.raises(ValueError, match=sentence):
        construction_of((RESIDUAL_8,), net, depth, rate)


# --- in the browser ---


@pytest.fixture
def tab(page, url):
    page.goto(url)
    page.wait_for_selector("#construction figure[data-points='402']")  # steps 0 to 200 of two nets
    return page


def status(page) -> str:
    return page.inner_text("#construction-status")


def choose(page, group: str, value: str) -> None:
    page.locator(f"#construction-{group} label").get_by_text(value, exact=True).click()


def started(page, before: str) -> str:
    """Press the button; the number of the run, once its first points are there."""
    page.click("#construction-go")
    page.wait_for_function(
        """run => { const d = document.querySelector('#construction figure')?.dataset;
        return d && d.run !== run && +d.points >= 4; }""",
        arg=before,
    )
    return page.get_attribute("#construction figure", "data-run")


def test_opens_on_the_recorded_result(tab, run):
    assert "recorded" in status(tab)
    assert "plain-8 got 48 more layers" in status(tab)
    assert figures.lesson(run[1]) in tab.inner_text("#construction-table")
    assert tab.locator("#construction polyline").count() == 2


def test_a_live_run_says_what_the_experiment_gives(tab, monkeypatch):
    monkeypatch.setattr(section, "Construction", SHORT)
    choose(tab, "net", "residual-8")
    choose(tab, "depth", "14")
    choose(tab, "rate", "0.01")
    tab.click("#construction-go")
    expect(tab.locator("#construction-status")).to_contain_text("measured now", timeout=240_000)
    expect(tab.locator("#construction figure")).to_have_attribute("data-points", "102")
    check, *points = construct(SHORT(RESIDUAL_8, 14, learning_rate=0.01))
    assert f"Training images that they get wrong: {check.shallow_error:.1f} %, both of them" in status(tab)
    said = [float(n) for n in re.findall(r"gets ([\d.]+) %", status(tab))]
    assert said == [round(points[-2 + k].train_error[0], 1) for k in (0, 1)]
    legend = [float(n) for n in re.findall(r"([\d.]+) %", tab.inner_text("#construction .legend"))]
    assert legend == said


def test_stop_keeps_what_was_measured(tab):
    started(tab, tab.get_attribute("#construction figure", "data-run"))
    tab.click("#construction-stop")
    expect(tab.locator("#construction-status")).to_contain_text("Stopped after step")
    step = int(re.search(r"Stopped after step (\d+)", status(tab))[1])
    assert step < 200
    points = re.compile(f"^({2 * step + 1}|{2 * step + 2})$")  # the second net's last point may not have come
    expect(tab.locator("#construction figure")).to_have_attribute("data-points", points)


def test_a_second_click_supersedes_the_first_run(tab, monkeypatch):
    ended = end_of(monkeypatch, section, "construct")
    first = started(tab, tab.get_attribute("#construction figure", "data-run"))
    choose(tab, "net", "residual-8")
    second = started(tab, first)
    assert ended.wait(PATIENCE / 1000), "the first run goes on"
    assert section.latest.running  # the second
    tab.click("#construction-stop")
    expect(tab.locator("#construction-status")).to_contain_text("Stopped after step")
    assert tab.get_attribute("#construction figure", "data-run") == second


def test_two_visitors_at_once_do_not_see_each_other(new_page, url, monkeypatch):
    monkeypatch.setattr(section, "Construction", SHORT)
    pages = {"plain-8": new_page(), "residual-8": new_page()}
    for net, page in pages.items():
        page.goto(url)
        page.wait_for_selector("#construction figure[data-points='402']")
        choose(page, "net", net)
        choose(page, "depth", "14")
        choose(page, "rate", "0.01")
        page.click("#construction-go")
    for net, page in pages.items():
        expect(page.locator("#construction-status")).to_contain_text("measured now", timeout=240_000)
        assert f"{net} got 6 more layers" in status(page)
        assert len(re.findall(r"gets ([\d.]+) %", status(page))) == 2


def test_leaving_ends_the_run(browser, page, url, monkeypatch):
    whole = []  # runs that came to their end

    def noted(config: Construction):
        yield from construct(config)
        whole.append(config)

    monkeypatch.setattr(section, "construct", noted)
    leaving = browser.new_context()
    visitor = leaving.new_page()
    visitor.goto(url)
    visitor.click("#construction-go")
    expect(visitor.locator("#construction-status")).to_contain_text(re.compile(r"about \d+ s left"))
    assert section.latest.running
    leaving.close()
    page.goto(url)
    expect_the_end(section.latest, page)
    assert not whole


def test_a_depth_that_is_not_deeper_gets_a_sentence(tab):
    choose(tab, "net", "plain-20")
    choose(tab, "depth", "14")
    tab.click("#construction-go")
    tab.wait_for_selector("#construction-status .notice")
    assert "more than the 20 layers of the shallow one, not 14" in status(tab)
    assert tab.get_attribute("#construction figure", "data-points") == "402"
