"""The page behind nginx, as the README has it: under a path, with nginx's own limits."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.conftest import PATIENCE, free_port
from tests.start import started

ROOT = Path(__file__).resolve().parent.parent
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
NO_NGINX = "no nginx found: install it with `apt-get install nginx-light` (Debian, Ubuntu), and run again"
AROUND = """
daemon off;
user root;
pid nginx.pid;
error_log error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path other;
    uwsgi_temp_path other;
    scgi_temp_path other;
    server {{
        listen 127.0.0.1:{port};
        location = /favicon.ico {{ return 204; }}  # the other site's, asked for before the page names its own
        {block}
    }}
}}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    """Address of the page behind nginx."""
    if NGINX is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_NGINX)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```nginx\n(.*?)```", readme, re.DOTALL)[1]
    path = re.search(r"GRADIO_ROOT_PATH=(\S+) python app.py", readme)[1]
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with started(folder, GRADIO_ROOT_PATH=path, CLASSROOM_DIR=str(folder)) as behind:
        assert "http://127.0.0.1:7860" in block
        block = block.replace("http://127.0.0.1:7860", behind)
        (folder / "nginx.conf").write_text(AROUND.format(port=port, block=block))
        with subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"]) as nginx:
            yield f"http://127.0.0.1:{port}{path}/"
            nginx.terminate()


def test_a_run_streams(page, url):
    """Its points come one after the other: it can be stopped at the first."""
    page.goto(f"{url}?tab=deeper")
    page.click("#race-go")
    page.wait_for_selector("#race-predict [data-state=urged]")
    before = page.get_attribute("#race figure", "data-run")
    page.click("#race-go")
    expect(page.locator("#race figure")).not_to_have_attribute("data-run", before, timeout=2 * PATIENCE)
    page.click("#race-stop")
    expect(page.locator("#race-status")).to_contain_text("Stopped")


def test_the_short_address_of_a_class_leads_below_the_path(url):
    with urlopen(f"{url}class") as answer:
        assert answer.url == f"{url}class/"
        assert "The four letters on the projector" in answer.read().decode()


def test_a_photo_of_more_than_a_megabyte_arrives(page, url, tmp_path):
    """More than nginx takes where nobody has told it otherwise."""
    pixels = np.random.default_rng(0).integers(0, 256, (1200, 1600, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.jpg")
    assert (tmp_path / "photo.jpg").stat().st_size > 1024**2
    page.goto(f"{url}?tab=wider")
    with page.expect_file_chooser() as choice:
        page.click("#wider-upload")
    choice.value.set_files(tmp_path / "photo.jpg")
    expect(page.locator("#wider-picture")).to_contain_text("your picture")
