"""The scripts of the components: their own tests, which need no browser, run by node."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from visuals.page.files import COMPONENTS

NO_NODE = "no node and npm found: install them (Debian, Ubuntu: `apt-get install nodejs npm`) and run again"


def test_the_scripts_pass_their_own_tests():
    if not (shutil.which("node") and shutil.which("npm")):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_NODE)
    ran = subprocess.run(["npm", "--silent", "test"], cwd=COMPONENTS, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_file_of_a_script_is_short():
    long = {path.name: len(path.read_text("utf-8").splitlines()) for path in COMPONENTS.rglob("*.js")}
    assert {name: lines for name, lines in long.items() if lines > 300} == {}
