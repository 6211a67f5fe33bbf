"""The numbers: what is said is what was computed."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from models.core import artifacts
from models.noisier import denoise
from models.noisier.forward import SCHEDULES, Compared, crossing, histograms
from visuals.noisier import pictures
from visuals.noisier.numbers import charts
from visuals.noisier.numbers import words as sentences
from visuals.page import style
from visuals.page.words import power

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
    said, rmse = sentences.bound(RUNS, BOUNDS["cifar10"]), RUNS["cifar10"]["rmse"]
    assert "recorded" in said  # ours, beside the paper's
    assert "from the paper" in said
    assert f"off by {rmse[501]:.1f} grey levels (RMSE), the paper’s by 38.0" in said
    known = charts.rates(RUNS["cifar10"])
    half = next(t for t in range(1, 1001) if known[t] <= known[1] / 2)
    assert known[half] / known[1] == pytest.approx(0.5, abs=0.03)  # about half
    spent = sentences.rate(RUNS, BOUNDS["cifar10"])
    assert (
        f"from t = {half} down. There our CIFAR-10 network’s guess is off by only {rmse[half]:.1f} grey levels" in spent
    )


@pytest.mark.parametrize(("value", "said"), [(2.69e-5, "2.7 · 10⁻⁵"), (1e-5, "1 · 10⁻⁵"), (1.6e-10, "1.6 · 10⁻¹⁰")])
def test_small_numbers(value, said):
    assert power(value, plain=True) == said


@pytest.mark.parametrize(("largest", "said"), [(1.2, "nothing here tells them apart"), (-5.0, "That is rare")])
def test_the_comparison_is_told_as_it_came_out(largest, said):
    events = [Compared(1, None, None, None), Compared(2, (0, 1), (0, 1), (0.1, largest, 0.2))]
    told = sentences.compared(events, style.at_start)
    assert said in told
    assert f"The largest of 3 differences between both ways is {abs(largest):.1f} standard errors" in told
    assert "at 1 times" in told


# --- in a browser ---


@pytest.fixture
def shown(at_section):
    page = at_section("numbers")
    part_of(page, "One picture")
    page.wait_for_selector("#numbers-histogram figure[data-points]")
    return page


def part_of(page, title: str) -> None:
    page.locator("#numbers-parts").get_by_role("tab", name=title).click()


def left_of(network: str, index: int) -> str:
    picture = pictures.samples(network)[index]
    found = histograms(picture, 0)
    said = f"At t = 1000 the pixels’ mean is {found.mean[-1]:.3f}, their standard deviation {found.std[-1]:.3f}"
    return said.replace("-", "−")


def test_another_picture_is_measured_at_once(shown):
    expect(shown.locator("#numbers-left")).to_contain_text(left_of("mnist", 7))
    shown.locator("#numbers-gallery button").nth(2).click()
    expect(shown.locator("#numbers-left")).to_contain_text(left_of("mnist", 2))
    shown.locator("#noisier-network").get_by_label("CIFAR-10 photographs").check()
    expect(shown.locator("#numbers-left")).to_contain_text(left_of("cifar10", 0))
    expect(shown.locator("#numbers-left")).to_contain_text("3,072 numbers")


def test_both_ways_are_compared_live(shown):
    part_of(shown, "Two ways")
    shown.click("#numbers-go")
    expect(shown.locator("#numbers-status")).to_contain_text("standard errors. Chance alone")
    expect(shown.locator("#numbers-status .measured")).to_contain_text("s; CPU")
    shown.wait_for_selector("#numbers-ways figure[data-points='160']")
    shown.locator("#numbers-seed input").fill("-3")
    shown.locator("#numbers-seed input").press("Tab")
    shown.click("#numbers-go")
    expect(shown.locator("#numbers-status .notice")).to_contain_text("must be a number from 0")
    assert shown.get_attribute("#numbers-ways figure", "data-points") == "160"  # nothing is lost
    part_of(shown, "One picture")
    expect(shown.locator("#numbers-left .notice")).to_contain_text("must be a number from 0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(new_page, url, scheme):
    page = new_page(390, 844, color_scheme=scheme)
    page.goto(f"{url}?tab=noisier&at=numbers")
    for part in ("Two ways", "The bound", "Quality", "One picture"):
        part_of(page, part)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.wait_for_selector("#numbers-histogram figure[data-points]")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_certificates_are_of_the_same_pictures():
    assert {certificate.config["images"] for certificate in BOUNDS.values()} == {64}
    assert all(len(run["prior"]) == 64 for run in RUNS.values())
    assert np.isfinite(RUNS["mnist"]["rmse"]).all()
