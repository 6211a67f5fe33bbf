"""Against the others, in a real browser: counts, errors and times, and the weights that are fetched."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect

from models.core import data
from models.wider import activations, comparison, imagenet
from models.wider.comparison import NETWORKS, Timed
from tests.conftest import unfold
from tests.wider.test_imagenet import Answer, Server, content, offer, theirs  # noqa: F401
from visuals.wider.comparison import section, words
from visuals.wider.comparison.errors import ERRORS
from visuals.wider.examples import picture

BOXES = "all => all.map(t => t.getBBox()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])"


@pytest.fixture
def tab(opened):
    page = opened("comparison", "&predict=off")
    page.wait_for_selector("#others circle")
    return page


def test_the_bubbles_are_the_counts_and_the_printed_errors(tab):
    for kind, absent in (("top-5", "ResNet-18"), ("top-1", "GoogLeNet")):
        tab.click(f"#others-error label:has-text('{kind}')")
        expect(tab.locator("#others-missing")).to_contain_text(f"{absent}’s paper prints no {kind} error")
        expect(tab.locator("#others svg")).to_have_attribute("aria-label", re.compile(kind))
        names = tab.eval_on_selector_all("#others circle", "circles => circles.map(c => c.dataset.name)")
        assert sorted(names) == sorted(set(NETWORKS) - {absent})
    said = tab.get_attribute("#others svg", "aria-label")
    for one in section.counts():
        if one.name != "GoogLeNet":
            assert f"{one.name}: multiply-adds, billions {one.macs / 1e9:.3g}" in said
            assert f"{ERRORS[one.name].top1:.2f} %" in said
    unfold(tab, "others-numbers")
    for told in ("12 times fewer", "the factor is 9.0", "those counted here it is 8.7"):
        expect(tab.locator("#others-numbers")).to_contain_text(told)
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


def test_networks_are_measured(tab, monkeypatch):
    times = dict(zip(NETWORKS, (5.0, 80.0, 20.0, 10.0, 30.0, 40.0), strict=True))
    found = [Timed(name, k, times[name]) for name in NETWORKS for k in range(1, comparison.PASSES + 1)]
    monkeypatch.setattr(section, "_took", [])
    monkeypatch.setattr(section, "passes", lambda: (one for one in found))
    unfold(tab, "others-time")
    expect(tab.locator("#others-takes")).to_contain_text("by the first pass of our own network")
    tab.click("#others-go")
    expect(tab.locator("#others-status")).to_contain_text(
        "AlexNet is the fastest with 5.0 ms, VGG-16 the slowest with 80.0 ms. VGG-16 takes 4.0 times as long as "
        "GoogLeNet, for 9.8 times the multiply-adds."
    )
    expect(tab.locator("#others-times tbody tr")).to_have_count(6)
    expect(tab.locator("#others-takes")).to_contain_text("the last time on this machine")


def test_a_network_is_not_compared_with_itself():
    times, macs = dict.fromkeys(NETWORKS, 5.0) | {"AlexNet": 2.0, "GoogLeNet": 20.0}, section.counts()
    said = words.timed([Timed(name, 1, took) for name, took in times.items()], {one.name: one.macs for one in macs})
    assert "GoogLeNet takes 10.0 times as long as AlexNet, for 2.2 times the multiply-adds." in said


def test_the_time_of_all_six_follows_from_a_pass_or_from_the_last_time():
    macs = dict.fromkeys(NETWORKS, 10**9)
    assert "up to about 5 s, judging by the first pass" in words.expected(
        macs, 100.0, comparison.SIZE, None
    )  # 6 x 8 passes
    assert "up to about 10 s, judging by the first pass" in words.expected(macs, 50.0, comparison.SIZE // 2, None)
    assert "It took 40 s the last time" in words.expected(macs, 50.0, comparison.SIZE, 41.0)


@pytest.fixture
def server(content, tmp_path, monkeypatch):  # noqa: F811
    running = Server(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    monkeypatch.setattr(data, "CACHE", tmp_path / "cache")
    offer(running, monkeypatch, content)
    yield running
    running.shutdown()
    running.server_close()
    activations._load.cache_clear()


def test_weights_are_fetched_and_looked_through(tab, go, server):
    """Asked for before they are there, ours stays; after the button all sections are the other network's; and back."""
    unfold(tab, "imagenet-all")
    status, first = tab.locator("#imagenet-status"), tab.locator("#wider-first")
    expect(status).to_contain_text("not on this machine yet")
    tab.click("#imagenet-network label:has-text('torchvision')")
    expect(status).to_contain_text("Our own network stays")
    expect(tab.locator("#imagenet-network label:has-text('our network') input")).to_be_checked()
    tab.click("#imagenet-fetch")
    expect(status).to_contain_text("The network with 1,000 classes looks at the picture now")
    run = activations.run(picture("lion"), imagenet.NAME)
    expect(first).to_contain_text(f"torchvision's answer: {run.heads['main'][0][0]}")
    go(tab, "see")
    expect(tab.locator("#wider-predictions .head.main li").first).to_contain_text(run.heads["main"][0][0])
    expect(tab.locator("#wider-predictions .head")).to_have_count(1)
    expect(tab.locator("#wider-picture")).to_contain_text("224 × 224 pixels")
    go(tab, "comparison")
    tab.click("#imagenet-network label:has-text('our network')")
    expect(first).to_contain_text("Whole network: lion")
    tab.goto(tab.url.partition("?")[0] + "?tab=wider&predict=off&network=imagenet&evidence=tench")  # none of ours
    expect(tab.locator("#evidence-status")).to_contain_text("All 49 places together")
    expect(tab.locator("#evidence-class input")).to_have_value("tench")
    tab.goto("about:blank")  # before the weights are gone again: other views may still be on their way


def test_offline_says_so_and_nothing_else_changes(tab, server):
    server.shutdown()
    server.server_close()
    before = tab.inner_text("#wider-first")
    unfold(tab, "imagenet-all")
    tab.click("#imagenet-fetch")
    expect(tab.locator("#imagenet-status .notice")).to_contain_text("could not be fetched")
    expect(tab.locator("#imagenet-status .notice")).to_contain_text("Nothing else has changed")
    assert tab.inner_text("#wider-first") == before
    expect(tab.locator("#imagenet-network label:has-text('our network') input")).to_be_checked()
