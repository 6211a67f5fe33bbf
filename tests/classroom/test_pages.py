"""The pages of a class and their files, as the server sends them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

import app
from tests.classroom.serving import rooms


@pytest.fixture
def client(tmp_path) -> TestClient:
    return TestClient(rooms(tmp_path))


def test_the_page_s_head_leads_to_the_projector_s_page_from_wherever_it_is_served():
    assert 'href="class/lead"' in app.HEAD


def test_the_short_address_leads_below_itself_whatever_stands_before(client):
    answer = client.get("/class", follow_redirects=False)
    assert answer.headers["location"] == "class/"
    for page in ("/class/", "/class/BCDF", "/class/bcdf", "/class/lead", "/class/handout"):
        found = client.get(page)
        assert found.status_code == 200
        assert not re.findall(r'(?:src|href)="/', found.text)
        assert "script-src 'self'" in found.headers["content-security-policy"]
    for none in (
        "/class/x",
        "/class/BCDFG",
        "/class/LOOK",
        "/class/files/1/classroom/rooms.py",
        "/class/files/1/../app.py",
    ):
        assert client.get(none).status_code == 404


def test_all_that_a_page_names_and_imports_is_there(client):
    for page in ("", "lead", "handout"):
        waiting, seen = re.findall(r'(?:src|href)="(files/[^"]+)"', client.get(f"/class/{page}").text), set()
        while waiting:
            path = waiting.pop()
            answer = client.get(f"/class/{path}")
            assert answer.status_code == 200, path
            assert "immutable" in answer.headers["cache-control"]
            seen.add(path)
            for other in re.findall(r"from '(\.[^']+)'", answer.text):
                found = str(answer.url.join(other)).partition("/class/")[2]
                waiting += [found] if found not in seen else []
        assert len(seen) >= 5


def test_the_code_is_drawn_for_phones(client):
    answer = client.get("/class/qr.svg", params={"of": "http://192.168.1.5:7860/class/BCDF"})
    drawing = ElementTree.fromstring(answer.text)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert drawing.get("viewBox")
    for odd in ("", "javascript:alert(1)", "http://" + "x" * 300):
        assert client.get("/class/qr.svg", params={"of": odd}).status_code == 404
