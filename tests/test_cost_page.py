"""Costs, the other networks and the fetched weights on the page, against what models/ computes."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect

from models import data, imagenet, insight, others
from models.cost import ModuleCost, module_costs, stacked
from models.others import NETWORKS, Pass
from models.variants import Memory, Round
from tests.conftest import ASKS, unanswered
from tests.small_page import with_one_tab
from tests.test_imagenet import Answer, Server, content, offer, theirs  # noqa: F401
from visuals.inception import cost
from visuals.inception import others as section
from visuals.inception.examples import picture
from visuals.inception.state import LIMITS, State

BOXES = "all => all.map(t => t.getBBox()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])"


@pytest.fixture(scope="module")
def url(tmp_path_factory, look_ups):
    with with_one_tab("wider", tmp_path_factory.mktemp("gradio")) as address:
        yield address


@pytest.fixture
def tab(page, url):
    page.goto(f"{url}?tab=wider&predict=off")
    page.wait_for_selector("#cost-module [data-widths]")
    page.wait_for_selector("#others circle")
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
    assert found["channels"][1::2] == [f"{module.naive_c_out:,}", f"{module.c_out:,}"]
    said = page.get_attribute("#cost-module svg", "aria-label")
    assert f"{module.naive_weights:,} without reductions, {module.weights:,} with" in said


def test_sliders_map_and_stack_price_a_module(tab):
    """A slider answers while the server says nothing; the rest follows once it does."""
    priced(tab, module_costs()["3a"])
    own = ModuleCost("own", 192, 28, 72, 96, 128, 16, 32, 32)
    with unanswered(tab):
        with tab.expect_request(ASKS):
            tab.locator("#cost-n1x1 input[type=range]").press("ArrowRight")
        priced(tab, own)
    expect(tab.locator("#cost-preset input")).to_have_value(cost.OWN)
    tab.locator("#cost-stack input[type=range]").press("ArrowRight")
    naive, reduced = stacked(own, 10)[-1]
    status = tab.locator("#cost-stack-status")
    expect(status).to_contain_text(f"Behind 10 modules in a row there are {naive.naive_c_out:,} channels")
    expect(status).to_contain_text(f"{reduced.c_out:,} with them")
    expect(status).to_contain_text(f"{sum(n.naive_weights for n, _ in stacked(own, 10)):,}")
    tab.click("#wider-map .node[data-name='5b']")
    priced(tab, module_costs()["5b"])
    expect(tab.locator("#cost-preset input")).to_have_value("5b")
    with tab.expect_download() as saved:
        tab.click("#cost-module .downloads button:has-text('CSV')")
    assert "all weights,,5857280,,1442816,4.1" in saved.value.path().read_text()


def test_the_controls_start_as_a_link_without_values_says():
    state, module = State(), module_costs()["3a"]
    assert [getattr(state, name) for name in cost.NAMES] == cost.numbers(module)
    assert state.stack == cost.STACK
    for one in module_costs().values():  # the slider can show every module
        for name, value in zip(cost.NAMES, cost.numbers(one), strict=True):
            low, high, step = LIMITS[name]
            assert low <= value <= high
            assert (value - low) % step == 0


@pytest.mark.parametrize("bad", [None, "64", True, 0, 1e9, 20.5, float("nan"), [8]])
def test_widths_that_no_slider_sends_get_a_sentence(bad):
    widths = cost.numbers(module_costs()["3a"])
    widths[2] = bad
    said, *charts = cost.show_stack(9, *widths)
    assert "must be a whole number from 8 to 512" in said
    assert len(charts) == 2
    assert "must be a whole number from 8 to 512" in next(cost.live(*widths, None))


def test_the_bubbles_are_the_counts_and_the_printed_errors(tab):
    for kind, absent in (("top-5", "ResNet-18"), ("top-1", "GoogLeNet")):
        tab.click(f"#others-error label:has-text('{kind}')")
        expect(tab.locator("#others-missing")).to_contain_text(f"Not in the chart: {absent}")
        expect(tab.locator("#others svg")).to_have_attribute("aria-label", re.compile(kind))
        names = tab.eval_on_selector_all("#others circle", "circles => circles.map(c => c.dataset.name)")
        assert sorted(names) == sorted(set(NETWORKS) - {absent})
    said = tab.get_attribute("#others svg", "aria-label")
    for one in section.counts():
        if one.name != "GoogLeNet":
            assert f"{one.name}: multiply-adds, billions {one.macs / 1e9:.3g}" in said
            assert f"{section.ERRORS[one.name].top1:.2f} %" in said
    text = tab.inner_text("body")
    assert "12 times fewer" in text
    assert "is 9.0 with the 6.8 million" in text
    assert "and 8.7 with those counted here" in text
    with tab.expect_download() as saved:
        tab.click("#others .downloads button:has-text('CSV')")
    lines = saved.value.path().read_text().splitlines()
    assert len(lines) == 6
    assert lines[0].endswith('"top-1 error, %","parameters, millions"')
    tab.click("#others summary")
    expect(tab.locator("#others .table tr")).to_have_count(6)
    for width in (1280, 390):  # names meet neither each other nor the edge
        tab.set_viewport_size({"width": width, "height": 800})
        tab.wait_for_function("""() => { const svg = document.querySelector('#others svg');
            return svg.viewBox.baseVal.width === Math.round(svg.parentNode.clientWidth); }""")
        boxes = tab.eval_on_selector_all("#others .name", BOXES)
        wide = tab.eval_on_selector("#others svg", "svg => svg.viewBox.baseVal.width")
        assert len(boxes) == 5
        for k, (left, top, right, bottom) in enumerate(boxes):
            assert left >= 0
            assert right <= wide
            assert not any(left < r and x < right and top < b and y < bottom for x, y, r, b in boxes[:k])
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_variants_and_networks_are_measured(tab, monkeypatch):
    used = Memory(weights=1_234_000, peak=5_678_000), Memory(weights=901_000, peak=2_345_000)
    monkeypatch.setattr(cost, "rounds", lambda module: (Round(k, 20.0 + k, 10.0, used) for k in range(1, 4)))
    tab.click("#cost-go")
    measured = tab.locator("#cost-measured")
    expect(measured).to_contain_text("One picture takes 22.00 ms without reductions and 10.00 ms with them: 2.2 times")
    expect(measured).to_contain_text("medians of 3 passes each")
    cells = [row.locator("td").all_inner_texts() for row in measured.locator("tbody tr").all()]
    assert cells == [["22.00", "5.68", "1.23"], ["10.00", "2.35", "0.90"]]
    times = dict(zip(NETWORKS, (5.0, 80.0, 20.0, 10.0, 30.0, 40.0), strict=True))
    found = [Pass(name, k, times[name]) for name in NETWORKS for k in range(1, others.PASSES + 1)]
    monkeypatch.setattr(section, "passes", lambda: (one for one in found))
    tab.click("#others-go")
    expect(tab.locator("#others-status")).to_contain_text(
        "AlexNet is the fastest with 5.0 ms, VGG-16 the slowest with 80.0 ms. VGG-16 has 9.8 times the multiply-adds "
        "of GoogLeNet and takes 4.0 times as long."
    )
    expect(tab.locator("#others-times tbody tr")).to_have_count(6)


def test_a_network_is_not_compared_with_itself():
    times = dict.fromkeys(NETWORKS, 5.0) | {"AlexNet": 2.0, "GoogLeNet": 20.0}
    said = section.outcome([Pass(name, 1, took) for name, took in times.items()])
    assert "GoogLeNet has 2.2 times the multiply-adds of AlexNet and takes 10.0 times as long." in said


@pytest.fixture
def server(content, tmp_path, monkeypatch):  # noqa: F811
    running = Server(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    monkeypatch.setattr(data, "CACHE", tmp_path / "cache")
    offer(running, monkeypatch, content)
    yield running
    running.shutdown()
    running.server_close()
    insight._load.cache_clear()


def test_weights_are_fetched_and_looked_through(tab, server):
    """Asked for before they are there, ours stays; after the button all views are the other network's; and back."""
    status = tab.locator("#imagenet-status")
    expect(status).to_contain_text("not on this machine yet")
    tab.click("#imagenet-network label:has-text('torchvision')")
    expect(status).to_contain_text("Our own network stays")
    expect(tab.locator("#imagenet-network label:has-text('our network') input")).to_be_checked()
    tab.click("#imagenet-go")
    expect(status).to_contain_text("The network with 1,000 classes looks at the picture now")
    look = insight.look(picture("lion"), imagenet.NAME)
    first = look.heads["main"][0][0]
    expect(tab.locator("#wider-predictions .head.main li").first).to_contain_text(first)
    expect(tab.locator("#wider-predictions .head")).to_have_count(1)
    expect(tab.locator("#wider-picture")).to_contain_text("224 × 224 pixels")
    tab.click("#imagenet-network label:has-text('our network')")
    expect(tab.locator("#wider-predictions .head")).to_have_count(3)
    tab.click("#imagenet-go")
    expect(status).to_contain_text("looks at the picture now")
    tab.goto(tab.url.partition("?")[0] + "?tab=wider&predict=off&network=imagenet&evidence=tench")  # none of ours
    expect(tab.locator("#evidence-status")).to_contain_text("Tench: the 49 places sum to")
    expect(tab.locator("#evidence-class input")).to_have_value("tench")
    tab.goto("about:blank")  # before the weights are gone again: other views may still be on their way


def test_offline_says_so_and_nothing_else_changes(tab, server):
    server.shutdown()
    server.server_close()
    before = tab.inner_text("#wider-predictions")
    tab.click("#imagenet-go")
    expect(tab.locator("#imagenet-status .notice")).to_contain_text("could not be fetched")
    expect(tab.locator("#imagenet-status .notice")).to_contain_text("Nothing else has changed")
    assert tab.inner_text("#wider-predictions") == before
    expect(tab.locator("#imagenet-network label:has-text('our network') input")).to_be_checked()
