"""A page of charts, with buttons that change them."""

from __future__ import annotations

import gradio as gr
import pytest

from tests.components.chart.charts import by_layer, by_name, diverged, errors, long_names, many_digits, small_numbers
from tests.small_page import served
from visuals.components.chart import Chart, grown, later, levelled


@pytest.fixture(scope="session")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        Chart(small_numbers(), elem_id="log")
        scrubbed = Chart(by_layer(), elem_id="moments")
        gr.Button("one step more", elem_id="later").click(
            lambda v: later(v, [(20, {"g": [(1, 0.25), (2, 0.125)]})], 2), scrubbed, scrubbed
        )
        shown = Chart(errors(1), elem_id="chart")
        gr.Button("one point more", elem_id="more").click(
            lambda v: grown(v, {"b": [(21, 50.0)]}, {"b": 5}), shown, shown
        )
        gr.Button("no guess", elem_id="bare").click(lambda v: levelled(v, ()), shown, shown)
        gr.Button("next run", elem_id="next").click(lambda: diverged(2), None, shown)
        gr.Button("names", elem_id="named").click(lambda: by_name(4), None, shown)
        gr.Button("long names", elem_id="long").click(lambda: long_names(5), None, shown)
        gr.Button("many digits", elem_id="digits").click(lambda: many_digits(6), None, shown)
    with served(page) as address:
        yield address


@pytest.fixture
def drawn(page, url):
    page.goto(url)
    page.wait_for_selector("#chart figure[data-points='25']")
    return page
