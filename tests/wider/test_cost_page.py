"""Cost, in a real browser: what is priced is what models/ computes, and the other variant is measured."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from models.wider.cost import ModuleCost, layer_costs, module_costs, stacked
from models.wider.module_timing import Memory, Round
from tests.conftest import ASKS, unanswered, unfold
from visuals.page.settings import declared
from visuals.wider.cost import question
from visuals.wider.cost import section as cost
from visuals.wider.settings import CostSettings


@pytest.fixture
def tab(opened):
    page = opened("cost", "&predict=off")
    page.wait_for_selector("#cost-module [data-widths]")
    return page


def priced(page, module: ModuleCost) -> None:
    """Wait until bars and table are this module's, and compare every number."""
    widths = " ".join(map(str, cost.numbers(module)))
    page.wait_for_selector(f"#cost-module [data-widths='{widths}']")
    rows = page.eval_on_selector_all(
        "#cost-module tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    found = {name: rest for name, *rest in rows}
    for name, branch in (("3×3", module.reduce_3x3), ("5×5", module.reduce_5x5)):
        ratio = f"{branch.naive / branch.bottleneck:.1f}"
        assert [found[name][k] for k in (1, 3, 4)] == [f"{branch.naive:,}", f"{branch.bottleneck:,}", ratio]
        for at, weights in ((0, branch.naive), (2, branch.bottleneck)):
            assert eval(found[name][at].replace("·", "*").replace("²", "**2")) == weights
    assert found["all weights"][1::2] == [f"{module.naive_weights:,}", f"{module.weights:,}"]
    macs = [f"{weights * module.positions:,}" for weights in (module.naive_weights, module.weights)]
    assert found["multiply-adds"][1::2] == macs
    assert found["multiply-adds"][2] == f"{module.weights:,}·{module.side}²"
    expect(page.locator("#cost-module svg")).to_contain_text(f"· {module.side} × {module.side} places = ")
    assert found["channels"][1::2] == [f"{module.naive_c_out:,}", f"{module.c_out:,}"]
    said = page.get_attribute("#cost-module svg", "aria-label")
    assert f"{module.naive_weights:,} without reductions, {module.weights:,} with" in said


def test_sliders_line_and_stack_price_a_module(tab):
    """A slider answers while the server says nothing; the rest follows once it does."""
    priced(tab, module_costs()["3a"])
    own = ModuleCost("own", 192, 28, 72, 96, 128, 16, 32, 32)
    with unanswered(tab):
        unfold(tab, "cost-others")
        with tab.expect_request(ASKS):
            tab.locator("#cost-n1x1 input[type=range]").press("ArrowRight")
        priced(tab, own)
    expect(tab.locator("#cost-preset input")).to_have_value(cost.OWN)
    unfold(tab, "cost-stack-part")
    status = tab.locator("#cost-stack-status")
    expect(status).to_contain_text(
        f"After 9 modules in a row there are {stacked(own, 9)[-1][0].naive_c_out:,} channels"
    )
    tab.locator("#cost-stack input[type=range]").press("ArrowRight")
    naive, reduced = stacked(own, 10)[-1]
    expect(status).to_contain_text(f"After 10 modules in a row there are {naive.naive_c_out:,} channels")
    expect(status).to_contain_text(f"{reduced.c_out:,} with them")
    dear, cheap = (
        sum(weights) for weights in zip(*((n.naive_weights, r.weights) for n, r in stacked(own, 10)), strict=True)
    )
    expect(status).to_contain_text(f"Without reductions the row has {dear / cheap:.1f} times as many weights")
    tab.click("#wider-strip [data-name='5b']")
    priced(tab, module_costs()["5b"])
    expect(tab.locator("#cost-preset input")).to_have_value("5b")
    unfold(tab, "cost-table-part")
    expect(tab.locator("#cost-table tr.chosen th")).to_have_text("5b")
    table = tab.inner_text("#cost-table")
    for one in layer_costs():
        assert f"{one.weights:,}" in table
        assert f"{one.printed_weights.text}\t" in table
    expect(tab.locator("#cost-table .differs")).to_have_count(7)
    scrolled = tab.locator("#cost-table .scroll")
    assert scrolled.evaluate("node => node.scrollWidth <= node.clientWidth")  # nothing of it is cut
    with tab.expect_download() as saved:
        tab.click("#cost-module .downloads button:has-text('CSV')")
    assert "all weights,,5857280,,1442816,4.1" in saved.value.path().read_text()


def test_widths_of_a_link_are_not_those_of_its_module(opened):
    page = opened("cost", "&predict=off&module=5b&c_in=64&n5x5=8")
    expect(page.locator("#wider-strip [data-name='5b']")).to_have_attribute("aria-checked", "true")
    priced(page, ModuleCost("own", 64, 28, 64, 96, 128, 16, 8, 32))
    unfold(page, "cost-others")
    expect(page.locator("#cost-preset input")).to_have_value(cost.OWN)


def test_the_price_waits_for_the_guess_of_this_section_alone(opened, go):
    page = opened("cost")
    expect(page.locator("#cost-predict .question")).to_contain_text("how many times fewer weights")
    expect(page.locator("#cost-module")).to_be_hidden()
    page.locator("#cost-predict input[type=number]").fill("5")
    page.click("#cost-predict .commit")
    expect(page.locator("#cost-guess")).to_contain_text("9.7 times fewer weights. You said 5.0.")
    expect(page.locator("#cost-module svg")).to_contain_text("Weights of the 5×5 branch: 9.7 times as many without")
    expect(page.locator("#wider-cost .until-guessed-here")).to_be_hidden()
    page.click("#wider-strip [data-name='5b']")
    expect(page.locator("#cost-guess")).to_contain_text("You said 5.0. Below now: module 5b.")
    page.click("#wider-strip [data-name='3a']")
    expect(page.locator("#cost-guess")).not_to_contain_text("Below now")
    expect(page.locator("#cost-guess")).to_contain_text("You said 5.0.")
    go(page, "surgery")
    expect(page.locator("#wider-predict .commit")).to_be_visible()
    page.click("#lost-part > button")
    expect(page.locator("#wider-surgery .until-guessed")).to_be_visible()  # its own question is still open


def test_both_variants_are_measured(tab, monkeypatch):
    used = Memory(weights=1_234_000, peak=5_678_000), Memory(weights=901_000, peak=2_345_000)
    monkeypatch.setattr(cost, "rounds", lambda module: (Round(k, 20.0 + k, 10.0, used, k == 3) for k in range(1, 4)))
    unfold(tab, "cost-measure-part")
    expect(tab.locator("#cost-measured")).to_contain_text("up to about 12 s")
    tab.click("#cost-go")
    measured = tab.locator("#cost-measured")
    expect(measured).to_contain_text(
        "One picture takes 22.00 ms without reductions and 10.00 ms with them. That is 2.2"
    )
    expect(measured).to_contain_text("medians of 3 passes each")
    cells = [row.locator("td").all_inner_texts() for row in measured.locator("tbody tr").all()]
    assert cells == [["22.00", "5.68", "1.23"], ["10.00", "2.35", "0.90"]]


# --- without a browser ---


def test_the_controls_start_at_3a_and_can_show_every_module():
    assert [getattr(CostSettings, name) for name in cost.NAMES] == cost.numbers(module_costs()["3a"])
    for one in module_costs().values():
        for name, value in zip(cost.NAMES, cost.numbers(one), strict=True):
            limits = declared(CostSettings)[name]
            assert limits.low <= value <= limits.high
            assert (value - limits.low) % limits.step == 0


@pytest.mark.parametrize("bad", [None, "64", True, 0, 1e9, 20.5, float("nan"), [8]])
def test_widths_that_no_slider_sends_get_a_sentence(bad):
    widths = cost.numbers(module_costs()["3a"])
    widths[2] = bad
    said, *charts = cost.show_stack(9, *widths)
    assert re.search("must be a( whole)? number from 8 to 512", said)
    assert len(charts) == 2
    ((said,),) = cost.live(*widths, None)
    assert re.search("must be a( whole)? number from 8 to 512", said)


def test_beside_another_module_the_price_says_whose_it_is():
    value = question.card_of() | {"state": "given"}
    value["guesses"][0]["value"] = 5
    other, own = module_costs()["5b"], cost.numbers(module_costs()["3a"])[:-1]
    for widths, shown in ((cost.numbers(other), "module 5b"), ([*own, 64], "a module of your own widths")):
        preset, said = cost.followed(value, *widths)
        assert preset in {"5b", cost.OWN}
        assert "branch of 3a has" in said
        assert f"You said 5.0. Below now: {shown}." in said
    assert "Below" not in cost.followed(value, *cost.numbers(module_costs()["3a"]))[1]
