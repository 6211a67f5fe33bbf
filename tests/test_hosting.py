"""The app starts where people put it: on shared machines, behind proxies and in containers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.request import ProxyHandler, build_opener, getproxies

import pytest

import app
from tests.start import started
from visuals.page import hosting

# Somebody whom the system does not know, who may read everything and write nothing of other people's.
RIGHTS = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
STRANGER = ("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", *RIGHTS)


def title(address: str) -> str:
    """Of the page there, asked for past all proxies."""
    with build_opener(ProxyHandler({})).open(f"{address}/config") as answer:
        return json.load(answer)["title"]


@pytest.fixture
def temp(tmp_path) -> Path:
    """A machine's folder for temporary files: anybody writes there, and another user has started a gradio app."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o755)
    (tmp_path / "gradio").mkdir(mode=0o555)
    tmp_path.chmod(0o1777)
    return tmp_path


@pytest.mark.parametrize(
    "proxy",
    [
        {"HTTP_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
        {"ALL_PROXY": "socks://127.0.0.1:9/", "http_proxy": "socks5h://127.0.0.1:9", "NO_PROXY": "example.org"},
    ],
    ids=["http", "socks"],
)
def test_the_page_does_not_ask_a_proxy_for_itself(tmp_path, proxy):
    with started(tmp_path, **proxy) as address:
        assert title(address) == app.TITLE
        assert list(tmp_path.glob("gradio-*"))
    assert not list(tmp_path.glob("gradio-*")), "what visitors have sent must be gone"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"HTTP_PROXY": "proxy:3128", "NO_PROXY": "a.org"},
            {"http": "proxy:3128", "no": "a.org,localhost,127.0.0.1,::1"},
        ),
        ({"all_proxy": "socks5://a:1", "GRADIO_SERVER_NAME": "[fe80::1]"}, {"no": "localhost,127.0.0.1,::1,fe80::1"}),
        ({"https_proxy": "HTTPS://a", "NO_PROXY": "*"}, {"https": "HTTPS://a", "no": "*"}),
    ],
)
def test_other_addresses_are_asked_for_as_before(monkeypatch, before, after):
    monkeypatch.setattr(os, "environ", before)
    hosting.past_proxies(getproxies())
    assert getproxies() == after


def test_a_temp_folder_that_somebody_chose_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    hosting.own_temp_folder()
    assert os.environ["GRADIO_TEMP_DIR"] == str(tmp_path)


def test_for_a_class_it_serves_the_network(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_NAME", hosting.EVERYBODY)
    own = hosting.network()
    if not own:
        pytest.skip("this machine is in no network")
    with started(tmp_path, options=("--class",), CLASSROOM_DIR=str(tmp_path / "rooms")) as address:
        told = hosting.address_for_a_class(address)
        with build_opener(ProxyHandler({})).open(told.rpartition(" ")[2]) as answer:
            assert answer.url == f"{address.replace('127.0.0.1', own)}/class/"
            assert "in class" in answer.read().decode()
        assert not (tmp_path / "rooms").exists(), "nobody has opened a room"


def test_where_there_is_no_network_the_teacher_is_told(monkeypatch):
    monkeypatch.setattr(hosting, "network", lambda: "")
    assert hosting.address_for_a_class("http://localhost:7860/").endswith("share.")


def test_rooms_lie_in_a_folder_of_one_s_own_that_stays(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("CLASSROOM_DIR", raising=False)
    folder = hosting.kept_folder()
    assert folder == hosting.kept_folder()
    assert folder.stat().st_mode & 0o077 == 0
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)
    folder = folder.rename(tmp_path / f"classroom-{another}")
    assert hosting.kept_folder() != folder, "it is somebody else's"
    monkeypatch.setenv("CLASSROOM_DIR", str(tmp_path / "a" / "b"))
    assert hosting.kept_folder() == tmp_path / "a" / "b"


def test_it_starts_without_a_home_in_folders_of_other_people(temp):
    """As in a container, and on a machine on which somebody else runs a gradio app."""
    if not shutil.which("setpriv") or subprocess.run([*STRANGER, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root, with all rights, can start it as somebody else")
    with started(temp, *STRANGER, HOME=None) as address:
        assert title(address) == app.TITLE
