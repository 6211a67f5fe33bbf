"""The numbers of tab 3: what is said is what was computed, and the charts go along with the player."""

from __future__ import annotations

import math

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import expect

from models import artifacts, denoise
from models.forward import LINEAR, SCHEDULES, Compared, crossing, histograms
from tests.small_page import served
from visuals.components.player import Player
from visuals.diffusion import equation, figures, start
from visuals.diffusion import numbers as section
from visuals.diffusion import numbers_charts as charts
from visuals.diffusion import numbers_sentences as sentences

RUNS = {name: artifacts.load_run(f"bound-{name}") for name in denoise.NETWORKS}
BOUNDS = {name: artifacts.certificate(f"bound-{name}") for name in denoise.NETWORKS}


# --- charts and sentences ---


def test_the_schedule_charts_hold_the_schedules():
    beta, left, snr = charts.schedule_charts()
    for name, schedule in SCHEDULES.items():
        for value, wanted in ((beta, schedule.beta), (left, schedule.alpha_bar), (snr, schedule.snr)):
            points = dict(value["new"][name]["points"])
            assert {1, 259, 260, 500, 1000} <= set(points)
            for t in (1, 259, 500, 1000):
                assert points[t] == pytest.approx(wanted[t].item(), rel=1e-5)
    assert [x for x, _ in snr["new"]["equal"]["points"]] == [259.5, crossing(SCHEDULES["cosine"]) + 0.5]


def test_the_rate_is_what_was_spent_before_x_t_is_known():
    """At t all transitions above t have been sent, and x_T before them."""
    run = RUNS["cifar10"]
    known, prior = charts.rates(run), run["prior"].mean()
    for t in (1, 2, 500, 999, 1000):
        assert known[t] == pytest.approx(prior + sum(run["bits"][s] for s in range(t + 1, 1001)), rel=1e-4)
    bits = BOUNDS["cifar10"].metrics["bits_per_dim"]
    assert known[1] == pytest.approx(bits["L_1:T-1"] + bits["L_T"], abs=1e-3)


def test_the_error_stands_at_the_paper_s_steps():
    """Step T - t + 1 of the way back is made at time t, so the last one, 1,000, at t = 1."""
    points = charts.error_chart(RUNS)["new"]
    ours = dict(points["cifar10"]["points"])
    for step, _ in points["paper"]["points"]:
        assert ours[step] == pytest.approx(RUNS["cifar10"]["rmse"][1001 - step], abs=1e-3)
    assert points["paper"]["points"][0] == (100, 67.60125)


def test_what_is_said_of_the_bound_is_in_the_recorded_run():
    said, rmse = sentences.bound(RUNS, BOUNDS), RUNS["cifar10"]["rmse"]
    assert f"off by {rmse[501]:.1f} grey levels; the paper’s by 38.0" in said
    assert f"it is {rmse[1]:.2f} and 0.95" in said
    known = charts.rates(RUNS["cifar10"])
    half = next(t for t in range(1, 1001) if known[t] <= known[1] / 2)
    assert f"at t = {half}, the guess is already within {rmse[half]:.1f} grey levels" in said


@pytest.mark.parametrize(("value", "said"), [(2.69e-5, "2.7 · 10⁻⁵"), (1e-5, "1 · 10⁻⁵"), (1.6e-10, "1.6 · 10⁻¹⁰")])
def test_small_numbers(value, said):
    assert sentences.small(value) == said


@pytest.mark.parametrize(("largest", "said"), [(1.2, "nothing here tells them apart"), (-5.0, "That is rare")])
def test_the_comparison_is_told_as_it_came_out(largest, said):
    events = [Compared(1, None, None, None), Compared(2, (0, 1), (0, 1), (0.1, largest, 0.2))]
    told = sentences.compared(events)
    assert said in told
    assert f"the largest of 3 differences is {abs(largest):.1f} standard errors" in told
    assert "at each of 1 times" in told


@pytest.mark.parametrize("wrong", [None, -1, 1.5, 1_000_000, math.nan, "7", True, [1]])
def test_impossible_seeds_get_a_sentence(wrong):
    with pytest.raises(ValueError, match="seed must be a whole number"):
        section.seed_of(wrong)


# --- in a browser ---


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with gr.Blocks() as page:
        network = gr.Radio(list(denoise.NETWORKS), value="mnist", elem_id="network")
        gallery, own = start.build(network, 7)
        Player(figures.opening(equation.recorded()), elem_id="player")
        section.build(network, gallery, own, start.samples("mnist")[7])
    with served(page, tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def shown(page, url):
    page.goto(url)
    page.wait_for_selector("#noisier-histogram figure[data-points]")
    return page


def left_of(network: str, index: int) -> str:
    picture = start.samples(network)[index]
    found = histograms(picture, 0)
    return f"At t = 1000 the pixels’ mean is {found.mean[-1]:.3f} and their standard deviation {found.std[-1]:.3f}"


def test_another_picture_is_measured_at_once(shown):
    expect(shown.locator("#noisier-left")).to_contain_text(left_of("mnist", 7))
    shown.locator("#gallery button").nth(2).click()
    expect(shown.locator("#noisier-left")).to_contain_text(left_of("mnist", 2))
    shown.get_by_label("cifar10").check()
    expect(shown.locator("#noisier-left")).to_contain_text(left_of("cifar10", 0))
    expect(shown.locator("#noisier-left")).to_contain_text("all its 3,072 numbers")


def test_both_ways_are_compared_live(shown):
    shown.click("#noisier-ways-go")
    expect(shown.locator("#noisier-ways-status")).to_contain_text("standard errors. Chance alone")
    expect(shown.locator("#noisier-ways-status .measured")).to_contain_text("s; CPU")
    shown.wait_for_selector("#noisier-ways figure[data-points='160']")
    shown.locator("#noisier-ways-seed input").fill("-3")
    shown.locator("#noisier-ways-seed input").press("Tab")
    expect(shown.locator("#noisier-left .notice")).to_contain_text("seed must be a whole number")
    shown.click("#noisier-ways-go")
    expect(shown.locator("#noisier-ways-status .notice")).to_contain_text("seed must be a whole number")
    assert shown.get_attribute("#noisier-ways figure", "data-points") == "160"  # nothing is lost


def test_the_cursors_go_along_with_the_player_and_ask_the_server_for_nothing(shown):
    shown.locator("#noisier-schedule-3").scroll_into_view_if_needed()
    shown.wait_for_selector("#noisier-schedule-3 figure[data-points]")
    asked = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.click("#player .first")
    for _ in range(4):
        shown.click("#player .after")
    expect(shown.locator("#player .player")).to_have_attribute("data-at", "4")
    for name, values in (("2", LINEAR.alpha_bar), ("3", LINEAR.snr)):
        shown.locator(f"#noisier-schedule-{name}").scroll_into_view_if_needed()
        expect(shown.locator(f"#noisier-schedule-{name} .reading output")).to_have_text("t 100")
        told = float(shown.locator(f"#noisier-schedule-{name} .legend b").first.inner_text())
        assert told == pytest.approx(values[100].item(), rel=5e-3)
    expect(shown.locator("#noisier-ways .reading output")).to_have_text("t 1000")  # has no clock
    assert asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(new_page, url, scheme):
    page = new_page(390, 844, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#noisier-histogram figure[data-points]")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_certificates_are_of_the_same_pictures():
    assert {certificate.config["images"] for certificate in BOUNDS.values()} == {64}
    assert all(len(run["prior"]) == 64 for run in RUNS.values())
    assert np.isfinite(RUNS["mnist"]["rmse"]).all()
