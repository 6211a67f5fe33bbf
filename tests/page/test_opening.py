"""The page opens at the place that its address names, and names what this place fetches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.request import Request, urlopen

import gradio as gr
import pytest

import app
from tests.small_page import served
from visuals.components.base import Component, publish
from visuals.page import events, files, lesson
from visuals.page.lesson import Lesson
from visuals.page.opening import OPENINGS, answer, gradio_scripts
from visuals.page.opening.answer import FirstAnswer
from visuals.page.section import Built, Section
from visuals.page.settings import Settings, control, number

LARGE = {"text": "x" * files.SMALL}


class Chart(Component):
    NAME = "chart"


class Bars(Component):
    NAME = "bars"


@dataclass(frozen=True)
class Own(Settings):
    steps: int = number(5, 1, 10, "Steps")


def first(shared: None) -> None:
    Chart(LARGE)
    with gr.Accordion("closed", open=False):
        Bars(LARGE | {"closed": True})


def second(shared: None) -> Built:
    Bars(LARGE | {"second": True})
    return Built({"steps": control(Own, "steps")})


LAYOUT = {"id": 0, "children": [{"id": 1, "children": [{"id": 2}]}, {"id": 5}, {"id": 3}]}
EVENTS = [
    {"id": 0, "targets": [[2, "click"], [3, "input"]]},
    {"id": 1, "targets": [[None, "then"]]},
    {"id": 2, "targets": [[3, "input"], [3, "change"]]},
    {"id": 3, "targets": [[1, "select"]]},
]
# As gradio asks, and how many events it looks at for that.
ASK = """id => {
  let looked = 0;
  const sought = ([of]) => { looked += 1; return of === id; };
  const found = gradio_config.dependencies.filter(event => event.targets.find(sought));
  return [found.map(event => event.id), looked];
}"""


def test_gradio_finds_the_events_of_each_component_without_going_through_all_of_them(new_page):
    page = new_page()
    config = {"layout": LAYOUT, "components": [], "dependencies": EVENTS}
    page.evaluate(f"config => {{ window.gradio_config = config; {events.LIGHTER} }}", config)
    expected = {0: [], 1: [3], 2: [0], 5: [], 3: [0, 2]}
    for _ in range(2):  # it goes through the layout more than once
        assert {id: page.evaluate(ASK, id) for id in expected} == {id: [found, 1] for id, found in expected.items()}
    assert [page.evaluate(ASK, id)[0] for id in (3, 2, 7)] == [[0, 2], [0], []]  # in no order that is known
    assert page.evaluate("gradio_config.dependencies.filter(event => event.id > 1).length") == 2


@pytest.fixture(scope="module")
def page() -> Iterator[gr.Blocks]:
    sections = [Section("first", "First", first), Section("second", "Second", second, settings=Own)]
    with gr.Blocks(analytics_enabled=False) as page:
        lesson.build(page, [Lesson("one", "1 One", sections), Lesson("two", "2 Two", [Section("only", "Only", first)])])
    publish(page)
    with served(page):
        yield page


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({}, ("one", "first")),
        ({"tab": "two"}, ("two", "only")),
        ({"tab": "one", "at": "second"}, ("one", "second")),
        ({"at": "second"}, ("one", "second")),
        ({"tab": "two", "at": "second"}, ("two", "only")),
        ({"tab": "__proto__", "at": "constructor"}, ("one", "first")),
        ({"tab": "one", "steps": "7"}, ("one", "second")),  # about it, without saying so
        ({"tab": "one", "steps": "5"}, ("one", "first")),  # changes nothing
        ({"tab": "one", "at": "first", "steps": "7"}, ("one", "first")),
    ],
)
def test_an_address_names_a_place_or_means_the_first(page, params, place):
    assert OPENINGS[page].place(params) == place


def test_what_is_on_the_screen_first_is_fetched_beside_gradio_s_scripts_and_nothing_else(page):
    head = OPENINGS[page].preloads({"tab": "one"})
    assert files.address("chart/chart.js") in head
    assert all(files.address(path) in head for path in files.needed("chart"))
    assert files.address("bars/bars.js") not in head
    (named,) = re.findall(r"values/(\w+)\.json", head)
    assert json.loads(files._content(named)) == LARGE
    assert files.address("chart/chart.js") not in OPENINGS[page].preloads({"tab": "one", "at": "second"})


@pytest.mark.parametrize(
    "name", [path.split("/")[0] for path in files.scripts() if re.fullmatch(r"(\w+)/\1\.js", path)]
)
def test_all_that_a_script_imports_is_found(name):
    found = files.needed(name)
    imports = re.findall(r"from '(\.[^']+)'", "".join(files.scripts()[path] for path in found))
    assert {path.rsplit("/", 1)[-1] for path in imports} <= {path.rsplit("/", 1)[-1] for path in found}
    assert set(found) <= set(files.scripts())


def test_the_page_answers_with_what_its_address_opens_and_says_how_long_it_is(page):
    with urlopen(f"{page.local_url}?tab=two") as answer:
        content = answer.read()
        assert int(answer.headers["Content-Length"]) == len(content)
    opening, params, text = OPENINGS[page], {"tab": "two"}, content.decode()
    (gradio,) = re.findall(r'data-gradio="([^"]+)"', text)
    order = [
        opening.preloads(params),
        opening.place_script(params),
        opening.first_screen(params, gradio),
        "window.gradio_config = ",
        opening.gradio_script(params),
    ]
    places = [text.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)
    with urlopen(Request(page.local_url, method="HEAD")) as answer:
        assert answer.status == 200


class Asked:
    """Stands for gradio: its answers are numbered, and say where they were asked for."""

    theme_hash = "0"

    def __init__(self, status: int = 200):
        self.status, self.answers = status, 0

    def get_blocks(self) -> Asked:
        return self

    async def __call__(self, scope, receive, send) -> None:
        self.answers += 1
        body = f"<head></head>{self.answers} {dict(scope['headers'])[b'host'].decode()}".encode()
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def got(first: FirstAnswer, gradio: Asked, query: str = "", host: str = "a") -> str:
    """What a browser gets."""
    scope = {"type": "http", "method": "GET", "path": "/", "scheme": "http", "app": gradio}
    scope |= {"query_string": query.encode(), "headers": [(b"host", host.encode())]}
    sent = []

    async def send(message) -> None:
        sent.append(message)

    with suppress(StopIteration):  # it never waits
        first(scope, None, send).send(None)
    start, body = sent
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
    return body["body"].decode().partition("</head>")[2]


def test_gradio_is_asked_once_for_all_visitors_of_an_address():
    first = FirstAnswer(gradio := Asked())
    assert [got(first, gradio, f"tab={tab}") for tab in ("deeper", "wider", "deeper")] == ["1 a"] * 3
    assert [got(first, gradio, host=host) for host in ("b", "a", "b")] == ["2 b", "1 a", "2 b"]
    assert [got(first, gradio, query) for query in ("deep_link=x", "", "page=y")] == ["3 a", "1 a", "4 a"]
    for other in range(answer.KEPT):
        got(first, gradio, host=f"{other}")
    assert got(first, gradio) == f"{5 + answer.KEPT} a"


def test_what_gradio_could_not_answer_is_asked_again():
    first = FirstAnswer(gradio := Asked(status=500))
    assert [got(first, gradio) for _ in range(2)] == ["1 a", "2 a"]


def test_gradio_s_own_scripts_are_where_this_version_has_them():
    """Where it fails after an update, `gradio_scripts` names nothing: the page works, and opens later."""
    found = [address.partition("/")[2] for address in gradio_scripts.fetched(["html", "tabs", "nothing"])]
    assert all((gradio_scripts.PACKED / name).is_file() for name in found)
    for start in ("core-", "Blocks-", "HTML-", "Index-"):
        assert any(name.startswith(start) and name.endswith(".js") for name in found), start
    assert len(set(found)) == len(found)
    assert set(found) < {name.partition("/")[2] for name in gradio_scripts.fetched(["html", "tabs", "dropdown"])}


def test_the_preloads_of_every_section_are_answered(whole_page, url):
    places = [{"tab": tab.name, "at": section.name} for tab in app.LESSONS for section in tab.sections]
    links = set(re.findall(r'href="([^"]+\.(?:js|css)[^"]*)"', "".join(map(OPENINGS[whole_page].preloads, places))))
    assert links
    for link in links:
        with urlopen(url + link) as answer:
            assert answer.status == 200
