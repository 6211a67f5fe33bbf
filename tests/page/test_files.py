"""Values that are files: those that are computed when they are first asked for."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import Any

import gradio as gr
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

import app
from visuals.components import base
from visuals.components.chart import Chart
from visuals.page import files
from visuals.page.files import Later
from visuals.page.live import new_run


def fetched(name: str) -> Any:
    """What the browser gets for a value's name."""
    (route,) = [route for route in files.routes("", "") if route.path.startswith(f"/{files.ROOT}/values/")]
    return json.loads(route.endpoint(Request({"type": "http", "path_params": {"name": name}})).body)


def test_what_comes_later_is_computed_once_and_when_it_is_asked_for():
    computed = []

    def compute():
        computed.append(1)
        return {"run": 7, "lines": []}, "<p>Seven.</p>"

    both = Later(compute)
    with gr.Blocks() as page:
        chart = Chart(both.then(itemgetter(0)))
        said = gr.HTML(**base.words(both.then(itemgetter(1))))
    base.publish(page)
    assert not computed
    assert fetched(chart.value["file"]) == chart.postprocess(both.get()[0])
    assert chart.preprocess(chart.value)["run"] == 7
    (name,) = [name for name in files._later if name in said.js_on_load]
    assert fetched(name) == "<p>Seven.</p>"
    assert computed == [1]


def test_words_that_are_known_are_in_the_page():
    assert base.words("<p>Seven.</p>") == {"value": "<p>Seven.</p>"}


def test_what_is_computed_late_is_older_than_what_a_visitor_has_asked_for(monkeypatch):
    """A chart leaves out what is older than what it shows."""
    monkeypatch.setattr(files, "_later", {})
    app.build()
    asked = new_run()
    made = {name: json.loads(value.get()) for name, value in files._later.items()}
    runs = [value["run"] for value in made.values() if isinstance(value, dict) and "run" in value]
    assert len(runs) >= 4
    assert max(runs) < asked


def test_a_file_that_there_is_not_is_not_found():
    with pytest.raises(HTTPException, match="404"):
        fetched("0" * 16)
